//! What a person sees: data on stdout, words and progress on stderr.

use std::fmt;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::spell::spelled;

/// A progress bar on a terminal, nothing elsewhere.
pub(super) fn progress(total: u64, what: &'static str) -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    // How long it takes is not known at first: the bar is empty then, and not full.
    let bar = ProgressBar::with_draw_target(Some(total).filter(|n| *n > 0), target);
    let bar = bar.with_message(what);
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {done}") {
        bar.set_style(style.with_key("done", |state: &ProgressState, to: &mut dyn fmt::Write| {
            let _ = match state.len() {
                Some(of) => write!(to, "{}/{of} {:#}", state.pos(), HumanDuration(state.eta())),
                None => write!(to, "{:#}", HumanDuration(state.elapsed())),
            };
        }));
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// Writes data to stdout; a reader that went away is an error of its own kind.
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    let text = spelled(text);
    let mut out = std::io::stdout().lock();
    let end = if text.ends_with('\n') { "" } else { "\n" };
    let written = [&*text, end].iter().try_for_each(|part| out.write_all(part.as_bytes()));
    written.and_then(|()| out.flush()).map_err(on_stdout)
}

/// Why stdout takes no more, with its name; a reader that went away stays an error of its own kind.
pub(super) fn on_stdout(error: io::Error) -> anyhow::Error {
    let what = format!("stdout: cannot be written: {error}");
    anyhow::Error::new(error).context(what)
}

/// Says one line to the person.
pub(super) fn say(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{}", spelled(line));
}
