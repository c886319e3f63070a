//! Evidence that hot ground is a fire and not the hottest rock, roof or lamp in view.
//!
//! A camera with automatic gain shows the hottest thing in view at the top of its range, whatever it is.
//! A fire stands clear: its cores are far above nearly all else in view, the hottest ground away from it
//! included, and it moves on over the ground. Flames in colour flicker: about half of their cells
//! change from frame to frame, and they come back where they were; lamps and signs stay, headlights pass.

use ndarray::{Array2, ArrayRef2, Zip};

use super::shape::{grow, within};
use crate::quantile::{nth, quantile};

/// Frames whose values are looked at together.
pub(super) const WINDOW: usize = 8;
/// Frames in a row that must speak for a fire.
const IN_A_ROW: u32 = 3;
/// Frames looked at for which it is known to be one after the last that spoke for it.
const LASTS: u32 = 30;

/// Contrast of a core and of warm ground, shares of the top's.
const CORE: f32 = 0.9;
const WARM: f32 = 0.5;
/// Ground as hot as this is followed as it moves on, share of the top's contrast.
const HOT: f32 = 0.8;
/// Ground nearer to cores than this, or joined to them by warm ground, is theirs.
const AWAY_PX: f64 = 10.0;
/// Least cells away from cores that tell how hot all else is.
const LEAST_AWAY: usize = 200;
/// Shares of the cells below a frame's top, below its tail, and below the hottest ground away from cores.
const TOP: f64 = 0.9995;
const TAIL: f64 = 0.99;
const ELSEWHERE: f64 = 0.999;
/// The hottest ground elsewhere, as a share of the top's contrast, less this times the length of the
/// tail, is below `CLEAR` where a fire stands clear. Painted-out fires and made scenes of rocks and roads
/// had .44 and more in three frames in a row.
const OF_TAIL: f32 = 0.3;
const LONGEST_TAIL: f32 = 1.5;
const CLEAR: f32 = 0.40;
/// Share of the hot ground that is new in a frame and touches the old, where a fire moves on: ground
/// that was not hot for `NEW_FRAMES`, averaged over `SPREAD_FRAMES`.
const SPREAD: f32 = 0.012;
const NEW_FRAMES: u16 = 20;
const SPREAD_FRAMES: f32 = 6.0;
const TOUCHES_PX: f64 = 2.0;

/// Flame intensity from which a cell is a flame, and least flames that tell anything.
const FLAME: f32 = 0.5;
const LEAST_FLAMES: usize = 4;
/// Share of the flames' cells that change from frame to frame, and how often a flame's cell was one in the
/// frames before. Three films of flames have .27 to .77 and .2 to .71; swaying leaves are ones in .64 and
/// more, headlights in .11 and less.
const FLICKER: [f32; 2] = [0.2, 0.85];
const OCCUPIED: [f32; 2] = [0.2, 0.64];
/// Frames without which nothing is known of flicker.
const LEAST_FRAMES: usize = 6;

/// What the frames so far say about whether the hot ground is a fire.
#[derive(Clone, Debug)]
pub(super) struct Evidence {
    /// Of the newest frames, oldest first: of heat the top's contrast, the length of the tail and the
    /// hottest ground elsewhere; of colour the flicker, and how often the flames' cells were ones before.
    pub(super) newest: Vec<[f32; 3]>,
    /// Frames `[H, W]` since each cell was hot, 65535 for never; of colour, 65535 less how often it was a
    /// flame lately, the lowest bit 0 where it was one in the last frame.
    pub(super) since: Array2<u16>,
    /// Averages of hot cells, and of new ones among them; of colour, frames looked at.
    pub(super) spread: [f32; 2],
    /// Frames in a row that speak for a fire, and frames for which it is still known to be one.
    pub(super) in_a_row: u32,
    pub(super) lasts: u32,
    /// First and last time of the newest spell in which it was known to be one, seconds.
    pub(super) known_s: [f64; 2],
}

impl Evidence {
    /// Before the first frame.
    pub(super) fn new(shape: [usize; 2]) -> Self {
        Self {
            newest: Vec::new(),
            since: Array2::from_elem(shape, u16::MAX),
            spread: [0.0; 2],
            in_a_row: 0,
            lasts: 0,
            known_s: [f64::INFINITY, f64::NEG_INFINITY],
        }
    }

    /// Whether hot ground was known to be a fire at the time `time_s`.
    pub(super) fn is_known(&self, time_s: f64) -> bool {
        (self.known_s[0]..self.known_s[1]).contains(&time_s)
    }

