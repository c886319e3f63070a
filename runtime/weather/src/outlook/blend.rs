//! Blend: what several forecasters say of one quantity, weighted by how they did at this station.
//!
//! Weights are not negative, sum to 1, and make the squared errors of the hours before least: recent
//! hours and the same time of day count most, and a few hours' worth of the training stations' weights
//! steady them. Where persistence or yesterday alone had the smaller mean error, it is taken instead.
//! The interval is the quantile of the errors that were made in just this way, widened or narrowed
//! while it held too few or too many. `blend.py` in `export/` is the same for many stations at once.

use std::collections::VecDeque;

use serde::Deserialize;

/// Rounds in which weights are exchanged pair by pair, and a change that is none.
const SWEEPS: usize = 20;
const STILL: f64 = 1e-13;

/// How the past counts.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Rules {
    /// After so long an hour's errors count 1/e, hours.
    pub(super) forget_h: f64,
    /// And not at all after so long.
    pub(super) learn_h: usize,
    /// The training stations' weights count as so many hours.
    pub(super) prior_h: f64,
    /// How a part of the day counts for the next to it.
    pub(super) near: f64,
    /// And for the others.
    pub(super) far: f64,
    /// How fast intervals are widened.
    pub(super) steady: f64,
}

impl Rules {
    /// Whether every number can be one.
    pub(super) fn hold(&self) -> bool {
        let shares = [self.near, self.far, self.steady];
        self.forget_h >= 1.0
            && (1..=24 * 366).contains(&self.learn_h)
            && self.prior_h > 0.0
            && shares.iter().all(|s| (0.0..=1.0).contains(s))
    }
}

/// A number, or a vector's components towards east and north; NaN where there is none.
pub(super) type Pair = [f64; 2];

/// One hour of issue.
#[derive(Clone, Debug)]
pub(super) struct Hour {
    /// What each forecaster says: regressions, persistence, yesterday, the usual day.
    pub(super) said: Vec<Pair>,
    /// What came.
    pub(super) came: Pair,
    /// Part of the day.
    pub(super) part: usize,
    /// Usual error at that time of day over that of the whole day.
    pub(super) scale: f64,
}

/// What does not change from hour to hour.
pub(super) struct Column<'a> {
    pub(super) rules: &'a Rules,
    pub(super) lead_h: usize,
    /// Parts of the day.
    pub(super) parts: usize,
    /// Weights at the training stations.
    pub(super) prior: &'a [f64],
    /// Relative error that held `level` of theirs.
    pub(super) error: f64,
    /// Hours whose errors make intervals, and how many are enough.
    pub(super) record_h: usize,
    pub(super) record_least: usize,
    pub(super) level: f64,
}

/// What is told of the last hour.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) said: Pair,
    pub(super) half: f64,
    /// Errors of the station's own that it is from; 0 where it is from the training stations'.
    pub(super) own: usize,
    pub(super) weights: Vec<f64>,
}

impl Told {
    fn nothing() -> Self {
        Self { said: [f64::NAN; 2], half: f64::NAN, own: 0, weights: Vec::new() }
    }
}

impl Column<'_> {
    /// The forecast at the last of `hours`, which are in order, one each hour.
    pub(super) fn tell(&self, hours: &[Hour]) -> Told {
        let mut past = Past::new(self);
        let mut told: Vec<Issued> = Vec::with_capacity(hours.len());
        let mut last = Told::nothing();
        for (t, hour) in hours.iter().enumerate() {
            past.forget();
            past.window.drop_before(t.saturating_sub(self.record_h));
            if let Some(s) = t.checked_sub(self.lead_h)
                && hours[s].is_whole()
            {
                past.learn(s, &hours[s], &told[s]);
            }
            let is_last = t + 1 == hours.len();
            // An hour that lacks a forecaster is never learnt from.
            let issued = match is_last || hour.is_whole() {
                true => past.issue(hour),
                false => Issued { mixed: [f64::NAN; 2], told: Told::nothing(), relative: None },
            };
            if is_last {
                last = issued.told.clone();
            }
            told.push(issued);
        }
        last
    }
}

