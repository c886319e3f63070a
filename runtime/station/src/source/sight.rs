//! What a camera sees of a fire at its newest frame, and whether that is a change.

use jiff::Timestamp;

/// A fire that has grown by this share, and by so many cells, has changed: less is how edges flicker.
const GROWN: f64 = 0.1;
const GROWN_CELLS: usize = 20;

/// What is seen of a fire.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sight {
    /// When the frame was taken.
    pub taken: Timestamp,
    /// Whether a fire is in view: ground stands out that is known to burn.
    pub is_fire: bool,
    /// Cells that burn or have burnt.
    pub burnt_cells: usize,
    /// Column and row of the middle of these.
    pub middle: Option<[f64; 2]>,
    /// The same in degrees east and north, where the picture lies on a map.
    pub lon_lat: Option<[f64; 2]>,
}

impl Sight {
    /// Whether the fire has changed since `before` was seen: one has come into view, or it has grown by a tenth.
    #[must_use]
    pub fn differs(&self, before: &Self) -> bool {
        let grown = self.burnt_cells.saturating_sub(before.burnt_cells);
        let has_grown = grown >= GROWN_CELLS && grown as f64 >= GROWN * before.burnt_cells as f64;
        self.is_fire && (!before.is_fire || has_grown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fire_that_comes_or_grows_has_changed() {
        let taken = Timestamp::UNIX_EPOCH;
        let sight = |is_fire, burnt_cells| Sight {
            taken,
            is_fire,
            burnt_cells,
            middle: None,
            lon_lat: None,
        };
        for (before, now, want) in [
            (sight(false, 0), sight(true, 3), true),
            (sight(true, 3), sight(true, 3), false),
            (sight(true, 3), sight(true, 22), false),
            (sight(true, 3), sight(true, 23), true),
            (sight(true, 1000), sight(true, 1099), false),
            (sight(true, 1000), sight(true, 1100), true),
            // What is hot and not known to burn is no fire; one that went out calls for nothing.
            (sight(false, 0), sight(false, 500), false),
            (sight(true, 1000), sight(false, 2000), false),
            // Another scene: what had burnt is gone.
            (sight(true, 1000), sight(true, 10), false),
        ] {
            assert_eq!(now.differs(&before), want, "{before:?} {now:?}");
        }
    }
}
