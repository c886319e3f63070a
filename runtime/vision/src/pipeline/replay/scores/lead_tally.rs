//! Sums of one method's scores at one lead: they add up over starts and over events.

use std::ops::AddAssign;

use ndarray::{Array2, ArrayView2, Axis, s};

use crate::clip::Truth;
use crate::forecast::{Chance, Forecast, Rain};
use crate::rain_rate::mm_h;
use crate::score::Fss;
use crate::score::ImageError;
use crate::score::{FireScores, RainContingency, ReliabilityTable};

/// Rate and window of the fractions skill score, mm/h and cells.
const FSS_MM_H: f32 = 1.0;
const FSS_CELLS: usize = 9;

/// Scores of one lead.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct LeadTally {
    /// Of fire: new burn, front, probability.
    pub(super) fire: Option<FireScores>,
    /// Of rain: counts at each rate.
    pub(super) rain: Option<RainContingency>,
    /// Of rain: shares of rain of 1 mm/h or more in the 9 × 9 cells around each cell.
    pub(super) fss: Option<Fss>,
    /// Of rain: chances of each rate of [`Chance::PUBLISHED_RATES_MM_H`].
    pub(super) chances: Option<[ReliabilityTable; 3]>,
    /// The frames as pictures.
    pub(super) image: ImageError,
}

impl LeadTally {
    /// Scores of the frames alone, at lead `l` (0-based).
    pub(super) fn of_frames(forecast: &Forecast, truth: &Truth, l: usize) -> Self {
        let (mean, seen) = (forecast.mean_frames(), truth.frames.index_axis(Axis(0), l));
        let mean = mean.index_axis(Axis(0), l);
        if forecast.grid.masked.is_none() {
            return Self { image: ImageError::of(&mean, &seen), ..Self::default() };
        }
        // As pictures both are dark where nobody looks, since the window of SSIM has no holes.
        let (mut mean, mut seen) = (mean.to_owned(), seen.to_owned());
        forecast.grid.hide(mean.view_mut(), 0.0);
        forecast.grid.hide(seen.view_mut(), 0.0);
        Self { image: ImageError::of(&mean, &seen), ..Self::default() }
    }

    /// Scores of rain at lead `l` (0-based), where cells `no_data` `[H, W]` were not seen.
    ///
    /// Counts leave out cells without data on either side; as pictures both are dry there, since the
    /// window of SSIM has no holes.
    pub(super) fn of_rain(
        forecast: &Forecast,
        rain: &Rain,
        truth: &Truth,
        no_data: &ArrayView2<'_, bool>,
        l: usize,
    ) -> Self {
        let forecast_mm_h = forecast.likely_mm_h(l);
        let forecast_mm_h =
            forecast_mm_h.unwrap_or_else(|| rain.mm_h.index_axis(Axis(0), l).to_owned());
        let mut mean = forecast.mean_frames().index_axis(Axis(0), l).to_owned();
        let mut seen = truth.frames.index_axis(Axis(0), l).to_owned();
        let mut seen_mm_h = seen.mapv(mm_h);
        for (at, no_data) in no_data.indexed_iter() {
            if *no_data {
                seen_mm_h[at] = f32::NAN;
            }
            if *no_data || forecast_mm_h[at].is_nan() {
                (mean[at], seen[at]) = (0.0, 0.0);
            }
        }
        Self {
            fire: None,
            rain: Some(RainContingency::of(&forecast_mm_h, &seen_mm_h)),
            fss: Some(Fss::of(&forecast_mm_h, &seen_mm_h, FSS_MM_H, FSS_CELLS)),
            chances: rain.chance.as_ref().and_then(|chance| chances(chance, &seen_mm_h, l)),
            image: ImageError::of(&mean, &seen),
        }
    }
}

/// Chances of lead `l` against the rates `[H, W]` that came, where all rates that people are told of
/// have one.
fn chances(chance: &Chance, seen_mm_h: &Array2<f32>, l: usize) -> Option<[ReliabilityTable; 3]> {
    let rates: [usize; 3] = chance.published().try_into().ok()?;
    Some(rates.map(|k| {
        let share = |p: &u8| if *p == Chance::NO_DATA { f32::NAN } else { f32::from(*p) / 100.0 };
        let forecast = chance.percent.slice(s![k, l, .., ..]).map(share);
        // A rate is stored to a rounding: 0.1 mm/h may come back as 0.09999999.
        ReliabilityTable::of_rate(&forecast, seen_mm_h, chance.rates_mm_h[k] * (1.0 - 1e-5))
    }))
}

impl AddAssign<&Self> for LeadTally {
    fn add_assign(&mut self, other: &Self) {
        add(&mut self.fire, other.fire.as_ref());
        add(&mut self.rain, other.rain.as_ref());
        add(&mut self.fss, other.fss.as_ref());
        if let Some(more) = &other.chances {
            let sums = self.chances.get_or_insert_default();
            sums.iter_mut().zip(more).for_each(|(sum, p)| *sum += p);
        }
        self.image += &other.image;
    }
}

/// Adds what there is.
pub(super) fn add<T: Default + for<'a> AddAssign<&'a T>>(sum: &mut Option<T>, part: Option<&T>) {
    if let Some(part) = part {
        *sum.get_or_insert_default() += part;
    }
}
