//! Alerts with one voice: what somebody asked to be told, raised once, acknowledged by a person, and closed.

#[expect(clippy::module_inception, reason = "the room's noun: what somebody is told")]
mod alert;
mod alerts;
mod book;
mod finding;
mod judge;
mod shape;

pub use alert::{Alert, Phase};
pub(crate) use alerts::Moment;
pub use alerts::{AlertError, Alerts};
pub use finding::{Finding, Seen};
pub(crate) use judge::Made;
pub use shape::Shape;
