//! The BME280's arithmetic: raw counts and the chip's own calibration into temperature, pressure and
//! humidity.
//!
//! Source: Bosch Sensortec, *BME280 data sheet*, BST-BME280-DS002, sections 4.2.2 (calibration) and 4.2.3
//! (the integer formulas, with 64 bits for pressure). What overflows there with a damaged calibration is
//! refused here.

/// The calibration, as the chip holds it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Calibration {
    pub(crate) t1: u16,
    pub(crate) t: [i16; 2],
    pub(crate) p1: u16,
    pub(crate) p: [i16; 8],
    pub(crate) h1: u8,
    pub(crate) h2: i16,
    pub(crate) h3: u8,
    pub(crate) h4: i16,
    pub(crate) h5: i16,
    pub(crate) h6: i8,
}

/// Counts of the converters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counts {
    /// 20 bits.
    pub(crate) temp: u32,
    /// 20 bits.
    pub(crate) pressure: u32,
    /// 16 bits.
    pub(crate) humidity: u16,
}

/// One measurement. The temperature is the chip's own, above that of the air: an SHT4x is
/// better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bme280Reading {
    /// 0.01 °C.
    pub temp_c_e2: i16,
    /// Pa, rounded to the nearest.
    pub pressure_pa: u32,
    /// 0.01 %, 0 to 100 %.
    pub rh_percent_e2: u16,
}

impl Calibration {
    /// From registers 0x88 to 0xa1 and 0xe1 to 0xe7.
    pub(crate) fn from_registers(low: &[u8; 26], high: &[u8; 7]) -> Self {
        let u = |i: usize| u16::from_le_bytes([low[i], low[i + 1]]);
        let s = |i: usize| u(i) as i16;
        // h4 and h5 have 12 bits and share a register.
        let h4 = i16::from(high[3] as i8) << 4 | i16::from(high[4] & 0x0f);
        let h5 = i16::from(high[5] as i8) << 4 | i16::from(high[4] >> 4);
        Self {
            t1: u(0),
            t: [s(2), s(4)],
            p1: u(6),
            p: core::array::from_fn(|i| s(8 + 2 * i)),
            h1: low[25],
            h2: i16::from_le_bytes([high[0], high[1]]),
            h3: high[2],
            h4,
            h5,
            h6: high[6] as i8,
        }
    }

    /// The measurement, or `None` if the calibration or the counts cannot be.
    pub(crate) fn compensate(&self, counts: &Counts) -> Option<Bme280Reading> {
        let fine = self.fine(counts.temp);
        let temp_c_e2 = (fine * 5 + 128) >> 8;
        let pressure_pa = self.pressure_pa(fine, counts.pressure)?;
        let rh = self.rh_percent_e10(fine, counts.humidity);
        // The ranges of the chip: beyond them it measures nothing.
        let fits =
            (-4_000..=8_500).contains(&temp_c_e2) && (30_000..=110_000).contains(&pressure_pa);
        fits.then_some(Bme280Reading {
            temp_c_e2: temp_c_e2 as i16,
            pressure_pa: pressure_pa as u32,
            rh_percent_e2: ((rh * 100 + 512) >> 10) as u16,
        })
    }

    /// The temperature that the other formulas take, 1/5120 °C.
    fn fine(&self, count: u32) -> i64 {
        let (adc, t1) = (i64::from(count), i64::from(self.t1));
        let [t2, t3] = self.t.map(i64::from);
        let a = (((adc >> 3) - (t1 << 1)) * t2) >> 11;
        let d = (adc >> 4) - t1;
        a + ((((d * d) >> 12) * t3) >> 14)
    }

