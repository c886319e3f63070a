//! Holders: which other programs have a serial port open. Linux only; elsewhere nobody is found.

use std::fs;
use std::path::Path;

/// Programs that are known to open serial ports by themselves, and how to keep them away.
const KNOWN: [(&str, &str); 3] = [
    ("ModemManager", "the udev rule of ‹emberline node udev-rule› keeps it away"),
    ("brltty", "remove the package brltty, which takes CH340 adapters for braille displays"),
    ("agetty", "a login console: systemctl disable --now serial-getty@PORT"),
];

/// Another program that has a port open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its name.
    pub name: String,
    /// Its process.
    pub pid: u32,
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (process {})", self.name, self.pid)?;
        match KNOWN.iter().find(|(name, _)| *name == self.name) {
            Some((_, how)) => write!(f, ": {how}"),
            None => Ok(()),
        }
    }
}

/// Other processes that have the device `port` open, as far as this user may see them.
#[must_use]
pub fn holders(port: &Path) -> Vec<Holder> {
    let Ok(device) = fs::canonicalize(port) else { return Vec::new() };
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    let mut found = Vec::new();
    for entry in processes.flatten() {
        let name = entry.file_name();
        let Some(pid) = name.to_str().and_then(|n| n.parse::<u32>().ok()) else { continue };
        if pid == std::process::id() {
            continue;
        }
        let Ok(files) = fs::read_dir(entry.path().join("fd")) else { continue };
        let holds = files.flatten().any(|f| fs::read_link(f.path()).is_ok_and(|to| to == device));
        if holds {
            let name = fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
            found.push(Holder { name: name.trim().to_owned(), pid });
        }
    }
    found
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn another_program_that_holds_a_file_is_named() {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("held");
        fs::write(&path, "x").unwrap();
        assert_eq!(holders(&path), []);
        let file = fs::File::open(&path).unwrap();
        assert_eq!(holders(&path), [], "our own process does not count");
        let mut other = Command::new("sleep").arg("60").stdin(Stdio::from(file)).spawn().unwrap();
        let found = holders(&path);
        other.kill().unwrap();
        other.wait().unwrap();
        assert_eq!(found, [Holder { name: "sleep".to_owned(), pid: other.id() }]);
        assert_eq!(holders(&room.path().join("gone")), []);
    }

    #[test]
    fn what_helps_against_a_known_program_is_named() {
        let holder = Holder { name: "ModemManager".to_owned(), pid: 812 };
        assert!(holder.to_string().contains("process 812): the udev rule"));
    }
}
