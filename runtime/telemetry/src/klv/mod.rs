//! KLV: sets of MISB ST 0601 by themselves or in an MPEG transport stream.
//!
//! ```text
//! bytes ──▶ transport (packets, tables, packs) ──▶ unit (whole sets) ──▶ set (tags) ──▶ pose
//!                                  reader: all of it, with times of the film
//! ```

mod ber;
mod pack;
mod pose;
mod reader;
mod section;
mod set;
mod transport;
mod unit;
mod value;

pub use pose::Corners;
pub use reader::{FilmTime, Klv, Wrapping};
pub(crate) use transport::is_transport;
pub(crate) use unit::KEY;
