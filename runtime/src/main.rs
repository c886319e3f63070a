//! The program `emberline`: reads what was typed, runs one verb, and ends with its exit code.
//!
//! 0: done. 1: a check failed or a score fell short. 2: an error, said on one line of stderr.

mod cli;
mod log;
mod signals;
mod spell;
mod verb;

use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, PanicHookInfo};
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind as Typed;

use verb::Outcome;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(tell_fault));
    let cli = match cli::Cli::try_parse_from(cli::typed()) {
        Ok(cli) => cli,
        Err(e) if matches!(e.kind(), Typed::DisplayHelp | Typed::DisplayVersion) => {
            return match e.print() {
                Err(cause) if cause.kind() != ErrorKind::BrokenPipe => {
                    eprintln!("error: stdout: cannot be written: {cause}");
                    ExitCode::from(2)
                }
                _ => ExitCode::SUCCESS,
            };
        }
        Err(e) => {
            eprintln!("{}", typed_wrong(&e));
            return ExitCode::from(2);
        }
    };
    // A fault of the main thread, or one that a worker hands on to it, ends the verb; what the hook has
    // said of it stands. A worker that nobody waits for ends alone.
    let Ok(ended) = std::panic::catch_unwind(AssertUnwindSafe(|| verb::run(cli))) else {
        return ExitCode::from(2);
    };
    match ended {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Short) => ExitCode::from(1),
        Err(e) if is_broken_pipe(&e) => ExitCode::SUCCESS,
        Err(e) => {
            signals::end_by_signal();
            eprintln!("error: {}", one_line(&spell::spelled(&e.to_string())));
            ExitCode::from(2)
        }
    }
}

/// Says a fault of the program itself on one line, whichever thread it happened in.
fn tell_fault(fault: &PanicHookInfo<'_>) {
    let place = fault.location().map_or_else(String::new, |l| format!(" at {l}"));
    let what = fault.payload_as_str().unwrap_or("no message");
    // The embedded engine panics where the system gives it no memory.
    if what.starts_with("failed to allocate") {
        eprintln!("error: out of memory ({}): cut the film, or free memory", one_line(what));
        return;
    }
    eprintln!("error: emberline itself failed{place}: {}: please report it", one_line(what));
}

/// Whether the reader of our output went away: that is its right.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == ErrorKind::BrokenPipe)
    })
}

/// What was typed wrong, on one line.
fn typed_wrong(error: &clap::Error) -> String {
    if error.kind() == Typed::DisplayHelpOnMissingArgumentOrSubcommand {
        return "error: no verb given: try `emberline demo`, or `emberline --help`".to_owned();
    }
    let text = error.render().to_string();
    let lines = text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with("Usage:"));
    let lines: Vec<&str> = lines.collect();
    one_line(&lines.join("; ")).replace("; For more information, try", ": try")
}

/// Text on one line, without what would break a terminal.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty());
    words.collect::<Vec<_>>().join(" ")
}
