//! Random numbers that are the same everywhere for the same seed: xoshiro256++, seeded by
//! splitmix64 (both public domain, Blackman and Vigna).

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub(super) struct Random([u64; 4]);

impl Random {
    /// The stream of `seed`.
    pub(super) fn new(seed: u64) -> Self {
        let mut state = seed;
        Self(std::array::from_fn(|_| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            mix(state)
        }))
    }

    /// The next 64 bits.
    pub(super) fn bits(&mut self) -> u64 {
        let s = &mut self.0;
        let out = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        out
    }

    /// Uniform in `low..high`.
    pub(super) fn uniform(&mut self, low: f64, high: f64) -> f64 {
        let unit = (self.bits() >> 11) as f64 / (1u64 << 53) as f64;
        low + (high - low) * unit
    }

    /// About normal with mean 0 and deviation 1, within ±3.5: a sum of twelve 16-bit uniforms, so
    /// that no platform's logarithm decides a pixel.
    pub(super) fn normal(&mut self) -> f64 {
        let mut sum = 0.0;
        for _ in 0..3 {
            let b = self.bits();
            sum += (0..4).map(|i| ((b >> (16 * i)) & 0xffff) as f64).sum::<f64>();
        }
        (sum / 65535.0 - 6.0).clamp(-3.5, 3.5)
    }
}

/// Well-mixed bits of `z`: the last step of splitmix64.
pub(super) fn mix(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A direction (columns, rows), drawn without sine or cosine.
pub(super) fn direction(r: &mut Random) -> [f64; 2] {
    loop {
        let (x, y) = (r.uniform(-1.0, 1.0), r.uniform(-1.0, 1.0));
        let d = x * x + y * y;
        if (0.01..=1.0).contains(&d) {
            return [x / d.sqrt(), y / d.sqrt()];
        }
    }
}

/// Smooth random field `[height, width]` in about −1..1: values on a lattice of `scale` pixels,
/// joined by a smooth curve, and a finer lattice of half the strength on top.
pub(super) fn patches(r: &mut Random, height: usize, width: usize, scale: f64) -> Vec<f32> {
    let mut field = vec![0f32; height * width];
    for (scale, strength) in [(scale, 0.7), ((scale / 2.3).max(1.0), 0.35)] {
        let (gh, gw) = ((height as f64 / scale) as usize + 3, (width as f64 / scale) as usize + 3);
        let lattice: Vec<f64> = (0..gh * gw).map(|_| r.normal() * strength).collect();
        let (dy, dx) = (r.uniform(0.0, 1.0), r.uniform(0.0, 1.0));
        let smooth = |f: f64| f * f * (3.0 - 2.0 * f);
        for y in 0..height {
            let v = y as f64 / scale + dy;
            let (j, fy) = (v as usize, smooth(v.fract()));
            for x in 0..width {
                let u = x as f64 / scale + dx;
                let (i, fx) = (u as usize, smooth(u.fract()));
                let at = |j: usize, i: usize| lattice[j * gw + i];
                let top = at(j, i) * (1.0 - fx) + at(j, i + 1) * fx;
                let low = at(j + 1, i) * (1.0 - fx) + at(j + 1, i + 1) * fx;
                field[y * width + x] += (top * (1.0 - fy) + low * fy) as f32;
            }
        }
    }
    field
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_published_numbers() {
        // splitmix64 from 1234567, as published with the generator; xoshiro256++ from 1, 2, 3, 4
        // as in the tests of the rand_xoshiro crate.
        let first = mix(1_234_567u64.wrapping_add(0x9e37_79b9_7f4a_7c15));
        assert_eq!(first, 6_457_827_717_110_365_317);
        let mut r = Random([1, 2, 3, 4]);
        assert_eq!([r.bits(), r.bits(), r.bits()], [41_943_041, 58_720_359, 3_588_806_011_781_223]);
    }

    #[test]
    fn is_normal_enough() {
        let mut r = Random::new(7);
        let v: Vec<f64> = (0..100_000).map(|_| r.normal()).collect();
        let mean = v.iter().sum::<f64>() / 1e5;
        let var = v.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 1e5;
        assert!(mean.abs() < 0.02 && (var - 1.0).abs() < 0.02, "{mean} {var}");
    }
}
