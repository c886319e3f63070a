//! The cameras and radars of a station and their threads: started, kept, changed and ended one by one.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use emberline_vision::pipeline::Stop;

use crate::camera::{Camera, Memory, Worker, open};
use crate::config::{CameraConfig, Config, RadarConfig};
use crate::radar::{Radar, RadarWorker};
use crate::source::Source;
use crate::store::Store;

/// A source whose thread was told to end is let go of after this: a reader that hangs holds up nobody.
const LET_GO: Duration = Duration::from_secs(15);

/// What is configured of a source.
#[derive(Clone, Debug, PartialEq)]
enum Spec {
    Camera(Box<CameraConfig>),
    Radar(Box<RadarConfig>),
}

impl Spec {
    fn name(&self) -> &str {
        match self {
            Self::Camera(camera) => &camera.name,
            Self::Radar(radar) => &radar.name,
        }
    }
}

/// A source and its thread.
#[derive(Debug)]
struct Running {
    spec: Spec,
    source: Arc<dyn Source>,
    /// The same, where it is a camera.
    camera: Option<Arc<Camera>>,
    stop: Stop,
    thread: JoinHandle<()>,
}

/// All sources; dropping them ends their threads.
#[derive(Debug)]
pub(crate) struct Sources {
    running: Mutex<Vec<Running>>,
    memory: Memory,
    began: Instant,
}

impl Sources {
    /// None yet, of a station that began at `began` and keeps what it makes in `data`.
    pub(crate) fn new(began: Instant, data: &Path) -> Self {
        Self { running: Mutex::default(), memory: Memory::of(data), began }
    }

    fn running(&self) -> MutexGuard<'_, Vec<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All of them, in the order of the configuration.
    pub(crate) fn all(&self) -> Vec<Arc<dyn Source>> {
        self.running().iter().map(|running| Arc::clone(&running.source)).collect()
    }

    /// All cameras. The disk is not waited for with the list locked.
    fn cameras(&self) -> Vec<Arc<Camera>> {
        self.running().iter().filter_map(|running| running.camera.clone()).collect()
    }

    /// Keeps what cameras have seen of fires.
    pub(crate) fn keep(&self) {
        self.cameras().iter().for_each(|camera| camera.keep(&self.memory));
    }

    /// Keeps frames of cameras in `store`, where they are due.
    pub(crate) fn keep_frames(&self, store: &Store) {
        self.cameras().iter().for_each(|camera| camera.keep_frame(store));
    }

    /// Makes them those of `config`: one that did not change is not touched, others are ended and begun. Gives
    /// the names of those that began.
    ///
    /// # Errors
    /// The name of a source for which the system gives no thread, and why; the others run.
    pub(crate) fn change(&self, config: &Config) -> Result<Vec<String>, (String, std::io::Error)> {
        let specs: Vec<Spec> =
            (config.cameras.iter().cloned().map(|camera| Spec::Camera(Box::new(camera))))
                .chain(config.radars.iter().cloned().map(|radar| Spec::Radar(Box::new(radar))))
                .collect();
        // Nobody who asks how sources fare waits for one that ends.
        let ended: Vec<Running> = {
            let mut running = self.running();
            let all = std::mem::take(&mut *running);
            let (stay, go) = all.into_iter().partition(|r: &Running| specs.contains(&r.spec));
            *running = stay;
            go
        };
        let cameras = ended.iter().filter_map(|running| running.camera.as_ref());
        cameras.for_each(|camera| camera.keep(&self.memory));
        // Before others begin: a device is opened once.
        end(ended);
        let (mut began, mut failed) = (Vec::new(), None);
        for spec in &specs {
            if self.running().iter().any(|running| running.spec == *spec) {
                continue;
            }
            match self.begin(spec) {
                Ok(new) => {
                    self.running().push(new);
                    began.push(spec.name().to_owned());
                }
                Err(cause) => failed = Some((spec.name().to_owned(), cause)),
            }
        }
        let place = |running: &Running| specs.iter().position(|spec| *spec == running.spec);
        self.running().sort_by_key(place);
        failed.map_or(Ok(began), Err)
    }

