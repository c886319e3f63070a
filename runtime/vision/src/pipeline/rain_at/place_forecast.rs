//! One forecast of a place.

use ndarray::Array3;

use crate::clip::Clip;
use crate::forecast::Chance;
use crate::note::Note;
use crate::nowcast::Onset;

/// What is forecast of a place from one frame.
#[derive(Debug)]
pub(super) struct PlaceForecast {
    /// When rain starts or stops there.
    pub(super) onset: Onset,
    /// Rate `[L, H, W]` of the whole map, mm/h.
    pub(super) mm_h: Array3<f32>,
    /// Chances of the whole map.
    pub(super) chance: Chance,
    /// Which of the chance's rates counts as rain.
    pub(super) k: usize,
    /// What it was made from.
    pub(super) clip: Clip,
    /// Things a person should know.
    pub(super) notes: Vec<Note>,
}
