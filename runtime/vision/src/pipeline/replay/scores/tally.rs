//! Sums of one method's scores at all leads: they add up over starts and over events.

use std::ops::AddAssign;

use ndarray::Axis;

use super::lead_tally::{LeadTally, add};
use crate::clip::{Clip, Observed, Truth};
use crate::forecast::{Forecast, Predicted};
use crate::score::ArrivalError;
use crate::score::score_start;

/// Scores of all leads.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Tally {
    /// One a lead; as many as were ever seen.
    pub(in super::super) leads: Vec<LeadTally>,
    /// Of fire: errors of arrival times.
    pub(in super::super) arrival: Option<ArrivalError>,
}

impl Tally {
    /// Scores of one start.
    pub(in super::super) fn of(f: &Forecast, clip: &Clip, truth: &Truth) -> Self {
        let leads = 0..truth.lead_s.len().min(f.lead_s.len());
        let of_frames = |l| LeadTally::of_frames(f, truth, l);
        match (&f.predicted, &clip.observed, &truth.observed) {
            (Predicted::Fire(burn), Observed::Fire(burning), Observed::Fire(seen)) => {
                // What is never looked at counts like what had burnt before: not at all.
                let mut now = burning.now();
                clip.grid.hide(now.view_mut(), true);
                let (rows, arrival) = score_start(f, burn, &seen.burnt, &now, clip.step_s);
                let lead = |(l, score)| LeadTally { fire: Some(score), ..of_frames(l) };
                let leads = rows.into_iter().enumerate().map(lead);
                Self { leads: leads.collect(), arrival: Some(arrival) }
            }
            (Predicted::Rain(rain), _, Observed::Rain(unseen)) => {
                let no_data = |l| unseen.no_data.index_axis(Axis(0), l);
                let lead = |l| LeadTally::of_rain(f, rain, truth, &no_data(l), l);
                Self { leads: leads.map(lead).collect(), arrival: None }
            }
            _ => Self { leads: leads.map(of_frames).collect(), arrival: None },
        }
    }
}

impl AddAssign<&Self> for Tally {
    fn add_assign(&mut self, other: &Self) {
        self.leads.resize(self.leads.len().max(other.leads.len()), LeadTally::default());
        self.leads.iter_mut().zip(&other.leads).for_each(|(sum, part)| *sum += part);
        add(&mut self.arrival, other.arrival.as_ref());
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, Array3};

    use super::*;
    use crate::clip::{Span, Unit, Unseen};
    use crate::forecast::Rain;
    use crate::frame::{Elapsed, Kind};
    use crate::grid::Grid;

    #[test]
    fn cells_without_data_on_either_side_are_left_out() {
        // Intensity 0.5 everywhere, forecast and seen alike, but for what has no data.
        let forecast_none = Array2::from_shape_fn((12, 12), |(y, _)| y == 0);
        let true_none = Array3::from_shape_fn((1, 12, 12), |(_, y, _)| y == 1);
        let frames = Array3::from_elem((1, 12, 12), 0.5f32);
        let grid = Grid::new(12, 12);
        let forecast = Forecast {
            lead_s: vec![1.0],
            frames: frames.clone().insert_axis(Axis(0)),
            predicted: Predicted::Rain(Rain::of(&frames, &forecast_none)),
            rollout_from_lead: None,
            codes: Vec::new(),
            drift: None,
            grid: grid.clone(),
            notes: Vec::new(),
        };
        let observed = Observed::Rain(Unseen::new(true_none.clone(), Vec::new(), 1.0));
        let clip = Clip {
            kind: Kind::Rain,
            frames: frames.clone(),
            observed: observed.clone(),
            unit: Unit::Span(Span { zero: 0.0, one: 1.0 }),
            step_s: 1.0,
            lead_steps: 1,
            end: Elapsed::ZERO,
            end_utc: None,
            pixels: Vec::new(),
            picked: vec![0],
            grid,
            notes: Vec::new(),
        };
        let mut seen = frames;
        seen.zip_mut_with(&true_none, |v, none| *v = if *none { 0.0 } else { *v });
        let truth =
            Truth { lead_s: vec![1.0], frames: seen, observed, picked: vec![1], unseen_leads: 0 };
        let mut sum = Tally::of(&forecast, &clip, &truth);
        let counts = sum.leads[0].rain.expect("rain").0[3];
        assert_eq!((counts.hits, counts.misses, counts.false_alarms), (120, 0, 0));
        assert_eq!(sum.leads[0].image.mse(), Some(0.0));
        assert_eq!(sum.leads[0].rain.expect("rain").wet_area_bias(), Some(1.0));
        let one = sum.clone();
        sum += &one;
        assert_eq!(sum.leads[0].rain.expect("rain").0[3].hits, 240);
        assert!(sum.arrival.is_none() && sum.leads[0].fire.is_none());
    }
}
