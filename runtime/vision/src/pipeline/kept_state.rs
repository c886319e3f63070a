//! The state that a forecast takes up and leaves behind: what has burnt, from one film to the next.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use emberline_atomic_file as atomic_file;
use jiff::{SignedDuration, Timestamp};

use super::error::PipelineError;
use crate::clip::{Clip, ClipOptions, NoClip};
use crate::forecast::MemoryFacts;
use crate::frame::{Film, Frame, FrameView};
use crate::note::Note;
use crate::task::Task;
use crate::tracker::{State, StateError};

/// Steps without a frame between a state and a film that go without saying.
const GAP_STEPS: f64 = 2.0;
/// Most bytes of a file that is read at all: far more than a state of the largest frames has.
const BYTES_MAX: u64 = 1 << 30;

/// A state as it is after a film, not yet written.
pub(super) struct KeptState {
    path: PathBuf,
    state: State,
    facts: MemoryFacts,
}

impl KeptState {
    /// The clip of `film` that ends at frame `at`, with the memory of the state in the file `path` where
    /// there is one, and the state after that frame.
    pub(super) fn clip_ending(
        path: &Path,
        film: &Film,
        at: usize,
        want: &ClipOptions,
    ) -> Result<(Clip, Self), PipelineError> {
        let of_file = |cause| PipelineError::State { path: path.display().to_string(), cause };
        let of_film = |cause| PipelineError::NoState { input: film.name.clone(), cause };
        let no_clip = |cause| PipelineError::NoClip { input: film.name.clone(), cause };
        if want.task != Task::FireFront {
            return Err(of_film(StateError::Task { task: want.task }));
        }
        let step_s = want.step_s.unwrap_or_else(|| film.step_s());
        let (Some(first), Some(last)) = (film.frames.first(), film.frames.get(at)) else {
            let last = film.frames.len().saturating_sub(1);
            return Err(no_clip(NoClip::At { at, first: 0, last }));
        };
        let black_hot = film.notes.iter().any(
            |note| matches!(note, Note::PaletteUndone { palette, .. } if *palette == "black-hot"),
        );
        let known = read(path).map_err(of_file)?;
        let taken_up = known.is_some();
        let mut state = match known {
            Some(state) => {
                state.suits(film.kind, &film.grid, step_s, first, black_hot).map_err(of_file)?;
                state
            }
            None => {
                State::before(film.kind, &film.grid, step_s, first, black_hot).map_err(of_film)?
            }
        };
        let ends = last.time.utc.ok_or(StateError::NoTimes).map_err(of_film)?;
        if taken_up && ends < state.until() {
            return Err(of_file(StateError::Earlier { until: state.until(), ends }));
        }
        let (until, looked_at) = (state.until(), state.tracker().frames());
        let mut fed = 0;
        for frame in &film.frames[..=at] {
            fed += usize::from(state.feed(frame).map_err(of_film)?);
        }
        // The same frames, at the state's own times.
        let timed = film.frames.iter().map(|frame| state.timed(frame));
        let frames: Vec<Frame> = timed.collect::<Result<_, _>>().map_err(of_film)?;
        let view = FrameView { kind: film.kind, grid: &film.grid, frames: &frames, first_index: 0 };
        let tracker = state.tracker().with(&frames[at]);
        let mut clip = Clip::ending_after(view, at, want, Some(&tracker)).map_err(no_clip)?;
        clip.end = last.time.elapsed;
        if taken_up {
            clip.notes.push(Note::StateTakenUp { since: state.begins(), until });
            let begins = first.time.utc.unwrap_or(until);
            let gap_s = begins.duration_since(until).as_secs_f64();
            if gap_s > GAP_STEPS * step_s {
                clip.notes.push(Note::StateGap { gap_s, until, begins });
            }
        }
        let facts = MemoryFacts {
            state: path.display().to_string(),
            taken_up,
            since_utc: state.begins(),
            state_until_utc: taken_up.then_some(until),
            frames_known: looked_at,
            frames_fed: fed,
        };
        Ok((clip, Self { path: path.to_owned(), state, facts }))
    }

    /// What `forecast.json` says of it.
    pub(super) fn facts(&self) -> &MemoryFacts {
        &self.facts
    }

    /// Writes the file: the old state stays, or the new one is there whole.
    pub(super) fn write(&self) -> Result<(), PipelineError> {
        let written =
            self.state.to_bytes().and_then(|bytes| atomic_file::write(&self.path, &bytes));
        written.map_err(|cause| PipelineError::State {
            path: self.path.display().to_string(),
            cause: StateError::Write(cause),
        })
    }
}

/// The state in the file `path`; `None` where there is no file, but a folder for it.
fn read(path: &Path) -> Result<Option<State>, StateError> {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => {
            return Err(StateError::NoPlace { what: "this is a folder" });
        }
        Ok(found) if found.len() > BYTES_MAX => {
            return Err(StateError::Damaged { why: "it is far too large".to_owned() });
        }
        Ok(_) => {}
        Err(e) if e.kind() == ErrorKind::NotFound => {
            let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
            return match folder.is_none_or(Path::is_dir) && path.file_name().is_some() {
                true => Ok(None),
                false => Err(StateError::NoPlace { what: "there is no folder for it" }),
            };
        }
        Err(e) => return Err(StateError::Read(e)),
    }
    let bytes = fs::read(path).map_err(StateError::Read)?;
    State::from_bytes(&bytes).map(Some)
}

/// Gives the frames of `film` wall times, the first of which is `start`.
pub fn begin_at(film: &mut Film, start: Timestamp) -> Result<(), PipelineError> {
    if film.start_utc().is_some() {
        return Err(PipelineError::OwnTimes { input: film.name.clone() });
    }
    let first = film.frames.first().map(|frame| frame.time.elapsed).unwrap_or_default();
    for frame in &mut film.frames {
        let since = SignedDuration::try_from_secs_f64(frame.time.elapsed - first).ok();
        frame.time.utc = since.and_then(|since| start.checked_add(since).ok());
    }
    Ok(())
}