    /// Takes the heat `[H, W]` of one more frame into account.
    pub(super) fn heat(&mut self, values: &ArrayRef2<f32>, now_s: f64) {
        let all = || values.iter().copied();
        let n = values.len();
        let median = nth(all, n / 2);
        let [tail, top] = [TAIL, TOP].map(|share| quantile(all, n, share) - median);
        let length =
            if tail > 0.0 { ((top - tail) / tail).min(LONGEST_TAIL) } else { LONGEST_TAIL };
        self.push([top, length, 0.0]);
        let top = self.median(0);
        let from = |share: f32| values.mapv(|v| top > 0.0 && v >= median + share * top);
        let near = within(&grow(&from(CORE), &from(WARM)), AWAY_PX);
        let away = || values.iter().zip(&near).filter(|(_, near)| !**near).map(|(v, _)| *v);
        let cells = near.iter().filter(|near| !**near).count();
        let elsewhere = match cells > LEAST_AWAY && top > 0.0 {
            true => (quantile(away, cells, ELSEWHERE) - median) / top,
            false => 0.0,
        };
        if let Some(newest) = self.newest.last_mut() {
            newest[2] = elsewhere;
        }
        let moves = self.moves(&from(HOT));
        let clear = self.median(2) - OF_TAIL * self.median(1) < CLEAR;
        self.judge(top > 0.0 && clear && moves, now_s);
    }

    /// Whether `hot` ground moves on: enough of it is new beside what was hot before.
    fn moves(&mut self, hot: &Array2<bool>) -> bool {
        let before = self.since.mapv(|frames| frames < NEW_FRAMES);
        let beside = within(&before, TOUCHES_PX);
        let (mut old, mut new) = (0.0, 0.0);
        Zip::from(&mut self.since).and(hot).and(&before).and(&beside).for_each(
            |since, &hot, &before, &beside| {
                old += if before { 1.0 } else { 0.0 };
                new += if hot && !before && beside { 1.0 } else { 0.0 };
                *since = if hot { 0 } else { since.saturating_add(1) };
            },
        );
        let share = if self.spread[0] > 0.0 { 1.0 / SPREAD_FRAMES } else { 1.0 };
        self.spread[0] += share * (old - self.spread[0]);
        self.spread[1] += share * (new - self.spread[1]);
        self.spread[0] <= 0.0 || self.spread[1] >= SPREAD * self.spread[0]
    }

    /// Takes the flame intensity `[H, W]` of one more frame into account.
    pub(super) fn flames(&mut self, values: &ArrayRef2<f32>, now_s: f64) {
        const FULL: f32 = u16::MAX as f32;
        let (mut either, mut changed, mut flames, mut often) = (0usize, 0usize, 0usize, 0.0f32);
        self.spread[0] += 1.0;
        let share = 1.0 / self.spread[0].min(WINDOW as f32);
        Zip::from(&mut self.since).and(values).for_each(|since, &v| {
            let (is, was) = (v >= FLAME, *since & 1 == 0);
            let occupied = (FULL - f32::from(*since)) / FULL;
            either += usize::from(is || was);
            changed += usize::from(is != was);
            flames += usize::from(is);
            often += if is { occupied } else { 0.0 };
            let next = occupied + share * (if is { 1.0 } else { 0.0 } - occupied);
            let code = (FULL * (1.0 - next)) as u16;
            *since = (code & !1) | u16::from(!is);
        });
        if flames < LEAST_FLAMES {
            self.newest.clear();
            self.judge(false, now_s);
            return;
        }
        let flicker = changed as f32 / either.max(1) as f32;
        self.push([flicker, often / flames as f32, 0.0]);
        let within = |range: [f32; 2], v: f32| (range[0]..=range[1]).contains(&v);
        let speak = self.newest.iter().filter(|v| within(FLICKER, v[0])).count();
        let enough = self.newest.len() >= LEAST_FRAMES;
        let is = enough && 2 * speak > self.newest.len() && within(FLICKER, self.median(0));
        self.judge(is && within(OCCUPIED, self.median(1)), now_s);
    }

    fn push(&mut self, values: [f32; 3]) {
        if self.newest.len() == WINDOW {
            self.newest.remove(0);
        }
        self.newest.push(values);
    }

    /// Median of one of the values of the newest frames.
    fn median(&self, which: usize) -> f32 {
        let mut sorted: Vec<f32> = self.newest.iter().map(|v| v[which]).collect();
        sorted.sort_by(f32::total_cmp);
        let half = sorted.len() / 2;
        match sorted.len() {
            0 => 0.0,
            n if n % 2 == 1 => sorted[half],
            _ => f32::midpoint(sorted[half - 1], sorted[half]),
        }
    }

