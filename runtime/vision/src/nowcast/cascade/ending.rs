//! Ending: the end of a film of rain, made ready once for all leads.

use ndarray::{Array2, ArrayRef2};

use super::bands::{Bands, Older};
use super::bell::filled;
use crate::extrapolation::Lattice;
use crate::motion::MotionField;
use crate::motion::bilinear::Between;
use crate::rain_rate::dbr;

/// Ages of the older frames that the last one is compared with, minutes: nearest to the middle of each.
const LAGS_MIN: [[f64; 2]; 2] = [[3.0, 7.5], [7.5, 16.0]];
/// Minutes that growth is told for.
pub(super) const GROWTH_MIN: f64 = 10.0;
/// How far beyond the outermost cell centres an older frame still shows what was seen, cells.
const EDGE: f32 = 1e-3;

/// A frame of rain and its age.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Aged<'a> {
    pub(crate) age_min: f64,
    /// Shares of rain `[H, W]` (`crate::rain_rate`), NaN where there is no data.
    pub(crate) shares: &'a ArrayRef2<f32>,
}

/// The end of a film.
pub(crate) struct Ending {
    shape: (usize, usize),
    /// dBR of the last frame, what has no data filled in, and of an older one carried to now, row by row.
    pub(super) frames: Vec<[f32; 2]>,
    /// Age of the older one.
    pub(super) past_age_min: f64,
    pub(super) bands: Bands,
    pub(super) cell_km: f64,
}

impl Ending {
    /// Of frames in which motion is seen, oldest first, and their `velocity`, cells a minute. `None` of no
    /// frame.
    #[must_use]
    pub(crate) fn of(frames: &[Aged<'_>], velocity: &MotionField, cell_km: f64) -> Option<Self> {
        let (now, before) = frames.split_last()?;
        let raw = decibels(now.shares);
        let db = filled(&raw, cell_km);
        let seen = raw.mapv(|v| !v.is_nan());
        let older: Vec<Older> =
            lags(before).into_iter().map(|frame| carried(&frame, velocity, &db, cell_km)).collect();
        let off = |o: &&Older| (o.age_min - GROWTH_MIN).abs();
        let past = older.iter().min_by(|a, b| off(a).total_cmp(&off(b)));
        Some(Self {
            past_age_min: past.map_or(GROWTH_MIN, |o| o.age_min),
            frames: {
                let past = past.map_or(&db, |o| &o.db);
                db.iter().zip(past).map(|(now, then)| [*now, *then]).collect()
            },
            bands: Bands::of(&db, &seen, &older, cell_km),
            shape: db.dim(),
            cell_km,
        })
    }

    /// Cells of the last frame of so many dBR or more.
    pub(super) fn reach(&self, least_db: f32) -> u64 {
        self.frames.iter().map(|[now, _]| u64::from(*now >= least_db)).sum()
    }

    /// Rows and columns.
    pub(super) fn shape(&self) -> (usize, usize) {
        self.shape
    }
}

/// dBR of shares; NaN stays.
fn decibels(shares: &ArrayRef2<f32>) -> Array2<f32> {
    shares.mapv(|share| dbr(share) as f32)
}

/// Those of the older frames that the last one is compared with: about 5 and 10 minutes old, or where the film
/// is coarser, the newest two.
fn lags<'a>(before: &[Aged<'a>]) -> Vec<Aged<'a>> {
    let mut found: Vec<Aged<'a>> = Vec::new();
    for [low, high] in LAGS_MIN {
        let off = |f: &&Aged<'a>| (f.age_min - (low + high) / 2.0).abs();
        // Of two as near the younger.
        let inside = before.iter().rev().filter(|f| (low..=high).contains(&f.age_min));
        found.extend(inside.min_by(|a, b| off(a).total_cmp(&off(b))));
    }
    if found.is_empty() {
        found.extend(before.iter().rev().take(2));
    }
    found
}

/// An older frame, carried to the time of the last one, `last`, which stands where the older is not known.
fn carried(frame: &Aged<'_>, velocity: &MotionField, last: &Array2<f32>, cell_km: f64) -> Older {
    let raw = decibels(frame.shares);
    let db = filled(&raw, cell_km);
    let seen = raw.mapv(|v| f32::from(u8::from(!v.is_nan())));
    let (h, w) = db.dim();
    let lattice = Lattice::of_minutes(velocity, &[frame.age_min]);
    let mut moved = last.clone();
    let mut known = Array2::from_elem((h, w), false);
    let mut places = Vec::with_capacity(w);
    let inside = |at: f32, n: usize| at >= -EDGE && at <= (n - 1) as f32 + EDGE;
    for y in 0..h {
        lattice.row(0, y, &mut places);
        let rows = moved.row_mut(y).into_iter().zip(known.row_mut(y));
        for ((moved, known), place) in rows.zip(&places) {
            let at = Between::of(*place, (h, w));
            if inside(place[0], h) && inside(place[1], w) && at.mean(&seen) > 0.5 {
                (*moved, *known) = (at.mean(&db), true);
            }
        }
    }
    Older { age_min: frame.age_min, db: moved, known }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_frame_is_compared_with_those_of_about_five_and_ten_minutes_before() {
        let none = Array2::zeros((0, 0));
        for (ages, want) in [
            (&[15.0, 10.0, 5.0][..], &[5.0, 10.0][..]),
            (&[12.0, 8.0, 4.0], &[4.0, 12.0]),
            (&[12.0, 6.0], &[6.0, 12.0]),
            (&[6.0, 4.5], &[4.5]),
            (&[14.0, 7.0], &[7.0, 14.0]),
            (&[10.0], &[10.0]),
            (&[15.0], &[15.0]),
            (&[25.0], &[25.0]),
            (&[2.5], &[2.5]),
            (&[], &[]),
        ] {
            let frames: Vec<Aged<'_>> =
                ages.iter().map(|age| Aged { age_min: *age, shares: &none }).collect();
            let got: Vec<f64> = lags(&frames).iter().map(|f| f.age_min).collect();
            assert_eq!(got, want, "{ages:?}");
        }
    }

    #[test]
    fn an_older_frame_is_carried_and_known_where_it_was_seen() {
        let mut shares = Array2::from_elem((12, 20), 0.4);
        shares[[5, 4]] = f32::NAN;
        let now = Array2::from_elem((12, 20), 0.2);
        let wind = MotionField::even((12, 20), 0.0, 0.5);
        let last = decibels(&now);
        let older = carried(&Aged { age_min: 10.0, shares: &shares }, &wind, &last, 1.0);
        // Five columns to the right: the first five come from beyond, and the hole is at column 9.
        assert!(!older.known[[3, 4]] && older.known[[3, 5]] && !older.known[[5, 9]]);
        assert!((older.db[[3, 4]] - last[[3, 4]]).abs() < 1e-4);
        assert!((older.db[[3, 12]] - decibels(&shares)[[0, 0]]).abs() < 1e-3);
    }
}
