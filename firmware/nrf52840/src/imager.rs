//! The imager: a thermal array's parts, one at a time, while the line is on.

use embedded_hal_bus::i2c::RefCellDevice;
use emberline_node::{
    Array, HalfImages, ThermalCheck,
    driver::{Amg88xx, DriverError, Mlx90640},
};
use emberline_wire::{PART, ThermalContent, ThermalPart};

use crate::{bus::Bus, settings::Thermal};

type Shared<'a> = RefCellDevice<'a, Bus>;

/// What an image needs until all of it is sent.
#[allow(clippy::large_enum_variant)] // a box needs an allocator; there is one imager
pub(crate) enum Imager<'a> {
    /// No array is fitted.
    None,
    /// 8×8 pixels in two parts.
    Amg8833 {
        chip: Amg88xx<Shared<'a>>,
        check: ThermalCheck<64>,
        started: bool,
        image: u16,
        /// Pixels of the image that is under way, and the part that is next.
        pixels: Option<([Option<i16>; 64], usize)>,
    },
    /// 32×24 pixels in two halves of 26 parts.
    Mlx90640 { chip: Mlx90640<Shared<'a>>, images: HalfImages, parts_due: u32 },
}

/// Why there is no image.
pub(crate) enum NoImage {
    /// The chip gave nothing.
    Chip(DriverError),
    /// It gave one that cannot be.
    Bad,
}

impl<'a> Imager<'a> {
    pub(crate) fn new(fitted: Thermal, bus: Shared<'a>) -> Self {
        match fitted {
            Thermal::None => Self::None,
            Thermal::Amg8833 => match ThermalCheck::new(Array::AMG8833) {
                Some(check) => {
                    let chip = Amg88xx::new(bus, Amg88xx::<Shared<'_>>::ADDRESS);
                    Self::Amg8833 { chip, check, started: false, image: 0, pixels: None }
                }
                None => Self::None, // its size is that of the array
            },
            Thermal::Mlx90640 => {
                let chip = Mlx90640::new(bus, Mlx90640::<Shared<'_>>::ADDRESS);
                Self::Mlx90640 { chip, images: HalfImages::new(), parts_due: 0 }
            }
        }
    }

    /// Asks for one image.
    pub(crate) fn want(&mut self) -> Result<(), NoImage> {
        match self {
            Self::None => Ok(()),
            Self::Amg8833 { chip, check, started, image, pixels } => {
                let read = |chip: &mut Amg88xx<Shared<'a>>, started: bool| {
                    if !started {
                        chip.start()?;
                    }
                    chip.image_c_e2()
                };
                let result = read(chip, *started);
                *started = result.is_ok();
                let whole = result.map_err(NoImage::Chip)?;
                *image = image.wrapping_add(1);
                *pixels = Some((check.check(&whole, 0).map_err(|_| NoImage::Bad)?, 0));
                Ok(())
            }
            Self::Mlx90640 { parts_due, .. } => {
                *parts_due = 2 * u32::from(Mlx90640::<Shared<'_>>::ROWS);
                Ok(())
            }
        }
    }

    /// Whether parts are still to come.
    pub(crate) fn busy(&self) -> bool {
        match self {
            Self::None => false,
            Self::Amg8833 { pixels, .. } => pixels.is_some(),
            Self::Mlx90640 { parts_due, .. } => *parts_due > 0,
        }
    }

    /// The next part, if one is there; ask again within a second while [`Self::busy`].
    pub(crate) fn poll(&mut self, now_ms: u64) -> Result<Option<ThermalPart>, NoImage> {
        match self {
            Self::None => Ok(None),
            Self::Amg8833 { image, pixels, .. } => {
                let Some((whole, next)) = pixels else { return Ok(None) };
                let first = *next * PART;
                let values = core::array::from_fn(|i| whole.get(first + i).copied().flatten());
                let content = ThermalContent::TempCE2;
                let part = ThermalPart::new(*image, content, 0, [8, 8], first as u16, &values);
                *next += 1;
                if *next * PART >= whole.len() {
                    *pixels = None;
                }
                Ok(Some(part))
            }
            Self::Mlx90640 { parts_due: 0, .. } => Ok(None),
            Self::Mlx90640 { chip, images, parts_due } => match images.poll(chip, now_ms) {
                Ok(part) => {
                    let counts = part
                        .as_ref()
                        .is_some_and(|part| part.content == ThermalContent::Mlx90640Words);
                    *parts_due -= u32::from(counts);
                    Ok(part)
                }
                Err(fault) => {
                    *parts_due = 0;
                    Err(NoImage::Chip(fault))
                }
            },
        }
    }
}
