//! Quality control: which values can be believed, and by which rule one was left out.
//!
//! Four rules, each by quantity: out of range, a step that no weather makes, a sensor that is stuck,
//! and a gust below the mean wind. What fails is missing from there on; nothing takes its place.

mod check;
mod left_out;
mod limits;
mod note;
mod rule;
mod step_memory;
mod stuck_run;

#[cfg(test)]
mod tests;

pub use check::{Checked, check};
pub use left_out::LeftOut;
pub use limits::{Limit, Limits, STEP_MEMORY};
pub use note::QualityNote;
pub use rule::Rule;
pub use step_memory::StepMemory;
pub use stuck_run::StuckRun;
