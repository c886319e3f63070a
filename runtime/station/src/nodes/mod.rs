//! Sensor nodes: the gateway's reader inside the station, and how each node fares by its newest reading.

#[expect(clippy::module_inception, reason = "the room's noun: the nodes of the station")]
mod nodes;
mod worker;

pub use nodes::{NodeHealth, Nodes, NodesHealth, PortHealth};
pub use worker::NodesWorker;
