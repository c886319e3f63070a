//! Tracks: the video of a file as its index tells it.

use super::description::Description;
use super::sample::Sample;
use super::shown::Shown;

/// What a recording that was cut short has lost at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Lost {
    /// How many pictures the index still names; `None` where it is cut itself.
    pub(in super::super) pictures: Option<usize>,
}

/// The video track of a file.
#[derive(Debug, Default)]
pub(in super::super) struct Track {
    /// Ticks a second.
    pub(in super::super) ticks_s: u32,
    /// How its samples are coded: one entry as a rule.
    pub(in super::super) descriptions: Vec<Description>,
    /// Samples in the order they are decoded.
    pub(in super::super) samples: Vec<Sample>,
    /// What of it is shown, and which way up.
    pub(in super::super) shown: Shown,
    /// Which video track of the file it is, 1 is the first, and how many there are.
    pub(in super::super) number: usize,
    pub(in super::super) of: usize,
    /// What was lost where the recording ends in the middle of a fragment.
    pub(in super::super) lost: Option<Lost>,
    /// Its number in the file.
    pub(super) id: u32,
}
