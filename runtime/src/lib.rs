//! emberline forecasts how a fire front, or rain, moves in the next minutes, on the device that sees it.
//!
//! This crate is the face of the library, one crate behind each part; the program of the same name is
//! a thin layer of words on it.
//!
//! | part | crate | what it does |
//! |---|---|---|
//! | [`source`] … [`product`] | `emberline-vision` | films in, forecasts and their maps and pictures out |
//! | [`drone`] | `emberline-drone` | films of the air become films of the ground |
//! | [`engine`] | `emberline-engine` | runs a network's graphs; knows nothing of fire or rain |
//! | [`weather`] | `emberline-weather` | a station's own readings: checks, alarms, outlook, fire weather |
//! | [`station`] | `emberline-station` | the daemon: cameras watched for months, forecasts, health |
//! | [`node`] | `emberline-gateway` | sensor nodes on serial lines, and the store of what they measured |
//!
//! `docs/architecture.md` walks a frame, a radar file and a reading through them.

pub use emberline_drone as drone;
pub use emberline_engine as engine;
pub use emberline_gateway as node;
pub use emberline_station as station;
pub use emberline_vision::*;
pub use emberline_weather as weather;
