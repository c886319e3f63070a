//! Poses: where a camera was and how it looked, sample by sample, and between the samples.
//!
//! | file | holds |
//! |---|---|
//! | `rotation` | how a camera looks, as a unit quaternion |
//! | `sample` | one row of telemetry |
//! | `flight` | all of them, by time, and the pose at any time between |

mod flight;
mod rotation;
mod sample;

pub use flight::{Flight, FlightError, MOST_GAP_S, Pose};
pub use rotation::Rotation;
pub use sample::{Accuracy, Heights, Lens, Place, Sample};
