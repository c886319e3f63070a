//! Known: a person at the machine says that they know of an alert, in a file that the running station takes up.

use std::fs;
use std::io;
use std::path::Path;

use jiff::Timestamp;

use super::alert::Alert;
use super::alerts::{self, Alerts};

/// Folder of what people have said, below the data folder.
const FOLDER: &str = "acknowledge";
/// Most characters of a person's name.
const NAME_CHARS: usize = 64;

/// The alerts of the station that keeps what it makes in `data`, newest first, as they were when one last changed.
///
/// # Errors
/// What the system says; or that the file is none of a station.
pub fn read(data: &Path) -> io::Result<Vec<Alert>> {
    alerts::read(data)
}

/// Says to the station that keeps what it makes in `data` that `by` knows of the alert `id`.
///
/// # Errors
/// What the system says; of kind [`io::ErrorKind::InvalidInput`] where no alert has such an id.
pub fn say(data: &Path, id: &str, by: &str) -> io::Result<()> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if id.is_empty() || id.len() > 128 || !id.chars().all(is_plain) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "no such alert"));
    }
    let folder = data.join(FOLDER);
    fs::create_dir_all(&folder)?;
    emberline_atomic_file::write(&folder.join(id), by.as_bytes())
}

/// Takes up what people have said.
pub(crate) fn take(data: &Path, alerts: &Alerts, utc: Timestamp) {
    let Ok(entries) = fs::read_dir(data.join(FOLDER)) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(id) = name.to_str().filter(|id| !id.starts_with('.')) else { continue };
        let by: String = fs::read_to_string(entry.path()).unwrap_or_default();
        let by: String = by.chars().filter(|c| !c.is_control()).take(NAME_CHARS).collect();
        match alerts.acknowledge(id, by.trim(), utc) {
            Ok(alert) => tracing::info!("alert: {}: known to {}", alert.words(), by.trim()),
            Err(cause) => tracing::warn!("alert {id:?} cannot be acknowledged: {cause}"),
        }
        let _ = fs::remove_file(entry.path());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::super::alert::Phase;
    use super::super::alerts::Moment;
    use super::*;
    use crate::config::Config;
    use crate::outbox::Outbox;

    #[test]
    fn who_knows_of_an_alert_says_so_once() {
        let room = tempfile::tempdir().unwrap();
        let data = room.path();
        let text = "name = \"a\"\nlat = 1.0\nlon = 2.0\n[[camera]]\nname = \"c\"\nfrom = \"sim:fire\"\n\
                    [[alert]]\nname = \"eyes\"\nwhen = \"blind\"\n";
        let config = Config::parse("s.toml", text).unwrap();
        let config = Config { data: data.to_owned(), ..config };
        let outbox = Arc::new(Outbox::open(&data.join("outbox")).unwrap());
        let utc: Timestamp = "2026-08-01T12:00:00Z".parse().unwrap();
        let alerts = Alerts::open(&config, outbox, utc);
        alerts.blind(Some(&[]), Moment { now: Duration::ZERO, utc });
        let id = read(data).unwrap().remove(0).id;
        for wrong in ["../../etc/passwd", "", "a b", "no-such-alert"] {
            let said = say(data, wrong, "ann");
            assert_eq!(said.is_ok(), wrong == "no-such-alert", "{wrong}");
        }
        say(data, &id, "ann\nforged line\u{1b}[2J").unwrap();
        take(data, &alerts, utc);
        let alert = read(data).unwrap().remove(0);
        assert_eq!(alert.phase, Phase::Acknowledged);
        assert_eq!(alert.by.as_deref(), Some("annforged line[2J"));
        assert_eq!(fs::read_dir(data.join(FOLDER)).unwrap().count(), 0);
    }
}
