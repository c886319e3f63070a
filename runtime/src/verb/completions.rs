//! `emberline completions`: what a shell needs to complete what is typed.

use clap::CommandFactory as _;
use clap_complete::{Shell, generate};

use super::outcome::Outcome;
use super::screen::print;
use crate::cli::Cli;

/// Runs the verb.
pub(crate) fn run(shell: Shell) -> anyhow::Result<Outcome> {
    let mut script = Vec::new();
    generate(shell, &mut Cli::command(), "emberline", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Done)
}
