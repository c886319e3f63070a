//! Rain: extrapolation blended into a network's frames, and how likely each rate is.

use ndarray::{Array3, ArrayView2, Axis, Zip};

use crate::clip::{Clip, Unseen};
use crate::extrapolation::{ProbabilityMatching, inflow_share};
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
    let moved = nowcast.map(|nowcast| {
        let motion = rain_motion(&unseen.film(&clip.frames));
        let moved = extrapolated(&last, &motion, frames.dim().0);
        nowcast.blend.mix(frames, &moved);
        let beyond = inflow_share(&motion, frames.dim().0).last().copied().unwrap_or(0.0);
        if beyond >= BEYOND_TOLD {
            notes.push(Note::InflowUnseen { percent: 100.0 * beyond });
        }
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
    Rain { chance, ..Rain::of(frames, &no_data) }
}