impl Hour {
    fn is_whole(&self) -> bool {
        self.said.iter().chain([&self.came]).all(is_there)
    }
}

fn is_there(v: &Pair) -> bool {
    v[0].is_finite() && v[1].is_finite()
}

fn less(a: Pair, b: Pair) -> Pair {
    [a[0] - b[0], a[1] - b[1]]
}

fn length(v: Pair) -> f64 {
    v[0].hypot(v[1])
}

/// A forecast as it was issued.
struct Issued {
    /// The weighted mean, whether or not it was told.
    mixed: Pair,
    told: Told,
    /// Half width over the scale, where it was from own errors.
    relative: Option<f64>,
}

/// What is known of the hours before.
struct Past<'a> {
    column: &'a Column<'a>,
    by_part: Vec<Part>,
    window: Window,
    /// Logarithm of how much wider intervals are than the quantile of the window.
    wider: f64,
}

/// Errors at one part of the day, each hour counting by its age.
#[derive(Clone)]
struct Part {
    count: f64,
    /// Products of the forecasters' errors, row by row.
    products: Vec<f64>,
    /// Absolute errors of the weighted mean, persistence and yesterday.
    means: [f64; 3],
}

impl<'a> Past<'a> {
    fn new(column: &'a Column<'a>) -> Self {
        let size = column.prior.len();
        let part = Part { count: 0.0, products: vec![0.0; size * size], means: [0.0; 3] };
        let by_part = vec![part; column.parts.max(1)];
        Self { column, by_part, window: Window::default(), wider: 0.0 }
    }

    /// An hour goes by.
    fn forget(&mut self) {
        let by = (-1.0 / self.column.rules.forget_h).exp();
        for part in &mut self.by_part {
            part.count *= by;
            part.products.iter_mut().chain(&mut part.means).for_each(|v| *v *= by);
        }
    }

    /// What was issued at row `s` is known now.
    fn learn(&mut self, s: usize, hour: &Hour, issued: &Issued) {
        let errors: Vec<Pair> = hour.said.iter().map(|&v| less(v, hour.came)).collect();
        let size = errors.len();
        let [persistence, yesterday] = besides(size);
        let part = &mut self.by_part[hour.part];
        part.count += 1.0;
        for (i, a) in errors.iter().enumerate() {
            for (j, b) in errors.iter().enumerate() {
                part.products[i * size + j] += a[0] * b[0] + a[1] * b[1];
            }
        }
        let mixed = less(issued.mixed, hour.came);
        for (mean, error) in
            part.means.iter_mut().zip([mixed, errors[persistence], errors[yesterday]])
        {
            *mean += length(error);
        }
        let missed = length(less(issued.told.said, hour.came)) / hour.scale;
        self.window.add(s, missed);
        if let Some(half) = issued.relative {
            let outside = if missed > half { 1.0 } else { 0.0 };
            self.wider += self.column.rules.steady * (outside - (1.0 - self.column.level));
        }
    }

    /// How errors at part `of` count at part `at`.
    fn nearness(&self, at: usize, of: usize) -> f64 {
        let apart = at.abs_diff(of);
        match apart.min(self.by_part.len() - apart) {
            0 => 1.0,
            1 => self.column.rules.near,
            _ => self.column.rules.far,
        }
    }

    fn issue(&self, hour: &Hour) -> Issued {
        let c = self.column;
        let size = c.prior.len();
        let held = self.window.sorted.len();
        let own = if held >= c.record_least.max(1) { held } else { 0 };
        let there: Vec<usize> = (0..size).filter(|&k| is_there(&hour.said[k])).collect();
        let sum: f64 = there.iter().map(|&k| c.prior[k]).sum();
        let mut weights = vec![0.0; size];
        for &k in &there {
            weights[k] = c.prior[k] / sum.max(1e-300);
        }
        let mut place = None;
        let mut mixed = mean(&weights, &hour.said);
        if own > 0 {
            let near: Vec<f64> =
                (0..self.by_part.len()).map(|p| self.nearness(hour.part, p)).collect();
            self.fit(&near, &there, &mut weights);
            mixed = mean(&weights, &hour.said);
            place = self.better_alone(&near, &there);
        }
        let said = place.map_or(mixed, |k| hour.said[k]);
        if let Some(k) = place {
            weights.fill(0.0);
            weights[k] = 1.0;
        }
        let relative = (own > 0).then(|| self.window.quantile(c.level) * self.wider.exp());
        let half = relative.unwrap_or(c.error) * hour.scale;
        Issued { mixed, told: Told { said, half, own, weights }, relative }
    }

