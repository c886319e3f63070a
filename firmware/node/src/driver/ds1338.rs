//! DS1338 and DS1307: a clock with a battery.
//!
//! Source: Maxim Integrated, *DS1338 I2C RTC with 56-byte NV RAM*: timekeeper registers. Digits are
//! binary-coded decimal, years are 2000 to 2099.

use embedded_hal::i2c::I2c;
use emberline_wire::{Chip, Fault};

use super::error::{self, DriverError, from_bus};

const SECONDS: u8 = 0x00;
const CONTROL: u8 = 0x07;
/// Bit of the seconds while the oscillator stands.
const CLOCK_HALT: u8 = 0x80;
/// Bit of [`CONTROL`] after the oscillator stood (DS1338 only).
const OSCILLATOR_STOPPED: u8 = 0x20;
/// Bit of the hours that count to twelve.
const TWELVE_HOURS: u8 = 0x40;

/// A clock before 2025-01-01T00:00:00Z was never set: this program is younger.
pub const EARLIEST_UNIX_S: u32 = 1_735_689_600;
/// A clock from 2090-01-01T00:00:00Z on is wrong: chips that lost their setting tell the end of their
/// century.
pub const LATEST_UNIX_S: u32 = 3_786_912_000;

/// The chip on its bus. It keeps UTC.
#[derive(Debug)]
pub struct Ds1338<B> {
    bus: B,
}

impl<B: I2c> Ds1338<B> {
    /// The only address.
    pub const ADDRESS: u8 = 0x68;

