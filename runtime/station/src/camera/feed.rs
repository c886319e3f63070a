//! Feeds: what a camera's thread reads from. A new kind of camera is a file that implements [`Feed`].

use std::sync::Arc;
use std::time::Duration;

use emberline_vision::frame::{Pixels, TimeSource};
use emberline_vision::grid::Grid;
use jiff::Timestamp;

use super::stream_facts::StreamFacts;
use crate::source::Fault;

/// One picture of a camera.
#[derive(Clone, Debug)]
pub struct Shot {
    /// What was seen.
    pub pixels: Arc<Pixels>,
    /// Where it lies.
    pub grid: Grid,
    /// When it was taken.
    pub taken: Timestamp,
    /// Who tells when.
    pub time_source: TimeSource,
    /// Whether it shows another scene than the one before, or tells the time by another clock: nothing
    /// seen so far holds for it.
    pub new_scene: bool,
    /// What its stream tells, where it is from one.
    pub stream: Option<StreamFacts>,
}

/// What a feed has.
#[derive(Debug)]
pub enum Got {
    /// A picture.
    Shot(Box<Shot>),
    /// One that cannot be used, and why; there will be others.
    Spoiled(String),
    /// So many that came faster than they could be read, and were dropped.
    Behind(u64),
    /// Nothing in time.
    Nothing,
}

/// Pictures as they come.
pub trait Feed: Send {
    /// The next picture, or nothing once `wait` is over.
    ///
    /// # Errors
    /// [`Fault`] when there are no more from this feed.
    fn next(&mut self, wait: Duration) -> Result<Got, Fault>;
}
