//! Rate of spread: how fast, and which way, the front that stands now will move, at points along it.
//!
//! The front is the line where the fire arrives at time 0, so it spreads along its own normal, at one over the
//! slope of the arrival time there. Both are smoothed over some cells of the front: the normal is that of a chord,
//! the slope a line through the arrival times that lie ahead, by least squares. (Planes through arrival times,
//! Johnston et al. 2018, do the same on straight fronts; along the normal a curved front needs no plane.)
//!
//! Looked at is `arrival_s` of cells that burn more likely than not, in the first leads: the middle of what may come.
//! Isochrones hold all that burns with the card's chance, which may be less than one half: they lie farther ahead.

use emberline_picture::Ring;
use ndarray::Array2;

use super::ground::Ground;
use super::moment::Moment;
use super::parts::Fire;
use crate::forecast::Forecast;

/// Half the chord that the normal is taken from, and half the front that a slope is taken over, cells.
const HALF: usize = 4;
/// A front shorter than this has no direction, cells.
const SHORTEST: usize = 8;
/// What lies ahead is looked at so far at least, where it burns, and until so many leads have passed.
const NEAR_CELLS: f64 = 2.0;
const NEAR_LEADS: usize = 3;
/// And so far at most.
const FAR_CELLS: f64 = 64.0;
/// Least chance to burn within the horizon of a cell that is looked at.
const LIKELY: f32 = 0.5;
/// Points of the file, about, at most.
const POINTS: usize = 300;
/// A head is where the fastest tenth of the front mostly goes one way: the length of their mean direction, 0..1.
const ONE_WAY: f64 = 0.5;

/// A point of the front.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    /// Where it is, pixels.
    pub(crate) at: [f64; 2],
    /// Rate of spread, metres a minute on the ground.
    pub(crate) m_min: f64,
    /// Which way, degrees clockwise from north (of a picture without a map: from its top), 0 to 360.
    pub(crate) towards_deg: f64,
}

/// The whole front.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spread {
    /// Where the rate is known, evenly along the front.
    pub(crate) points: Vec<Point>,
    /// How many more points there would be: there it burns by less than two cells within the horizon, or the front
    /// is too short, or lies at the frame's edge.
    pub(crate) unknown: usize,
}

/// How a front spreads, in a few numbers; `None` where none of it is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Summary {
    /// Half of the known front is as slow as this, metres a minute.
    pub(crate) median_m_min: f64,
    /// Nine tenths are.
    pub(crate) p90_m_min: f64,
    /// Where the fastest tenth goes, where it goes one way.
    pub(crate) head_towards_deg: Option<f64>,
}

impl Spread {
    /// Along the front now; `ground` tells the ground at a point.
    pub(crate) fn of(
        ground: &dyn Fn([f64; 2]) -> Option<Ground>,
        f: &Forecast,
        fire: Fire<'_>,
    ) -> Self {
        let now = Moment::now(fire);
        let fronts: Vec<Front> = now
            .areas
            .iter()
            .flat_map(|area| area.rings())
            .filter_map(|ring| Front::of(ring, ground))
            .collect();
        let whole: usize = fronts.iter().map(|front| front.points.len()).sum();
        let stride = whole.div_ceil(POINTS).max(2);
        let ahead = Ahead { f, fire, burnt: &now.burnt };
        let mut spread = Self::default();
        for front in &fronts {
            let rays: Vec<Option<Ray>> =
                (0..front.points.len()).map(|j| front.ray(j, ground, &ahead)).collect();
            for j in (0..rays.len()).step_by(stride) {
                match front.point(j, &rays) {
                    Some(point) => spread.points.push(point),
                    None => spread.unknown += 1,
                }
            }
        }
        spread
    }

    /// In a few numbers.
    pub(crate) fn summary(&self) -> Option<Summary> {
        let mut rates: Vec<f64> = self.points.iter().map(|p| p.m_min).collect();
        rates.sort_by(f64::total_cmp);
        let quantile = |q: f64| {
            let at = q * rates.len().checked_sub(1)? as f64;
            let (low, high) = (at.floor() as usize, at.ceil() as usize);
            Some(rates[low] + (rates[high] - rates[low]) * (at - low as f64))
        };
        let (median_m_min, p90_m_min) = (quantile(0.5)?, quantile(0.9)?);
        let (mut sum, mut weight) = ([0.0; 2], 0.0);
        for point in self.points.iter().filter(|p| p.m_min >= p90_m_min) {
            let (sin, cos) = point.towards_deg.to_radians().sin_cos();
            sum = [sum[0] + point.m_min * sin, sum[1] + point.m_min * cos];
            weight += point.m_min;
        }
        let is_one_way = sum[0].hypot(sum[1]) >= ONE_WAY * weight;
        let head_towards_deg = is_one_way.then(|| bearing_deg(sum));
        Some(Summary { median_m_min, p90_m_min, head_towards_deg })
    }
}

