//! The thread of the nodes: opens their store and listens to their ports; the gateway has a thread for each.

use std::sync::Arc;
use std::time::{Duration, Instant};

use emberline_gateway::line::Line;
use emberline_gateway::listen::{ListenOptions, listen};
use emberline_gateway::store::{Store, View};
use emberline_vision::pipeline::{Spell, Stop};

use super::nodes::Nodes;

/// A store or port that cannot be had is tried again after this.
const AGAIN: Duration = Duration::from_secs(60);
/// Longest wait at a time: so soon is a stop heard.
const WAIT: Duration = Duration::from_millis(200);

/// The thread of a station's nodes.
pub struct NodesWorker {
    /// Whose.
    pub nodes: Arc<Nodes>,
    /// How settings are typed.
    pub spell: Spell,
    /// Ends it.
    pub stop: Stop,
    /// When the station began.
    pub began: Instant,
}

impl std::fmt::Debug for NodesWorker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NodesWorker").field("nodes", &self.nodes).finish_non_exhaustive()
    }
}

impl NodesWorker {
    /// Listens until it is stopped. The station goes on whatever becomes of a port or the store.
    pub fn run(self) {
        while !self.stop.is_set() {
            match self.listen() {
                Ok(()) => return,
                Err(why) => self.nodes.troubled(Some((self.spell)(&why))),
            }
            let until = Instant::now() + AGAIN;
            while !self.stop.is_set() && Instant::now() < until {
                std::thread::sleep(WAIT);
            }
        }
    }

    fn listen(&self) -> Result<(), String> {
        let Self { nodes, spell, stop, began } = self;
        let config = nodes.config();
        let options =
            ListenOptions { ports: config.ports.clone(), baud: config.baud, spell: *spell };
        options.check().map_err(|e| e.to_string())?;
        let store = Store::open(nodes.root()).map_err(|e| e.to_string())?;
        for node in View::open(nodes.root()).and_then(|view| view.nodes()).unwrap_or_default() {
            nodes.known(node, store.settings().call(node));
        }
        nodes.troubled(None);
        let on_stored = |line: &Line| {
            if let Line::Reading(reading) = line {
                nodes.stored(store.settings().call(reading.node), reading, began.elapsed());
            }
        };
        listen(&store, &options, &on_stored, &stop.flag());
        Ok(())
    }
}
