//! Alerts with one voice: what somebody asked to be told, raised once, acknowledged by a person, and closed.

#[expect(clippy::module_inception, reason = "the room's noun: what somebody is told")]
mod alert;
mod alerts;
mod book;
mod drawn;
mod finding;
mod judge;
pub mod known;
mod shape;

pub(crate) use alert::NOTICE;
pub use alert::{Alert, Phase};
pub use alerts::{AlertError, Alerts, Rule};
pub(crate) use alerts::{Moment, TOPIC};
pub use finding::{Finding, Seen};
pub(crate) use judge::Made;
pub use shape::Shape;
