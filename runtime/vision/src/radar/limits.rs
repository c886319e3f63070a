//! How large a file and a frame may be before a part of it is cut out.

/// Most cells of a frame before a part of it is cut out.
pub(super) const CELLS_MAX: usize = 1 << 26;
/// Most bytes of one file.
pub(super) const FILE_MAX: u64 = 1 << 30;
