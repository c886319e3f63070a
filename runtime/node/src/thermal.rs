//! Thermal images of one node: what its parts become, and what a person is told, each thing once.

use std::mem::{Discriminant, discriminant};
use std::path::{Path, PathBuf};
use std::time::Duration;

use emberline_wire::{ThermalContent, ThermalPart};

use super::folder::FolderError;
use super::image::{Images, Whole};
use super::mlx90640::{
    self as mlx, BadCalibration, BadImage, COLUMNS, Calibration, EMISSIVITY, Impossible, Pairs,
    ROWS, WORDS,
};

/// Rows, columns and temperatures, °C, row by row from the top left.
pub type TempsC = (u8, u8, Vec<Option<f64>>);

/// What a part brought.
#[derive(Debug, Default, PartialEq)]
pub struct Seen {
    /// An image, if it is whole.
    pub image: Option<TempsC>,
    /// Lines for people.
    pub said: Vec<String>,
}

/// The thermal array of one node.
#[derive(Debug)]
pub struct Thermal {
    /// Of the node.
    folder: PathBuf,
    images: Images,
    known: Option<Known>,
    pairs: Pairs,
    told: Vec<Kind>,
}

/// The calibration of an MLX90640.
#[derive(Debug)]
struct Known {
    words: Box<[u16; WORDS]>,
    calibration: Calibration,
}

/// Why there is no image.
#[derive(Clone, Copy, Debug, thiserror::Error)]
enum NoImage {
    #[error(
        "its thermal array's calibration has not come yet: no images until then; the node sends it at \
         its start and after each 100 half images"
    )]
    NoCalibration,
    #[error(
        "it has another thermal array than before: no images until all of its calibration has come"
    )]
    Another,
    #[error("its thermal array's calibration: {0}: no images; replace the array")]
    Calibration(BadCalibration),
    #[error("thermal array: {0}: no image of it; check its cable and supply")]
    Words(Impossible),
    #[error("thermal array: {0}")]
    Image(BadImage),
}

/// What is told once.
type Kind = (Discriminant<NoImage>, Option<Discriminant<BadImage>>);

impl NoImage {
    fn kind(&self) -> Kind {
        match self {
            Self::Image(bad) => (discriminant(self), Some(discriminant(bad))),
            _ => (discriminant(self), None),
        }
    }
}

impl Known {
    fn new(words: Box<[u16; WORDS]>) -> Result<Self, BadCalibration> {
        Ok(Self { calibration: Calibration::new(&words)?, words })
    }
}

impl Thermal {
    /// The array of the node with this folder, and its calibration if it is kept there.
    #[must_use]
    pub fn open(folder: &Path) -> Self {
        let known = mlx::read(folder).and_then(|words| Known::new(words).ok());
        Self {
            folder: folder.to_owned(),
            images: Images::default(),
            known,
            pairs: Pairs::default(),
            told: Vec::new(),
        }
    }

    /// Takes one part that came at `since`.
    ///
    /// # Errors
    /// When the disk refuses to keep a calibration; it is used all the same.
    pub fn take(&mut self, part: &ThermalPart, since: Duration) -> Result<Seen, FolderError> {
        let mut seen = Seen::default();
        if self.is_of_another(part) {
            self.known = None;
            self.pairs = Pairs::default();
            seen.said.extend(self.tell(NoImage::Another));
            let path = &self.folder;
            mlx::forget(path).map_err(|source| FolderError { path: path.clone(), source })?;
        }
        let Some(whole) = self.images.join(part) else { return Ok(seen) };
        match whole.content {
            ThermalContent::TempCE2 => {
                let temp_c = |value: i16| f64::from(value) / 100.0;
                let image = whole.values.iter().map(|v| v.map(temp_c)).collect();
                seen.image = Some((whole.rows, whole.columns, image));
            }
            ThermalContent::Mlx90640Calibration => seen.said.extend(self.calibrate(&whole)?),
            ThermalContent::Mlx90640Words => match self.half(&whole, since) {
                Ok(image) => seen.image = image,
                Err(why) => seen.said.extend(self.tell(why)),
            },
            _ => {} // of a later version
        }
        Ok(seen)
    }

    /// Whether `part` is of a calibration that is not the known one: the array was replaced, and the
    /// known one is wrong from now on, whether or not the new one arrives whole.
    fn is_of_another(&self, part: &ThermalPart) -> bool {
        let Some(Known { words, .. }) = &self.known else { return false };
        let known = words.iter().skip(part.first.into());
        part.content == ThermalContent::Mlx90640Calibration
            && part
                .values()
                .zip(known)
                .any(|(new, known)| new.map(i16::cast_unsigned) != Some(*known))
    }

    /// Takes a calibration; gives a line if it is none.
    fn calibrate(&mut self, whole: &Whole) -> Result<Option<String>, FolderError> {
        let words: Option<Vec<u16>> =
            whole.values.iter().map(|word| word.map(i16::cast_unsigned)).collect();
        let words = words.and_then(|words| words.into_boxed_slice().try_into().ok());
        match words.ok_or(BadCalibration::Empty).and_then(Known::new) {
            Ok(new) if self.known.is_none() => {
                let path = &self.folder;
                let kept = mlx::keep(path, &new.words);
                self.known = Some(new);
                kept.map_err(|source| FolderError { path: path.join("mlx90640.json"), source })?;
                Ok(None)
            }
            Ok(_) => Ok(None), // the same again: of any other, a part came before that made it unknown
            Err(bad) => Ok(self.tell(NoImage::Calibration(bad))),
        }
    }

    /// The image that a half completes.
    fn half(&mut self, whole: &Whole, since: Duration) -> Result<Option<TempsC>, NoImage> {
        let Some(known) = &self.known else { return Err(NoImage::NoCalibration) };
        let Ok(words) = <&[Option<i16>; WORDS]>::try_from(&whole.values[..]) else {
            return Ok(None);
        };
        let words = words.map(|word| word.map(i16::cast_unsigned));
        let half = mlx::half_c(&known.calibration, &words, whole.subpage, EMISSIVITY)
            .map_err(NoImage::Words)?;
        let both = self.pairs.take(half, whole.subpage, since).map_err(NoImage::Image)?;
        Ok(both.map(|image| (ROWS as u8, COLUMNS as u8, image)))
    }

    /// The line of `why`, the first time.
    fn tell(&mut self, why: NoImage) -> Option<String> {
        let new = !self.told.contains(&why.kind());
        if new {
            self.told.push(why.kind());
        }
        new.then(|| why.to_string())
    }
}

#[cfg(test)]
#[path = "thermal_tests.rs"]
mod tests;
