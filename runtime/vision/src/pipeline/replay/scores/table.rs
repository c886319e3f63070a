//! A table of scores: a row a method, or a lead and method; a column a score.

use super::cell::Cell;

/// Scores side by side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScoreTable {
    /// What stands above each column: of the method, the lead where rows have one, and each score.
    pub headings: Vec<&'static str>,
    /// In the order of leads, then of methods.
    pub rows: Vec<ScoreRow>,
}

/// Scores of one method.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreRow {
    /// The model, as name and version, or a baseline.
    pub method: String,
    /// The lead, counted from 1, where the scores are of one.
    pub lead: Option<usize>,
    /// The scores.
    pub cells: Vec<Cell>,
}

impl ScoreRow {
    /// Text of each column.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        let lead = self.lead.map(|lead| lead.to_string());
        let head = std::iter::once(self.method.clone()).chain(lead);
        head.chain(self.cells.iter().map(Cell::to_string)).collect()
    }
}
