//! Flights: all samples of a telemetry by time, and the pose at any time between two of them.

use super::rotation::Rotation;
use super::sample::{Accuracy, Heights, Lens, Place, Sample};

/// Seconds between two samples beyond which nothing between them is known, and from the last one on.
pub const MOST_GAP_S: f64 = 3.0;
/// Seconds that a pose may lie outside the samples.
const MOST_BEYOND_S: f64 = 0.5;
/// Metres a second that no drone flies; a place that would need more is a jump.
const MOST_SPEED_M_S: f64 = 150.0;
/// Jumps in a row after which the place before them is taken for the wrong one.
const MOST_JUMPS: usize = 3;
/// Metres of a degree of latitude.
const DEGREE_M: f64 = 111_320.0;

/// Where a camera was and how it looked at one time; what is not known is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pose {
    /// Where it was.
    pub place: Option<Place>,
    /// How high.
    pub heights: Heights,
    /// How it looked.
    pub rotation: Option<Rotation>,
    /// What it saw at once.
    pub lens: Lens,
    /// How well the place is known.
    pub accuracy: Accuracy,
    /// Metres a second, north and east.
    pub velocity_m_s: Option<[f64; 2]>,
}

/// Why a telemetry is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlightError {
    /// Nothing in it.
    #[error("no sample has a place or an angle")]
    Empty,
}

/// All samples of a telemetry, each quantity by its own times.
#[derive(Clone, Debug)]
pub struct Flight {
    places: Vec<(f64, Place, Heights, Accuracy)>,
    rotations: Vec<(f64, Rotation)>,
    lenses: Vec<(f64, Lens)>,
    /// Places that were left out because no drone gets there so fast, and how many of them just now, in a row.
    jumps: usize,
    jumps_in_a_row: usize,
}

impl Flight {
    /// Of samples in any order; those of times that are not finite are left out.
    ///
    /// # Errors
    /// [`FlightError::Empty`].
    pub fn new(samples: &[Sample]) -> Result<Self, FlightError> {
        let mut sorted: Vec<&Sample> = samples.iter().filter(|s| s.time_s.is_finite()).collect();
        sorted.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        let mut flight = Self::live();
        for sample in sorted {
            flight.push(sample);
        }
        match flight.places.is_empty() && flight.rotations.is_empty() {
            true => Err(FlightError::Empty),
            false => Ok(flight),
        }
    }

    /// An empty one, for telemetry that comes while it is used.
    #[must_use]
    pub fn live() -> Self {
        Self {
            places: Vec::new(),
            rotations: Vec::new(),
            lenses: Vec::new(),
            jumps: 0,
            jumps_in_a_row: 0,
        }
    }

    /// Adds a sample; what is older than the newest of its quantity is left out.
    pub fn push(&mut self, sample: &Sample) {
        let t = sample.time_s;
        let newer = |last: Option<f64>| last.is_none_or(|last| t > last);
        if let Some(place) = sample.place
            && newer(self.places.last().map(|p| p.0))
        {
            if self.jumps_in_a_row < MOST_JUMPS && self.is_jump(t, place) {
                self.jumps += 1;
                self.jumps_in_a_row += 1;
            } else {
                self.jumps_in_a_row = 0;
                self.places.push((t, place, sample.heights, sample.accuracy));
            }
        }
        if let Some(rotation) = sample.rotation
            && newer(self.rotations.last().map(|r| r.0))
        {
            self.rotations.push((t, rotation));
        }
        if sample.lens != Lens::default() && newer(self.lenses.last().map(|l| l.0)) {
            self.lenses.push((t, sample.lens));
        }
    }

    /// Drops what is older than `time_s`, but for the newest of it.
    pub fn forget_before(&mut self, time_s: f64) {
        fn keep<T>(all: &mut Vec<T>, time_s: f64, time: impl Fn(&T) -> f64) {
            let n = all.partition_point(|x| time(x) < time_s);
            all.drain(..n.saturating_sub(1));
        }
        keep(&mut self.places, time_s, |p| p.0);
        keep(&mut self.rotations, time_s, |r| r.0);
        keep(&mut self.lenses, time_s, |l| l.0);
    }

    /// Whether no drone gets from the last place to this one in the time between.
    fn is_jump(&self, t: f64, place: Place) -> bool {
        let Some((before, last, ..)) = self.places.last() else { return false };
        let [n, e] = metres(*last, place);
        let gap = t - before;
        gap < 60.0 && n.hypot(e) > MOST_SPEED_M_S * gap.max(0.05)
    }

    /// Places left out because no drone gets there so fast.
    #[must_use]
    pub fn jumps(&self) -> usize {
        self.jumps
    }

    /// Times of the first and the last sample of place or rotation.
    #[must_use]
    pub fn span_s(&self) -> Option<[f64; 2]> {
        let firsts = [self.places.first().map(|p| p.0), self.rotations.first().map(|r| r.0)];
        let lasts = [self.places.last().map(|p| p.0), self.rotations.last().map(|r| r.0)];
        Some([
            firsts.into_iter().flatten().reduce(f64::min)?,
            lasts.into_iter().flatten().reduce(f64::max)?,
        ])
    }

    /// The first place.
    #[must_use]
    pub fn start(&self) -> Option<Place> {
        self.places.first().map(|p| p.1)
    }

    /// Number of samples of place and of rotation.
    #[must_use]
    pub fn counts(&self) -> [usize; 2] {
        [self.places.len(), self.rotations.len()]
    }

