//! The sieve: which decoded pictures become frames, in colour or by their brightness.

use std::collections::VecDeque;

use super::colours::Colours;
use super::look::Look;
use super::orientation::Orientation;
use super::plan::Plan;
use super::planes::Planes;
use crate::frame::{Elapsed, Frame, FrameTime, Pixels, TimeSource};

/// Distance from grey of one value from which it is colour, 8 bit: more than compression makes.
const COLOURED: u8 = 8;

/// Takes decoded pictures and keeps the planned ones.
pub(super) struct Sieve {
    pub(super) plan: Plan,
    pub(super) look: Look,
    pub(super) colours: Colours,
    pub(super) orientation: Orientation,
    /// Who tells the times.
    pub(super) times_from: TimeSource,
    /// Strongest mean distance from grey of any kept picture, 8 bit.
    pub(super) colour: f64,
    /// The first picture with colour, in the order decoded, where brightness alone is kept.
    pub(super) coloured: Option<usize>,
    /// Largest share of values with colour in a kept picture, where colour is kept.
    pub(super) coloured_share: f64,
    /// Values of brightness well outside 16 to 235, and all that were looked at.
    pub(super) outside_limited: [u64; 2],
    /// When the first frame was taken, in seconds since the film's first picture.
    first_s: Option<f64>,
    /// Frames of the pictures since the last entry, which are sure only at its end.
    pending: Vec<Frame>,
    /// Frames that nobody has asked for yet.
    pub(super) kept: VecDeque<Frame>,
}

impl Sieve {
    pub(super) fn new(
        plan: Plan,
        look: Look,
        colours: Colours,
        orientation: Orientation,
        times_from: TimeSource,
    ) -> Self {
        Self {
            plan,
            look,
            colours,
            orientation,
            times_from,
            colour: 0.0,
            coloured: None,
            coloured_share: 0.0,
            outside_limited: [0; 2],
            first_s: None,
            pending: Vec::new(),
            kept: VecDeque::new(),
        }
    }

    /// Takes the picture at the place `at` in the order decoded.
    pub(super) fn take(&mut self, at: usize, picture: Planes<'_>) {
        let [h, w] = [picture.height, picture.width];
        let coloured = || picture.colours().flatten().filter(|v| v.abs_diff(128) > COLOURED);
        if self.look == Look::Brightness && self.coloured.is_none() && coloured().next().is_some() {
            self.coloured = Some(at);
        }
        let Some(since_s) = self.plan.kept_s(at) else { return };
        match self.look {
            Look::Colour => {
                let share = coloured().count() as f64 / (h / 2 * (w / 2) * 2).max(1) as f64;
                self.coloured_share = self.coloured_share.max(share);
            }
            Look::Brightness => self.colour = self.colour.max(picture.colour()),
        }
        self.outside_limited[0] += picture.outside_limited() as u64;
        self.outside_limited[1] += (h * w) as u64;
        let Some(pixels) = self.look.pixels(self.colours, picture) else { return };
        let pixels = Pixels::U8(self.orientation.turn(pixels));
        let elapsed = Elapsed::from_secs_f64(since_s).unwrap_or_default();
        self.pending.push(Frame::new(pixels, FrameTime::since_first(elapsed, self.times_from)));
    }

    /// Forgets what is not sure yet.
    pub(super) fn forget(&mut self) {
        self.pending.clear();
    }

    /// What is not sure yet is sure now.
    pub(super) fn settle(&mut self) {
        for mut frame in self.pending.drain(..) {
            let since_s = frame.time_s();
            let first_s = *self.first_s.get_or_insert(since_s);
            frame.time.elapsed = Elapsed::from_secs_f64(since_s - first_s).unwrap_or_default();
            self.kept.push_back(frame);
        }
    }
}
