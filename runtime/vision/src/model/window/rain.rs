//! Rain: extrapolation blended into a network's frames, and how likely each rate is.

use ndarray::{Array3, ArrayView2, Axis, Zip};

use crate::clip::{Clip, Unseen};
use crate::extrapolation::{Lattice, ProbabilityMatching};
use crate::forecast::Rain;
use crate::model::card::Card;
use crate::model::rain_notes;
use crate::model::rates::Rates;
use crate::note::Note;
use crate::nowcast::{every_lead, extrapolated};

/// Times that chances were checked up to, a forecast may reach without a word: 12 leads of 6 minutes were
/// among those of 5.
const CHECKED_ROUNDING: f64 = 1.2;

/// What becomes of a network's rain: extrapolation is blended in and chances are given where the
/// card says how. Where it wants rates matched, leads get those of the last frame; where
/// extrapolation is blended in, those of the last frame as it stands at that lead, since rain also
/// leaves the view and comes into it. `frames` are those at the leads of the clip.
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
    let leads = frames.dim().0;
    let lead_s: Vec<f64> = (1..=leads).map(|lead| clip.lead_s(lead)).collect();
    let mut outside = None;
    let moved = nowcast.map(|nowcast| {
        let motion = unseen.motion();
        let moved = extrapolated(&last, motion, leads, clip.lead_steps);
        nowcast.blend.mix(frames, &moved, &lead_s);
        let guessed = Lattice::of_steps(motion, leads * clip.lead_steps).unseen(&no_data);
        let guessed = every_lead(guessed, clip.lead_steps);
        rain_notes::add(unseen, &guessed, &no_data, notes);
        outside = Some(guessed);
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
    let horizon_s = lead_s.last().copied().unwrap_or(0.0);
    if let Some(fit) = chance.filter(|fit| horizon_s > fit.checked_s() * CHECKED_ROUNDING) {
        notes.push(Note::ChancesUnchecked { checked_min: fit.checked_s() / 60.0 });
    }
    let chance = chance.map(|fit| fit.chance(frames, &lead_s, &no_data));
    Rain { chance, from_outside: outside, ..Rain::of(frames, &no_data) }
}
