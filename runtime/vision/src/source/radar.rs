//! Radar files as a source: a sequence, read whole because files must be sorted by time.

use std::path::{Path, PathBuf};

use ndarray::Axis;

use super::about::{About, Origin};
use super::deadline::Deadline;
use super::error::SourceError;
use super::options::SourceOptions;
use super::source::{Closing, Next, Source};
use crate::frame::{Elapsed, Frame, FrameTime, Kind, Pixels};
use crate::radar::{self, RainFrame, Sequence};

/// Frames of rain from files of a weather radar.
pub(super) struct RadarSource {
    about: About,
    frames: std::vec::IntoIter<Frame>,
    digest: String,
}

impl RadarSource {
    /// Whether `path` holds radar files.
    pub(super) fn claims(path: &Path, options: &SourceOptions) -> bool {
        radar::claims(path, options.kind == Some(Kind::Rain) || options.radar.unit.is_some())
    }

    /// Reads the radar file or the folder of radar files `uri`.
    pub(super) fn open(uri: &str, options: &SourceOptions) -> Result<Self, SourceError> {
        let sequence = Sequence::read(uri, &options.radar, options.step_s.is_some())?;
        Ok(Self::of(uri, sequence, options))
    }

    /// Reads these files of the folder `name` alone.
    pub(super) fn chosen(
        name: &str,
        files: &[PathBuf],
        options: &SourceOptions,
    ) -> Result<Self, SourceError> {
        Ok(Self::of(name, Sequence::chosen(name, files, &options.radar)?, options))
    }

    fn of(uri: &str, sequence: Sequence, options: &SourceOptions) -> Self {
        let about = About {
            kind: Some(Kind::Rain),
            grid: Some(sequence.grid),
            notes: sequence.notes,
            ..About::recorded(uri, Origin::Radar)
        };
        let (step_s, counted) = options.step_or_assumed();
        let source = sequence.times_from.unwrap_or(counted);
        let first = sequence.frames.first().and_then(|frame| frame.utc);
        let time = |i: usize, frame: &RainFrame| match (sequence.times_from, frame.utc, first) {
            (Some(_), Some(utc), Some(first)) => FrameTime::stamped(utc, first, source),
            _ => FrameTime::since_first(Elapsed::counted(i, step_s), source),
        };
        let frame = |(i, frame): (usize, RainFrame)| {
            let time = time(i, &frame);
            Frame::new(Pixels::F32(frame.rates.insert_axis(Axis(2))), time)
        };
        let frames: Vec<Frame> = sequence.frames.into_iter().enumerate().map(frame).collect();
        Self { about, frames: frames.into_iter(), digest: sequence.digest }
    }
}

impl Source for RadarSource {
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
