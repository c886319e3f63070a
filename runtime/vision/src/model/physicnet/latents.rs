//! Latents that are kept: a frame is encoded once, however many forecasts see it.
//!
//! What is kept is found by the frame itself, value for value, and not by its time: after a gap, a
//! jump or another scale of the film nothing wrong can be found, only nothing.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hasher as _};
use std::sync::{Arc, Mutex, PoisonError};

use ndarray::{Array2, Array3, ArrayView2};

/// Most bytes of frames and latents that are kept: ten frames of nine tiles of 256 cells, and more
/// than a hundred frames of 128 cells.
const BYTES_MAX: usize = 128 << 20;

/// One frame and what it was encoded to.
#[derive(Debug)]
pub(super) struct Encoded {
    /// The frame `[H, W]`.
    pub frame: Array2<f32>,
    /// Latents `[D, h, w]`, coarse and fine.
    pub latents: [Array3<f32>; 2],
    /// Codes `[h, w]`, coarse and fine.
    pub codes: [Array2<u16>; 2],
}

impl Encoded {
    fn bytes(&self) -> usize {
        let floats = self.frame.len() + self.latents.iter().map(Array3::len).sum::<usize>();
        floats * 4 + self.codes.iter().map(Array2::len).sum::<usize>() * 2
    }
}

/// Frames encoded lately; the one used longest ago goes first.
#[derive(Debug)]
pub(super) struct Latents {
    kept: Mutex<Kept>,
    bytes_max: usize,
}

#[derive(Debug, Default)]
struct Kept {
    frames: VecDeque<(u64, Arc<Encoded>)>,
    bytes: usize,
}

impl Default for Latents {
    fn default() -> Self {
        Self { kept: Mutex::default(), bytes_max: BYTES_MAX }
    }
}

impl Latents {
    /// What `frame` was encoded to, where it is kept.
    pub(super) fn find(&self, frame: &ArrayView2<'_, f32>) -> Option<Arc<Encoded>> {
        let digest = digest(frame);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.frames.iter().position(|(d, e)| *d == digest && e.frame == frame)?;
        let found = kept.frames.remove(at)?;
        let encoded = Arc::clone(&found.1);
        kept.frames.push_back(found);
        Some(encoded)
    }

    /// Lets everything go.
    pub(super) fn clear(&self) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Kept::default();
    }

    /// Keeps a frame, and lets go what was used longest ago.
    pub(super) fn keep(&self, encoded: &Arc<Encoded>) {
        let bytes = encoded.bytes();
        if bytes > self.bytes_max {
            return;
        }
        let digest = digest(&encoded.frame.view());
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.bytes += bytes;
        kept.frames.push_back((digest, Arc::clone(encoded)));
        while kept.bytes > self.bytes_max {
            let Some((_, gone)) = kept.frames.pop_front() else { break };
            kept.bytes -= gone.bytes();
        }
    }
}

/// A digest of the bits of a frame: equal frames have equal ones.
fn digest(frame: &ArrayView2<'_, f32>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for row in frame.rows() {
        let bits: Vec<u8> = row.iter().flat_map(|v| v.to_bits().to_ne_bytes()).collect();
        hasher.write(&bits);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(value: f32) -> Arc<Encoded> {
        Arc::new(Encoded {
            frame: Array2::from_elem((8, 8), value),
            latents: [Array3::from_elem((2, 2, 2), value), Array3::zeros((1, 4, 4))],
            codes: [Array2::zeros((2, 2)), Array2::zeros((4, 4))],
        })
    }

    #[test]
    fn a_frame_is_found_by_its_values_alone() {
        let latents = Latents::default();
        latents.keep(&encoded(0.5));
        let mut same = Array2::from_elem((8, 8), 0.5);
        assert!(latents.find(&same.view()).is_some_and(|e| e.latents[0][[0, 0, 0]] == 0.5));
        same[[7, 7]] = 0.500_000_1;
        assert!(latents.find(&same.view()).is_none());
        assert!(latents.find(&Array2::from_elem((4, 16), 0.5).view()).is_none());
    }

    #[test]
    fn what_was_used_longest_ago_goes_first_and_bytes_stay_bounded() {
        let size = encoded(0.0).bytes();
        let latents = Latents { kept: Mutex::default(), bytes_max: 3 * size };
        let frame = |k: usize| Array2::from_elem((8, 8), k as f32);
        for k in 0..3 {
            latents.keep(&encoded(k as f32));
        }
        assert!(latents.find(&frame(0).view()).is_some()); // used: now 1 is the oldest
        latents.keep(&encoded(3.0));
        let there: Vec<bool> = (0..4).map(|k| latents.find(&frame(k).view()).is_some()).collect();
        assert_eq!(there, [true, false, true, true]);
        for k in 4..500 {
            latents.keep(&encoded(k as f32));
        }
        let kept = latents.kept.lock().expect("not poisoned");
        assert!(kept.bytes <= 3 * size && kept.frames.len() == 3, "{kept:?}");
    }
}
