//! Pseudo-terminals: the near end never blocks, the far end has a name that a gateway opens.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::PathBuf,
};

use rustix::{
    fs::{Mode, OFlags, fcntl_getfl, fcntl_setfl, open},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{OptionalActions, tcgetattr, tcsetattr},
};

/// The near end.
#[derive(Debug)]
pub(crate) struct Terminal {
    near: File,
    far: PathBuf,
}

impl Terminal {
    /// A new one, raw: bytes go through as they are.
    pub(crate) fn new() -> io::Result<Self> {
        let near = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&near)?;
        unlockpt(&near)?;
        let far = ptsname(&near, Vec::new())?;
        let far = PathBuf::from(far.to_str().map_err(|_| io::ErrorKind::InvalidData)?);
        let end = open(&far, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
        let mut attributes = tcgetattr(&end)?;
        attributes.make_raw();
        tcsetattr(&end, OptionalActions::Now, &attributes)?;
        fcntl_setfl(&near, fcntl_getfl(&near)? | OFlags::NONBLOCK)?;
        Ok(Self { near: File::from(near), far })
    }

    /// The far end's own name.
    pub(crate) fn far(&self) -> &PathBuf {
        &self.far
    }

    /// What has come; `None` if nobody has the far end open.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> Option<usize> {
        match self.near.read(buffer) {
            Ok(count) => Some(count),
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => Some(0),
            Err(_) => None,
        }
    }

    /// Sends what there is room for, and gives how much that was.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> usize {
        let mut sent = 0;
        while sent < bytes.len() {
            match self.near.write(&bytes[sent..]) {
                Ok(count) if count > 0 => sent += count,
                _ => break,
            }
        }
        sent
    }
}
