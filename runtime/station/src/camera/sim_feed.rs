//! A simulated camera: `sim:fire` as it would be seen, a frame each so many seconds of real time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use emberline_vision::frame::{Kind, TimeSource};
use emberline_vision::grid::Grid;
use emberline_vision::source::{self, Deadline, Next, Source, SourceOptions};
use jiff::{SignedDuration, Timestamp};

use super::feed::{Feed, Got, Shot};
use crate::source::Fault;

/// Frames are never so far from the clock, seconds, unless that was set or the machine slept.
const STEP_S: f64 = 10.0;

/// A fire that begins anew when it has come to its end.
pub(super) struct SimFeed {
    address: String,
    options: SourceOptions,
    every: Duration,
    source: Box<dyn Source>,
    grid: Grid,
    /// When the fire began, by both clocks.
    began: (Instant, Timestamp),
    /// The frame to come.
    index: u32,
}

impl SimFeed {
    /// Begins the fire that `address` names.
    pub(super) fn open(address: &str, kind: Kind, every: Duration) -> Result<Self, Fault> {
        let step_s = Some(every.as_secs_f64());
        let options = SourceOptions { kind: Some(kind), step_s, ..SourceOptions::default() };
        let (source, grid) = begin(address, &options)?;
        let began = (Instant::now(), Timestamp::now());
        Ok(Self { address: address.to_owned(), options, every, source, grid, began, index: 0 })
    }
}

fn begin(address: &str, options: &SourceOptions) -> Result<(Box<dyn Source>, Grid), Fault> {
    let refused = |why: String| Fault { refused: true, why };
    let source = source::open(address, options).map_err(|e| refused(e.to_string()))?;
    let grid = source.about().grid.clone();
    let grid = grid.ok_or_else(|| refused(format!("{address}: it tells no grid")))?;
    Ok((source, grid))
}

impl Feed for SimFeed {
    fn next(&mut self, wait: Duration) -> Result<Got, Fault> {
        let due = self.began.0 + self.every * self.index;
        let left = due.saturating_duration_since(Instant::now());
        std::thread::sleep(left.min(wait));
        if left > wait {
            return Ok(Got::Nothing);
        }
        let next = self.source.next(Deadline::after(wait));
        let frame = match next.map_err(|e| Fault { refused: true, why: e.to_string() })? {
            Next::Frame(frame) => frame,
            Next::NotYet => return Ok(Got::Nothing),
            Next::End => {
                (self.source, self.grid) = begin(&self.address, &self.options)?;
                self.began = (Instant::now() + self.every, Timestamp::now());
                self.index = 0;
                return Ok(Got::Nothing);
            }
        };
        let since = SignedDuration::try_from(self.every * self.index).unwrap_or_default();
        let now = Timestamp::now();
        let mut taken = self.began.1.saturating_add(since).unwrap_or(now);
        if now.duration_since(taken).as_secs_f64().abs() > STEP_S {
            // The clock of this machine was set: the fire goes by it from here on.
            self.began.1 = now.saturating_sub(since).unwrap_or(now);
            taken = now;
        }
        let shot = Shot {
            pixels: Arc::clone(&frame.pixels),
            grid: self.grid.clone(),
            taken,
            time_source: TimeSource::Simulated,
            new_scene: self.index == 0,
            stream: None,
        };
        self.index += 1;
        Ok(Got::Shot(Box::new(shot)))
    }
}