    /// The pose at a time: between two samples that are no more than [`MOST_GAP_S`] apart, or half a second
    /// beyond one.
    #[must_use]
    pub fn at(&self, time_s: f64) -> Pose {
        let mut pose = Pose::default();
        if let Some((a, b, t)) = around(&self.places, time_s, |p| p.0) {
            let mix = |u: f64, v: f64| u + t * (v - u);
            let each = |pick: fn(&Heights) -> Option<f64>| Some(mix(pick(&a.2)?, pick(&b.2)?));
            pose.place = Some(Place {
                lat_deg: mix(a.1.lat_deg, b.1.lat_deg),
                lon_deg: a.1.lon_deg + t * wrapped(b.1.lon_deg - a.1.lon_deg),
            });
            pose.heights = Heights {
                above_ground_m: each(|h| h.above_ground_m),
                above_takeoff_m: each(|h| h.above_takeoff_m),
                msl_m: each(|h| h.msl_m),
                ellipsoid_m: each(|h| h.ellipsoid_m),
            };
            pose.accuracy = a.3;
            let gap = b.0 - a.0;
            pose.velocity_m_s = (gap > 0.0).then(|| metres(a.1, b.1).map(|m| m / gap));
        }
        if let Some((a, b, t)) = around(&self.rotations, time_s, |r| r.0) {
            pose.rotation = Some(a.1.towards(b.1, t));
        }
        // A lens holds until another is told: zoom comes in steps.
        let n = self.lenses.partition_point(|l| l.0 <= time_s);
        pose.lens = self.lenses.get(n.saturating_sub(1)).map(|l| l.1).unwrap_or_default();
        pose
    }
}

/// The samples before and after a time, and how far between them it lies.
fn around<T>(all: &[T], time_s: f64, time: impl Fn(&T) -> f64) -> Option<(&T, &T, f64)> {
    let n = all.partition_point(|x| time(x) <= time_s);
    let (a, b) = match n {
        0 => (all.first()?, all.first()?),
        n if n == all.len() => (all.last()?, all.last()?),
        n => (&all[n - 1], &all[n]),
    };
    let gap = time(b) - time(a);
    if gap == 0.0 {
        return ((time(a) - time_s).abs() <= MOST_BEYOND_S).then_some((a, b, 0.0));
    }
    if gap > MOST_GAP_S {
        let near = |x: &T| (time(x) - time_s).abs() <= MOST_BEYOND_S;
        return match (near(a), near(b)) {
            (true, _) => Some((a, a, 0.0)),
            (_, true) => Some((b, b, 0.0)),
            _ => None,
        };
    }
    Some((a, b, (time_s - time(a)) / gap))
}

/// Metres north and east from one place to another near by.
fn metres(a: Place, b: Place) -> [f64; 2] {
    let shrink = a.lat_deg.to_radians().cos();
    [(b.lat_deg - a.lat_deg) * DEGREE_M, wrapped(b.lon_deg - a.lon_deg) * DEGREE_M * shrink]
}

/// Degrees within −180..180.
fn wrapped(deg: f64) -> f64 {
    (deg + 180.0).rem_euclid(360.0) - 180.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time_s: f64, lon_deg: f64, yaw: f64) -> Sample {
        Sample {
            time_s,
            place: Some(Place { lat_deg: 40.0, lon_deg }),
            heights: Heights { msl_m: Some(100.0 + time_s), ..Heights::default() },
            rotation: Rotation::from_yaw_pitch_roll_deg(yaw, -90.0, 0.0),
            ..Sample::default()
        }
    }

    #[test]
    fn poses_lie_between_samples_and_never_far_beyond() {
        let flight =
            Flight::new(&[at(2.0, 10.0002, 20.0), at(0.0, 10.0, 0.0), at(20.0, 10.001, 0.0)])
                .unwrap();
        let pose = flight.at(1.0);
        assert!((pose.place.unwrap().lon_deg - 10.0001).abs() < 1e-9);
        assert_eq!(pose.heights.msl_m, Some(101.0));
        let ten = Rotation::from_yaw_pitch_roll_deg(10.0, -90.0, 0.0).unwrap();
        assert!(pose.rotation.unwrap().apart_deg(ten) < 1e-5);
        for (time_s, known) in
            [(-0.4, true), (-0.6, false), (2.4, true), (5.0, false), (19.6, true), (20.6, false)]
        {
            assert_eq!(flight.at(time_s).place.is_some(), known, "{time_s}");
        }
    }

    #[test]
    fn the_date_line_is_crossed_the_short_way() {
        let flight = Flight::new(&[at(0.0, 179.9999, 0.0), at(1.0, -179.9999, 0.0)]).unwrap();
        assert_eq!(flight.jumps(), 0);
        assert!((flight.at(0.5).place.unwrap().lon_deg - 180.0).abs() < 1e-9);
    }

    #[test]
    fn a_jump_is_left_out_and_counted() {
        let flight =
            Flight::new(&[at(0.0, 10.0, 0.0), at(1.0, 11.0, 0.0), at(2.0, 10.0001, 0.0)]).unwrap();
        assert_eq!((flight.jumps(), flight.counts()), (1, [2, 3]));
        assert!(Flight::new(&[Sample::default()]).is_err());
        // The first place was the wrong one.
        let wrong_first = [
            at(0.0, 99.0, 0.0),
            at(1.0, 10.0, 0.0),
            at(2.0, 10.0, 0.0),
            at(3.0, 10.0, 0.0),
            at(4.0, 10.0, 0.0),
        ];
        let flight = Flight::new(&wrong_first).unwrap();
        assert_eq!((flight.jumps(), flight.at(4.0).place.unwrap().lon_deg), (3, 10.0));
    }
}
