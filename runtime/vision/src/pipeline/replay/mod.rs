//! Replay: forecasts from every start of recorded films, scored against what followed.
//!
//! ```text
//! films ──▶ starts ──▶ forecasts: model, baselines ──▶ scores.ndjson, a row a start, lead and method
//!                                       └──▶ sums ──▶ scores.json, pooled, with intervals
//!                                                └──▶ report.html
//! ```

mod baselines;
mod done;
mod event;
mod options;
mod pooled;
mod report;
mod run;
mod scored;
mod scores;
mod scores_json;
mod scores_ndjson;
mod starts;
#[cfg(test)]
mod tests;

pub use done::ReplayDone;
pub use options::ReplayOptions;
pub use run::replay;
pub use scores::{Cell, ScoreRow, ScoreTable};
pub use starts::Starts;
