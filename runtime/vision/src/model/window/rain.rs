//! Rain: extrapolation blended into a network's frames, and how likely each rate is.

use ndarray::{Array2, Array3, ArrayView2, Axis, Zip};

use crate::clip::{Clip, Unseen};
use crate::extrapolation::{ProbabilityMatching, from_outside};
use crate::forecast::Rain;
use crate::model::card::Card;
use crate::model::rates::Rates;
use crate::motion::lucas_kanade::rain_motion;
use crate::note::Note;
use crate::nowcast::extrapolated;

/// Share of a view from which on it is told that its rain comes from beyond the border.
const BEYOND_TOLD: f64 = 0.05;

/// What becomes of a network's rain: extrapolation is blended in and chances are given where the
/// card says how. Where it wants rates matched, leads get those of the last frame; where
/// extrapolation is blended in, those of the last frame as it stands at that lead, since rain also
/// leaves the view and comes into it.
pub(super) fn finish(
    card: &Card,
    clip: &Clip,
    unseen: &Unseen,
    frames: &mut Array3<f32>,
    notes: &mut Vec<Note>,
) -> Rain {
    let no_data = unseen.now();
    let last = clip.frames.index_axis(Axis(0), clip.frames.dim().0 - 1);
    let nowcast = card.nowcast.as_ref();
    let mut outside = None;
    let moved = nowcast.map(|nowcast| {
        let motion = rain_motion(&unseen.film(&clip.frames));
        let moved = extrapolated(&last, &motion, frames.dim().0);
        nowcast.blend.mix(frames, &moved);
        let guessed = from_outside(&motion, &no_data, frames.dim().0);
        let beyond = share_of_last(&guessed, &no_data);
        if beyond >= BEYOND_TOLD {
            notes.push(Note::InflowUnseen { percent: 100.0 * beyond });
        }
        outside = Some(guessed);
        if unseen.earlier.is_none() {
            notes.push(Note::MotionOfTwoFrames);
        }
        moved
    });
    if card.rates() == Some(Rates::Matched) {
        let ranks = |like: ArrayView2<'_, f32>| {
            ProbabilityMatching::to(
                &Zip::from(&like)
                    .and(&no_data)
                    .map_collect(|v, none| if *none { f32::NAN } else { *v }),
            )
        };
        let of_last = moved.is_none().then(|| ranks(last));
        for (l, lead) in frames.outer_iter_mut().enumerate() {
            let of_lead = moved.as_ref().map(|moved| ranks(moved.index_axis(Axis(0), l)));
            if let Some(ranks) = of_lead.as_ref().or(of_last.as_ref()) {
                ranks.apply(lead, |at| !no_data[at]);
            }
        }
    }
    let chance = nowcast.and_then(|n| n.chance.as_ref());
    if let Some(fit) = chance.filter(|fit| frames.dim().0 > fit.leads) {
        notes.push(Note::ChancesUnchecked { checked_leads: fit.leads });
    }
    let chance = chance.map(|fit| fit.chance(frames, &no_data));
    Rain { chance, from_outside: outside, ..Rain::of(frames, &no_data) }
}

/// Share of the cells with data whose rain at the last lead is a guess, 0..1.
fn share_of_last(guessed: &Array3<bool>, no_data: &Array2<bool>) -> f64 {
    let Some(last) = guessed.outer_iter().next_back() else { return 0.0 };
    let count = |mask: &mut dyn Iterator<Item = &bool>| mask.filter(|b| **b).count() as f64;
    let seen = no_data.len() as f64 - count(&mut no_data.iter());
    count(&mut last.iter()) / seen.max(1.0)
}
