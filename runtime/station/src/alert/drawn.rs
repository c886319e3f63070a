//! Rules that were drawn on the page, in a file of the data folder: they outlive a restart, and can be moved to the
//! station's own file as they are.

use std::fs;
use std::path::Path;

use crate::config::{AlertConfig, drawn};

/// The file, below the data folder.
const FILE: &str = "state/drawn.toml";
/// A copy of one that holds something that is no longer right.
const LEFT_OUT: &str = "state/drawn-left-out.toml";

/// What was drawn, of a station at `place` that keeps what it makes in `data` and has these sources. What is no longer
/// right is told and left out.
pub(super) fn read(data: &Path, place: [f64; 2], sources: &[String]) -> Vec<AlertConfig> {
    let file = data.join(FILE);
    let Ok(text) = fs::read_to_string(&file) else { return Vec::new() };
    let (alerts, faults) = drawn::read(&text, place, sources);
    if !faults.is_empty() {
        // What is drawn next is written over it: a copy stays for a person to mend.
        let copy = data.join(LEFT_OUT);
        let kept = emberline_atomic_file::write(&copy, text.as_bytes());
        let where_to = kept.map_or_else(|cause| cause.to_string(), |()| copy.display().to_string());
        faults.iter().for_each(|fault| tracing::warn!("{}: left out: {fault}", file.display()));
        tracing::warn!("{}: all that was drawn is kept in {where_to}", file.display());
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_longer_right_is_left_out_and_not_lost() {
        let room = tempfile::tempdir().unwrap();
        let data = room.path();
        fs::create_dir_all(data.join("state")).unwrap();
        let rule = |name: &str, of: &str| {
            format!(
                "[[alert]]\nname = \"{name}\"\nwhen = \"front-reaches\"\nof = \"{of}\"\nline = [[1, 2]]\n"
            )
        };
        let both = rule("road", "north") + &rule("camp", "gone");
        for (text, right, is_copied) in
            [(rule("road", "north"), 1, false), (both, 1, true), ("damaged".to_owned(), 0, true)]
        {
            fs::write(data.join(FILE), &text).unwrap();
            let _ = fs::remove_file(data.join(LEFT_OUT));
            let alerts = read(data, [0.0; 2], &["north".to_owned()]);
            assert_eq!(alerts.len(), right, "{text}");
            let copy = fs::read_to_string(data.join(LEFT_OUT)).ok();
            assert_eq!(copy, is_copied.then_some(text));
            write(data, &alerts).unwrap();
            assert_eq!(read(data, [0.0; 2], &["north".to_owned()]), alerts);
        }
    }
}
