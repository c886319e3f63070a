//! Files of alerts in the configuration: whether and where they are written, and who says so in them.

use std::path::PathBuf;

use super::check::Check;
use super::error::ConfigError;
use super::text::FilesText;

/// Folder of the files unless told, below the data folder.
const FOLDER: &str = "alerts";
/// What messages are, as it stands in the file.
const STATUSES: [(&str, CapStatus); 3] =
    [("test", CapStatus::Test), ("exercise", CapStatus::Exercise), ("actual", CapStatus::Actual)];
/// Folders below the data folder that are others'.
const TAKEN: [&str; 6] = ["acknowledge", "forecasts", "frames", "nodes", "outbox", "state"];
/// Most characters of a sender.
const SENDER_CHARS: usize = 128;

/// What a message of the Common Alerting Protocol is to those who get it (its `status`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CapStatus {
    /// A trial of the technique: all who get it disregard it.
    Test,
    /// For those who take part in an exercise.
    Exercise,
    /// To be acted on by all who get it.
    Actual,
}

impl CapStatus {
    /// The standard's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Test => "Test",
            Self::Exercise => "Exercise",
            Self::Actual => "Actual",
        }
    }
}

/// Files of alerts.
#[derive(Clone, Debug, PartialEq)]
pub struct FilesConfig {
    /// Whether they are written.
    pub alerts: bool,
    /// Where, below the data folder unless it begins with a slash.
    pub folder: PathBuf,
    /// Who says so, a name that no other station has; `emberline-` and the station's where not given.
    pub sender: Option<String>,
    /// What messages of cameras that are no simulators are.
    pub status: CapStatus,
}

impl FilesConfig {
    pub(super) fn text(&self) -> FilesText {
        let status = STATUSES.iter().find(|(_, status)| *status == self.status);
        FilesText {
            alerts: Some(self.alerts),
            folder: Some(self.folder.display().to_string()),
            sender: self.sender.clone(),
            cap_status: status.map(|(word, _)| (*word).to_owned()),
        }
    }
}

impl Check<'_> {
    pub(super) fn files(&self, text: &FilesText) -> Result<FilesConfig, ConfigError> {
        let folder = text.folder.clone().unwrap_or_else(|| FOLDER.to_owned());
        let folder = PathBuf::from(folder);
        match folder.components().next() {
            None => return self.value("files.folder", "an empty path", "give a folder"),
            Some(first) if TAKEN.iter().any(|taken| first.as_os_str() == *taken) => {
                let fix = "give one of their own, such as \"alerts\"";
                return self.value("files.folder", "other files are kept there", fix);
            }
            Some(_) => {}
        }
        // What the standard allows in an identifier.
        let is_plain = |c: char| c.is_ascii_graphic() && !",<&".contains(c);
        let can_be = |sender: &String| {
            !sender.is_empty() && sender.len() <= SENDER_CHARS && sender.chars().all(is_plain)
        };
        if !text.sender.as_ref().is_none_or(can_be) {
            let fix = "give a name without blanks, commas, < and &, such as \"ridge.example\"";
            return self.value("files.sender", "no sender can be called so", fix);
        }
        let status = self.choice(text.cap_status.as_deref(), &STATUSES, "files.cap_status")?;
        Ok(FilesConfig {
            alerts: text.alerts.unwrap_or(false),
            folder,
            sender: text.sender.clone(),
            status: status.unwrap_or(CapStatus::Test),
        })
    }
}
