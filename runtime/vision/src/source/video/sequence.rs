//! Sequences: what a coded stream says of all its pictures.

/// How the colours of a picture are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chroma {
    /// Brightness alone, 4:0:0.
    None,
    /// One colour for four pixels, 4:2:0.
    Quarter,
    /// One colour for two pixels, 4:2:2.
    Half,
    /// A colour for each pixel, 4:4:4.
    Full,
}

/// What a coded stream says of all its pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sequence {
    /// Its number in the stream.
    pub(super) number: u32,
    /// Rows and columns of a picture, without what is cut off.
    pub(super) height: usize,
    pub(super) width: usize,
    /// First row and column that is shown.
    pub(super) top: usize,
    pub(super) left: usize,
    /// Number of the profile.
    pub(super) profile: u8,
    pub(super) chroma: Chroma,
    /// Bits of a value.
    pub(super) bits: u32,
    /// Whether pictures may be two fields, taken one after the other.
    pub(super) interlaced: bool,
    /// Width and height of a pixel, where it is told.
    pub(super) pixel: Option<(u32, u32)>,
    /// Number of the colour matrix; 2 is none told.
    pub(super) matrix: u8,
    /// Number of the transfer characteristics; 2 is none told.
    pub(super) transfer: u8,
    /// Whether black is 0 and white 255, where it is told.
    pub(super) full_range: Option<bool>,
}

impl Sequence {
    /// Whether one decoder can go on from pictures of the one to those of the other.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let like = |s: &Self| (s.height, s.width, s.chroma, s.bits, s.interlaced);
        like(self) == like(other)
    }
}

/// What a coded unit is to a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Part of a picture.
    Slice {
        /// Whether a picture begins with it.
        first: bool,
        /// What of the film can be decoded from it on.
        entry: Entry,
        /// Number of its pictures' parameter set.
        set: Option<u32>,
    },
    /// A parameter set of a sequence.
    Sequence,
    /// A parameter set of pictures: its number, and that of its sequence.
    Pictures { number: u32, sequence: u32 },
    /// Another parameter set.
    Parameters,
    /// Anything else: what it tells is for the decoder.
    Other,
}

/// Whether a decoder can begin at a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// It needs pictures before it.
    No,
    /// It begins anew, and nothing after it needs what was before.
    Clean,
    /// A decoder can begin at it, but pictures shown before it need what was before.
    Open,
    /// It is shown before the open entry it follows, and needs what was before.
    LeadsOpen,
}
