//! What the web shows of a station, and what it may ask of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use emberline_vision::frame::Pixels;
use jiff::Timestamp;

use crate::alert::{Alert, AlertError, Rule};
use crate::alert_file::Sender;
use crate::config::Drawn;
use crate::health::Health;
use crate::source::Fronts;

/// A station, to those who look at it and act on it.
pub trait Shown: Send + Sync {
    /// How it fares now.
    fn health(&self) -> Health;
    /// Folder of the newest forecast of the source of this name.
    fn newest(&self, source: &str) -> Option<PathBuf>;
    /// Folders of the last forecasts of that source, newest first, at most `most`.
    fn forecasts(&self, source: &str, most: usize) -> Vec<(Timestamp, PathBuf)>;
    /// The newest frame of that source, and when it was taken.
    fn picture(&self, source: &str) -> Option<(Timestamp, Arc<Pixels>)>;
    /// Where the front of its newest forecast stands, and will.
    fn fronts(&self, source: &str) -> Option<Arc<Fronts>>;
    /// What somebody wants to be told.
    fn rules(&self) -> Vec<Rule>;
    /// Degrees north and east of the station.
    fn place(&self) -> [f64; 2];
    /// Folder of what it keeps.
    fn data(&self) -> &Path;
    /// Who it is in files of its alerts.
    fn sender(&self) -> &Sender;
    /// `by` knows of the alert `id`.
    ///
    /// # Errors
    /// [`AlertError`].
    fn acknowledge(&self, id: &str, by: &str) -> Result<Alert, AlertError>;
    /// A line or area becomes an alert.
    ///
    /// # Errors
    /// One line: what is wrong with it.
    fn draw(&self, drawn: &Drawn) -> Result<(), String>;
    /// What was drawn under this name is taken away.
    ///
    /// # Errors
    /// One line: why it cannot be.
    fn erase(&self, name: &str) -> Result<(), String>;
}

/// A forecast that can be had: its time, and the names and sizes of its files.
pub(super) type Listed = (Timestamp, Vec<(String, u64)>);

/// What a source shows.
#[derive(Clone, Debug)]
pub(crate) struct View {
    /// Time of its newest picture.
    pub(crate) picture: Option<Timestamp>,
    /// The fronts over it.
    pub(crate) fronts: Option<Arc<Fronts>>,
}

/// All that the page says, at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub(crate) health: Health,
    pub(crate) rules: Vec<Rule>,
    /// For each source of the health.
    pub(crate) views: Vec<View>,
    pub(crate) place: [f64; 2],
    /// Whether there are map tiles.
    pub(crate) tiles: bool,
    /// Whether people log in.
    pub(crate) users: bool,
    /// Whether others can read what goes over the line.
    pub(crate) is_open: bool,
}