    /// Weights of those that are there, from those of the training stations in `weights`.
    fn fit(&self, near: &[f64], there: &[usize], weights: &mut [f64]) {
        let size = weights.len();
        let mut q = vec![0.0; size * size];
        let mut count = 0.0;
        for (part, n) in self.by_part.iter().zip(near) {
            count += n * part.count;
            for (sum, v) in q.iter_mut().zip(&part.products) {
                *sum += n * v;
            }
        }
        let best = (0..size).map(|k| q[k * size + k]).fold(f64::INFINITY, f64::min) / count;
        let steady = self.column.rules.prior_h * best;
        for k in 0..size {
            q[k * size + k] += steady;
        }
        let slope_at = |w: &[f64], i: usize, prior: f64| {
            w.iter().enumerate().map(|(j, w)| q[i * size + j] * w).sum::<f64>() - steady * prior
        };
        let mut slope: Vec<f64> = (0..size).map(|i| slope_at(weights, i, weights[i])).collect();
        for _ in 0..SWEEPS {
            let mut most: f64 = 0.0;
            for (n, &i) in there.iter().enumerate() {
                for &j in &there[n + 1..] {
                    let bend = q[i * size + i] + q[j * size + j] - 2.0 * q[i * size + j];
                    let step = if bend > 0.0 { (slope[j] - slope[i]) / bend } else { 0.0 };
                    let step = step.max(-weights[i]).min(weights[j]);
                    weights[i] += step;
                    weights[j] -= step;
                    for (k, s) in slope.iter_mut().enumerate() {
                        *s += step * (q[k * size + i] - q[k * size + j]);
                    }
                    most = most.max(step.abs());
                }
            }
            if most < STILL {
                break;
            }
        }
    }

    /// Persistence or yesterday, where it alone did better than the weighted mean.
    fn better_alone(&self, near: &[f64], there: &[usize]) -> Option<usize> {
        let mut means = [0.0; 3];
        for (part, n) in self.by_part.iter().zip(near) {
            for (sum, v) in means.iter_mut().zip(part.means) {
                *sum += n * v;
            }
        }
        let [persistence, yesterday] = besides(self.column.prior.len());
        let mut best = (means[0], None);
        for (mean, place) in [(means[1], persistence), (means[2], yesterday)] {
            if there.contains(&place) && mean < best.0 {
                best = (mean, Some(place));
            }
        }
        best.1
    }
}

/// Places of persistence and yesterday among `size` forecasters.
fn besides(size: usize) -> [usize; 2] {
    [size - 3, size - 2]
}

fn mean(weights: &[f64], said: &[Pair]) -> Pair {
    // What cannot be told weighs nothing.
    let parts = weights.iter().zip(said).filter(|(w, _)| **w > 0.0);
    parts.fold([0.0; 2], |sum, (w, v)| [sum[0] + w * v[0], sum[1] + w * v[1]])
}

/// Relative errors of the hours of issue that still count.
#[derive(Default)]
struct Window {
    by_row: VecDeque<(usize, f64)>,
    sorted: Vec<f64>,
}

impl Window {
    fn add(&mut self, row: usize, error: f64) {
        self.by_row.push_back((row, error));
        let at = self.sorted.partition_point(|e| *e < error);
        self.sorted.insert(at, error);
    }

    /// Forgets forecasts issued before `row`.
    fn drop_before(&mut self, row: usize) {
        while let Some(&(_, error)) = self.by_row.front().filter(|(issued, _)| *issued < row) {
            let at = self.sorted.partition_point(|e| *e < error);
            self.sorted.remove(at);
            self.by_row.pop_front();
        }
    }

