//! What a person sees: data on stdout, words and progress on stderr.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::spell::spelled;

/// A progress bar on a terminal, nothing elsewhere.
pub(super) fn progress(total: u64, what: &'static str) -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(Some(total), target).with_message(what);
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// Writes data to stdout; a reader that went away is an error of its own kind.
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    let text = spelled(text);
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(())
}

/// Says one line to the person.
pub(super) fn say(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{}", spelled(line));
}
