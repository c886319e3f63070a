//! `.npz` files: the frames array, and the optional scalars beside it.
//!
//! A file is read whole before its first frame is handed out: only at the end of an array does its
//! checksum tell that it is sound, and the times stand in an array of their own.

mod archive;

#[cfg(test)]
mod tests;

use std::path::Path;

use super::about::{About, Origin};
use super::deadline::Deadline;
use super::doubt;
use super::error::SourceError;
use super::options::SourceOptions;
use super::source::{Closing, Next, Source};
use crate::digest::Digest;
use crate::frame::{Elapsed, Frame, FrameTime, Kind, TimeSource};
use archive::Npz;

/// The frames of one array of a file.
pub(super) struct NpzSource {
    about: About,
    frames: std::vec::IntoIter<Frame>,
    digest: String,
}

impl NpzSource {
    /// Reads the file `uri`.
    pub(super) fn open(uri: &str, options: &SourceOptions) -> Result<Self, SourceError> {
        let path = Path::new(uri);
        let digest = Digest::of_file(path).map_err(|e| SourceError::io(path, e))?.hex();
        let mut npz = Npz::open(uri, path)?;
        let wanted = options.array.as_deref().unwrap_or("frames");
        let mut about = About::recorded(uri, Origin::Npz);
        let pixels = npz.frames(wanted, &mut about)?;
        let times = npz.fields(pixels.len(), &mut about)?;
        let beside = npz.note_the_rest(wanted, &mut about);
        match options.kind.or(about.kind) {
            Some(Kind::Rain) if npz.holds_other_numbers(wanted) => {
                return Err(SourceError::refused(
                    uri,
                    format!("array {wanted} of kind rain holds neither uint8 codes nor mm/h"),
                    "frames.astype(numpy.float32) where it is mm/h",
                ));
            }
            None => doubt::refuse_named_rain(uri, [doubt::stem(path).as_str(), wanted])?,
            Some(_) => {}
        }
        let times = times.unwrap_or_else(|| {
            let declared = about.step_s.map(|dt_s| (dt_s, TimeSource::Step));
            let (step_s, source) = declared.unwrap_or_else(|| options.step_or_assumed());
            let counted = |i| FrameTime::since_first(Elapsed::counted(i, step_s), source);
            (0..pixels.len()).map(counted).collect()
        });
        about.like_radar = doubt::like_radar_archive(&beside, &times);
        let frames = pixels.into_iter().zip(times).map(|(pixels, time)| Frame::new(pixels, time));
        Ok(Self { about, frames: frames.collect::<Vec<_>>().into_iter(), digest })
    }
}

impl Source for NpzSource {
    fn about(&self) -> &About {
        &self.about
    }

    fn next(&mut self, _: Deadline) -> Result<Next, SourceError> {
        Ok(self.frames.next().map_or(Next::End, Next::Frame))
    }

    fn finish(self: Box<Self>) -> Closing {
        Closing { digest: Some(self.digest), notes: Vec::new() }
    }
}