    /// Split-conformal quantile: the ⌈(n + 1) · level⌉-th smallest of at least one error.
    fn quantile(&self, level: f64) -> f64 {
        let k = ((self.sorted.len() + 1) as f64 * level).ceil() as usize;
        self.sorted[k.clamp(1, self.sorted.len()) - 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules =
        Rules { forget_h: 672.0, learn_h: 2160, prior_h: 10.0, near: 0.5, far: 0.2, steady: 0.03 };

    fn column(rules: &Rules) -> Column<'_> {
        Column {
            rules,
            lead_h: 3,
            parts: 8,
            prior: &[0.7, 0.1, 0.1, 0.1],
            error: 9.0,
            record_h: 720,
            record_least: 200,
            level: 0.8,
        }
    }

    /// Noise from −1 to 1, the same for a seed on every machine.
    fn noise(seed: u64) -> impl FnMut() -> f64 {
        let mut state = seed;
        move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
        }
    }

    /// `n` hours at which forecasters err by noise of these sizes, one regression first.
    fn hours(n: usize, sizes: [f64; 4], seed: u64) -> Vec<Hour> {
        let mut noise = noise(seed);
        let hour = |t: usize| {
            let came = [20.0 + noise(), 0.0];
            let said = sizes.iter().map(|s| [came[0] + s * noise(), 0.0]).collect();
            Hour { said, came, part: t / 3 % 8, scale: 1.0 }
        };
        (0..n).map(hour).collect()
    }

    #[test]
    fn whoever_did_well_here_is_believed() {
        let column = column(&RULES);
        for (sizes, n, want) in [
            // The regression of elsewhere is worse than yesterday, or than persistence.
            ([3.0, 4.0, 0.2, 4.0], 600, [0.0, 0.0, 1.0, 0.0]),
            ([3.0, 0.2, 4.0, 4.0], 600, [0.0, 1.0, 0.0, 0.0]),
            ([0.2, 3.0, 3.0, 3.0], 600, [1.0, 0.0, 0.0, 0.0]),
            // Two that err alike share.
            ([1.0, 9.0, 9.0, 1.0], 900, [0.5, 0.0, 0.0, 0.5]),
            // Too short a record: as at the training stations.
            ([3.0, 4.0, 0.2, 4.0], 150, [0.7, 0.1, 0.1, 0.1]),
        ] {
            let told = column.tell(&hours(n, sizes, 7));
            assert_eq!(told.own > 0, n > 200, "{sizes:?}");
            for (weight, want) in told.weights.iter().zip(want) {
                assert!((weight - want).abs() < 0.12, "{sizes:?}: {:?}", told.weights);
            }
            assert_eq!(told.half == 9.0, n <= 200, "{sizes:?}: {}", told.half);
        }
    }

    #[test]
    fn one_that_cannot_tell_now_has_no_weight() {
        let column = column(&RULES);
        for n in [150, 600] {
            let mut hours = hours(n, [3.0, 4.0, 0.2, 4.0], 7);
            hours[n - 1].said[2] = [f64::NAN; 2];
            let told = column.tell(&hours);
            let sum: f64 = told.weights.iter().sum();
            assert!(told.said[0].is_finite() && told.weights[2] == 0.0, "{told:?}");
            assert!((sum - 1.0).abs() < 1e-12, "{told:?}");
        }
    }

    #[test]
    fn intervals_hold_their_share_of_weather_that_grows_wilder() {
        let column = column(&RULES);
        let n = 1500;
        let mut all = hours(n, [1.0, 2.0, 2.0, 2.0], 5);
        for (t, hour) in all.iter_mut().enumerate() {
            let wild = 1.0 + 3.0 * t as f64 / n as f64;
            for said in &mut hour.said {
                said[0] = hour.came[0] + wild * (said[0] - hour.came[0]);
            }
        }
        let issued = 500..n;
        let held = issued.clone().filter(|&t| {
            let told = column.tell(&all[..=t]);
            (told.said[0] - all[t].came[0]).abs() <= told.half
        });
        let share = held.count() as f64 / issued.len() as f64;
        assert!((0.77..=0.83).contains(&share), "{share}");
    }
}
