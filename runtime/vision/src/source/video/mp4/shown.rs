//! What players make of a track: which span of it they show, and which way up.

/// Which span of a track is shown, in its ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Span {
    /// The first tick.
    pub(in super::super) from: i64,
    /// The first tick that is not shown any more.
    pub(in super::super) to: i64,
}

/// What players make of a track.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in super::super) struct Shown {
    /// The span that an edit list leaves; `None` for all of it.
    pub(in super::super) span: Option<Span>,
    /// What an edit list asks for that is no plain span: why, for a refusal.
    pub(in super::super) cut_together: Option<String>,
    /// `[a, b, c, d]`: column x and row y of a pixel go to column a x + c y and row b x + d y.
    pub(in super::super) matrix: [f64; 4],
}
