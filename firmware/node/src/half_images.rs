//! Half images: the words of an MLX90640 as parts for the line, one at a time.
//!
//! The chip measures a chessboard in two halves, a second apart. Each half goes out under a number of its
//! own, and so does the calibration, without which nobody can compute a temperature: before the first
//! half and again after each [`CALIBRATION_HALVES`], for parts are not sent again when one is lost.

use embedded_hal::i2c::I2c;
use emberline_wire::{Fault, PART, ThermalContent, ThermalPart};

use crate::driver::{DriverError, Mlx90640};

/// Halves after which the calibration goes out again. It is as long as one half: 1 % more on the line.
pub const CALIBRATION_HALVES: u16 = 100;
/// A half that is not there after this long does not come, ms: the chip measures one each second.
pub const LATEST_MS: u64 = 3_500;

const ROWS: u8 = 26;

/// Which part is next.
#[derive(Clone, Copy, Debug)]
enum Next {
    /// The marks of the dead pixels are not known.
    Unknown,
    /// Row of the calibration.
    Calibration { row: u8 },
    /// The half that is not `after` is waited for since `since_ms` of uptime.
    Wait { since_ms: u64 },
    /// Row of a half.
    Half { half: u8, row: u8 },
}

/// Where the stream of parts is. It holds no image: 104 bytes for the dead pixels.
#[derive(Clone, Debug)]
pub struct HalfImages {
    next: Next,
    image: u16,
    /// The half that went out last.
    after: Option<u8>,
    /// Halves since the calibration went out.
    halves: u16,
    /// When [`Self::poll`] was called last, ms of uptime.
    asked_ms: u64,
    torn: u32,
    dead: [u32; 24],
}

impl Default for HalfImages {
    fn default() -> Self {
        Self::new()
    }
}

impl HalfImages {
    /// Nothing went out yet.
    pub const fn new() -> Self {
        Self {
            next: Next::Unknown,
            image: 0,
            after: None,
            halves: 0,
            asked_ms: 0,
            torn: 0,
            dead: [0; 24],
        }
    }

    /// Halves that were given up because the next one came while they were read.
    pub const fn torn(&self) -> u32 {
        self.torn
    }

    /// The next part, or `None` if the chip is still measuring: ask again later, and at least each second
    /// while an image is wanted. After a longer pause the time in which a half must come begins anew. A
    /// half whose last part is missing was torn, and the receiver drops it.
    ///
    /// # Errors
    /// As the driver's; [`Fault::NotReady`] when the other half does not come within [`LATEST_MS`].
    /// After an error everything begins anew, for the chip may have been replaced.
    pub fn poll<B: I2c>(
        &mut self,
        chip: &mut Mlx90640<B>,
        now_ms: u64,
    ) -> Result<Option<ThermalPart>, DriverError> {
        let paused = now_ms.saturating_sub(self.asked_ms) > Mlx90640::<B>::HALF_MS;
        self.asked_ms = now_ms;
        if let Next::Wait { since_ms } = &mut self.next
            && paused
        {
            *since_ms = now_ms;
        }
        let result = self.try_poll(chip, now_ms);
        if result.is_err() {
            let image = self.image.wrapping_add(1);
            *self = Self { image, torn: self.torn, asked_ms: now_ms, ..Self::new() };
        }
        result
    }

    fn try_poll<B: I2c>(
        &mut self,
        chip: &mut Mlx90640<B>,
        now_ms: u64,
    ) -> Result<Option<ThermalPart>, DriverError> {
        match self.next {
            Next::Unknown => {
                chip.start()?;
                self.dead = chip.deviating()?;
                self.next = Next::Calibration { row: 0 };
                Ok(None)
            }
            Next::Calibration { row } => {
                let words = chip.calibration_row(row)?;
                let content = ThermalContent::Mlx90640Calibration;
                let part = self.part(content, 0, row, &words, 0);
                self.next = match row + 1 {
                    ROWS => self.wait(now_ms),
                    row => Next::Calibration { row },
                };
                self.halves = 0;
                Ok(Some(part))
            }
            Next::Wait { since_ms } => {
                match chip.new_half()? {
                    Some(half) if self.after != Some(half) => {
                        chip.take()?;
                        self.next = Next::Half { half, row: 0 };
                    }
                    // The half that went out last, again: the other one is waited for.
                    Some(_) => chip.take()?,
                    None => {}
                }
                let late = matches!(self.next, Next::Wait { .. }) && now_ms > since_ms + LATEST_MS;
                if late { Err(chip.failed(Fault::NotReady)) } else { Ok(None) }
            }
            Next::Half { half, row } => {
                let words = chip.measured_row(row)?;
                if row + 1 == ROWS && chip.new_half()?.is_some() {
                    self.torn = self.torn.saturating_add(1);
                    self.next = self.wait(now_ms);
                    return Ok(None);
                }
                let dead = self.dead.get(usize::from(row)).copied().unwrap_or(0);
                let content = ThermalContent::Mlx90640Words;
                let part = self.part(content, half, row, &words, dead);
                self.next = match row + 1 {
                    ROWS => {
                        self.after = Some(half);
                        self.halves += 1;
                        let wait = self.wait(now_ms);
                        let again = self.halves >= CALIBRATION_HALVES;
                        if again { Next::Calibration { row: 0 } } else { wait }
                    }
                    row => Next::Half { half, row },
                };
                Ok(Some(part))
            }
        }
    }

    /// The image is over; the next one has another number.
    fn wait(&mut self, now_ms: u64) -> Next {
        self.image = self.image.wrapping_add(1);
        Next::Wait { since_ms: now_ms }
    }

