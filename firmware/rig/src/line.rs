//! The line: the gateway's end of the node's UART, which comes back when the node's power does.
//!
//! A thread of its own takes what comes. QEMU stands still, its doors to tests too, while a socket takes
//! no more; and as it writes byte by byte, that is after some 280 bytes that nobody has read.

use std::{
    collections::VecDeque,
    io::{ErrorKind, Read, Write},
    os::unix::net::UnixStream,
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

/// Waited when there is nothing, or nobody.
const PAUSE: Duration = Duration::from_millis(5);

#[derive(Debug, Default)]
struct Inside {
    waiting: Mutex<VecDeque<u8>>,
    stream: Mutex<Option<UnixStream>>,
    stop: AtomicBool,
}

/// Bytes to and from a node.
#[derive(Debug)]
pub struct Line {
    inside: Arc<Inside>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Line {
    /// The line at [`crate::Emulated::uart`]. A node has one: drop it before you make another.
    pub fn new(socket: &Path) -> Self {
        let inside = Arc::new(Inside::default());
        let (within, socket) = (Arc::clone(&inside), socket.to_path_buf());
        let thread = thread::spawn(move || within.take(&socket));
        Self { inside, thread: Some(thread) }
    }

    /// What has come, or comes within a few milliseconds; nothing while the node has no power.
    pub fn read(&mut self, buffer: &mut [u8]) -> usize {
        let mut waiting = lock(&self.inside.waiting);
        if waiting.is_empty() {
            drop(waiting);
            thread::sleep(PAUSE);
            waiting = lock(&self.inside.waiting);
        }
        let count = waiting.len().min(buffer.len());
        for (place, byte) in buffer.iter_mut().zip(waiting.drain(..count)) {
            *place = byte;
        }
        count
    }

    /// Sends bytes; they are lost while the node has no power.
    pub fn write(&mut self, bytes: &[u8]) {
        let mut stream = lock(&self.inside.stream);
        if stream.as_mut().is_some_and(|stream| stream.write_all(bytes).is_err()) {
            *stream = None;
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.inside.stop.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

impl Inside {
    fn take(&self, socket: &Path) {
        let mut buffer = [0; 4_096];
        while !self.stop.load(Relaxed) {
            let Some(mut stream) = open(socket) else {
                thread::sleep(PAUSE);
                continue;
            };
            *lock(&self.stream) = stream.try_clone().ok();
            while !self.stop.load(Relaxed) {
                match stream.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(count) => lock(&self.waiting).extend(&buffer[..count]),
                    Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                    Err(_) => break,
                }
            }
            *lock(&self.stream) = None;
        }
    }
}

fn open(socket: &Path) -> Option<UnixStream> {
    let stream = UnixStream::connect(socket).ok()?;
    stream.set_read_timeout(Some(Duration::from_millis(50))).ok()?;
    stream.set_write_timeout(Some(Duration::from_secs(10))).ok()?;
    Some(stream)
}

fn lock<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}
