//! Listening: one thread for each port, from its opening to its unplugging and again.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::holder::holders;
use super::line::Line;
use super::live::{self, Live, PortState};
use super::port::{Port, PortError, path_of};
use super::session::{Now, Session, Turn};
use super::store::Store;

/// Waits between two tries to open a port: the first and the longest.
const RETRY: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(5)];
/// Time between two writings of the indices and of what is live, if nothing special happens.
const SAVE: Duration = Duration::from_secs(30);

/// What is listened to.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Ports, by path or by udev's name.
    pub ports: Vec<String>,
    /// Bits a second.
    pub baud: u32,
}

/// Why listening to `name` can never work, if so: it is no serial port. A port that is not there, not
/// allowed or in use may still come.
#[must_use]
pub fn refusal(name: &str, baud: u32) -> Option<PortError> {
    Port::open(&path_of(name), baud).err().filter(PortError::is_final)
}

/// Where lines for people and stored lines go.
pub trait Tell: Sync {
    /// A line for people.
    fn say(&self, text: &str);
    /// Something was stored and is on the disk.
    fn stored(&self, line: &Line);
}

/// What all threads share.
struct Shared<'a> {
    store: &'a Store,
    tell: &'a dyn Tell,
    baud: u32,
    stop: &'a AtomicBool,
    began: Instant,
    live: Mutex<Live>,
    /// Whether the file of what is live should be written soon.
    news: AtomicBool,
}

/// Listens to every port until `stop` is set.
pub fn listen(store: &Store, ask: &Ask, tell: &dyn Tell, stop: &AtomicBool) {
    let shared = Shared {
        store,
        tell,
        baud: ask.baud,
        stop,
        began: Instant::now(),
        live: Mutex::new(Live::new(&ask.ports)),
        news: AtomicBool::new(true),
    };
    std::thread::scope(|scope| {
        for (place, name) in ask.ports.iter().enumerate() {
            let shared = &shared;
            scope.spawn(move || shared.serve(place, name));
        }
        shared.keep();
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

    fn update(&self, place: usize, change: impl FnOnce(&mut live::LivePort)) {
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut live.ports[place]);
    }

    /// Writes the indices and what is live, now and then and soon after news.
    fn keep(&self) {
        let mut saved = Instant::now();
        while !self.stopped() {
            std::thread::sleep(Duration::from_millis(100));
            let news =
                self.news.load(Ordering::Relaxed) && saved.elapsed() > Duration::from_secs(1);
            if news || saved.elapsed() > SAVE {
                self.save();
                saved = Instant::now();
            }
        }
    }

    fn save(&self) {
        self.news.store(false, Ordering::Relaxed);
        for error in self.store.save_indices() {
            self.tell.say(&error.to_string());
        }
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        // A full disk is told where readings are stored.
        let _ = live.write(self.store.root());
    }

    /// One port, as long as the program runs.
    fn serve(&self, place: usize, name: &str) {
        let mut told = None;
        let mut wait = RETRY[0];
        while !self.stopped() {
            let path = path_of(name);
            match Port::open(&path, self.baud) {
                Ok(port) => {
                    told = None;
                    wait = RETRY[0];
                    self.tell.say(&format!("{}: open at {} baud", path.display(), self.baud));
                    self.warn_of_readers(&path);
                    self.update(place, |p| p.opened());
                    self.news.store(true, Ordering::Relaxed);
                    let why = self.run(port, place, &path);
                    self.update(place, |p| p.state = PortState::Waiting { why: why.clone() });
                    self.news.store(true, Ordering::Relaxed);
                    if !self.stopped() {
                        self.tell.say(&why);
                    }
                }
                Err(error) => {
                    let text = error.to_string();
                    if told.as_ref() != Some(&text) {
                        self.tell.say(&format!("{text} (trying again)"));
                        let why = text.clone();
                        self.update(place, |p| p.state = PortState::Waiting { why });
                        self.news.store(true, Ordering::Relaxed);
                        told = Some(text);
                    }
                }
            }
            self.pause(wait);
            wait = (wait * 2).min(RETRY[1]);
        }
    }

    /// A program that only reads does not lock a port, and takes bytes away unseen.
    fn warn_of_readers(&self, path: &Path) {
        for holder in holders(path) {
            self.tell.say(&format!(
                "{}: also open in {holder}; it takes bytes away from here, stop it",
                path.display()
            ));
        }
    }

    /// Serves an open port until it is gone; gives why.
    fn run(&self, mut port: Port, place: usize, path: &Path) -> String {
        let name = path.display().to_string();
        let mut session = Session::new(self.store, &name);
        let mut bytes = [0; 4096];
        while !self.stopped() {
            let came = match port.read(&mut bytes) {
                Ok(n) => n,
                Err(e) => return format!("{name}: unplugged or gone ({e}); waiting for it"),
            };
            let Turn { send, said, stored } = session.take(&bytes[..came], self.now());
            for text in &said {
                self.tell.say(text);
                self.news.store(true, Ordering::Relaxed);
            }
            stored.iter().for_each(|line| self.tell.stored(line));
            if came > 0 {
                self.update(place, |p| p.heard(&session));
            }
            if !send.is_empty()
                && let Err(e) = port.write(&send)
            {
                return format!("{name}: unplugged or gone ({e}); waiting for it");
            }
        }
        format!("{name}: closed")
    }

    fn pause(&self, wait: Duration) {
        let until = Instant::now() + wait;
        while !self.stopped() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20).min(wait));
        }
    }
}
