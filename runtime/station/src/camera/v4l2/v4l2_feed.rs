//! A camera that is a video device of this machine. Not run on hardware: no machine of ours has one.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use emberline_vision::frame::Kind;
use jiff::Timestamp;
use linuxvideo::stream::ReadStream;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::device;
use super::format::Format;
use super::raw::Layout;
use crate::camera::feed::{Feed, Got};
use crate::camera::intake::Intake;
use crate::source::Fault;

/// A device that gives nothing for so long hangs.
const PATIENCE: Duration = Duration::from_secs(10);

/// Pictures of a video device.
pub(in crate::camera) struct V4l2Feed {
    path: PathBuf,
    stream: ReadStream,
    layout: Layout,
    every: Duration,
    due: Instant,
    /// When the device last gave anything.
    gave: Instant,
    intake: Intake,
}

impl V4l2Feed {
    /// Starts the stream of the device `path`; a picture is taken from it each `every`.
    pub(in crate::camera) fn open(path: &Path, kind: Kind, every: Duration) -> Result<Self, Fault> {
        let (stream, layout) = device::open(path, kind)?;
        let Layout { format, width, height, .. } = layout;
        tracing::info!("{}: {format:?} of {width}×{height} pixels", path.display());
        let (path, now, intake) = (path.to_owned(), Instant::now(), Intake::new(kind));
        Ok(Self { path, stream, layout, every, due: now, gave: now, intake })
    }

    /// Waits for a buffer until `until`; whether there is one.
    fn is_ready(&self, until: Instant) -> Result<bool, Fault> {
        let gone = |errno: Errno| device::fault(&self.path, &errno.into());
        let left = until.saturating_duration_since(Instant::now());
        let left = Timespec::try_from(left).map_err(|_| gone(Errno::INVAL))?;
        let mut asked = [PollFd::new(&self.stream, PollFlags::IN)];
        match poll(&mut asked, Some(&left)) {
            Ok(0) | Err(Errno::INTR) => return Ok(false),
            Ok(_) => {}
            Err(errno) => return Err(gone(errno)),
        }
        // Without a buffer, what else is told is an error, and taking one would wait for ever.
        match asked[0].revents().contains(PollFlags::IN) {
            true => Ok(true),
            false => Err(gone(Errno::NODEV)),
        }
    }
}

impl Feed for V4l2Feed {
    fn next(&mut self, wait: Duration) -> Result<Got, Fault> {
        let until = Instant::now() + wait;
        // Every buffer is taken, so that the one that is looked at is of now.
        while self.is_ready(until)? {
            let (came, is_due) = (Timestamp::now(), Instant::now() >= self.due);
            self.gave = Instant::now();
            let taken = self.stream.dequeue(|buffer| {
                let whole = !buffer.is_error();
                Ok(is_due.then(|| whole.then(|| buffer.to_vec())))
            });
            let Some(taken) = taken.map_err(|cause| device::fault(&self.path, &cause))? else {
                if Instant::now() >= until {
                    return Ok(Got::Nothing);
                }
                continue;
            };
            self.due = (self.due + self.every).max(Instant::now());
            let Some(bytes) = taken else {
                return self
                    .intake
                    .spoiled("the device says that its picture is damaged".to_owned());
            };
            if self.layout.format == Format::Jpeg {
                return self.intake.encoded(&bytes, came);
            }
            return match self.layout.pixels(&bytes) {
                Ok(pixels) => self.intake.values(pixels, came),
                Err(why) => self.intake.spoiled(why),
            };
        }
        if self.gave.elapsed() > PATIENCE {
            let (path, patience_s) = (self.path.display(), PATIENCE.as_secs());
            let why = format!(
                "{path}: it gives no picture for {patience_s} s: plug the camera out and in"
            );
            return Err(Fault { refused: false, why });
        }
        Ok(Got::Nothing)
    }
}
