//! Why an engine does not run a network.

/// Why an engine does not run a network.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// It is not on this machine, or does not do what was asked of it.
    #[error("engine {engine}: {what}; {fix}")]
    Absent {
        /// Name of the engine.
        engine: &'static str,
        /// Why it is not there.
        what: String,
        /// What to do.
        fix: String,
    },
    /// It refused the graph or failed while it ran.
    #[error("engine {engine}: {doing}: {cause}; try another ‹engine›, or run ‹emberline doctor›")]
    Failed {
        /// Name of the engine.
        engine: &'static str,
        /// What it was doing.
        doing: &'static str,
        /// What it said, on one line.
        cause: String,
    },
}

impl EngineError {
    /// Why, without the engine's name and what to do: for a list of several engines.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::Absent { what, .. } => what.clone(),
            Self::Failed { doing, cause, .. } => format!("{doing}: {cause}"),
        }
    }
}