    /// Pressure, Pa, rounded to the nearest.
    fn pressure_pa(&self, fine: i64, count: u32) -> Option<i64> {
        // From here on nothing overflows but what is checked: |fine| stays below 2²⁰.
        if fine.abs() >= 1 << 20 {
            return None;
        }
        let [p2, p3, p4, p5, p6, p7, p8, p9] = self.p.map(i64::from);
        let a = fine - 128_000;
        let b = a * a * p6 + ((a * p5) << 17) + (p4 << 35);
        let c = ((a * a * p3) >> 8) + ((a * p2) << 12);
        let scale = ((1 << 47) + c).checked_mul(i64::from(self.p1))? >> 33;
        if scale <= 0 {
            return None;
        }
        let raw = (i64::from(1_048_576_u32.checked_sub(count)?) << 31) - b;
        let p = raw.checked_mul(3_125)? / scale;
        if !(0..1 << 35).contains(&p) {
            return None;
        }
        let square = (p9 * (p >> 13) * (p >> 13)) >> 25;
        let line = (p8 * p) >> 19;
        let pa_e8 = ((p + square + line) >> 8) + (p7 << 4);
        Some((pa_e8 + 128) >> 8)
    }

    /// Humidity, 1/1024 %, 0 to 100 %.
    fn rh_percent_e10(&self, fine: i64, count: u16) -> i64 {
        let (h1, h2, h3) = (i64::from(self.h1), i64::from(self.h2), i64::from(self.h3));
        let (h4, h5, h6) = (i64::from(self.h4), i64::from(self.h5), i64::from(self.h6));
        let v = fine - 76_800;
        let offset = ((i64::from(count) << 14) - (h4 << 20) - h5 * v + 16_384) >> 15;
        let warm = ((((v * h6) >> 10) * (((v * h3) >> 11) + 32_768)) >> 10) + 2_097_152;
        let v = offset * ((warm * h2 + 8_192) >> 14);
        let v = v - (((((v >> 15) * (v >> 15)) >> 7) * h1) >> 4);
        v.clamp(0, 419_430_400) >> 12
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Calibration of the worked example in Bosch Sensortec, *BMP280 data sheet*, BST-BMP280-DS001,
    /// section 3.12; humidity, which that chip lacks, as in a BME280.
    pub(crate) const EXAMPLE: Calibration = Calibration {
        t1: 27_504,
        t: [26_435, -1_000],
        p1: 36_477,
        p: [-10_685, 3_024, 2_855, 140, -7, 15_500, -14_600, 6_000],
        h1: 75,
        h2: 355,
        h3: 0,
        h4: 340,
        h5: 50,
        h6: 30,
    };

    /// Humidity by the datasheet's formula in floating point, %.
    fn rh_percent(c: &Calibration, fine: f64, count: f64) -> f64 {
        let v = fine - 76_800.0;
        let v = (count - (f64::from(c.h4) * 64.0 + f64::from(c.h5) / 16_384.0 * v))
            * (f64::from(c.h2) / 65_536.0
                * (1.0
                    + f64::from(c.h6) / 67_108_864.0
                        * v
                        * (1.0 + f64::from(c.h3) / 67_108_864.0 * v)));
        (v * (1.0 - f64::from(c.h1) * v / 524_288.0)).clamp(0.0, 100.0)
    }

    /// The worked example: 25.08 °C, 100,653.27 Pa.
    #[test]
    fn the_worked_example_comes_out() {
        let counts = Counts { temp: 519_888, pressure: 415_148, humidity: 30_000 };
        assert_eq!(EXAMPLE.fine(counts.temp), 128_422);
        let got = EXAMPLE.compensate(&counts).unwrap();
        assert_eq!((got.temp_c_e2, got.pressure_pa), (2_508, 100_653));
    }

    #[test]
    fn humidity_agrees_with_the_floating_point_formula() {
        for count in (20_000..40_000).step_by(500) {
            let want = rh_percent(&EXAMPLE, 128_422.0, f64::from(count));
            let got = EXAMPLE.rh_percent_e10(128_422, count) as f64 / 1_024.0;
            assert!((got - want).abs() < 0.02, "{count}: {got} and {want}");
        }
    }

    proptest! {
        /// A damaged chip gives nonsense; the node must not stop for it.
        #[test]
        fn no_calibration_makes_it_panic(
            low: [u8; 26], high: [u8; 7], temp in 0..1_u32 << 20, pressure in 0..1_u32 << 20,
            humidity: u16,
        ) {
            let calibration = Calibration::from_registers(&low, &high);
            if let Some(got) = calibration.compensate(&Counts { temp, pressure, humidity }) {
                prop_assert!(got.rh_percent_e2 <= 10_000);
            }
        }
    }
}
