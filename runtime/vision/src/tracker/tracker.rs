//! The tracker: a film's memory of its fire.

use std::borrow::Cow;

use ndarray::{Array2, ArrayRef2, Zip};

use super::evidence::Evidence;
use super::floor::least_contrast;
use super::levels::Levels;
use super::shape::{close, grow, keep_patches, smooth, within};
use crate::burnt::close_holes;
use crate::frame::{Frame, FrameView, Pixels};
use crate::heat::flame_intensity;
use crate::kind::Kind;
use crate::quantile::nth;

/// Cells of the films that the radii and areas below were chosen on: 208 × 120.
const CELLS: f64 = 208.0 * 120.0;
/// Least and largest factor of lengths on frames of other sizes.
const FACTORS: [f64; 2] = [0.4, 1.5];
/// Warm ground further than this from all that a warm path joins to a core is clutter.
const CLUTTER_PX: f64 = 10.0;
/// Share of the frame, and of all warm ground, that is clutter in a clear scene at most. Nine frames in
/// ten of two drone films had more than .032 and .21; of twenty simulated fires nineteen had less than
/// .015 at their tenth frame.
const CLUTTER_OF_FRAME: f64 = 0.025;
const CLUTTER_OF_WARM: f64 = 0.2;
/// In a scene with rocks, roads or roofs that are warm, too.
const CLUTTERED: Scene =
    Scene { reach_px: 4.0, close_px: 3.0, smooth_px: 2.0, patch_px2: 20.0, spot_px2: 60.0 };
/// In a scene in which only the fire is warm.
const CLEAR: Scene =
    Scene { reach_px: CLUTTER_PX, close_px: 0.0, smooth_px: 0.0, patch_px2: 1.0, spot_px2: 1.0 };
/// Frames in which a cell must be a core to be believed whatever the size of its patch, and how many
/// such cells must touch: one may be a dead pixel.
const SURE_FRAMES: u16 = 3;
const SURE_CELLS: usize = 3;
/// Cells that must stand out for a fire.
const HOTTEST: usize = 4;
/// Frames in a row after which clutter is believed.
const CLUTTERED_FRAMES: u64 = 3;
/// Frames looked at in a step of the forecast: more are not needed, and the constants were chosen on
/// two to four.
const FRAMES_A_STEP: f64 = 8.0;
/// Share of a mask's largest value from which a cell is set.
const SET: f32 = 0.5;

/// How warm ground around cores becomes burnt ground.
struct Scene {
    /// How far warm ground may lie from a core; in a clear scene, from ground that is joined to one.
    reach_px: f64,
    /// Half the width of gaps that are closed.
    close_px: f64,
    /// Width of the bell that smooths outlines; 0 for none.
    smooth_px: f64,
    /// Area of the smallest patch, and of the smallest one away from all other burnt ground.
    patch_px2: f64,
    spot_px2: f64,
}

/// What has burnt so far, and since when; as much memory for a month as for a minute.
#[derive(Clone, Debug)]
pub struct Tracker {
    pub(super) kind: Kind,
    pub(super) step_s: f64,
    pub(super) levels: Levels,
    /// In how many frames each cell `[H, W]` was a core.
    pub(super) core_frames: Array2<u16>,
    /// Cells that were warm in any frame.
    pub(super) warm: Array2<bool>,
    /// Time of the first frame in which a cell was burning or burnt, seconds; NaN where in none.
    pub(super) first_burnt_s: Array2<f64>,
    /// Frames in a row that showed clutter, and the time from which on the scene counts as cluttered.
    pub(super) cluttered_frames: u64,
    pub(super) cluttered_since_s: f64,
    /// Whether the values leave open what is a fire, and what speaks for one.
    pub(super) is_open: bool,
    pub(super) evidence: Evidence,
    /// Frames looked at.
    pub(super) frames: u64,
    pub(super) last_s: f64,
    /// Contrast of the film so far, and the least of a fire.
    pub(super) contrast: [f64; 2],
    /// Largest value of a mask.
    pub(super) most: f32,
}

impl Tracker {
    /// A tracker of frames of `height` × `width` cells that has seen none; `step_s` is the step of the
    /// forecasts that it is for.
    #[must_use]
    pub fn new(kind: Kind, [height, width]: [usize; 2], step_s: f64) -> Self {
        Self {
            kind,
            step_s,
            levels: Levels::new(),
            core_frames: Array2::zeros((height, width)),
            warm: Array2::from_elem((height, width), false),
            first_burnt_s: Array2::from_elem((height, width), f64::NAN),
            cluttered_frames: 0,
            cluttered_since_s: f64::INFINITY,
            is_open: false,
            evidence: Evidence::new([height, width]),
            frames: 0,
            last_s: f64::NEG_INFINITY,
            contrast: [0.0; 2],
            most: 0.0,
        }
    }

