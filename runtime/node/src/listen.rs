//! Listening: one thread for each port, from its opening to its unplugging and again.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::holder::holders;
use crate::line::Line;
use crate::live::{Live, LivePort, PortState};
use crate::port::{Port, PortError, path_of};
use crate::session::{Now, Session, SessionOutput};
use crate::store::Store;

/// Waits between two tries to open a port: the first and the longest.
const RETRY: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(5)];
/// Time between two writings of the indices and of the live state, if nothing special happens.
const SAVE: Duration = Duration::from_secs(30);
/// After news they are written as soon as this has passed since the last time.
const SAVE_NEWS: Duration = Duration::from_secs(1);

/// What is listened to.
#[derive(Clone, Debug)]
pub struct ListenOptions {
    /// Ports, by path or by udev's name.
    pub ports: Vec<String>,
    /// Bits a second.
    pub baud: u32,
    /// How settings and use cases that a message names, as `‹baud›`, are written in `live.json`.
    pub spell: fn(&str) -> String,
}

/// Why listening cannot work, whatever is plugged in later.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenError {
    /// One port has two names, or one name was given twice.
    #[error("{port}: named twice; name each port once")]
    NamedTwice {
        /// As named the second time.
        port: String,
    },
    /// A port can never be one.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl ListenOptions {
    /// Checks what can be checked before anything is written. A port that is not there, not allowed or in
    /// use is no error: it may come.
    ///
    /// # Errors
    /// [`ListenError`] when waiting cannot help.
    pub fn check(&self) -> Result<(), ListenError> {
        for (i, port) in self.ports.iter().enumerate() {
            if self.ports[..i].iter().any(|p| path_of(p) == path_of(port)) {
                return Err(ListenError::NamedTwice { port: port.clone() });
            }
            let opened = Port::open(&path_of(port), self.baud);
            if let Some(error) = opened.err().filter(PortError::is_final) {
                return Err(error.into());
            }
        }
        Ok(())
    }
}

/// What all threads share.
struct Shared<'a> {
    store: &'a Store,
    options: &'a ListenOptions,
    on_stored: &'a (dyn Fn(&Line) + Sync),
    stop: &'a AtomicBool,
    began: Instant,
    live: Mutex<Live>,
    /// Whether the live state should be written soon.
    news: AtomicBool,
    /// Which indices could not be written last time: each is told once.
    not_saved: Mutex<Vec<String>>,
}

/// Listens to every port until `stop` is set, then brings the store to a state of rest: the indices and
/// the live state are written, and no file is left half. `on_stored` gets each line once it is on the
/// disk. What a person should know is an event of `tracing`: a warning if somebody should look.
pub fn listen(
    store: &Store,
    options: &ListenOptions,
    on_stored: &(dyn Fn(&Line) + Sync),
    stop: &AtomicBool,
) {
    let shared = Shared {
        store,
        options,
        on_stored,
        stop,
        began: Instant::now(),
        live: Mutex::new(Live::new(&options.ports)),
        news: AtomicBool::new(true),
        not_saved: Mutex::default(),
    };
    std::thread::scope(|scope| {
        for (place, name) in options.ports.iter().enumerate() {
            let shared = &shared;
            scope.spawn(move || shared.serve(place, name));
        }
        shared.save_now_and_then();
    });
    shared.save();
}

