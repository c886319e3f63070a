//! A bad line: passes bytes between the node and a pseudo-terminal, spoils some, and can be unplugged.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    thread,
};

use fastrand::Rng;

use crate::{
    failed::{Failed, at},
    line::Line,
    terminal::Terminal,
};

/// Which share of the bytes is spoiled, each way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spoil {
    /// Bytes in 10,000 that are lost.
    pub dropped: u32,
    /// Bytes in 10,000 in which a bit is changed.
    pub flipped: u32,
}

impl Spoil {
    /// Nothing is spoiled.
    pub const NOTHING: Self = Self { dropped: 0, flipped: 0 };

    /// One byte in `n` is spoiled, half of them lost and half changed; `n` up to 5,000.
    pub fn one_in(n: u32) -> Self {
        let half = 5_000 / n.max(1);
        Self { dropped: half, flipped: half }
    }
}

#[derive(Debug)]
struct Inside {
    terminal: Mutex<Option<Terminal>>,
    stop: AtomicBool,
    passed: AtomicU64,
    dropped: AtomicU64,
    flipped: AtomicU64,
    lost: AtomicU64,
}

/// The line. It ends when it is dropped.
#[derive(Debug)]
pub struct BadLine {
    name: PathBuf,
    inside: Arc<Inside>,
    thread: Option<thread::JoinHandle<()>>,
}

impl BadLine {
    /// Passes bytes between the node at `socket` ([`crate::Emulated::uart`]) and a terminal that is
    /// found under `name`, plugged in. `seed` chooses which bytes are spoiled.
    ///
    /// # Errors
    /// When there is no terminal to be had, or no place for its name.
    pub fn start(
        socket: impl AsRef<Path>,
        name: &Path,
        spoil: Spoil,
        seed: u64,
    ) -> Result<Self, Failed> {
        let inside = Arc::new(Inside {
            terminal: Mutex::new(None),
            stop: AtomicBool::new(false),
            passed: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            flipped: AtomicU64::new(0),
            lost: AtomicU64::new(0),
        });
        let mut line = Self { name: name.to_path_buf(), inside: Arc::clone(&inside), thread: None };
        line.plug()?;
        let node = Line::new(socket.as_ref());
        line.thread = Some(thread::spawn(move || inside.pass(node, spoil, seed)));
        Ok(line)
    }

    /// Plugs the line in: another terminal under the same name. Nothing happens if it is plugged in.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn plug(&self) -> Result<(), Failed> {
        let mut terminal = self.inside.lock();
        if terminal.is_some() {
            return Ok(());
        }
        let end = Terminal::new().map_err(at("pseudo-terminal"))?;
        // Another name and a rename: whoever looks finds the old terminal or the new one.
        let fresh = self.name.with_extension("new");
        fs::remove_file(&fresh).ok();
        symlink(end.far(), &fresh).map_err(at(fresh.display().to_string()))?;
        fs::rename(&fresh, &self.name).map_err(at(self.name.display().to_string()))?;
        *terminal = Some(end);
        Ok(())
    }

    /// Pulls the plug: the terminal and its name vanish. What the node says meanwhile is lost.
    pub fn unplug(&self) {
        let mut terminal = self.inside.lock();
        fs::remove_file(&self.name).ok();
        *terminal = None;
    }

    /// Bytes that were spoiled so far, both ways, dropped and changed.
    pub fn spoiled(&self) -> u64 {
        self.inside.dropped.load(Relaxed) + self.inside.flipped.load(Relaxed)
    }

    /// Bytes that came, both ways.
    pub fn passed(&self) -> u64 {
        self.inside.passed.load(Relaxed)
    }

    /// Bytes of the node that were lost because nobody was plugged in or nobody took them.
    pub fn lost(&self) -> u64 {
        self.inside.lost.load(Relaxed)
    }
}

impl Drop for BadLine {
    fn drop(&mut self) {
        self.inside.stop.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
        self.unplug();
    }
}

impl Inside {
    fn lock(&self) -> MutexGuard<'_, Option<Terminal>> {
        self.terminal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Passes bytes until it is stopped. The node's end never waits for the gateway's: a node whose
    /// bytes nobody takes would stand still in QEMU, as it does not on a wire.
    fn pass(&self, mut node: Line, spoil: Spoil, seed: u64) {
        let mut chance = Rng::with_seed(seed);
        let mut buffer = [0; 512];
        while !self.stop.load(Relaxed) {
            let count = node.read(&mut buffer); // waits a little
            let bytes = self.spoil(&buffer[..count], spoil, &mut chance);
            let mut terminal = self.lock();
            let Some(terminal) = terminal.as_mut() else {
                self.lost.fetch_add(bytes.len() as u64, Relaxed);
                continue;
            };
            let Some(count) = terminal.read(&mut buffer) else {
                self.lost.fetch_add(bytes.len() as u64, Relaxed); // nobody has opened it
                continue;
            };
            let taken = terminal.write(&bytes);
            self.lost.fetch_add((bytes.len() - taken) as u64, Relaxed);
            node.write(&self.spoil(&buffer[..count], spoil, &mut chance));
        }
    }

    fn spoil(&self, bytes: &[u8], spoil: Spoil, chance: &mut Rng) -> Vec<u8> {
        self.passed.fetch_add(bytes.len() as u64, Relaxed);
        let mut out = Vec::with_capacity(bytes.len());
        for byte in bytes {
            let throw = chance.u32(..10_000);
            if throw < spoil.dropped {
                self.dropped.fetch_add(1, Relaxed);
            } else if throw < spoil.dropped + spoil.flipped {
                self.flipped.fetch_add(1, Relaxed);
                out.push(byte ^ 1 << chance.u32(..8));
            } else {
                out.push(*byte);
            }
        }
        out
    }
}