/// Degrees clockwise from north of a step east and north.
pub(super) fn bearing_deg([east, north]: [f64; 2]) -> f64 {
    east.atan2(north).to_degrees().rem_euclid(360.0)
}

/// What is forecast of the cells ahead.
struct Ahead<'a> {
    f: &'a Forecast,
    fire: Fire<'a>,
    burnt: &'a Array2<bool>,
}

impl Ahead<'_> {
    /// When a cell that has not burnt does, seconds, where that is likely.
    fn arrival_s(&self, [y, x]: [usize; 2]) -> Option<f64> {
        let burn = self.fire.burn;
        let last = self.f.lead_s.len() - 1;
        let arrival_s = f64::from(burn.arrival_s[[y, x]]);
        // Not a number where it is masked.
        (burn.probability[[last, y, x]] >= LIKELY && arrival_s > 0.0).then_some(arrival_s)
    }
}

/// A ring of the front, in even steps of about a cell.
struct Front {
    /// Pixels.
    points: Vec<[f64; 2]>,
    /// The normal of each, towards what has not burnt: metres east and north, of length 1.
    normals: Vec<[f64; 2]>,
    /// Half a chord, points.
    half: usize,
}

/// What lies ahead of a point: distance along its normal, metres, and arrival, seconds.
struct Ray {
    ahead: Vec<[f64; 2]>,
    towards: [f64; 2],
}

impl Front {
    fn of(ring: &Ring, ground: &dyn Fn([f64; 2]) -> Option<Ground>) -> Option<Self> {
        let first = *ring.first()?;
        let here = ground(first)?;
        let flat = |p: &[f64; 2]| here.east_north([p[0] - first[0], p[1] - first[1]]);
        let mut metres: Vec<[f64; 2]> = ring.iter().map(flat).collect();
        metres.push([0.0; 2]);
        let length = |w: &[[f64; 2]]| (w[1][0] - w[0][0]).hypot(w[1][1] - w[0][1]);
        let whole: f64 = metres.windows(2).map(length).sum();
        let n = (whole / here.side_m()).round();
        if !n.is_finite() || n < SHORTEST as f64 {
            return None;
        }
        let n = n as usize;
        let step = whole / n as f64;
        let mut even = Vec::with_capacity(n);
        let mut before = 0.0;
        for w in metres.windows(2) {
            let long = length(w);
            while even.len() < n && even.len() as f64 * step < before + long {
                let share = (even.len() as f64 * step - before) / long;
                even.push([0, 1].map(|k| w[0][k] + (w[1][k] - w[0][k]) * share));
            }
            before += long;
        }
        let n = even.len();
        let half = HALF.min(n / SHORTEST).max(1);
        // What has burnt lies to the left of an outline, of an outer ring as of a hole, where row 0 is on top.
        let hand = if here.signed_m2() < 0.0 { 1.0 } else { -1.0 };
        let normal = |j: usize| {
            let (a, b) = (even[(j + n - half) % n], even[(j + half) % n]);
            let (east, north) = (b[0] - a[0], b[1] - a[1]);
            let long = east.hypot(north).max(f64::MIN_POSITIVE) * hand;
            [north / long, -east / long]
        };
        let normals = (0..n).map(normal).collect();
        let points = even
            .iter()
            .map(|m| {
                let [col, row] = here.cols_rows(*m);
                [first[0] + col, first[1] + row]
            })
            .collect();
        Some(Self { points, normals, half })
    }

