//! How large frames and films may be.

/// Smallest and largest side of a frame, pixels.
pub const SIDE_PX: std::ops::RangeInclusive<usize> = 32..=4096;
/// Most bytes of frames that one input may hold.
pub const BYTES_MAX: u64 = 8 << 30;

/// Whether frames of `height` × `width` pixels can be forecast.
#[must_use]
pub fn sides_fit(height: usize, width: usize) -> bool {
    SIDE_PX.contains(&height) && SIDE_PX.contains(&width)
}
