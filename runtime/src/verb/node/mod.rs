//! `emberline node`: listens to sensor nodes, and shows what they have measured.

mod export;
mod listen;
mod ports;
mod status;
mod tail;

use super::outcome::Outcome;
use super::screen::print;
use crate::cli::node::NodeWhat;

/// Text of the udev rule that gives a node's port its rights and a name of its own.
const UDEV_RULE: &str = include_str!("90-emberline.rules");

/// Runs the verb.
pub(crate) fn run(what: &NodeWhat) -> anyhow::Result<Outcome> {
    match what {
        NodeWhat::Listen(args) => listen::run(args),
        NodeWhat::Tail(args) => tail::run(args),
        NodeWhat::Export(args) => export::run(args),
        NodeWhat::Status(args) => status::run(args),
        NodeWhat::Ports => ports::run(),
        NodeWhat::UdevRule => {
            print(UDEV_RULE.trim_end())?;
            Ok(Outcome::Done)
        }
    }
}
