//! `emberline node`: listens to sensor nodes, and shows what they have told.

mod export;
mod status;
mod tail;

use std::io::Write as _;
use std::sync::atomic::AtomicBool;

use emberline::node::id::NodeId;
use emberline::node::line::Line;
use emberline::node::listen::{self, Ask, Tell};
use emberline::node::port::path_of;
use emberline::node::store::{Store, View};
use emberline::node::{UDEV_RULE, ports};

use super::outcome::Outcome;
use super::screen::{print, say};
use super::table::Table;
use crate::cli::node::{ListenArgs, NodeWhat};

/// Runs the verb.
pub(crate) fn run(what: &NodeWhat) -> anyhow::Result<Outcome> {
    match what {
        NodeWhat::Listen(args) => listen(args),
        NodeWhat::Tail(args) => tail::run(args),
        NodeWhat::Export(args) => export::run(args),
        NodeWhat::Status(args) => status::run(args),
        NodeWhat::Ports => list_ports(),
        NodeWhat::UdevRule => {
            print(UDEV_RULE.trim_end())?;
            Ok(Outcome::Done)
        }
    }
}

/// Lines for people go to stderr, with the time; stored lines to stdout, where they are asked for.
struct Out {
    print: bool,
}

impl Tell for Out {
    fn say(&self, text: &str) {
        let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
        say(&format!("{now} {text}"));
    }

    fn stored(&self, line: &Line) {
        if self.print
            && let Ok(text) = serde_json::to_string(line)
        {
            // Whoever read it is gone; the store goes on.
            let mut out = std::io::stdout().lock();
            let _ = writeln!(out, "{text}").and_then(|()| out.flush());
        }
    }
}

fn listen(args: &ListenArgs) -> anyhow::Result<Outcome> {
    for (i, port) in args.ports.iter().enumerate() {
        if args.ports[..i].iter().any(|p| path_of(p) == path_of(port)) {
            anyhow::bail!("{port}: named twice; name each port once");
        }
        // What can never become a port is refused before anything is written.
        if let Some(final_error) = listen::refusal(port, args.baud) {
            return Err(final_error.into());
        }
    }
    let store = Store::open(&args.store)?;
    let ask = Ask { ports: args.ports.clone(), baud: args.baud };
    listen::listen(&store, &ask, &Out { print: args.print }, &AtomicBool::new(false));
    Ok(Outcome::Done)
}

/// The nodes meant by `--node`, or all.
pub(super) fn nodes(view: &View, asked: Option<&str>) -> anyhow::Result<Vec<NodeId>> {
    let all = view.nodes()?;
    let Some(text) = asked else { return Ok(all) };
    let found = view.names().find(text).filter(|node| all.contains(node));
    let Some(node) = found else {
        let names: Vec<String> = all.iter().map(|n| view.names().call(*n)).collect();
        let known = if names.is_empty() { "no node yet".to_owned() } else { names.join(", ") };
        anyhow::bail!("{}: has no node '{text}'; it has {known}", view.root().display());
    };
    Ok(vec![node])
}

fn list_ports() -> anyhow::Result<Outcome> {
    let listed =
        ports::list().map_err(|e| anyhow::anyhow!("serial ports cannot be listed: {e}"))?;
    if listed.is_empty() {
        say("no serial port is there: plug the adapter in; in a container, hand the device in");
        return Ok(Outcome::Done);
    }
    let mut table = Table::new(&["port", "is", "lasting name", "open in"]);
    for port in listed {
        let names: Vec<String> = port.names.iter().map(|n| n.display().to_string()).collect();
        let holders: Vec<String> = port.holders.iter().map(ToString::to_string).collect();
        table.row(vec![
            port.path.display().to_string(),
            port.what,
            names.first().cloned().unwrap_or_else(|| "–".to_owned()),
            if holders.is_empty() { "–".to_owned() } else { holders.join(", ") },
        ]);
    }
    print(table.text().trim_end())?;
    Ok(Outcome::Done)
}
