//! The thermal array of one node: takes the parts that come over the line and gives whole images.

use std::path::{Path, PathBuf};
use std::time::Duration;

use emberline_wire::{ThermalContent, ThermalPart};

use super::no_image::{Kind, NoImage};
use crate::folder::FolderError;
use crate::image::{AssembledImage, ImageAssembler};
use crate::mlx90640::{
    self as mlx, BadCalibration, COLUMNS, Calibration, EMISSIVITY, Pairs, ROWS, WORDS,
};

/// Rows, columns and temperatures, °C, row by row from the top left.
pub type TempsC = (u8, u8, Vec<Option<f64>>);

/// What one part brought.
#[derive(Debug, Default, PartialEq)]
pub struct ThermalOutput {
    /// An image, if the part completed one.
    pub image: Option<TempsC>,
    /// Why there is none; each kind of reason once.
    pub notes: Vec<NoImage>,
}

/// The thermal array of one node.
#[derive(Debug)]
pub struct Thermal {
    /// The node's folder, where its calibration is kept.
    folder: PathBuf,
    images: ImageAssembler,
    known: Option<KnownCalibration>,
    pairs: Pairs,
    reported: Vec<Kind>,
}

/// The calibration of an MLX90640, with the words that it was made of.
#[derive(Debug)]
struct KnownCalibration {
    words: Box<[u16; WORDS]>,
    calibration: Calibration,
}

impl KnownCalibration {
    fn new(words: Box<[u16; WORDS]>) -> Result<Self, BadCalibration> {
        Ok(Self { calibration: Calibration::new(&words)?, words })
    }
}

impl Thermal {
    /// The array of the node with this folder; its calibration is read if one is kept there.
    #[must_use]
    pub fn open(folder: &Path) -> Self {
        let known = mlx::read(folder).and_then(|words| KnownCalibration::new(words).ok());
        Self {
            folder: folder.to_owned(),
            images: ImageAssembler::default(),
            known,
            pairs: Pairs::default(),
            reported: Vec::new(),
        }
    }

    /// Takes one part that came at `since`, by a clock that is never set back.
    ///
    /// # Errors
    /// When the disk refuses to keep a calibration, or to remove one; images go on all the same.
    pub fn take(
        &mut self,
        part: &ThermalPart,
        since: Duration,
    ) -> Result<ThermalOutput, FolderError> {
        let mut out = ThermalOutput::default();
        if self.is_of_another(part) {
            self.known = None;
            self.pairs = Pairs::default();
            out.notes.extend(self.report(NoImage::OtherArray));
            let path = &self.folder;
            mlx::forget(path).map_err(|cause| FolderError { path: path.clone(), cause })?;
        }
        let Some(whole) = self.images.join(part) else { return Ok(out) };
        match whole.content {
            ThermalContent::TempCE2 => {
                let temp_c = |value: i16| f64::from(value) / 100.0;
                let image = whole.values.iter().map(|v| v.map(temp_c)).collect();
                out.image = Some((whole.rows, whole.columns, image));
            }
            ThermalContent::Mlx90640Calibration => out.notes.extend(self.calibrate(&whole)?),
            ThermalContent::Mlx90640Words => match self.half(&whole, since) {
                Ok(image) => out.image = image,
                Err(why) => out.notes.extend(self.report(why)),
            },
            _ => {} // of a later version
        }
        Ok(out)
    }

    /// Whether `part` is of a calibration that is not the known one: the array was replaced, and the
    /// known one is wrong from now on, whether or not the new one arrives whole.
    fn is_of_another(&self, part: &ThermalPart) -> bool {
        let Some(KnownCalibration { words, .. }) = &self.known else { return false };
        let known = words.iter().skip(part.first.into());
        part.content == ThermalContent::Mlx90640Calibration
            && part
                .values()
                .zip(known)
                .any(|(new, known)| new.map(i16::cast_unsigned) != Some(*known))
    }

    /// Takes a calibration; gives the reason if it is none.
    fn calibrate(&mut self, whole: &AssembledImage) -> Result<Option<NoImage>, FolderError> {
        let words: Option<Vec<u16>> =
            whole.values.iter().map(|word| word.map(i16::cast_unsigned)).collect();
        let words = words.and_then(|words| words.into_boxed_slice().try_into().ok());
        match words.ok_or(BadCalibration::Empty).and_then(KnownCalibration::new) {
            Ok(new) if self.known.is_none() => {
                let path = &self.folder;
                let written = mlx::write(path, &new.words);
                self.known = Some(new);
                written.map_err(|cause| FolderError { path: path.join("mlx90640.json"), cause })?;
                Ok(None)
            }
            Ok(_) => Ok(None), // the same again: of any other, a part came before that made it unknown
            Err(bad) => Ok(self.report(NoImage::Calibration(bad))),
        }
    }

    /// The image that a half completes.
    fn half(&mut self, whole: &AssembledImage, since: Duration) -> Result<Option<TempsC>, NoImage> {
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

    /// `why`, the first time that a reason of its kind comes up.
    fn report(&mut self, why: NoImage) -> Option<NoImage> {
        let new = !self.reported.contains(&why.kind());
        if new {
            self.reported.push(why.kind());
        }
        new.then_some(why)
    }
}