    /// What burns ahead of point `j`; `None` where that is less than two cells.
    fn ray(
        &self,
        j: usize,
        ground: &dyn Fn([f64; 2]) -> Option<Ground>,
        ahead: &Ahead<'_>,
    ) -> Option<Ray> {
        let (from, towards) = (self.points[j], self.normals[j]);
        let here = ground(from)?;
        let side = here.side_m();
        let step = here.cols_rows([towards[0] * side, towards[1] * side]);
        let (rows, cols) = ahead.burnt.dim();
        let near_s = ahead.f.lead_s[NEAR_LEADS.min(ahead.f.lead_s.len()) - 1];
        let mut found: Vec<[f64; 2]> = Vec::new();
        let mut before = None;
        for k in 1.. {
            let far = 0.5 * f64::from(k);
            let (col, row) = (from[0] + step[0] * far, from[1] + step[1] * far);
            let inside = (0.0..cols as f64).contains(&col) && (0.0..rows as f64).contains(&row);
            if !inside || far > FAR_CELLS {
                break;
            }
            let cell = [row as usize, col as usize];
            if before.replace(cell) == Some(cell) {
                continue;
            }
            if ahead.burnt[cell] {
                // The front is smoother than its cells; farther on it is another front.
                if far <= 1.5 {
                    continue;
                }
                break;
            }
            let Some(arrival_s) = ahead.arrival_s(cell) else { break };
            let centre = [cell[1] as f64 + 0.5 - from[0], cell[0] as f64 + 0.5 - from[1]];
            let [east, north] = here.east_north(centre);
            found.push([east * towards[0] + north * towards[1], arrival_s]);
            if arrival_s > near_s && far >= NEAR_CELLS {
                break;
            }
        }
        (found.len() >= 2).then_some(Ray { ahead: found, towards })
    }

