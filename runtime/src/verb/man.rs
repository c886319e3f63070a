//! `emberline man`: the manual page, or those of all verbs as files of a folder.

use std::path::Path;

use anyhow::Context as _;
use clap::CommandFactory as _;
use clap_mangen::{Man, generate_to};

use super::outcome::Outcome;
use super::screen::print;
use crate::cli::Cli;

/// Runs the verb.
pub(crate) fn run(folder: Option<&Path>) -> anyhow::Result<Outcome> {
    let Some(folder) = folder else {
        let mut page = Vec::new();
        Man::new(Cli::command()).render(&mut page)?;
        print(&String::from_utf8_lossy(&page))?;
        return Ok(Outcome::Done);
    };
    let failed = |e: &std::io::Error| format!("{}: cannot be written: {e}", folder.display());
    let written =
        std::fs::create_dir_all(folder).and_then(|()| generate_to(Cli::command(), folder));
    if let Err(e) = written {
        let what = failed(&e);
        return Err(e).context(what);
    }
    print(&folder.display().to_string())?;
    Ok(Outcome::Done)
}