    fn begin(&self, spec: &Spec) -> std::io::Result<Running> {
        let (stop, began) = (Stop::default(), self.began);
        let thread = thread::Builder::new();
        let (source, camera, thread): (Arc<dyn Source>, _, _) = match spec {
            Spec::Camera(config) => {
                let camera = Arc::new(Camera::new((**config).clone()));
                camera.resume(&self.memory);
                camera.looks_up(began.elapsed());
                let (open, stop) = (open(config), stop.clone());
                let worker = Worker { open, camera: Arc::clone(&camera), stop, began };
                let thread = thread.name(format!("camera {}", config.name));
                let thread = thread.spawn(move || worker.run())?;
                (Arc::clone(&camera) as _, Some(camera), thread)
            }
            Spec::Radar(config) => {
                let radar = Arc::new(Radar::new((**config).clone()));
                radar.looks_up(began.elapsed());
                let worker = RadarWorker::new(Arc::clone(&radar), stop.clone(), began);
                let thread = thread.name(format!("radar {}", config.name));
                let thread = thread.spawn(move || worker.run())?;
                (radar as _, None, thread)
            }
        };
        Ok(Running { spec: spec.clone(), source, camera, stop, thread })
    }

    /// Ends them all.
    pub(crate) fn end(&self) {
        let all = std::mem::take(&mut *self.running());
        end(all);
    }
}

impl Drop for Sources {
    fn drop(&mut self) {
        self.end();
    }
}

/// Ends these threads: all are told, then waited for.
fn end(running: Vec<Running>) {
    running.iter().for_each(|running| running.stop.set());
    let until = Instant::now() + LET_GO;
    for Running { source, thread, .. } in running {
        while !thread.is_finished() && Instant::now() < until {
            thread::sleep(Duration::from_millis(20));
        }
        match thread.is_finished() {
            // A thread that panicked has said so.
            true => drop(thread.join()),
            false => tracing::warn!("{}: its reader hangs and is left behind", source.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_change_is_not_touched() {
        let config = |cameras: &[(&str, f64)], radar: Option<f64>| {
            let camera = |(name, every_s): &(&str, f64)| {
                format!(
                    "[[camera]]\nname = \"{name}\"\nfrom = \"sim:fire\"\nevery_s = {every_s:.1}\n"
                )
            };
            let cameras: String = cameras.iter().map(camera).collect();
            let radar = radar.map_or_else(String::new, |every_s| {
                format!("[[radar]]\nname = \"r\"\nfrom = \"file:///no/\"\nevery_s = {every_s:.1}\n")
            });
            let text = format!("name = \"a\"\nlat = 1.0\nlon = 1.0\n{cameras}{radar}");
            Config::parse("s.toml", &text).unwrap()
        };
        let room = tempfile::tempdir().unwrap();
        let sources = Sources::new(Instant::now(), room.path());
        let began = |wanted: &[(&str, f64)], radar| sources.change(&config(wanted, radar)).unwrap();
        assert_eq!(began(&[("a", 1.0), ("b", 1.0)], Some(300.0)), ["a", "b", "r"]);
        let before = sources.all();
        assert_eq!(began(&[("c", 1.0), ("b", 2.0), ("a", 1.0)], Some(300.0)), ["c", "b"]);
        let now = sources.all();
        let names: Vec<&str> = now.iter().map(|source| source.name()).collect();
        assert_eq!(names, ["c", "b", "a", "r"]);
        assert!(Arc::ptr_eq(&now[2], &before[0]), "an untouched camera keeps what it has seen");
        assert!(Arc::ptr_eq(&now[3], &before[2]), "and so does a radar");
        assert!(!Arc::ptr_eq(&now[1], &before[1]));
        drop(now);
        assert_eq!(began(&[("a", 1.0)], Some(60.0)), ["r"]);
        assert_eq!(began(&[("d", 1.0)], None), ["d"]);
        // Their threads are over: nobody else holds them.
        let held: Vec<usize> = before.iter().map(Arc::strong_count).collect();
        assert_eq!(held, [1, 1, 1]);
    }
}
