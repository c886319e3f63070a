//! Damage: what lines, cameras and people do to bytes.

use fastrand::Rng;

/// Changes `bytes` in one to three places.
pub(super) fn damage(random: &mut Rng, bytes: &mut Vec<u8>) {
    for _ in 0..=random.usize(..3) {
        if bytes.is_empty() {
            return;
        }
        let at = random.usize(..bytes.len());
        let end = (at + 1 + random.usize(..40)).min(bytes.len());
        match random.usize(..7) {
            0 => drop(bytes.drain(at..end)),
            1 => bytes.insert(at, random.u8(..)),
            2 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            3 => bytes[at] = random.u8(..),
            4 => bytes.truncate(at),
            5 => {
                let other = random.usize(..bytes.len());
                bytes.swap(at, other);
            }
            _ => bytes[at] ^= 1 << random.usize(..8),
        }
    }
}
