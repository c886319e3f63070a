//! A camera's thread: opens the feed, takes what comes, and opens it again when it is lost, later each time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use emberline_vision::pipeline::Stop;

use super::camera::Camera;
use super::drop_folder::DropFolder;
use super::feed::{Feed, Got};
use super::http::HttpFeed;
#[cfg(feature = "video")]
use super::rtsp::RtspFeed;
use super::sim_feed::SimFeed;
#[cfg(target_os = "linux")]
use super::v4l2::V4l2Feed;
use crate::config::{CameraConfig, CameraFrom};
use crate::source::{Fault, Source as _};

/// Longest wait at a time: so soon is a stop heard.
const WAIT: Duration = Duration::from_millis(200);
/// First and longest time until a lost feed is opened again.
const AGAIN: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(10)];
/// The same where a person must do something first: cameras lock out who tries too often.
const REFUSED_AGAIN: Duration = Duration::from_secs(300);
/// A feed that gave frames for so long was well: what comes after it is the first fault.
const WELL: Duration = Duration::from_secs(60);

/// Opens a feed anew.
pub type Open = dyn Fn() -> Result<Box<dyn Feed>, Fault> + Send;

/// How the feed of a camera is opened.
#[must_use]
pub fn open(config: &CameraConfig) -> Box<Open> {
    let config = config.clone();
    Box::new(move || {
        let CameraConfig { from, login, kind, every_s, .. } = config.clone();
        let feed: Box<dyn Feed> = match &from {
            CameraFrom::Sim(address) => {
                Box::new(SimFeed::open(address, kind, Duration::from_secs_f64(every_s))?)
            }
            CameraFrom::Folder(folder) => Box::new(DropFolder::open(folder, kind)?),
            #[cfg(feature = "video")]
            CameraFrom::Rtsp { .. } => Box::new(RtspFeed::open(&config)?),
            CameraFrom::Http { address, snapshot, certificate } => {
                let every = Duration::from_secs_f64(every_s);
                let login = login.as_ref();
                Box::new(HttpFeed::open(address, login, certificate, *snapshot, kind, every)?)
            }
            #[cfg(target_os = "linux")]
            CameraFrom::Device(path) => {
                Box::new(V4l2Feed::open(path, kind, Duration::from_secs_f64(every_s))?)
            }
            #[cfg(not(target_os = "linux"))]
            CameraFrom::Device(path) => {
                let why = format!("{}: video devices are read on Linux alone", path.display());
                return Err(Fault { refused: true, why });
            }
            #[cfg(not(feature = "video"))]
            CameraFrom::Rtsp { .. } => {
                let why = "this program was built without video: take one with it".to_owned();
                return Err(Fault { refused: true, why });
            }
        };
        Ok(feed)
    })
}

/// The thread of one camera.
pub struct Worker {
    /// Whose.
    pub camera: Arc<Camera>,
    /// Opens its feed.
    pub open: Box<Open>,
    /// Ends it.
    pub stop: Stop,
    /// When the station began.
    pub began: Instant,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker").field("camera", &self.camera.name()).finish_non_exhaustive()
    }
}

impl Worker {
    /// Reads the camera until it is stopped. A fault of the reader itself is one of the camera.
    pub fn run(self) {
        let mut faults = 0;
        while !self.stop.is_set() {
            let opened = Instant::now();
            let read = catch_unwind(AssertUnwindSafe(|| self.read()));
            let fault = match read {
                Ok(None) => return,
                Ok(Some(fault)) => fault,
                Err(_) => {
                    Fault { refused: false, why: "its reader failed: please report it".to_owned() }
                }
            };
            faults = if opened.elapsed() >= WELL { 0 } else { faults + 1 };
            let wait = again(&fault, faults, fastrand::f64());
            self.camera.lost(fault);
            let until = Instant::now() + wait;
            while !self.stop.is_set() && Instant::now() < until {
                self.camera.looks_up(self.began.elapsed());
                self.camera.lay();
                std::thread::sleep(WAIT.min(until.saturating_duration_since(Instant::now())));
            }
            self.camera.reopened();
        }
    }

