//! Why there is no clip to be had, and what would help.

use crate::frame::Kind;
use crate::task::Task;

/// Why a film gives no clip.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NoClip {
    /// The wanted last frame is not in the film.
    #[error("frame {at} is not in the film: ‹at› counts from {first} to {last}")]
    At {
        /// Frame asked for.
        at: usize,
        /// Index of the oldest frame there is: 0 in a film.
        first: usize,
        /// Index of the film's last frame.
        last: usize,
    },
    /// A step that is no length of time.
    #[error("a step of {step_s} s is no step: ‹step› needs a number above 0")]
    Step {
        /// Seconds asked for.
        step_s: f64,
    },
    /// The film begins too late.
    #[error(
        "{frames} frames {step_s} s apart need {need_s} s of film up to frame {at}, there are \
         {have_s} s ({have} frames): {fix}"
    )]
    TooShort {
        /// Frames of a clip.
        frames: usize,
        /// Seconds between them.
        step_s: f64,
        /// Seconds a clip spans.
        need_s: f64,
        /// Last frame it may see.
        at: usize,
        /// Seconds from the film's first frame to that one.
        have_s: f64,
        /// Frames up to that one, itself counted.
        have: usize,
        /// What to do.
        fix: String,
    },
    /// No frame near a step.
    #[error(
        "no frame within {step_s} s before second {want_s}: the newest, frame {index}, is \
         {stale_s} s old; {fix}"
    )]
    Stale {
        /// Seconds between frames of the clip.
        step_s: f64,
        /// Film time of the step.
        want_s: f64,
        /// Newest frame at or before it.
        index: usize,
        /// How much older that frame is.
        stale_s: f64,
        /// What to do.
        fix: String,
    },
    /// The film shows something else than is to be forecast.
    #[error("a {kind} film shows nothing for a forecast of {task}; use another ‹model› or ‹kind›")]
    Kind {
        /// What the film is.
        kind: Kind,
        /// What is to be forecast.
        task: Task,
    },
}
