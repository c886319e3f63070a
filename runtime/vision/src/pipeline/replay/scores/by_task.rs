//! Which scores are reported of which task.

use super::fire_scores::FIRE;
use super::frames_scores::FRAMES;
use super::rain_scores::RAIN;
use super::reported::ReportedScores;
use crate::task::Task;

/// Scores that are reported of `task`.
pub(in super::super) fn reported(task: Task) -> &'static ReportedScores {
    match task {
        Task::FireFront => &FIRE,
        Task::Frames => &FRAMES,
        Task::Rain => &RAIN,
    }
}