    /// A tracker that has seen all frames of `view` up to the one at `last` in it.
    #[must_use]
    pub fn follow(view: &FrameView<'_>, last: usize, step_s: f64) -> Self {
        let mut tracker = Self::new(view.kind, [view.grid.height, view.grid.width], step_s);
        let seen = &view.frames[..view.frames.len().min(last + 1)];
        for (k, frame) in seen.iter().enumerate() {
            if k + 1 == seen.len() {
                tracker.look(frame);
            } else {
                tracker.feed(frame);
            }
        }
        tracker
    }

    /// Takes one more frame into account, where it comes late enough after the last that was: an eighth
    /// of a step.
    pub fn feed(&mut self, frame: &Frame) {
        if frame.time_s() - self.last_s >= (1.0 - 1e-6) * self.step_s / FRAMES_A_STEP {
            self.look(frame);
        }
    }

    /// This tracker where it has looked at `frame`, the newest it was fed with, even if that came too
    /// early after the one before: a forecast looks at its last frame whatever the pace.
    #[must_use]
    pub fn with(&self, frame: &Frame) -> Cow<'_, Self> {
        if frame.time_s() <= self.last_s {
            return Cow::Borrowed(self);
        }
        let mut tracker = self.clone();
        tracker.look(frame);
        Cow::Owned(tracker)
    }

    /// Burning or burnt `[H, W]` by the time `time_s`, as seen then.
    #[must_use]
    pub fn burnt_by(&self, time_s: f64) -> Array2<bool> {
        self.first_burnt_s.mapv(|first| first <= time_s)
    }

    /// Burning or burnt `[H, W]` in a frame before the time `time_s`.
    #[must_use]
    pub fn burnt_before(&self, time_s: f64) -> Array2<bool> {
        self.first_burnt_s.mapv(|first| first < time_s)
    }

    /// Whether more than the fire was found to be warm by the time `time_s`; it stays so.
    #[must_use]
    pub fn is_cluttered(&self, time_s: f64) -> bool {
        self.cluttered_since_s <= time_s
    }

    /// Whether what is hot or flame-coloured was known to be a fire by the time `time_s`: it stands clear
    /// of all else in view and moves on, or flickers as flames do. Always where values are temperatures.
    #[must_use]
    pub fn is_known_fire(&self, time_s: f64) -> bool {
        !self.is_open || self.evidence.is_known(time_s)
    }

    /// Whether the hottest ground stands out as fire does, in the last frame looked at.
    #[must_use]
    pub fn is_fire(&self) -> bool {
        self.contrast[0] >= self.contrast[1]
    }

    /// Time of the first frame `[H, W]` in which a cell was burning or burnt, seconds of the film or
    /// stream; NaN where in none.
    #[must_use]
    pub fn first_burnt_s(&self) -> &ArrayRef2<f64> {
        &self.first_burnt_s
    }

    /// Contrast of the hottest ground over the background, and the least that is a fire: as shares of
    /// the range of 8-bit values or of flame intensity, else in the unit of the frames.
    #[must_use]
    pub fn contrast(&self) -> [f64; 2] {
        self.contrast
    }

    /// Frames looked at.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames
    }

    fn look(&mut self, frame: &Frame) {
        let now_s = frame.time_s();
        self.frames += 1;
        self.last_s = now_s;
        let burnt = match (self.kind, &*frame.pixels) {
            (Kind::Mask, pixels) => self.look_at_mask(&pixels.first_channel()),
            (Kind::Rgb, Pixels::U8(rgb)) => self.look_at_heat(&flame_intensity(rgb), &frame.pixels),
            (_, pixels) => self.look_at_heat(&pixels.first_channel(), pixels),
        };
        Zip::from(&mut self.first_burnt_s).and(&burnt).for_each(|first, &burnt| {
            if burnt && first.is_nan() {
                *first = now_s;
            }
        });
    }

    /// What a mask says burns.
    fn look_at_mask(&mut self, values: &Array2<f32>) -> Array2<bool> {
        self.most = values.iter().fold(self.most, |most, &v| most.max(v));
        let set = SET * self.most;
        values.mapv(|v| v > 0.0 && v >= set)
    }

    /// What heat says burns or has burnt: warm ground around cores.
    fn look_at_heat(&mut self, values: &Array2<f32>, pixels: &Pixels) -> Array2<bool> {
        let levels = self.levels.of(values);
        let top = levels.background + levels.contrast;
        let least = least_contrast(self.kind, pixels, levels.background, top);
        let range = match pixels {
            Pixels::U8(_) if self.kind != Kind::Rgb => f64::from(u8::MAX),
            _ => 1.0,
        };
        let hottest = nth(|| values.iter().copied(), values.len().saturating_sub(HOTTEST));
        self.contrast = [hottest - levels.background, least].map(|v| f64::from(v) / range);
        self.is_open = matches!(pixels, Pixels::U8(_));
        match self.kind {
            Kind::Rgb => self.evidence.flames(values, self.last_s),
            _ if self.is_open => self.evidence.heat(values, self.last_s),
            _ => {}
        }
        if levels.contrast >= least {
            Zip::from(&mut self.core_frames).and(&mut self.warm).and(values).for_each(
                |core, warm, &v| {
                    *core = core.saturating_add(u16::from(v >= levels.core));
                    *warm |= v >= levels.warm;
                },
            );
        }
        let cores = self.core_frames.mapv(|frames| frames > 0);
        if !cores.iter().any(|&core| core) {
            return cores;
        }
        self.shape(&cores)
    }

    /// The ground around `cores` as a map draws it.
    fn shape(&mut self, cores: &Array2<bool>) -> Array2<bool> {
        let factor = (cores.len() as f64 / CELLS).sqrt().clamp(FACTORS[0], FACTORS[1]);
        let joined = grow(cores, &self.warm);
        let near = within(&joined, CLUTTER_PX);
        let count = |test: &dyn Fn(bool, bool) -> bool| {
            self.warm.iter().zip(&near).filter(|(warm, near)| test(**warm, **near)).count() as f64
        };
        let clutter = count(&|warm, near| warm && !near);
        let is_clear = clutter <= CLUTTER_OF_FRAME * cores.len() as f64
            || clutter <= CLUTTER_OF_WARM * count(&|warm, _| warm);
        self.cluttered_frames = if is_clear { 0 } else { self.cluttered_frames + 1 };
        if self.cluttered_frames == CLUTTERED_FRAMES {
            self.cluttered_since_s = self.cluttered_since_s.min(self.last_s);
        }
        let scene = if is_clear { &CLEAR } else { &CLUTTERED };
        let mut ground = joined;
        if is_clear {
            Zip::from(&mut ground).and(&near).and(&self.warm).for_each(|ground, &near, &warm| {
                *ground |= near && warm;
            });
        } else {
            let mut allowed = within(cores, scene.reach_px * factor);
            allowed.zip_mut_with(&self.warm, |allowed, &warm| *allowed &= warm);
            ground = grow(cores, &allowed);
        }
        let mut shape = close(&ground, scene.close_px * factor);
        close_holes(&mut shape);
        if scene.smooth_px > 0.0 {
            shape = smooth(&shape, scene.smooth_px * factor);
        }
        let area = |px2: f64| px2 * factor * factor;
        keep_patches(&mut shape, |patch| patch.len() as f64 >= area(scene.patch_px2));
        self.keep_believed(&mut shape, area(scene.spot_px2));
        let mut sure = self.core_frames.mapv(|frames| frames >= SURE_FRAMES);
        keep_patches(&mut sure, |patch| patch.len() >= SURE_CELLS);
        shape.zip_mut_with(&sure, |shape, &sure| *shape |= sure);
        shape
    }

    /// Drops patches that touch nothing burnt and are smaller than `spot_px2`.
    fn keep_believed(&self, shape: &mut Array2<bool>, spot_px2: f64) {
        let burnt = self.first_burnt_s.mapv(|first| !first.is_nan());
        if !burnt.iter().any(|&b| b) {
            return;
        }
        let mut together = shape.clone();
        together.zip_mut_with(&burnt, |together, &burnt| *together |= burnt);
        let new_px2 = |patch: &[(usize, usize)]| patch.iter().filter(|&&at| shape[at]).count();
        let old = |patch: &[(usize, usize)]| patch.iter().any(|&at| burnt[at]);
        keep_patches(&mut together, |patch| old(patch) || new_px2(patch) as f64 >= spot_px2);
        shape.zip_mut_with(&together, |shape, &kept| *shape &= kept);
    }
}