    /// Counts a frame that speaks for a fire or does not.
    fn judge(&mut self, speaks: bool, now_s: f64) {
        self.in_a_row = if speaks { self.in_a_row.saturating_add(1) } else { 0 };
        if self.in_a_row >= IN_A_ROW {
            if self.lasts == 0 {
                self.known_s = [now_s, f64::INFINITY];
            }
            self.lasts = LASTS;
        } else if self.lasts > 0 {
            self.lasts -= 1;
            if self.lasts == 0 {
                self.known_s[1] = now_s;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    const SIDES: (usize, usize) = (60, 80);

    /// Numbers of 0..1 that look random and are the same each time.
    fn share(y: usize, x: usize, k: usize) -> f32 {
        let mixed = (y * 73_856_093) ^ (x * 19_349_663) ^ (k * 83_492_791 + 7);
        let mixed = (mixed as u32).wrapping_mul(2_654_435_761);
        ((mixed ^ (mixed >> 15)).wrapping_mul(2_246_822_519) >> 8) as f32 / (1u32 << 24) as f32
    }

    /// Frames after which it is known to be a fire, of `frames`.
    fn known(frames: usize, feed: impl Fn(&mut Evidence, usize)) -> Vec<bool> {
        let mut evidence = Evidence::new(SIDES.into());
        let frames = 0..frames;
        frames
            .map(|k| {
                feed(&mut evidence, k);
                evidence.is_known(k as f64)
            })
            .collect()
    }

    /// Heat of a scene with rocks of these contrasts, and of a fire that runs on by a cell in two frames.
    fn scene(k: usize, rocks: &[f32], fire: f32) -> Array2<f32> {
        Array2::from_shape_fn(SIDES, |(y, x)| {
            let ground = 20.0 + 6.0 * share(y, x, 0) + 2.0 * share(y, x, k + 1);
            let rock = rocks
                .iter()
                .enumerate()
                .find(|(n, _)| (y as f32 - 12.0 - 9.0 * *n as f32).hypot(x as f32 - 60.0) < 4.0);
            let behind = 4.0 + k as f32 / 2.0 - (y as f32 - 30.0).hypot(x as f32 - 20.0);
            match rock {
                _ if (0.0..2.0).contains(&behind) && fire > 0.0 => ground + fire,
                _ if behind >= 2.0 && fire > 0.0 => ground + fire * 0.3 / behind,
                Some((_, rock)) => ground + rock * (0.8 + 0.2 * share(y, x, 3)),
                None => ground,
            }
        })
    }

    #[test]
    fn heat_that_stands_clear_and_moves_on_is_a_fire() {
        let rocks = [60.0, 50.0, 70.0, 65.0];
        for (what, rocks, fire, by_frame, at_last) in [
            ("a fire alone", &rocks[..0], 220.0, true, true),
            ("a fire among warm rocks", &rocks[..], 220.0, true, true),
            ("rocks alone", &rocks[..], 0.0, false, false),
            ("a fire no hotter than the rocks", &rocks[..], 75.0, false, false),
        ] {
            let known = known(40, |evidence, k| evidence.heat(&scene(k, rocks, fire), k as f64));
            assert_eq!(known[4], by_frame, "{what}, at frame 4");
            assert_eq!(known[39], at_last, "{what}, at the last frame");
        }
    }

    #[test]
    fn a_hot_roof_that_never_moves_is_known_for_nothing_in_the_end() {
        let roof = |k: usize| {
            let mut heat = scene(k, &[90.0, 80.0], 0.0);
            heat.slice_mut(ndarray::s![20..23, 20..24]).fill(240.0);
            heat
        };
        let known = known(120, |evidence, k| evidence.heat(&roof(k), k as f64));
        assert!(!known[100..].iter().any(|known| *known), "{known:?}");
    }

    #[test]
    fn colours_of_flame_that_flicker_in_place_are_a_fire() {
        let map = |is: &dyn Fn(usize, usize) -> bool| {
            Array2::from_shape_fn(SIDES, |(y, x)| if is(y, x) { 1.0 } else { 0.0 })
        };
        let lamp = |y: usize, x: usize, x0: usize| y.abs_diff(20) < 4 && x.abs_diff(x0) < 4;
        for (what, film, want) in [
            (
                "flames",
                &(|k: usize, y: usize, x: usize| {
                    y > 30 && x.abs_diff(40) < 12 && share(y / 3, x / 3, k) < 0.55
                }) as &dyn Fn(usize, usize, usize) -> bool,
                true,
            ),
            ("a lamp", &|_, y, x| lamp(y, x, 30), false),
            ("a lamp that blinks", &|k, y, x| k % 6 < 3 && lamp(y, x, 30), false),
            ("a headlight", &|k, y, x| lamp(y, x, 4 + 3 * k % 70), false),
            ("nothing", &|_, _, _| false, false),
        ] {
            let known = known(60, |evidence, k| {
                evidence.flames(&map(&|y, x| film(k, y, x)), k as f64);
            });
            assert_eq!(known[6..].iter().any(|known| *known), want, "{what}: {known:?}");
            assert_eq!(known[59], want, "{what}");
        }
    }
}