    fn part(
        &self,
        content: ThermalContent,
        half: u8,
        row: u8,
        words: &[u16; PART],
        dead: u32,
    ) -> ThermalPart {
        let values =
            core::array::from_fn(|i| (dead & 1 << i == 0).then_some(words[i].cast_signed()));
        let first = u16::from(row) * PART as u16;
        ThermalPart::new(self.image, content, half, [ROWS, PART as u8], first, &values)
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;
    use crate::driver::{
        fake::{FakeBus, Trouble},
        mlx90640_tests::{Camera, bus},
    };

    struct Scene {
        chip: Mlx90640<FakeBus<Camera>>,
        images: HalfImages,
        now_ms: u64,
    }

    impl Scene {
        fn new(change: impl FnOnce(&mut Camera)) -> Self {
            let mut camera = Camera::new();
            change(&mut camera);
            let chip = Mlx90640::new(bus(camera, Trouble::None), 0x33);
            Self { chip, images: HalfImages::new(), now_ms: 0 }
        }

        /// A scene whose calibration has gone out.
        fn begun(change: impl FnOnce(&mut Camera)) -> (Self, Vec<ThermalPart>) {
            let mut scene = Self::new(change);
            let parts = (0..60).filter_map(|_| scene.poll().unwrap()).collect();
            (scene, parts)
        }

        fn poll(&mut self) -> Result<Option<ThermalPart>, DriverError> {
            self.images.poll(&mut self.chip, self.now_ms)
        }

        /// Measures `half` and gives the parts that come of it.
        fn half(&mut self, half: u16) -> Vec<ThermalPart> {
            self.chip.bus().chip.measure(half);
            self.now_ms += 1_000;
            (0..60).filter_map(|_| self.poll().unwrap()).collect()
        }
    }

    fn numbers(parts: &[ThermalPart]) -> Vec<(u16, ThermalContent, u8)> {
        let mut all: Vec<_> = parts.iter().map(|p| (p.image, p.content, p.subpage)).collect();
        all.dedup();
        all
    }

    #[test]
    fn the_calibration_goes_first_and_then_the_halves_in_turn() {
        use ThermalContent::{Mlx90640Calibration, Mlx90640Words};
        let (mut scene, first) = Scene::begun(|_| ());
        assert_eq!(numbers(&first), [(0, Mlx90640Calibration, 0)]);
        let words: Vec<_> = first.iter().flat_map(|p| p.values()).collect();
        let want: Vec<_> = scene.chip.bus().chip.calibration.map(|word| Some(word as i16)).into();
        assert_eq!(words, want);
        for (half, want) in [
            (0, &[(1, Mlx90640Words, 0)][..]),
            (1, &[(2, Mlx90640Words, 1)]),
            (1, &[]), // the same half again: the other was missed
            (0, &[(3, Mlx90640Words, 0)]),
        ] {
            let parts = scene.half(half);
            assert_eq!(numbers(&parts), want);
            let places: Vec<_> = parts.iter().map(|p| p.first).collect();
            assert!(places.is_empty() || places == (0..26).map(|r| 32 * r).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_calibration_goes_again_after_a_hundred_halves() {
        let mut scene = Scene::new(|_| ());
        let parts: Vec<_> = (0..=250_u16).flat_map(|i| scene.half(i % 2)).collect();
        let calibrations = numbers(&parts)
            .iter()
            .filter(|(_, content, _)| *content == ThermalContent::Mlx90640Calibration)
            .count();
        assert_eq!(calibrations, 3);
    }

    #[test]
    fn a_dead_pixel_has_no_value_and_the_calibration_keeps_its_word() {
        let (mut scene, calibration) = Scene::begun(|chip| chip.calibration[64 + 2 * 32 + 9] = 0);
        assert_eq!(calibration[4].values().nth(9), Some(Some(0)));
        let none = |part: &ThermalPart| part.values().position(|value| value.is_none());
        let got: Vec<_> = scene.half(0).iter().map(none).collect();
        assert_eq!((got[2], got.iter().flatten().count()), (Some(9), 1));
    }

    /// Bytes of the next half among those of this one are a false image.
    #[test]
    fn a_half_that_the_next_one_overtakes_lacks_its_last_part() {
        let (mut scene, _) = Scene::begun(|_| ());
        scene.half(0);
        scene.chip.bus().chip.measure(1);
        let mut parts = Vec::new();
        for i in 0..40 {
            if i == 20 {
                scene.chip.bus().chip.measure(0);
            }
            parts.extend(scene.poll().unwrap());
        }
        assert_eq!((parts.len(), scene.images.torn()), (25, 1));
        assert_eq!(numbers(&scene.half(1)).len(), 1);
    }

    #[test]
    fn nobody_who_asks_seldom_takes_a_chip_for_dead() {
        let (mut scene, _) = Scene::begun(|_| ());
        scene.half(0);
        scene.now_ms += 60_000;
        assert_eq!(scene.half(0).len(), 0); // it measured on, and ended with the half that went out
        assert_eq!(scene.half(1).len(), 26);
    }

    #[test]
    fn a_chip_that_stops_is_told_and_begun_anew() {
        let (mut scene, _) = Scene::begun(|_| ());
        scene.half(0);
        for _ in 0..7 {
            assert_eq!(scene.poll(), Ok(None));
            scene.now_ms += 500;
        }
        assert_eq!(scene.poll(), Ok(None)); // 3.5 s
        scene.now_ms += 1;
        assert_eq!(scene.poll().map_err(|e| e.fault), Err(Fault::NotReady));
        let parts = scene.half(1);
        assert_eq!(numbers(&parts)[0].1, ThermalContent::Mlx90640Calibration);
        scene.chip.bus().trouble = Trouble::Dead;
        assert_eq!(scene.poll().map_err(|e| e.fault), Err(Fault::NoAnswer));
    }
}
