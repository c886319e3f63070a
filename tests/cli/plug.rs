//! A plug: a node's code on one end of a pseudo-terminal, `emberline node listen` on the other.

use std::io::{Read as _, Write as _};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use emberline_simulated_node::{Random, SimulatedNode};
use serialport::{SerialPort as _, TTYPort};

use crate::room::Room;

/// A node that measures by itself, with a cable that can be pulled.
pub(crate) struct Plug {
    pub(crate) node: Arc<Mutex<SimulatedNode>>,
    name: PathBuf,
    pulled: Arc<AtomicBool>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Plug {
    /// A node behind the port `name`, which appears when [`Self::push`] is called. It measures each
    /// `every_ms`; of the line's bytes 1 in `one_in` is dropped and another changed, 0 is none.
    pub(crate) fn new(name: PathBuf, node: SimulatedNode, every_ms: u64, one_in: u32) -> Self {
        let node = Arc::new(Mutex::new(node));
        let pulled = Arc::new(AtomicBool::new(true));
        let stop = Arc::new(AtomicBool::new(false));
        let thread = {
            let (node, pulled, stop) = (Arc::clone(&node), Arc::clone(&pulled), Arc::clone(&stop));
            let name = name.clone();
            std::thread::spawn(move || serve(&name, &node, &pulled, &stop, every_ms, one_in))
        };
        Self { node, name, pulled, stop, thread: Some(thread) }
    }

    /// The plug goes in.
    pub(crate) fn push(&self) {
        self.pulled.store(false, Ordering::SeqCst);
        until("the port is there", || self.name.exists());
    }

    /// The plug comes out.
    pub(crate) fn pull(&self) {
        self.pulled.store(true, Ordering::SeqCst);
        until("the port is gone", || !self.name.exists());
    }

    pub(crate) fn acked(&self) -> u32 {
        self.node.lock().expect("the node").acked()
    }
}

impl Drop for Plug {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn serve(
    name: &Path,
    node: &Mutex<SimulatedNode>,
    pulled: &AtomicBool,
    stop: &AtomicBool,
    every_ms: u64,
    one_in: u32,
) {
    let began = Instant::now();
    let mut random = Random(one_in + 1);
    let mut line: Option<TTYPort> = None;
    let mut measured = 0;
    let mut bytes = [0; 1024];
    while !stop.load(Ordering::SeqCst) {
        let now_ms = began.elapsed().as_millis() as u64;
        let mut node = node.lock().expect("the node");
        if now_ms >= measured {
            node.measure(now_ms, None);
            measured = now_ms + every_ms;
        }
        let sent = node.poll(now_ms);
        if pulled.load(Ordering::SeqCst) {
            if line.take().is_some() {
                std::fs::remove_file(name).expect("the port's name");
            }
            drop(node);
            std::thread::sleep(Duration::from_millis(2));
            continue;
        }
        let port = line.get_or_insert_with(|| {
            let (mut ours, theirs) = TTYPort::pair().expect("a pseudo-terminal");
            ours.set_timeout(Duration::from_millis(2)).expect("a timeout");
            symlink(theirs.name().expect("a name"), name).expect("the port's name");
            ours
        });
        let spoil = |random: &mut Random, bytes: &[u8]| match one_in {
            0 => bytes.to_vec(),
            _ => random.spoil(bytes, one_in),
        };
        // Nobody at the other end, or its buffer full: bytes are lost, as on a line.
        let _ = port.write_all(&spoil(&mut random, &sent));
        match port.read(&mut bytes) {
            Ok(n) => {
                let came = spoil(&mut random, &bytes[..n]);
                node.hear(began.elapsed().as_millis() as u64, &came);
            }
            Err(_) => {
                drop(node);
                std::thread::sleep(Duration::from_millis(2));
            }
        }
    }
}

/// `emberline node listen`, running; killed when it is dropped.
pub(crate) struct Listener(Child, PathBuf);

impl Listener {
    /// Listens to `ports` for the store `store`; what it says goes into a file.
    pub(crate) fn start(room: &Room, store: &str, ports: &[&str]) -> Self {
        let mut command = room.command();
        command.args(["node", "listen", "--store", store]).args(ports);
        Self::spawn(room, command)
    }

    /// Runs `command`; what it prints goes nowhere.
    pub(crate) fn spawn(room: &Room, mut command: Command) -> Self {
        command.stdout(Stdio::null());
        Self::spawn_printing(room, command)
    }

    /// Runs `command`; what it prints goes where its stdout leads.
    pub(crate) fn spawn_printing(room: &Room, mut command: Command) -> Self {
        static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let said = room.path(&format!("said-{}", COUNT.fetch_add(1, Ordering::SeqCst)));
        let file = std::fs::File::create(&said).expect("the room");
        command.stderr(file);
        Self(command.spawn().expect("the program starts"), said)
    }

    /// Everything that it said so far.
    pub(crate) fn said(&self) -> String {
        std::fs::read_to_string(&self.1).expect("what it said")
    }

    /// Waits until it has said this.
    #[track_caller]
    pub(crate) fn says(&mut self, what: &str) {
        let began = Instant::now();
        while !self.said().contains(what) {
            assert!(began.elapsed() < PATIENCE, "'{what}' is not in: {}", self.said());
            let ended = self.0.try_wait().expect("its state");
            assert!(ended.is_none() || self.said().contains(what), "it ended: {}", self.said());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.0.id()
    }

    /// Sends it a signal, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let sent =
            Command::new("kill").arg(format!("-{name}")).arg(self.pid().to_string()).status();
        assert!(sent.expect("kill runs").success());
    }

    /// How it ended; `None` while it runs.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().expect("its state")
    }

    /// Waits until it has ended.
    #[track_caller]
    pub(crate) fn end(&mut self) -> ExitStatus {
        until("it ends", || self.ended().is_some());
        self.0.wait().expect("its state")
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.0.kill(); // SIGKILL
        let _ = self.0.wait();
    }
}

/// No test waits longer than this for what must come.
const PATIENCE: Duration = Duration::from_secs(120);

/// Waits until `is` holds.
#[track_caller]
pub(crate) fn until(what: &str, mut is: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is() {
        assert!(began.elapsed() < PATIENCE, "not yet: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
