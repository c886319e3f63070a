//! What a stream tells beside its pictures: its key pictures, its clock, and how it is coded.

use std::sync::Arc;

use emberline_vision::note::Note;

/// What a stream has told up to one of its pictures.
#[derive(Clone, Debug)]
pub struct StreamFacts {
    /// Key pictures so far: between two of them a still scene may be the same to the bit.
    pub keys: u64,
    /// How much later the picture came than the promptest, by the camera's clock, seconds.
    pub late_s: f64,
    /// How far the camera's clock is ahead of this machine's, seconds, where it tells.
    pub clock_offset_s: Option<f64>,
    /// Why the camera's clock is not believed, where it tells the time and is not.
    pub clock_trouble: Option<String>,
    /// What a person should know of how its pictures are coded.
    pub notes: Arc<[Note]>,
}
