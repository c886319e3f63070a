//! The interface of all sources.

use super::about::About;
use super::deadline::Deadline;
use super::error::SourceError;
use crate::frame::Frame;
use crate::note::Note;

/// Frames, one after the other, from wherever they come.
///
/// All frames of a source have one shape and one value type, and times that increase.
pub trait Source: Send {
    /// What it says of itself; the same before the first frame and after the last.
    fn about(&self) -> &About;

    /// The next frame, the end, or nothing by `deadline`.
    ///
    /// Files answer when they have read what it takes and look at the deadline between pictures at
    /// most; live sources wait for a frame until then.
    ///
    /// # Errors
    /// [`SourceError`] names the input and what to do about it. After an error or the end there are
    /// no more frames.
    fn next(&mut self, deadline: Deadline) -> Result<Next, SourceError>;

    /// What is known only once the last frame has been handed out.
    fn finish(self: Box<Self>) -> Closing;
}

/// What a source has for its reader.
#[derive(Debug)]
pub enum Next {
    /// A frame.
    Frame(Frame),
    /// No frame by the deadline; there may be one later.
    NotYet,
    /// No frame any more.
    End,
}

/// What a source tells at its end.
#[derive(Clone, Debug, Default)]
pub struct Closing {
    /// SHA-256 of the input's bytes (files in name order), hex; of the address for simulators;
    /// `None` of what is not kept.
    pub digest: Option<String>,
    /// Things a person should know, besides those in [`About`].
    pub notes: Vec<Note>,
}