    /// The rate at point `j`, where at least half of the front around it is known to burn on.
    fn point(&self, j: usize, rays: &[Option<Ray>]) -> Option<Point> {
        let n = rays.len();
        let around = (n - self.half..=n + self.half).map(|k| (j + k) % n);
        let known: Vec<&Ray> = around.filter_map(|k| rays[k].as_ref()).collect();
        if known.len() <= self.half {
            return None;
        }
        // The front itself, which the fire reaches now, is a point of each line.
        let at = known.iter().flat_map(|ray| std::iter::once([0.0; 2]).chain(ray.ahead.clone()));
        let at: Vec<[f64; 2]> = at.collect();
        let mean = |k: usize| at.iter().map(|p| p[k]).sum::<f64>() / at.len() as f64;
        let (far, time) = (mean(0), mean(1));
        let covariance: f64 = at.iter().map(|p| (p[0] - far) * (p[1] - time)).sum();
        let variance: f64 = at.iter().map(|p| (p[0] - far).powi(2)).sum();
        let m_s = variance / covariance;
        let sum =
            known.iter().fold([0.0; 2], |s, ray| [s[0] + ray.towards[0], s[1] + ray.towards[1]]);
        (m_s.is_finite() && m_s > 0.0).then(|| Point {
            at: self.points[j],
            m_min: m_s * 60.0,
            towards_deg: bearing_deg(sum),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::Trial;
    use super::*;

    /// A fire whose cells arrive when `at_s` of their centre says, now before 0, on cells of 10 m.
    fn fire(h: usize, w: usize, leads: usize, at_s: impl Fn(f64, f64) -> f64) -> Trial {
        let mut trial = Trial::ellipse(h, w, leads);
        let at = |y: usize, x: usize| at_s(x as f64 + 0.5, y as f64 + 0.5);
        let crate::clip::Observed::Fire(burning) = &mut trial.clip.observed else { unreachable!() };
        for ((_, y, x), burnt) in burning.burnt.indexed_iter_mut() {
            *burnt = at(y, x) <= 0.0;
        }
        let lead_s = trial.forecast.lead_s.clone();
        let burn = trial.burn_mut();
        for ((l, y, x), p) in burn.probability.indexed_iter_mut() {
            *p = f32::from(u8::from(at(y, x) <= lead_s[l]));
        }
        for ((y, x), arrival_s) in burn.arrival_s.indexed_iter_mut() {
            let at = at(y, x).max(0.0);
            *arrival_s = if Some(&at) <= lead_s.last() { at as f32 } else { f32::NAN };
        }
        trial
    }

    fn spread(trial: &Trial) -> Spread {
        let ground = |_| Some(Ground::of_cells(10.0));
        Spread::of(&ground, &trial.forecast, trial.fire())
    }

    #[test]
    fn a_circle_spreads_everywhere_at_the_rate_it_grows() {
        for (radius, cells_a_lead, reach) in [(20.0, 1.0, 10), (30.0, 0.4, 12), (12.0, 3.0, 6)] {
            let n = 128;
            let c = f64::from(n) / 2.0;
            let circle = |x: f64, y: f64| ((x - c).hypot(y - c) - radius) / cells_a_lead * 60.0;
            let found = spread(&fire(n as usize, n as usize, reach, circle));
            let want = cells_a_lead * 10.0;
            assert!(found.points.len() > 30, "{radius}: {}", found.points.len());
            for point in &found.points {
                assert!((point.m_min / want - 1.0).abs() < 0.12, "{radius}: {point:?} for {want}");
                let out = bearing_deg([point.at[0] - c, c - point.at[1]]);
                let off = (point.towards_deg - out + 180.0).rem_euclid(360.0) - 180.0;
                assert!(off.abs() < 8.0, "{radius}: {point:?} {off}");
            }
            let summary = found.summary().unwrap();
            assert!((summary.median_m_min / want - 1.0).abs() < 0.06, "{summary:?} for {want}");
            assert!(summary.head_towards_deg.is_none(), "{summary:?}");
        }
    }

    #[test]
    fn an_ellipse_driven_by_the_wind_spreads_along_its_normal_as_the_formula_says() {
        // Half axes a + ka t and b + kb t, its middle moved by u t, in cells and leads: on it at the angle q the line
        // moves by V = (u + ka cos q, kb sin q), so along the normal N = (b cos q, a sin q) by V·N / |N|.
        let (a, b, ka, kb, u) = (52.0, 28.0, 1.2, 0.5, 1.0);
        let (cx, cy) = (90.0, 90.0);
        let inside = |x: f64, y: f64, t: f64| {
            ((x - cx - u * t) / (a + ka * t)).hypot((y - cy) / (b + kb * t)) <= 1.0
        };
        let at_s = |x: f64, y: f64| {
            let (mut low, mut high) = (-5.0, 40.0);
            for _ in 0..40 {
                let t = 0.5 * (low + high);
                if inside(x, y, t) { high = t } else { low = t }
            }
            high * 60.0
        };
        let found = spread(&fire(180, 220, 10, at_s));
        let (mut off_rate, mut off_deg, mut rates) = (Vec::new(), Vec::new(), Vec::new());
        for point in &found.points {
            let q = ((point.at[1] - cy) / b).atan2((point.at[0] - cx) / a);
            let (sin, cos) = q.sin_cos();
            let normal = [b * cos, a * sin];
            let long = normal[0].hypot(normal[1]);
            let want = ((u + ka * cos) * normal[0] + kb * sin * normal[1]) / long * 10.0;
            let way = bearing_deg([normal[0], -normal[1]]);
            rates.push(want);
            if want > 3.0 {
                off_rate.push((point.m_min / want - 1.0).abs());
                off_deg.push(((point.towards_deg - way + 180.0).rem_euclid(360.0) - 180.0).abs());
            }
        }
        for all in [&mut off_rate, &mut off_deg, &mut rates] {
            all.sort_by(f64::total_cmp);
        }
        let at = |all: &[f64], q: f64| all[(q * (all.len() - 1) as f64) as usize];
        assert!(off_rate.len() > 60, "{}", off_rate.len());
        assert!(at(&off_rate, 0.5) < 0.05 && at(&off_rate, 0.95) < 0.10, "{off_rate:?}");
        assert!(at(&off_deg, 0.5) < 2.0 && at(&off_deg, 0.95) < 4.0, "{off_deg:?}");
        let summary = found.summary().unwrap();
        assert!((summary.p90_m_min / at(&rates, 0.9) - 1.0).abs() < 0.08, "{summary:?}");
        assert!((summary.median_m_min / at(&rates, 0.5) - 1.0).abs() < 0.08, "{summary:?}");
        let head = summary.head_towards_deg.unwrap();
        assert!((head - 90.0).abs() < 5.0, "{head}");
    }

    #[test]
    fn where_it_hardly_moves_or_is_too_small_nothing_is_said() {
        let c = 64.0;
        let still = |x: f64, y: f64| ((x - c).hypot(y - c) - 20.0) / 0.1 * 60.0;
        let found = spread(&fire(128, 128, 10, still));
        assert!(found.points.is_empty() && found.unknown > 10, "{found:?}");
        let dot = |x: f64, y: f64| ((x - c).hypot(y - c) - 0.9) * 60.0;
        assert!(spread(&fire(128, 128, 10, dot)).points.is_empty());
        let mut masked = Trial::ellipse(64, 64, 6);
        masked.burn_mut().probability.fill(f32::NAN);
        assert!(spread(&masked).points.is_empty());
    }
}
