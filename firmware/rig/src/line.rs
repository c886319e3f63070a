//! The line: the gateway's end of the node's UART, which comes back when the node's power does.

use std::{
    io::{ErrorKind, Read, Write},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

/// Waited when there is nobody.
const PAUSE: Duration = Duration::from_millis(10);

/// Bytes to and from a node.
#[derive(Debug)]
pub struct Line {
    socket: PathBuf,
    stream: Option<UnixStream>,
}

impl Line {
    /// The line at [`crate::Emulated::uart`].
    pub fn new(socket: &Path) -> Self {
        Self { socket: socket.to_path_buf(), stream: None }
    }

    /// What has come within a few milliseconds; nothing while the node has no power.
    pub fn read(&mut self, buffer: &mut [u8]) -> usize {
        let Some(stream) = self.open() else {
            thread::sleep(PAUSE);
            return 0;
        };
        match stream.read(buffer) {
            Ok(0) => self.stream = None,
            Ok(count) => return count,
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => self.stream = None,
        }
        0
    }

    /// Sends bytes; they are lost while the node has no power.
    pub fn write(&mut self, bytes: &[u8]) {
        if let Some(stream) = self.open()
            && stream.write_all(bytes).is_err()
        {
            self.stream = None;
        }
    }

    fn open(&mut self) -> Option<&mut UnixStream> {
        if self.stream.is_none() {
            let stream = UnixStream::connect(&self.socket).ok()?;
            stream.set_read_timeout(Some(PAUSE)).ok()?;
            self.stream = Some(stream);
        }
        self.stream.as_mut()
    }
}
