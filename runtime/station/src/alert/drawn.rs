//! Rules that were drawn on the page, in a file of the data folder: they outlive a restart, and can be moved to the
//! station's own file as they are.

use std::fs;
use std::path::Path;

use crate::config::{AlertConfig, drawn};

/// The file, below the data folder.
const FILE: &str = "state/drawn.toml";

/// What was drawn, of a station at `place` that keeps what it makes in `data` and has these sources. What is no longer
/// right is told and left out.
pub(super) fn read(data: &Path, place: [f64; 2], sources: &[String]) -> Vec<AlertConfig> {
    let file = data.join(FILE);
    let Ok(text) = fs::read_to_string(&file) else { return Vec::new() };
    let (alerts, faults) = drawn::read(&text, place, sources);
    faults.iter().for_each(|fault| tracing::warn!("{}: left out: {fault}", file.display()));
    alerts
}

/// Keeps what was drawn.
///
/// # Errors
/// One line: what the system says.
pub(super) fn write(data: &Path, alerts: &[AlertConfig]) -> Result<(), String> {
    let file = data.join(FILE);
    let write = || {
        fs::create_dir_all(data.join("state"))?;
        emberline_atomic_file::write(&file, drawn::text(alerts).as_bytes())
    };
    write().map_err(|cause| format!("it cannot be kept: {cause}"))
}
