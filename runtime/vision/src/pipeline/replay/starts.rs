//! Starts: the frames of a film that a replay forecasts from.

use std::num::NonZeroUsize;

use crate::clip::{Clip, ClipOptions, NoClip};
use crate::frame::Film;

/// Frames to forecast from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Starts {
    /// Every so many frames, from the first one on that ends a whole clip.
    Every(NonZeroUsize),
    /// One frame, counted from 0.
    At(usize),
}

impl Starts {
    /// Frames between starts: 1 where there is one start only.
    #[must_use]
    pub fn every(self) -> usize {
        match self {
            Self::Every(frames) => frames.get(),
            Self::At(_) => 1,
        }
    }

    /// The frames of `film`; where there is none, why its last but one is none, or nothing where the
    /// film has no frame that another one follows.
    pub(super) fn frames(
        self,
        film: &Film,
        want: &ClipOptions,
    ) -> Result<Vec<usize>, Option<NoClip>> {
        let every = match self {
            Self::Every(frames) => frames.get(),
            Self::At(at) => return Ok(vec![at]),
        };
        let last = film.frames.len().saturating_sub(1);
        let mut why = None;
        for at in 0..last {
            match Clip::ending(film, at, want) {
                Ok(_) => return Ok((at..last).step_by(every).collect()),
                Err(cause) => why = Some(cause),
            }
        }
        Err(why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{self, SourceOptions};

    #[test]
    fn starts_begin_where_the_first_whole_clip_ends() {
        let film = |frames: usize| {
            let name = format!("sim:fire?height=32&width=32&frames={frames}&seed=3");
            source::read_film(&name, &SourceOptions::default()).unwrap()
        };
        let every = |n: usize| Starts::Every(NonZeroUsize::new(n).unwrap());
        let want = ClipOptions::fire(5, None);
        // The last frame has nothing after it.
        for (starts, frames, expected) in [
            (every(1), 8, &[4, 5, 6][..]),
            (every(2), 8, &[4, 6]),
            (every(9), 8, &[4]),
            (Starts::At(2), 8, &[2]),
        ] {
            assert_eq!(starts.frames(&film(frames), &want).unwrap(), expected, "{starts:?}");
        }
        let short = every(1).frames(&film(5), &want).unwrap_err();
        assert!(matches!(short, Some(NoClip::TooShort { at: 3, .. })), "{short:?}");
        assert_eq!(Starts::At(4).every(), 1);
    }
}
