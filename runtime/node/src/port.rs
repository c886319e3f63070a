//! A port: a serial line that is opened by its path or by the name that udev gives it.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serialport::{ErrorKind, SerialPort};

use crate::holder::{Holder, holders};

/// How long one read waits for bytes.
const READ_WAIT: Duration = Duration::from_millis(20);
/// Where udev names serial ports, after `/dev` itself.
const NAMED: [&str; 3] = ["/dev", "/dev/serial/by-id", "/dev/serial/by-path"];

/// Why a port cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PortError {
    /// Nothing has that name; it may be plugged in later.
    #[error("{}: not there: plug it in; ‹emberline node ports› lists what is", path.display())]
    NotThere {
        /// The port.
        path: PathBuf,
    },
    /// The user may not open it.
    #[error("{}: no right to open it: {}", path.display(), right(group, user))]
    NoRight {
        /// The port.
        path: PathBuf,
        /// The group that may.
        group: String,
        /// The user who may not.
        user: String,
    },
    /// Another program has it.
    #[error("{}: in use by {}; stop it", path.display(), by(holders))]
    InUse {
        /// The port.
        path: PathBuf,
        /// Who; empty if this user may not see them.
        holders: Vec<Holder>,
    },
    /// It is a file, a folder or another device.
    #[error("{}: is no serial port; ‹emberline node ports› lists those that are there", path.display())]
    NotSerial {
        /// As named.
        path: PathBuf,
    },
    /// It cannot run at this rate.
    #[error("{}: does not run at {baud} baud; name another ‹baud›", path.display())]
    Baud {
        /// The port.
        path: PathBuf,
        /// As asked.
        baud: u32,
    },
    /// The system refuses for another reason, while a plug is settling for example.
    #[error("{}: cannot be opened: {what}", path.display())]
    Other {
        /// The port.
        path: PathBuf,
        /// The system's reason.
        what: String,
    },
}

impl PortError {
    /// Whether waiting cannot help.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::NotSerial { .. } | Self::Baud { .. })
    }
}

/// How to come by the right to open what belongs to `group`.
fn right(group: &str, user: &str) -> String {
    match group {
        // Who is in root's group may do much more than open a port.
        "root" | "0" => {
            "it belongs to root alone; install the rule of ‹emberline node udev-rule›, then plug \
                         it in again"
                .to_owned()
        }
        _ => format!(
            "it belongs to the group {group}: `sudo usermod -aG {group} {user}`, then log in again; or \
             install the rule of ‹emberline node udev-rule›"
        ),
    }
}

fn by(holders: &[Holder]) -> String {
    if holders.is_empty() {
        return "another program (sudo fuser -v names it)".to_owned();
    }
    holders.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The path that `name` means: itself, or udev's name for a port.
#[must_use]
pub fn path_of(name: &str) -> PathBuf {
    if name.contains('/') || cfg!(not(unix)) {
        return PathBuf::from(name);
    }
    let of = |folder: &str| Path::new(folder).join(name);
    NAMED.iter().map(|f| of(f)).find(|p| p.exists()).unwrap_or_else(|| of(NAMED[0]))
}

/// An open port.
pub struct Port(Box<dyn SerialPort>);

impl std::fmt::Debug for Port {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Port({:?})", self.0.name())
    }
}

impl Port {
    /// Opens `path` at `baud`, 8N1, without flow control, for this process alone.
    ///
    /// # Errors
    /// [`PortError`]; all but those that are final may pass.
    pub fn open(path: &Path, baud: u32) -> Result<Self, PortError> {
        let open = serialport::new(path.to_string_lossy(), baud).timeout(READ_WAIT).open();
        let port = open.map_err(|e| Self::explain(path, baud, &e))?;
        Ok(Self(port))
    }

    fn explain(path: &Path, baud: u32, error: &serialport::Error) -> PortError {
        let path = path.to_owned();
        let Ok(meta) = path.metadata() else {
            return PortError::NotThere { path };
        };
        if !is_device(&meta) {
            return PortError::NotSerial { path };
        }
        match error.kind() {
            ErrorKind::Io(io::ErrorKind::PermissionDenied) => {
                let (group, user) = (group_of(&meta), user());
                PortError::NoRight { path, group, user }
            }
            ErrorKind::NoDevice => {
                let holders = holders(&path);
                PortError::InUse { path, holders }
            }
            // Another program may have it exclusively, by TIOCEXCL alone.
            ErrorKind::Io(io::ErrorKind::ResourceBusy) => {
                let holders = holders(&path);
                PortError::InUse { path, holders }
            }
            ErrorKind::InvalidInput => PortError::Baud { path, baud },
            _ if error.description.contains("Not a typewriter")
                || error.description.contains("Inappropriate ioctl") =>
            {
                PortError::NotSerial { path }
            }
            _ => PortError::Other { path, what: error.description.clone() },
        }
    }

