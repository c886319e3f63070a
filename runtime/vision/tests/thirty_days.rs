//! Thirty days of a thermal camera on a mast, through the tracker: no memory grows, no burnt ground is lost,
//! and two fires are found.
//!
//! The clock is set and not waited for. A frame every ten minutes; every minute as the camera would have it:
//! `EMBERLINE_STREAM_EVERY_S=60 cargo test --release -p emberline-vision --test thirty_days -- --nocapture`.
//! Alone in its program, so that no other test's memory counts.

use emberline_vision::frame::{Frame, FrameTime, Kind, Pixels, TimeSource};
use emberline_vision::grid::Grid;
use emberline_vision::tracker::State;
use jiff::{SignedDuration, Timestamp};
use ndarray::{Array2, Axis};

/// Rows and columns.
const SHAPE: (usize, usize) = (48, 64);
const DAYS: usize = 30;
const DAY_S: f64 = 86_400.0;
const HOUR_S: f64 = 3600.0;
/// Seconds of the stream at which a fire begins, and for how long it burns. The second begins where the
/// first had burnt.
const FIRES_S: [f64; 2] = [11.0 * DAY_S + 14.0 * HOUR_S, 20.0 * DAY_S + 3.0 * HOUR_S];
const BURNS_S: f64 = 5.0 * HOUR_S;
const PLACE: (f32, f32) = (26.0, 20.0);

/// Numbers that look random and are the same each time (xorshift).
struct Random(u64);

impl Random {
    /// From 0 to 1.
    fn share(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 40) as f32 / (1u64 << 24) as f32
    }

    /// About normal, of deviation 1.
    fn bell(&mut self) -> f32 {
        ((0..4).map(|_| self.share()).sum::<f32>() - 2.0) * 1.73
    }
}

/// What the camera looks at.
struct Scene {
    random: Random,
    /// Ground `[H, W]`, K above the mean; how much the sun heats it, K; what a gap in the trees lights.
    ground: Array2<f32>,
    heated: Array2<f32>,
    patches: Array2<f32>,
    /// Value of a kelvin, as it jumps about what the range asks for.
    gain: f32,
}

impl Scene {
    fn new() -> Self {
        let mut random = Random(0x9E37_79B9_7F4A_7C15);
        let ground = Array2::from_shape_simple_fn(SHAPE, || random.bell());
        let mut heated = Array2::zeros(SHAPE);
        let mut patches = Array2::zeros(SHAPE);
        for rock in 0..9 {
            let (y0, x0) = (47.0 * random.share(), 63.0 * random.share());
            let (size, warms) = (1.0 + 3.0 * random.share(), 9.0 + 8.0 * random.share());
            for ((y, x), heat) in heated.indexed_iter_mut() {
                if (y as f32 - y0).hypot(x as f32 - x0) < size && rock < 7 {
                    *heat = warms;
                }
            }
        }
        for ((y, x), heat) in heated.indexed_iter_mut() {
            // A road across the view.
            if (y as f32 - 8.0 - 0.2 * x as f32).abs() < 1.5 {
                *heat = 12.0;
            }
        }
        for ((y, x), patch) in patches.indexed_iter_mut() {
            if (x / 5 + y / 4) % 4 == 0 && y > 28 {
                *patch = 7.0;
            }
        }
        Self { random, ground, heated, patches, gain: 1.0 }
    }

    /// The 8-bit picture at second `now_s`: the range follows the scene, the gain jumps now and then.
    fn picture(&mut self, now_s: f64) -> Array2<u8> {
        let hour = now_s % DAY_S / HOUR_S;
        let sun = (((hour - 6.0) / 12.0 * std::f64::consts::PI).sin().max(0.0)) as f32;
        let air = 12.0 + 9.0 * ((hour - 9.0) / 24.0 * std::f64::consts::TAU).sin() as f32;
        let lit = if self.random.share() < 0.5 { sun } else { 0.2 * sun };
        let random = &mut self.random;
        let mut heat = Array2::from_shape_fn(SHAPE, |at| {
            air + self.ground[at]
                + sun * self.heated[at]
                + lit * self.patches[at]
                + 0.15 * random.bell()
        });
        for begins_s in FIRES_S {
            let burns_s = now_s - begins_s;
            if !(0.0..2.0 * BURNS_S).contains(&burns_s) {
                continue;
            }
            let front = 1.2 + 9.0 * (burns_s.min(BURNS_S) / BURNS_S) as f32;
            for ((y, x), heat) in heat.indexed_iter_mut() {
                let radius = (y as f32 - PLACE.0).hypot(x as f32 - PLACE.1);
                // Since the front passed, minutes: flames for a quarter of an hour, then embers.
                let since =
                    (burns_s / 60.0) as f32 - (radius - 1.2) / 9.0 * (BURNS_S / 60.0) as f32;
                if radius <= front && since >= 0.0 {
                    *heat +=
                        if since < 15.0 { 320.0 } else { 150.0 * (-(since - 15.0) / 40.0).exp() };
                }
            }
        }
        if self.random.share() < 0.01 {
            self.gain = 0.8 + 0.2 * self.random.share();
        }
        let mut sorted: Vec<f32> = heat.iter().copied().collect();
        sorted.sort_by(f32::total_cmp);
        let (low, high) = (sorted[sorted.len() / 200], sorted[sorted.len() - 4]);
        let each = self.gain * 250.0 / (high - low).max(1.0);
        heat.mapv(|v| ((v - low) * each).round().clamp(0.0, 255.0) as u8)
    }
}