impl Shared<'_> {
    fn now(&self) -> Now {
        Now { since: self.began.elapsed(), utc: Timestamp::now() }
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn update(&self, place: usize, change: impl FnOnce(&mut LivePort)) {
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut live.ports[place]);
    }

    /// Notes that the port is not open, and why.
    fn update_waiting(&self, place: usize, why: &str) {
        let why = (self.options.spell)(why);
        self.update(place, |p| p.state = PortState::Waiting { why });
        self.news.store(true, Ordering::Relaxed);
    }

    /// Writes the indices and the live state, now and then and soon after news.
    fn save_now_and_then(&self) {
        let mut saved = Instant::now();
        while !self.stopped() {
            std::thread::sleep(Duration::from_millis(100));
            let news = self.news.load(Ordering::Relaxed) && saved.elapsed() > SAVE_NEWS;
            if news || saved.elapsed() > SAVE {
                self.save();
                saved = Instant::now();
            }
        }
    }

    fn save(&self) {
        self.news.store(false, Ordering::Relaxed);
        let failed: Vec<String> =
            self.store.save_indices().iter().map(ToString::to_string).collect();
        let mut told = self.not_saved.lock().unwrap_or_else(PoisonError::into_inner);
        for error in failed.iter().filter(|e| !told.contains(e)) {
            tracing::warn!("{error}");
        }
        *told = failed;
        drop(told);
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        // A full disk is reported where readings are stored.
        let _ = live.write(self.store.root());
    }

    /// One port, as long as the program runs.
    fn serve(&self, place: usize, name: &str) {
        let mut reported = None;
        let mut wait = RETRY[0];
        while !self.stopped() {
            let path = path_of(name);
            match Port::open(&path, self.options.baud) {
                Ok(port) => {
                    reported = None;
                    wait = RETRY[0];
                    let baud = self.options.baud;
                    tracing::info!(port = name, "{}: open at {baud} baud", path.display());
                    warn_of_readers(name, &path);
                    self.update(place, LivePort::opened);
                    self.news.store(true, Ordering::Relaxed);
                    // A fault of this program at one port must not take the others along.
                    let run = AssertUnwindSafe(|| self.run(port, place, name, &path));
                    let why = catch_unwind(run).unwrap_or_else(|fault| failed(&path, &*fault));
                    self.update_waiting(place, &why);
                    if !self.stopped() {
                        tracing::warn!(port = name, "{why}");
                    }
                }
                Err(error) => {
                    let text = error.to_string();
                    if reported.as_ref() != Some(&text) {
                        tracing::warn!(port = name, "{text} (trying again)");
                        self.update_waiting(place, &text);
                        reported = Some(text);
                    }
                }
            }
            self.pause(wait);
            wait = (wait * 2).min(RETRY[1]);
        }
    }

    /// Serves an open port until it is gone; returns why.
    fn run(&self, mut port: Port, place: usize, name: &str, path: &Path) -> String {
        let path = path.display().to_string();
        let mut session = Session::new(self.store, &path);
        let mut bytes = [0; 4096];
        while !self.stopped() {
            let came = match port.read(&mut bytes) {
                Ok(n) => n,
                Err(e) => return format!("{path}: unplugged or gone ({e}); waiting for it"),
            };
            let SessionOutput { send, notes, stored } = session.take(&bytes[..came], self.now());
            for note in &notes {
                match note.is_warning() {
                    true => tracing::warn!(port = name, "{note}"),
                    false => tracing::info!(port = name, "{note}"),
                }
                self.news.store(true, Ordering::Relaxed);
            }
            stored.iter().for_each(self.on_stored);
            if came > 0 {
                self.update(place, |p| p.update(&session));
            }
            if !send.is_empty()
                && let Err(e) = port.write(&send)
            {
                return format!("{path}: unplugged or gone ({e}); waiting for it");
            }
        }
        format!("{path}: closed")
    }

    fn pause(&self, wait: Duration) {
        let until = Instant::now() + wait;
        while !self.stopped() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20).min(wait));
        }
    }
}

/// Why a port is closed whose thread panicked.
fn failed(path: &Path, fault: &(dyn Any + Send)) -> String {
    let text = fault.downcast_ref::<String>().map(String::as_str);
    let what = text.or_else(|| fault.downcast_ref::<&str>().copied()).unwrap_or("no message");
    format!("{}: emberline itself failed: {what}: please report it; trying again", path.display())
}

/// A program that only reads does not lock a port, and takes bytes away unseen.
fn warn_of_readers(name: &str, path: &Path) {
    for holder in holders(path) {
        let path = path.display();
        tracing::warn!(
            port = name,
            "{path}: also open in {holder}; it takes bytes away from here, stop it"
        );
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::{Read as _, Write as _};

    use emberline_simulated_node::SimulatedNode;

    use super::*;

    #[test]
    fn a_port_whose_thread_fails_is_served_again() {
        let room = tempfile::tempdir().unwrap();
        let store = Store::open(&room.path().join("store")).unwrap();
        let (mut line, name) = crate::port::line_without_hardware();
        let ports = vec![name];
        let options = ListenOptions { ports, baud: 115_200, spell: str::to_owned };
        options.check().unwrap();
        let (stop, failed) = (AtomicBool::new(false), AtomicBool::new(false));
        let on_stored = |line: &Line| {
            let is_reading = matches!(line, Line::Reading(_));
            assert!(!is_reading || failed.swap(true, Ordering::Relaxed), "a fault of the test");
        };
        let mut node = SimulatedNode::new(0x51, 1, 100);
        node.measure(0, None);
        let began = Instant::now();
        std::thread::scope(|scope| {
            scope.spawn(|| listen(&store, &options, &on_stored, &stop));
            let mut bytes = [0; 1024];
            while node.acked() == 0 && began.elapsed() < Duration::from_secs(60) {
                let now_ms = began.elapsed().as_millis() as u64;
                // Nobody may be at the other end.
                let _ = line.write_all(&node.poll(now_ms));
                match line.read(&mut bytes) {
                    Ok(n) => node.hear(now_ms, &bytes[..n]),
                    Err(_) => std::thread::sleep(Duration::from_millis(2)),
                }
            }
            stop.store(true, Ordering::Relaxed);
        });
        assert!(failed.load(Ordering::Relaxed));
        assert_eq!(node.acked(), 1);
    }
}
