//! A radar's thread: looks into its folder again and again, less often where a look takes long.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use emberline_vision::pipeline::Stop;

use super::folder::RadarFolder;
use super::radar::Radar;
use crate::source::Fault;

/// Between two looks, at least: files must rest for as long in any case.
const LOOK: Duration = Duration::from_secs(1);
/// A look takes at most one part in so many of the time.
const SHARE: u32 = 20;
/// Longest wait at a time: so soon is a stop heard.
const WAIT: Duration = Duration::from_millis(200);

/// The thread of one radar.
#[derive(Debug)]
pub struct RadarWorker {
    radar: Arc<Radar>,
    stop: Stop,
    began: Instant,
}

impl RadarWorker {
    /// Of `radar`, ended by `stop`, in a station that `began` then.
    #[must_use]
    pub fn new(radar: Arc<Radar>, stop: Stop, began: Instant) -> Self {
        Self { radar, stop, began }
    }

    /// Reads the radar until it is stopped. A fault of the reader itself is one of the radar.
    pub fn run(self) {
        let Self { radar, stop, began } = self;
        let mut folder = RadarFolder::new(&radar);
        while !stop.is_set() {
            radar.looks_up(began.elapsed());
            let looked = Instant::now();
            let fault = catch_unwind(AssertUnwindSafe(|| folder.look(&radar, began, &stop)));
            radar.fares(fault.unwrap_or_else(|_| {
                // What the fault left behind is not believed.
                folder = RadarFolder::new(&radar);
                let why = "its reader failed: please report it".to_owned();
                Some(Fault { refused: false, why })
            }));
            let until = Instant::now() + LOOK.max(looked.elapsed() * SHARE);
            while !stop.is_set() && Instant::now() < until {
                radar.looks_up(began.elapsed());
                std::thread::sleep(WAIT.min(until.saturating_duration_since(Instant::now())));
            }
        }
    }
}
