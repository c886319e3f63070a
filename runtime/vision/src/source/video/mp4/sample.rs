//! Samples: the pieces of coded video that an index names.

/// One piece of coded video: a picture as a rule, at times a part of one or none at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Sample {
    /// First byte in the file.
    pub(in super::super) offset: u64,
    /// Bytes.
    pub(in super::super) size: u32,
    /// When it is shown, in ticks of the track.
    pub(in super::super) shown: i64,
    /// How it is coded: which of the track's descriptions holds, the first is 0.
    pub(in super::super) description: usize,
}
