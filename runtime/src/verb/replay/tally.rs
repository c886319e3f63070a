//! Sums of one method's scores, by lead: they add up over starts and over events.

use std::ops::AddAssign;

use ndarray::{Array2, ArrayView2, Axis, s};

use emberline::clip::{Clip, Observed, Truth};
use emberline::forecast::{Chance, Forecast, Predicted, Rain};
use emberline::rain_rate::mm_h;
use emberline::score::{
    ArrivalError, FireScores, Fss, ImageError, RainContingency, ReliabilityTable, score_start,
};

/// Rate and window of the fractions skill score, mm/h and cells.
pub(super) const FSS_MM_H: f32 = 1.0;
pub(super) const FSS_CELLS: usize = 9;

/// Scores of one lead.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lead {
    /// Of fire: new burn, front, probability.
    pub(super) fire: Option<FireScores>,
    /// Of rain: counts at each rate.
    pub(super) rain: Option<RainContingency>,
    /// Of rain: shares of rain of [`FSS_MM_H`] or more around each cell.
    pub(super) fss: Option<Fss>,
    /// Of rain: chances of each rate of [`Chance::PUBLISHED_RATES_MM_H`].
    pub(super) chances: Option<[ReliabilityTable; 3]>,
    /// The frames as pictures.
    pub(super) image: ImageError,
}

/// Scores of all leads.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    /// One a lead; as many as were ever seen.
    pub(super) leads: Vec<Lead>,
    /// Of fire: errors of arrival times.
    pub(super) arrival: Option<ArrivalError>,
}

impl Tally {
    /// Scores of one start.
    pub(super) fn of(f: &Forecast, clip: &Clip, truth: &Truth) -> Self {
        let leads = 0..truth.lead_s.len().min(f.lead_s.len());
        match (&f.predicted, &clip.observed, &truth.observed) {
            (Predicted::Fire(burn), Observed::Fire(burning), Observed::Fire(seen)) => {
                let (rows, arrival) =
                    score_start(f, burn, &seen.burnt, &burning.now(), clip.step_s);
                let lead = |(l, score)| Lead { fire: Some(score), ..film(f, truth, l) };
                let leads = rows.into_iter().enumerate().map(lead);
                Self { leads: leads.collect(), arrival: Some(arrival) }
            }
            (Predicted::Rain(rain), _, Observed::Rain(unseen)) => {
                let none = |l| unseen.no_data.index_axis(Axis(0), l);
                let leads = leads.map(|l| wet(f, rain, truth, &none(l), l));
                Self { leads: leads.collect(), arrival: None }
            }
            _ => Self { leads: leads.map(|l| film(f, truth, l)).collect(), arrival: None },
        }
    }
}

/// Scores of frames alone.
fn film(f: &Forecast, truth: &Truth, l: usize) -> Lead {
    let (mean, seen) = (f.mean_frames(), truth.frames.index_axis(Axis(0), l));
    Lead { image: ImageError::of(&mean.index_axis(Axis(0), l), &seen), ..Lead::default() }
}

/// Scores of rain: counts leave out cells without data on either side; as pictures both are dry
/// there, since the window of SSIM has no holes.
fn wet(f: &Forecast, rain: &Rain, truth: &Truth, none: &ArrayView2<'_, bool>, l: usize) -> Lead {
    let said_mm_h = rain.mm_h.index_axis(Axis(0), l);
    let mut said = f.mean_frames().index_axis(Axis(0), l).to_owned();
    let mut seen = truth.frames.index_axis(Axis(0), l).to_owned();
    let mut seen_mm_h = seen.mapv(mm_h);
    for (at, none) in none.indexed_iter() {
        if *none {
            seen_mm_h[at] = f32::NAN;
        }
        if *none || said_mm_h[at].is_nan() {
            (said[at], seen[at]) = (0.0, 0.0);
        }
    }
    Lead {
        fire: None,
        rain: Some(RainContingency::of(&said_mm_h, &seen_mm_h)),
        fss: Some(Fss::of(&said_mm_h, &seen_mm_h, FSS_MM_H, FSS_CELLS)),
        chances: rain.chance.as_ref().and_then(|chance| chances(chance, &seen_mm_h, l)),
        image: ImageError::of(&said, &seen),
    }
}

/// Chances of lead `l` against the rates `[H, W]` that came, where all rates that are told have one.
fn chances(chance: &Chance, seen_mm_h: &Array2<f32>, l: usize) -> Option<[ReliabilityTable; 3]> {
    let told: [usize; 3] = chance.published().try_into().ok()?;
    Some(told.map(|k| {
        let share = |p: &u8| if *p == Chance::NO_DATA { f32::NAN } else { f32::from(*p) / 100.0 };
        let said = chance.percent.slice(s![k, l, .., ..]).map(share);
        // A rate is stored to a rounding: 0.1 mm/h may come back as 0.09999999.
        ReliabilityTable::of_rate(&said, seen_mm_h, chance.rates_mm_h[k] * (1.0 - 1e-5))
    }))
}

impl AddAssign<&Self> for Tally {
    fn add_assign(&mut self, other: &Self) {
        self.leads.resize(self.leads.len().max(other.leads.len()), Lead::default());
        for (a, b) in self.leads.iter_mut().zip(&other.leads) {
            join(&mut a.fire, b.fire.as_ref());
            join(&mut a.rain, b.rain.as_ref());
            join(&mut a.fss, b.fss.as_ref());
            if let Some(more) = &b.chances {
                let sums = a.chances.get_or_insert_default();
                sums.iter_mut().zip(more).for_each(|(sum, p)| *sum += p);
            }
            a.image += &b.image;
        }
        join(&mut self.arrival, other.arrival.as_ref());
    }
}

/// Adds what there is.
fn join<T: Default + for<'a> AddAssign<&'a T>>(sum: &mut Option<T>, part: Option<&T>) {
    if let Some(part) = part {
        *sum.get_or_insert_default() += part;
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;
    use emberline::clip::{Span, Unit, Unseen};
    use emberline::frame::{Elapsed, Kind};
    use emberline::grid::Grid;

    #[test]
    fn cells_without_data_on_either_side_are_left_out() {
        // Rain of share 0.5 everywhere; said and true alike, but for what has no data.
        let said_none = Array2::from_shape_fn((12, 12), |(y, _)| y == 0);
        let true_none = Array3::from_shape_fn((1, 12, 12), |(_, y, _)| y == 1);
        let frames = Array3::from_elem((1, 12, 12), 0.5f32);
        let grid = Grid::new(12, 12);
        let forecast = Forecast {
            lead_s: vec![1.0],
            frames: frames.clone().insert_axis(Axis(0)),
            predicted: Predicted::Rain(Rain::of(&frames, &said_none)),
            rollout_from_lead: None,
            codes: Vec::new(),
            drift: None,
            grid: grid.clone(),
            notes: Vec::new(),
        };
        let observed = Observed::Rain(Unseen { no_data: true_none.clone(), earlier: None });
        let clip = Clip {
            kind: Kind::Rain,
            frames: frames.clone(),
            observed: observed.clone(),
            unit: Unit::Span(Span { zero: 0.0, one: 1.0 }),
            step_s: 1.0,
            end: Elapsed::ZERO,
            end_utc: None,
            pixels: Vec::new(),
            picked: vec![0],
            grid,
            notes: Vec::new(),
        };
        let mut seen = frames;
        seen.zip_mut_with(&true_none, |v, none| *v = if *none { 0.0 } else { *v });
        let truth = Truth { lead_s: vec![1.0], frames: seen, observed, picked: vec![1] };
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