/// Memory of this process that is in use, KiB; 0 where the system does not tell.
fn memory_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap_or("0 kB");
    line.trim().trim_end_matches(" kB").trim().parse().expect("a number")
}

#[test]
fn thirty_days_of_a_mast_grow_nothing_lose_nothing_and_find_two_fires() {
    let every_s: f64 = std::env::var("EMBERLINE_STREAM_EVERY_S")
        .map_or(600.0, |text| text.parse().expect("seconds"));
    let start: Timestamp = "2026-07-01T00:00:00Z".parse().expect("a time");
    let grid = Grid::new(SHAPE.0, SHAPE.1);
    let mut scene = Scene::new();
    let mut state: Option<State> = None;
    let (mut false_alarms, mut false_frames, mut was_in_view) = (0, 0, false);
    let mut found_s = [f64::NAN; 2];
    let mut seen = [0usize; 2];
    let mut burnt_before = Array2::from_elem(SHAPE, false);
    let (mut least, mut most) = (u64::MAX, 0);
    let (mut sizes, mut shrank) = (Vec::new(), 0);
    for k in 0..(DAYS as f64 * DAY_S / every_s) as usize {
        let now_s = k as f64 * every_s;
        let utc = start + SignedDuration::from_millis((now_s * 1e3) as i64);
        let pixels = Pixels::U8(scene.picture(now_s).insert_axis(Axis(2)));
        let frame = Frame::new(pixels, FrameTime::stamped(utc, start, TimeSource::CameraClock));
        let state = state.get_or_insert_with(|| {
            State::before(Kind::Thermal, &grid, every_s, &frame, false).expect("a wall time")
        });
        assert!(state.feed(&frame).expect("a frame like the others"));
        let tracker = state.tracker();
        let burnt = tracker.burnt_by(now_s);
        shrank +=
            burnt_before.iter().zip(&burnt).filter(|(before, now)| **before && !**now).count();
        let is_in_view = tracker.is_fire() && tracker.is_known_fire(now_s);
        burnt_before = burnt;
        let fire =
            FIRES_S.iter().position(|begins| (0.0..2.0 * BURNS_S).contains(&(now_s - begins)));
        if is_in_view {
            match fire {
                Some(fire) => {
                    found_s[fire] = found_s[fire].min(now_s - FIRES_S[fire]);
                    seen[fire] += 1;
                }
                None => {
                    false_frames += 1;
                    false_alarms += usize::from(!was_in_view);
                }
            }
        }
        was_in_view = is_in_view;
        if k % (DAY_S / every_s) as usize == 0 {
            sizes.push(state.to_bytes().expect("bytes").len());
            let now = memory_kib();
            if now_s >= 2.0 * DAY_S {
                (least, most) = (least.min(now), most.max(now));
            }
        }
    }
    let cells = burnt_before.iter().filter(|b| **b).count();
    println!(
        "a frame every {every_s} s: {false_alarms} false alarms in {false_frames} frames, fires found after \
         {found_s:?} s and seen in {seen:?} frames, {cells} cells burnt, state of {:?} bytes, memory {least} \
         to {most} KiB",
        [sizes[1], sizes[sizes.len() / 2], sizes[sizes.len() - 1]]
    );
    assert_eq!(shrank, 0, "burnt ground stays burnt");
    assert!(most - least <= 4 << 10, "{least} to {most} KiB");
    let largest = sizes.iter().copied().max().unwrap_or_default();
    assert!(largest <= 48 << 10, "{sizes:?}");
    assert!(false_alarms <= DAYS / 10, "{false_alarms} false alarms");
    for (found_s, fire) in found_s.iter().zip(["first", "second"]) {
        assert!(
            *found_s <= (6.0 * every_s).max(1800.0),
            "the {fire} fire is found after {found_s} s"
        );
    }
}
