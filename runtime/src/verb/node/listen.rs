//! `emberline node listen`: stores what nodes measure, until it is asked to stop.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use emberline::node::line::Line;
use emberline::node::listen::{ListenOptions, listen};
use emberline::node::store::Store;

use crate::cli::node::ListenArgs;
use crate::spell::spelled;
use crate::verb::outcome::Outcome;

/// Runs the verb.
pub(super) fn run(args: &ListenArgs) -> anyhow::Result<Outcome> {
    let options = ListenOptions { ports: args.ports.clone(), baud: args.baud, spell: spelled };
    options.check()?;
    let store = Store::open(&args.store)?;
    let stop = stop_on_signals()?;
    let print: &(dyn Fn(&Line) + Sync) = if args.print { &print } else { &|_| {} };
    listen(&store, &options, print, &stop);
    Ok(Outcome::Done)
}

/// A flag that SIGINT and SIGTERM set. When it is set already, such a signal ends the program at once,
/// with the exit code that a shell gives to it: the orderly end may be held up by a reader of `--print`
/// that does not read.
fn stop_on_signals() -> std::io::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // In this order: the first one finds the flag not set, and sets it.
        flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&stop))?;
        flag::register(signal, Arc::clone(&stop))?;
    }
    Ok(stop)
}

/// Prints a stored line.
fn print(line: &Line) {
    if let Ok(text) = serde_json::to_string(line) {
        // Whoever read it is gone; the store goes on.
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{text}").and_then(|()| out.flush());
    }
}
