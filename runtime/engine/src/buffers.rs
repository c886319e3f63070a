//! Buffers that are used again: large arrays that every forecast needs for a moment.
//!
//! The system's allocator gives large ones back to the kernel, which clears every page of them anew
//! when they are asked for next: some milliseconds of a forecast.

use std::sync::{Mutex, PoisonError};

use ndarray::{Array, ArrayD, ArrayViewD, Dimension};

/// Smaller ones are left to the allocator.
const LENGTH_MIN: usize = 1 << 14;
/// Most that is kept: buffers, and numbers in all (32 MiB).
const KEPT_MAX: usize = 8;
const LENGTH_MAX: usize = 8 << 20;

/// Buffers that one engine keeps for the next run.
#[derive(Debug, Default)]
pub struct Buffers(Mutex<Vec<Vec<f32>>>);

impl Buffers {
    /// An empty buffer with room for `length` numbers.
    #[must_use]
    pub fn take(&self, length: usize) -> Vec<f32> {
        if length < LENGTH_MIN {
            return Vec::with_capacity(length);
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The tightest that fits, and none that is much too large.
        let fits = |b: &Vec<f32>| (length..=4 * length).contains(&b.capacity());
        let found = kept.iter().enumerate().filter(|(_, b)| fits(b));
        match found.min_by_key(|(_, b)| b.capacity()).map(|(k, _)| k) {
            Some(k) => kept.swap_remove(k),
            None => Vec::with_capacity(length),
        }
    }

    /// Keeps the memory of an array that is no longer needed; the oldest go when it is too much.
    pub fn give<D: Dimension>(&self, array: Array<f32, D>) {
        let (mut buffer, _) = array.into_raw_vec_and_offset();
        buffer.clear();
        if !(LENGTH_MIN..=LENGTH_MAX).contains(&buffer.capacity()) {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push(buffer);
        while kept.len() > KEPT_MAX || kept.iter().map(Vec::capacity).sum::<usize>() > LENGTH_MAX {
            kept.remove(0);
        }
    }

    /// A copy of `values` in a buffer from here.
    #[must_use]
    pub fn copy(&self, values: &ArrayViewD<'_, f32>) -> ArrayD<f32> {
        let Some(all) = values.as_slice() else { return values.to_owned() };
        let mut buffer = self.take(all.len());
        buffer.extend_from_slice(all);
        ArrayD::from_shape_vec(values.raw_dim(), buffer).unwrap_or_else(|_| values.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array1;

    #[test]
    fn buffers_come_back_empty_and_large_enough() {
        let buffers = Buffers::default();
        let length = LENGTH_MIN + 17;
        for value in [1.0, 2.0] {
            let values = Array1::from_elem(length, value).into_dyn();
            let copied = buffers.copy(&values.view());
            assert_eq!(copied, values);
            buffers.give(copied);
        }
        let taken = buffers.take(length);
        assert!(taken.is_empty() && taken.capacity() >= length);
        // Small ones and what would be too much are not kept; nothing grows without end.
        for _ in 0..50 {
            buffers.give(Array1::<f32>::zeros(8));
            buffers.give(Array1::<f32>::zeros(LENGTH_MAX / 3));
        }
        let kept = buffers.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        assert!(kept.len() <= KEPT_MAX);
        assert!(kept.iter().map(Vec::capacity).sum::<usize>() <= LENGTH_MAX);
        assert!(kept.iter().all(|b| b.is_empty() && b.capacity() >= LENGTH_MIN));
    }
}
