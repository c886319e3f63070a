//! Sums of one method's scores, by lead: they add up over starts and over events.

use std::ops::AddAssign;

use ndarray::{Array2, Axis};

use emberline::clip::Truth;
use emberline::forecast::Forecast;
use emberline::score::fire::score_start;
use emberline::score::image::ImageError;
use emberline::score::{ArrivalError, LeadScore};

/// Scores of one lead.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lead {
    /// New burn, front, probability.
    pub(super) score: LeadScore,
    /// The frames as pictures.
    pub(super) image: ImageError,
}

/// Scores of all leads.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    /// One a lead; as many as were ever seen.
    pub(super) leads: Vec<Lead>,
    /// Errors of arrival times.
    pub(super) arrival: ArrivalError,
}

impl Tally {
    /// Scores of one start.
    pub(super) fn of(f: &Forecast, truth: &Truth, now: &Array2<bool>, step_s: f64) -> Self {
        let (rows, arrival) = score_start(f, &truth.burnt, now, step_s);
        let leads = rows.into_iter().enumerate().map(|(l, score)| {
            let (said, seen) =
                (f.frames.index_axis(Axis(0), l), truth.frames.index_axis(Axis(0), l));
            Lead { score, image: ImageError::of(&said, &seen) }
        });
        Self { leads: leads.collect(), arrival }
    }
}

impl AddAssign<&Self> for Tally {
    fn add_assign(&mut self, other: &Self) {
        self.leads.resize(self.leads.len().max(other.leads.len()), Lead::default());
        for (a, b) in self.leads.iter_mut().zip(&other.leads) {
            a.score += &b.score;
            a.image += &b.image;
        }
        self.arrival += &other.arrival;
    }
}
