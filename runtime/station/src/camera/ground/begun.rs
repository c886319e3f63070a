//! A survey that was begun: frames of one camera laid on one map, until they can no longer be.

use emberline_drone::{Refusal, Survey, SurveyOptions, Surveyor, Track, span};
use emberline_vision::frame::{Frame, FrameTime, Kind};
use jiff::Timestamp;

use super::super::feed::Shot;

/// Steps, and seconds at least, without a frame that was laid, after which what follows is another flight.
const APART_STEPS: f64 = 4.0;
const APART_S: f64 = 120.0;
/// Films in a row that could not be made, after which the map is begun anew: the camera is elsewhere.
const MOST_POOR: u32 = 12;
/// Seconds for which nothing new has burnt, after which what burnt is of another day.
const STILL_S: f64 = 6.0 * 3600.0;
/// By how much of its range a frame's values may lie above those that the range was taken from.
const BRIGHTER: f32 = 0.5;
/// Seconds without a laid frame after which frames find no poses.
const NO_POSE_S: f64 = 5.0;

/// A survey that was begun.
#[derive(Debug)]
pub(super) struct Begun {
    surveyor: Surveyor,
    kind: Kind,
    step_s: f64,
    /// Time, size and range of values of the first frame.
    first: Timestamp,
    shape: [usize; 3],
    span: [f32; 2],
    /// When the step at hand ends, and a frame was last laid, seconds.
    ends_s: f64,
    laid_s: f64,
    last_s: f64,
    /// Burnt cells, and when they last became more.
    burnt: usize,
    grew_s: f64,
    /// Films in a row that could not be made.
    poor: u32,
}

impl Begun {
    /// With this frame.
    pub(super) fn new(shot: &Shot, kind: Kind, options: &SurveyOptions) -> Self {
        let frame = frame(shot, shot.taken);
        let span = span(kind, std::slice::from_ref(&frame));
        let mut surveyor = Surveyor::new(kind, shot.grid.clone(), span, options.clone());
        surveyor.end_first_step_at(options.step_s);
        Self {
            surveyor,
            kind,
            step_s: options.step_s,
            first: shot.taken,
            shape: shot.pixels.shape(),
            span,
            ends_s: options.step_s,
            laid_s: 0.0,
            last_s: 0.0,
            burnt: 0,
            grew_s: 0.0,
            poor: 0,
        }
    }

    /// Why a frame cannot be laid on what was begun.
    pub(super) fn refuses(&self, shot: &Shot) -> Option<&'static str> {
        let time_s = self.time_s(shot);
        let apart_s = APART_S.max(APART_STEPS * self.step_s);
        // What is brighter than all before would be as bright as the brightest of those.
        let range = self.span[1] - self.span[0];
        let is_brighter = || {
            let [_, high] = span(self.kind, &[frame(shot, self.first)]);
            high > self.span[1] + BRIGHTER * range.max(f32::MIN_POSITIVE)
        };
        match () {
            () if shot.new_scene => Some("another scene or another clock"),
            () if shot.pixels.shape() != self.shape => Some("its picture has another size or type"),
            () if time_s <= self.last_s => Some("its clock was set back"),
            () if time_s - self.laid_s > apart_s => Some("no frame could be laid for long"),
            () if self.poor >= MOST_POOR => Some("the camera is over other ground"),
            () if time_s - self.grew_s > STILL_S => Some("nothing has burnt for six hours"),
            () if is_brighter() => Some("it sees what is far hotter than all before"),
            () => None,
        }
    }

    /// Takes a frame; gives the film of the ground, where a step in which any was laid has ended before it.
    ///
    /// # Errors
    /// [`Refusal`] where no frame can be laid as the camera is configured.
    pub(super) fn push(
        &mut self,
        shot: &Shot,
        track: Option<&Track>,
    ) -> Result<Option<Result<Survey, Refusal>>, Refusal> {
        let time_s = self.time_s(shot);
        self.last_s = time_s;
        let before_s = self.ends_s;
        // A step in which nothing was laid says nothing of its end.
        let is_seen = self.laid_s > before_s - self.step_s;
        while time_s > self.ends_s + 1e-6 {
            self.ends_s += self.step_s;
        }
        self.surveyor.push(&frame(shot, self.first), track)?;
        if self.surveyor.rows().last().is_some_and(|row| row.laid.how != "no-pose") {
            self.laid_s = time_s;
        }
        if self.ends_s <= before_s || !is_seen {
            return Ok(None);
        }
        let survey = self.surveyor.survey().transpose();
        match &survey {
            Some(Ok(survey)) => {
                self.poor = 0;
                let burnt = survey.frames.last().map_or(0, burnt);
                if burnt > self.burnt {
                    self.grew_s = time_s;
                }
                self.burnt = burnt;
            }
            Some(Err(_)) => self.poor += 1,
            None => {}
        }
        Ok(survey)
    }

    /// Whether frames come and none finds a pose.
    pub(super) fn finds_no_pose(&self) -> bool {
        self.last_s - self.laid_s > NO_POSE_S
    }

    /// What heights count from.
    pub(super) fn datum(&self) -> Option<emberline_drone::Datum> {
        self.surveyor.datum()
    }

    /// Rows of frames that are held.
    #[cfg(test)]
    pub(super) fn rows(&self) -> usize {
        self.surveyor.rows().len()
    }

    fn time_s(&self, shot: &Shot) -> f64 {
        shot.taken.duration_since(self.first).as_secs_f64()
    }
}

fn frame(shot: &Shot, first: Timestamp) -> Frame {
    let time = FrameTime::stamped(shot.taken, first, shot.time_source);
    Frame { pixels: std::sync::Arc::clone(&shot.pixels), time, pose: None }
}

fn burnt(frame: &Frame) -> usize {
    frame.pixels.first_channel().iter().filter(|v| **v > 0.0).count()
}
