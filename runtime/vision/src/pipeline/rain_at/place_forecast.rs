//! One forecast of a place.

use crate::clip::Clip;
use crate::forecast::Chance;
use crate::note::Note;
use crate::nowcast::Onset;

/// What is forecast of a place from one frame.
#[derive(Debug)]
pub(super) struct PlaceForecast {
    /// When rain starts or stops there.
    pub(super) onset: Onset,
    /// Largest rate there at each lead, mm/h, where there is data.
    pub(super) most_mm_h: Vec<Option<f32>>,
    /// Largest rate there that is likely, of a model that tells it apart.
    pub(super) likely_mm_h: Option<Vec<Option<f32>>>,
    /// Chances of the whole map.
    pub(super) chance: Chance,
    /// Which of the chance's rates counts as rain.
    pub(super) k: usize,
    /// What it was made from.
    pub(super) clip: Clip,
    /// Things a person should know.
    pub(super) notes: Vec<Note>,
}
