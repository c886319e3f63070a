//! What a person should know of the motion behind a forecast of rain.

use ndarray::{Array2, Array3};

use crate::clip::Unseen;
use crate::note::Note;

/// Share of a view from which on it is told that its rain comes from beyond the border.
const BEYOND_TOLD: f64 = 0.05;
/// Age of the older of two frames up to which a third could have been seen beside them, seconds: rain that was
/// seen longer ago moved in another wind.
const THIRD_S: f64 = 450.0;

/// Adds what is to be told of a forecast whose rain is a `guessed` one at each lead `[L, H, W]`.
pub(super) fn add(
    unseen: &Unseen,
    guessed: &Array3<bool>,
    no_data: &Array2<bool>,
    notes: &mut Vec<Note>,
) {
    let beyond = share_of_last(guessed, no_data);
    if beyond >= BEYOND_TOLD {
        notes.push(Note::InflowUnseen { percent: 100.0 * beyond });
    }
    match &unseen.newest[..] {
        [] | [_] => notes.push(Note::MotionUnseen),
        [older, _] if older.age_s <= THIRD_S => notes.push(Note::MotionOfTwoFrames),
        _ => {}
    }
}

/// Share of the cells with data whose rain at the last lead is a guess, 0..1.
fn share_of_last(guessed: &Array3<bool>, no_data: &Array2<bool>) -> f64 {
    let Some(last) = guessed.outer_iter().next_back() else { return 0.0 };
    let count = |mask: &mut dyn Iterator<Item = &bool>| mask.filter(|b| **b).count() as f64;
    let seen = no_data.len() as f64 - count(&mut no_data.iter());
    count(&mut last.iter()) / seen.max(1.0)
}