    /// Opens the feed and takes what comes; `None` when it was stopped.
    fn read(&self) -> Option<Fault> {
        let mut feed = match (self.open)() {
            Ok(feed) => feed,
            Err(fault) => return Some(fault),
        };
        while !self.stop.is_set() {
            let now = self.began.elapsed();
            self.camera.looks_up(now);
            self.camera.lay();
            match feed.next(WAIT) {
                Ok(Got::Shot(shot)) => self.camera.frame(&shot, self.began.elapsed()),
                Ok(Got::Spoiled(why)) => self.camera.spoiled(&why),
                Ok(Got::Behind(frames)) => self.camera.behind(frames),
                Ok(Got::Nothing) => {}
                Err(fault) => return Some(fault),
            }
        }
        None
    }
}

/// How long after the `faults`-th fault in a row the feed is opened again: twice as long each time, and a
/// little more by `chance` in 0..1, so that cameras that fail together do not come back together.
fn again(fault: &Fault, faults: u32, chance: f64) -> Duration {
    let [first, longest] = AGAIN;
    let wait = match fault.refused {
        true => REFUSED_AGAIN,
        false => first.saturating_mul(1 << faults.saturating_sub(1).min(10)).min(longest),
    };
    wait.mul_f64(1.0 + 0.25 * chance)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use emberline_vision::frame::{Kind, Pixels, TimeSource};
    use emberline_vision::grid::Grid;
    use jiff::Timestamp;
    use ndarray::Array3;

    use super::super::feed::Shot;
    use super::*;
    use crate::config::When;
    use crate::source::State;

    #[test]
    fn waits_grow_and_a_refusal_is_not_hammered() {
        let fault = |refused| Fault { refused, why: String::new() };
        for (refused, faults, want_s) in [
            (false, 1, 1),
            (false, 2, 2),
            (false, 4, 8),
            (false, 5, 10),
            (false, u32::MAX, 10),
            (true, 1, 300),
            (true, 9, 300),
        ] {
            let least = again(&fault(refused), faults, 0.0);
            assert_eq!(least.as_secs(), want_s, "{refused} {faults}");
            assert_eq!(again(&fault(refused), faults, 1.0), least.mul_f64(1.25));
        }
    }

    /// Gives a frame, then panics; opened again it gives frames on.
    struct Bad(u32);

    impl Feed for Bad {
        fn next(&mut self, wait: Duration) -> Result<Got, Fault> {
            std::thread::sleep(wait / 10);
            self.0 += 1;
            assert!(self.0 != 2, "a reader that fails on purpose");
            Ok(Got::Shot(Box::new(Shot {
                pixels: Arc::new(Pixels::U8(Array3::zeros((32, 32, 1)))),
                grid: Grid::new(32, 32),
                taken: Timestamp::now(),
                time_source: TimeSource::Host,
                new_scene: false,
                stream: None,
            })))
        }
    }

    #[test]
    fn a_reader_that_panics_is_a_camera_that_is_lost_and_opened_again() {
        let config = CameraConfig {
            name: "north".to_owned(),
            from: CameraFrom::Sim("sim:fire".to_owned()),
            login: None,
            kind: Kind::Thermal,
            every_s: 1.0,
            step_s: 1.0,
            look: When::Always,
            site: crate::sun::Site::default(),
            ground: None,
        };
        let (camera, stop) = (Arc::new(Camera::new(config)), Stop::default());
        let opened = Arc::new(AtomicU32::new(0));
        let began = Instant::now();
        let open: Box<Open> = {
            let opened = Arc::clone(&opened);
            Box::new(move || Ok(Box::new(Bad(2 * opened.fetch_add(1, Ordering::Relaxed)))))
        };
        let worker = Worker { camera: Arc::clone(&camera), open, stop: stop.clone(), began };
        let thread = std::thread::spawn(|| worker.run());
        let until = |what: &str, done: &dyn Fn() -> bool| {
            while !done() {
                assert!(began.elapsed() < Duration::from_secs(60), "{what}");
                std::thread::sleep(Duration::from_millis(10));
            }
        };
        let state = || camera.state(began.elapsed(), Timestamp::now());
        until("it is lost", &|| {
            state().0 == State::Gone && state().1.contains("its reader failed")
        });
        until("it is back", &|| {
            opened.load(Ordering::Relaxed) == 2
                && camera.came(began.elapsed(), Timestamp::now()).frames > 3
        });
        assert_eq!(camera.came(began.elapsed(), Timestamp::now()).reconnects, 1);
        stop.set();
        thread.join().unwrap();
    }
}