    /// The chip.
    pub fn new(bus: B) -> Self {
        Self { bus }
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// [`Fault::NoAnswer`], [`Fault::StuckBus`], [`Fault::Bus`]; [`Fault::ClockStopped`];
    /// [`Fault::OutOfRange`] of digits that are no date; [`Fault::ClockImplausible`].
    pub fn unix_s(&mut self) -> Result<u32, DriverError> {
        let mut registers = [0; 8];
        self.bus
            .write_read(Self::ADDRESS, &[SECONDS], &mut registers)
            .map_err(|e| failed(from_bus(&e)))?;
        let [second, minute, hour, _, day, month, year, control] = registers;
        if second & CLOCK_HALT != 0 || control & OSCILLATOR_STOPPED != 0 {
            return Err(failed(Fault::ClockStopped));
        }
        if hour & TWELVE_HOURS != 0 {
            return Err(failed(Fault::OutOfRange)); // never set by this driver
        }
        let digits = [year, month, day, hour, minute, second].map(from_bcd);
        let [Some(year), Some(month), Some(day), Some(hour), Some(minute), Some(second)] = digits
        else {
            return Err(failed(Fault::OutOfRange));
        };
        let days = days_of(year, month, day).ok_or(failed(Fault::OutOfRange))?;
        if hour > 23 || minute > 59 || second > 59 {
            return Err(failed(Fault::OutOfRange));
        }
        let unix_s = days * 86_400 + hour * 3_600 + minute * 60 + second;
        if !(EARLIEST_UNIX_S..LATEST_UNIX_S).contains(&unix_s) {
            return Err(failed(Fault::ClockImplausible { unix_s }));
        }
        Ok(unix_s)
    }

    /// Sets the clock and starts it.
    ///
    /// # Errors
    /// [`Fault::ClockImplausible`] of a time outside [`EARLIEST_UNIX_S`] to [`LATEST_UNIX_S`], and then
    /// nothing is written; [`Fault::NoAnswer`], [`Fault::StuckBus`], [`Fault::Bus`].
    pub fn set(&mut self, unix_s: u32) -> Result<(), DriverError> {
        if !(EARLIEST_UNIX_S..LATEST_UNIX_S).contains(&unix_s) {
            return Err(failed(Fault::ClockImplausible { unix_s }));
        }
        let (days, of_day) = (unix_s / 86_400, unix_s % 86_400);
        let (year, month, day) = date_of(days);
        let weekday = (days + 3) % 7 + 1; // 1970-01-01 was a Thursday; Monday is 1
        let digits = [of_day % 60, of_day / 60 % 60, of_day / 3_600, weekday, day, month, year];
        let [second, minute, hour, weekday, day, month, year] = digits.map(to_bcd);
        let all = [SECONDS, second, minute, hour, weekday, day, month, year, 0];
        debug_assert_eq!(usize::from(CONTROL), all.len() - 2);
        self.bus.write(Self::ADDRESS, &all).map_err(|e| failed(from_bus(&e)))
    }
}

fn failed(fault: Fault) -> DriverError {
    error::fault(Chip::Ds1338, 0x68, fault)
}

fn from_bcd(byte: u8) -> Option<u32> {
    let (tens, ones) = (byte >> 4, byte & 15);
    (tens < 10 && ones < 10).then(|| u32::from(tens) * 10 + u32::from(ones))
}

fn to_bcd(n: u32) -> u8 {
    (((n / 10) << 4) | (n % 10)) as u8
}

const fn days_in(month: u32, year: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) => 29, // 2000 to 2099
        2 => 28,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a day of the year 2000 + `year`, if there is such a day.
fn days_of(year: u32, month: u32, day: u32) -> Option<u32> {
    if !(1..=12).contains(&month) || !(1..=days_in(month, year)).contains(&day) {
        return None;
    }
    let years = year * 365 + year.div_ceil(4);
    let months: u32 = (1..month).map(|m| days_in(m, year)).sum();
    Some(10_957 + years + months + day - 1) // 10,957 days to 2000-01-01
}

/// Year since 2000, month and day of a day from 2000-01-01 on, in days since 1970-01-01.
fn date_of(days: u32) -> (u32, u32, u32) {
    let mut rest = days.saturating_sub(10_957);
    let (mut year, mut month) = (0, 1);
    while rest >= 365 + u32::from(year % 4 == 0) {
        rest -= 365 + u32::from(year % 4 == 0);
        year += 1;
    }
    while rest >= days_in(month, year) {
        rest -= days_in(month, year);
        month += 1;
    }
    (year, month, rest + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::fake::{FakeBus, Registers, Trouble};

    fn driver(registers: [u8; 8], trouble: Trouble) -> Ds1338<FakeBus<Registers>> {
        let mut chip = Registers::new();
        chip.bytes[..8].copy_from_slice(&registers);
        Ds1338::new(FakeBus { address: 0x68, chip, trouble })
    }

    /// Expected: `date -u -d … +%s`.
    #[test]
    fn digits_become_seconds_and_go_back() {
        for (registers, unix_s) in [
            ([0x01, 0x00, 0x12, 3, 0x15, 0x07, 0x26, 0], 1_784_116_801), // 2026-07-15T12:00:01
            ([0x00, 0x00, 0x00, 3, 0x01, 0x01, 0x25, 0], 1_735_689_600),
            ([0x59, 0x59, 0x23, 2, 0x29, 0x02, 0x28, 0], 1_835_481_599), // a leap day
            ([0x59, 0x59, 0x23, 6, 0x31, 0x12, 0x89, 0], 3_786_911_999),
        ] {
            let mut clock = driver(registers, Trouble::None);
            assert_eq!(clock.unix_s(), Ok(unix_s), "{registers:02x?}");
            let mut clock = driver([0x80; 8], Trouble::None);
            clock.set(unix_s).unwrap();
            assert_eq!(clock.bus.chip.bytes[..8], registers, "{unix_s}");
        }
    }

    #[test]
    fn each_trouble_has_its_fault() {
        let good = [0x01, 0x00, 0x12, 4, 0x15, 0x07, 0x26, 0];
        let with = |register: usize, value: u8| {
            let mut registers = good;
            registers[register] = value;
            registers
        };
        let implausible = |unix_s| Fault::ClockImplausible { unix_s };
        for (registers, trouble, fault) in [
            (good, Trouble::Dead, Fault::NoAnswer),
            (good, Trouble::Stuck, Fault::StuckBus),
            (with(0, 0x81), Trouble::None, Fault::ClockStopped),
            (with(7, 0x20), Trouble::None, Fault::ClockStopped),
            (with(2, 0x52), Trouble::None, Fault::OutOfRange), // twelve hours
            (with(1, 0x6a), Trouble::None, Fault::OutOfRange),
            (with(5, 0x13), Trouble::None, Fault::OutOfRange),
            (with(4, 0x32), Trouble::None, Fault::OutOfRange),
            ([0xff; 8], Trouble::None, Fault::ClockStopped),
            // 2000-01-01T00:00:00, what a chip tells that was never set
            ([0, 0, 0, 1, 1, 1, 0, 0], Trouble::None, implausible(946_684_800)),
            (with(6, 0x99), Trouble::None, implausible(4_087_800_001)),
        ] {
            let got = driver(registers, trouble).unix_s();
            assert_eq!(got, Err(error::fault(Chip::Ds1338, 0x68, fault)), "{registers:02x?}");
        }
    }

    #[test]
    fn no_clock_is_set_to_1970_or_2099() {
        for unix_s in [0, 1_000, 4_070_908_800] {
            let mut clock = driver([7; 8], Trouble::None);
            let want = error::fault(Chip::Ds1338, 0x68, Fault::ClockImplausible { unix_s });
            assert_eq!(clock.set(unix_s), Err(want));
            assert_eq!(clock.bus.chip.bytes[..8], [7; 8]);
        }
    }

    #[test]
    fn every_day_of_the_chip_goes_there_and_back() {
        for days in 10_957..10_957 + 36_525 {
            let (year, month, day) = date_of(days);
            assert_eq!(days_of(year, month, day), Some(days));
        }
    }
}
