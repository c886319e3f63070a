//! Fields of view that cameras tell, taken only where they agree.

use std::collections::BTreeMap;

use emberline_georeference::pose::Lens;

use crate::note::{Note, Notes};

/// Degrees by which two fields of view of one rank may differ.
const SAME_DEG: f64 = 0.5;
/// Cameras and streams that are told apart.
const MOST: usize = 16;

/// How much a telling is worth; a better one silences the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// Of a stream of pictures, whole degrees.
    Stream,
    /// Of the lens that a camera has.
    Camera,
    /// Of the camera as it is zoomed now.
    Now,
}

/// Which camera or stream tells.
pub(crate) type Who = (u8, u8);

/// What each camera or stream told last.
#[derive(Debug, Default)]
pub(crate) struct Lenses {
    told: BTreeMap<Who, (Rank, Lens)>,
}

impl Lenses {
    /// The lens to go by after this telling, where it is one and the cameras agree.
    pub(crate) fn tell(
        &mut self,
        who: Who,
        rank: Rank,
        lens: Lens,
        notes: &mut Notes,
    ) -> Option<Lens> {
        let hfov = lens.hfov_deg?;
        let before = self.told.get(&who).map(|t| t.0);
        if before.is_some_and(|b| b > rank) || (before.is_none() && self.told.len() == MOST) {
            return None;
        }
        self.told.insert(who, (rank, lens));
        let best = self.told.values().map(|t| t.0).max()?;
        if rank < best {
            return None;
        }
        let other = self.told.values().filter(|t| t.0 == best).filter_map(|t| t.1.hfov_deg);
        match other.into_iter().find(|o| (o - hfov).abs() > SAME_DEG) {
            None => Some(lens),
            Some(other) => {
                notes.add(Note::LensesDiffer { hfov_deg: [other, hfov] });
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_telling_wins_and_two_that_differ_give_none() {
        let lens = |deg: f64| Lens { hfov_deg: Some(deg), vfov_deg: None };
        let (mut all, mut notes) = (Lenses::default(), Notes::default());
        for (who, rank, deg, want) in [
            ((100, 1), Rank::Stream, 57.0, Some(57.0)),
            ((100, 0), Rank::Camera, 56.6, Some(56.6)),
            ((100, 1), Rank::Stream, 57.0, None), // a better one is there
            ((100, 0), Rank::Now, 20.0, Some(20.0)), // zoomed
            ((100, 0), Rank::Now, 30.0, Some(30.0)), // the same camera, zoomed out
            ((101, 0), Rank::Now, 80.0, None),    // another camera
            ((100, 0), Rank::Now, 30.0, None),
        ] {
            let got = all.tell(who, rank, lens(deg), &mut notes);
            assert_eq!(got.and_then(|l| l.hfov_deg), want, "{who:?} {deg}");
        }
        assert_eq!(notes.list().len(), 1);
    }
}
