//! The cameras of a station and their threads: started, kept, changed and ended one by one.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use emberline_vision::pipeline::Stop;

use super::camera::Camera;
use super::memory::Memory;
use super::worker::{Worker, open};
use crate::config::CameraConfig;

/// A camera whose thread was told to end is let go of after this: a feed that hangs holds up nobody.
const LET_GO: Duration = Duration::from_secs(15);

/// A camera and its thread.
#[derive(Debug)]
struct Running {
    camera: Arc<Camera>,
    stop: Stop,
    thread: Option<JoinHandle<()>>,
}

/// All cameras; dropping them ends their threads.
#[derive(Debug)]
pub(crate) struct Cameras {
    running: Mutex<Vec<Running>>,
    memory: Memory,
    began: Instant,
}

impl Cameras {
    /// None yet, of a station that began at `began` and keeps what it makes in `data`.
    pub(crate) fn new(began: Instant, data: &Path) -> Self {
        Self { running: Mutex::default(), memory: Memory::of(data), began }
    }

    /// Keeps what they have seen of fires.
    pub(crate) fn keep(&self) {
        self.all().iter().for_each(|camera| camera.keep(&self.memory));
    }

    fn running(&self) -> MutexGuard<'_, Vec<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All of them, in the order of the configuration.
    pub(crate) fn all(&self) -> Vec<Arc<Camera>> {
        self.running().iter().map(|running| Arc::clone(&running.camera)).collect()
    }

    /// Makes them those of `configs`: a camera that did not change is not touched, others are ended and begun.
    /// Gives the names of those that began.
    ///
    /// # Errors
    /// The name of a camera for which the system gives no thread, and why; the others run.
    pub(crate) fn change(
        &self,
        configs: &[CameraConfig],
    ) -> Result<Vec<String>, (String, std::io::Error)> {
        // Nobody who asks how cameras fare waits for one that ends.
        let ended: Vec<Running> = {
            let mut running = self.running();
            let all = std::mem::take(&mut *running);
            let stays = |r: &Running| configs.iter().any(|config| r.camera.config() == config);
            let (stay, go) = all.into_iter().partition(stays);
            *running = stay;
            go
        };
        ended.iter().for_each(|running| running.camera.keep(&self.memory));
        // Before others begin: a device is opened once.
        end(ended);
        let (mut began, mut failed) = (Vec::new(), None);
        for config in configs {
            if self.running().iter().any(|running| running.camera.config() == config) {
                continue;
            }
            match self.begin(config) {
                Ok(new) => {
                    self.running().push(new);
                    began.push(config.name.clone());
                }
                Err(cause) => failed = Some((config.name.clone(), cause)),
            }
        }
        let place = |running: &Running| {
            configs.iter().position(|config| config.name == running.camera.name())
        };
        self.running().sort_by_key(place);
        failed.map_or(Ok(began), Err)
    }

    fn begin(&self, config: &CameraConfig) -> std::io::Result<Running> {
        let camera = Arc::new(Camera::new(config.clone()));
        camera.resume(&self.memory);
        camera.looks_up(self.began.elapsed());
        let stop = Stop::default();
        let worker = Worker {
            open: open(config),
            camera: Arc::clone(&camera),
            stop: stop.clone(),
            began: self.began,
        };
        let name = format!("camera {}", config.name);
        let thread = thread::Builder::new().name(name).spawn(move || worker.run())?;
        Ok(Running { camera, stop, thread: Some(thread) })
    }
}

impl Cameras {
    /// Ends them all.
    pub(crate) fn end(&self) {
        let all = std::mem::take(&mut *self.running());
        end(all);
    }
}

impl Drop for Cameras {
    fn drop(&mut self) {
        self.end();
    }
}

/// Ends these threads: all are told, then waited for.
fn end(running: Vec<Running>) {
    running.iter().for_each(|running| running.stop.set());
    let until = Instant::now() + LET_GO;
    for Running { camera, thread, .. } in running {
        let Some(thread) = thread else { continue };
        while !thread.is_finished() && Instant::now() < until {
            thread::sleep(Duration::from_millis(20));
        }
        match thread.is_finished() {
            // A thread that panicked has said so.
            true => drop(thread.join()),
            false => tracing::warn!("{}: its reader hangs and is left behind", camera.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn what_did_not_change_is_not_touched() {
        let text = |cameras: &[(&str, f64)]| {
            let camera = |(name, every_s): &(&str, f64)| {
                format!(
                    "[[camera]]\nname = \"{name}\"\nfrom = \"sim:fire\"\nevery_s = {every_s:.1}\n"
                )
            };
            let cameras: String = cameras.iter().map(camera).collect();
            let text = format!("name = \"a\"\nlat = 1.0\nlon = 1.0\n{cameras}");
            Config::parse("s.toml", &text).unwrap().cameras
        };
        let room = tempfile::tempdir().unwrap();
        let cameras = Cameras::new(Instant::now(), room.path());
        let began = |wanted: &[(&str, f64)]| cameras.change(&text(wanted)).unwrap();
        assert_eq!(began(&[("a", 1.0), ("b", 1.0)]), ["a", "b"]);
        let [a, b] = <[_; 2]>::try_from(cameras.all()).unwrap();
        assert_eq!(began(&[("c", 1.0), ("b", 2.0), ("a", 1.0)]), ["c", "b"]);
        let now = cameras.all();
        let names: Vec<&str> = now.iter().map(|camera| camera.name()).collect();
        assert_eq!(names, ["c", "b", "a"]);
        assert!(Arc::ptr_eq(&now[2], &a), "an untouched camera keeps what it has seen");
        assert!(!Arc::ptr_eq(&now[1], &b));
        assert_eq!(began(&[("d", 1.0)]), ["d"]);
        drop(now);
        // Their threads are over: nobody else holds them.
        assert_eq!((Arc::strong_count(&a), Arc::strong_count(&b)), (1, 1));
    }
}