    /// Bytes that came; 0 if none did for a moment.
    ///
    /// # Errors
    /// When the other end is gone: unplugged, or its driver failed. Then the port must be opened anew.
    pub fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.0.read(into) {
            Ok(0) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(e) if matches!(e.kind(), io::ErrorKind::TimedOut | io::ErrorKind::Interrupted) => {
                Ok(0)
            }
            other => other,
        }
    }

    /// Sends bytes; what the line does not take within a moment is dropped, as if it had lost them.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.0.write_all(bytes) {
            Err(e) if e.kind() == io::ErrorKind::TimedOut => Ok(()),
            other => other,
        }
    }
}

#[cfg(unix)]
fn is_device(meta: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    meta.file_type().is_char_device()
}

#[cfg(not(unix))]
fn is_device(_: &std::fs::Metadata) -> bool {
    true
}

/// Name of the group that a device belongs to.
#[cfg(unix)]
fn group_of(meta: &std::fs::Metadata) -> String {
    use std::os::unix::fs::MetadataExt as _;
    let gid = meta.gid().to_string();
    let groups = std::fs::read_to_string("/etc/group").unwrap_or_default();
    let named = groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1) == Some(gid.as_str())).then(|| name.to_owned())
    });
    named.unwrap_or(gid)
}

#[cfg(not(unix))]
fn group_of(_: &std::fs::Metadata) -> String {
    "that owns it".to_owned()
}

fn user() -> String {
    std::env::var("USER").ok().filter(|u| !u.is_empty()).unwrap_or_else(|| "$USER".to_owned())
}

/// One end of a line that needs no hardware, and the name of the other end, for the tests of this crate.
#[cfg(all(test, target_os = "linux"))]
pub(crate) fn line_without_hardware() -> (serialport::TTYPort, String) {
    let (mut near, far) = serialport::TTYPort::pair().expect("a pseudo-terminal");
    near.set_timeout(Duration::from_millis(2)).expect("a timeout");
    let name = far.name().expect("the name of a pseudo-terminal");
    (near, name)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_port_is_refused_in_one_line() {
        let room = tempfile::tempdir().unwrap();
        let file = room.path().join("file");
        std::fs::write(&file, "x").unwrap();
        for (path, want, last) in [
            (room.path().join("ttyUSB7"), "not there: plug it in", false),
            (file, "is no serial port", true),
            (room.path().to_owned(), "is no serial port", true),
            (PathBuf::from("/dev/null"), "is no serial port", true),
        ] {
            let error = Port::open(&path, 115_200).unwrap_err();
            let text = error.to_string();
            assert!(text.contains(want) && text.lines().count() == 1, "{text}");
            assert_eq!(error.is_final(), last, "{text}");
        }
    }

    #[test]
    fn a_held_port_names_its_holder() {
        let holders = vec![Holder { name: "minicom".to_owned(), pid: 7 }];
        let error = PortError::InUse { path: "/dev/ttyUSB0".into(), holders };
        assert_eq!(error.to_string(), "/dev/ttyUSB0: in use by minicom (process 7); stop it");
        let error = PortError::InUse { path: "/dev/ttyUSB0".into(), holders: Vec::new() };
        assert!(error.to_string().contains("fuser"));
    }

    #[test]
    fn nobody_is_told_to_join_the_group_of_root() {
        for (group, want) in
            [("dialout", "usermod -aG dialout nobody"), ("root", "udev-rule"), ("0", "udev-rule")]
        {
            let (path, group) = ("/dev/ttyS0".into(), group.to_owned());
            let error = PortError::NoRight { path, group, user: "nobody".to_owned() }.to_string();
            assert!(error.contains(want) && !error.contains("-aG root"), "{error}");
        }
    }

    #[test]
    fn a_name_without_a_slash_is_udevs() {
        assert_eq!(path_of("./port"), PathBuf::from("./port"));
        assert_eq!(path_of("emberline-no-such-node"), PathBuf::from("/dev/emberline-no-such-node"));
        assert_eq!(path_of("null"), PathBuf::from("/dev/null"));
    }
}
