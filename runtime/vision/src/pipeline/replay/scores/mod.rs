//! Scores of a replay: sums that add up over starts and films, and which scores of them are reported.
//!
//! | file | holds |
//! |---|---|
//! | `tally`, `lead_tally` | sums of one method: of all leads, and of one |
//! | `reported` | what is reported of a task: columns, members of files, charts |
//! | `fire_scores`, `frames_scores`, `rain_scores` | that of each task; `by_task` chooses |
//! | `image_scores`, `arrival_errors`, `reliability` | what they share |
//! | `cell`, `table` | scores as a person reads them |

mod arrival_errors;
mod by_task;
mod cell;
mod fire_scores;
mod frames_scores;
mod image_scores;
mod lead_tally;
mod rain_scores;
mod reliability;
mod reported;
mod table;
mod tally;

pub(super) use arrival_errors::{ArrivalErrors, HEADINGS as ARRIVAL_HEADINGS, row as arrival_row};
pub(super) use by_task::reported;
pub use cell::Cell;
pub(super) use reliability::Reliability;
pub(super) use reported::{ReportedScores, Score};
pub use table::{ScoreRow, ScoreTable};
pub(super) use tally::Tally;
