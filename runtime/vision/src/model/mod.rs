//! Models: a folder with a card, a family that knows its networks, an engine that runs their graphs.
//!
//! ```text
//! folder (card, graphs) ──▶ family ──load──▶ network ──▶ forecast | estimate
//!                                      ▲
//!                        engine (tract, ort): nets, named tensors
//! ```
//!
//! What a model takes and gives stands in its card. An engine knows tensors and nothing else; what
//! they mean is known by the model's *family*, one folder of this room ([`physicnet`]), and one line in
//! [`FAMILIES`]. Most networks forecast window by window: tiles, rollout and what follows from a
//! window's answer are shared by all of them ([`window`]). Nothing here falls back to something else
//! without saying so.

mod builtin;
mod card;
mod cascade;
mod error;
mod families;
mod family;
mod folder;
mod golden;
mod known;
#[expect(clippy::module_inception, reason = "the room's noun: a model that is ready to run")]
mod model;
mod network;
mod no_engine;
mod open;
mod origin;
pub mod physicnet;
mod rain_notes;
mod rates;
mod suits;
mod verify;
pub mod window;

pub use card::{Card, Decision, Input, Output, Precision};
pub use error::ModelError;
pub use families::{FAMILIES, describe};
pub use family::Family;
pub use folder::Folder;
pub use golden::{AGREE_MIN, CODES_AGREE_MIN, Check, DIFFERENCE_MAX, Golden, GoldenFire};
pub use known::{Known, find, inside, known, open, usual};
pub use model::Model;
pub use network::{Network, Progress, RunOptions};
pub use origin::Origin;
pub use rates::Rates;
pub use verify::checks;
