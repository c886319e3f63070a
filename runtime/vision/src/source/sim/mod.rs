//! Simulators: films that nobody took, for demonstrations and tests, the same on every machine.

mod address;
mod fire_simulator;
mod open;
mod rain_simulator;
mod random;
mod simulator;
mod spread;

#[cfg(test)]
mod tests;

pub use fire_simulator::{SimFire, arrival_frames};
pub(super) use open::open;
pub use rain_simulator::SimRain;
