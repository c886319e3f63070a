//! Reliability: probabilities against how often what they were given for came.

use super::cell::Cell;
use crate::score::ReliabilityTable;

/// Probabilities of one method over all leads, against what came.
pub(in super::super) struct Reliability {
    /// What they are of, as a sentence or two.
    pub(in super::super) words: &'static str,
    /// Title of the chart.
    pub(in super::super) title: &'static str,
    /// A curve each; of a perfect method it is the diagonal, which is the last.
    pub(in super::super) curves: Vec<Curve>,
    /// Headings of the table of bins.
    pub(in super::super) headings: &'static [&'static str],
    /// Rows of the table.
    pub(in super::super) rows: Vec<Vec<String>>,
}

/// Observed share by mean probability, bin by bin.
pub(in super::super) struct Curve {
    /// Of what.
    pub(in super::super) name: String,
    /// Mean probability and observed share of each bin that has cells, 0..1.
    pub(in super::super) points: Vec<(f64, f64)>,
}

impl Curve {
    /// That of `probability`.
    pub(super) fn of(name: &str, probability: &ReliabilityTable) -> Self {
        Self { name: name.to_owned(), points: means(probability).flatten().collect() }
    }

    /// That of a method whose probabilities are right.
    pub(super) fn perfect() -> Self {
        Self { name: "perfect".to_owned(), points: vec![(0.0, 0.0), (1.0, 1.0)] }
    }
}

/// Mean probability and observed share of each bin that has cells.
fn means(of: &ReliabilityTable) -> impl Iterator<Item = Option<(f64, f64)>> {
    of.bins.iter().map(|bin| {
        let cells = bin.cells as f64;
        (bin.cells > 0).then(|| (bin.probability_sum / cells, bin.observed as f64 / cells))
    })
}

/// The bins as rows of a table: range, cells, mean probability, observed share.
pub(super) fn rows(of: &ReliabilityTable) -> Vec<Vec<String>> {
    let row = |(k, mean): (usize, Option<(f64, f64)>)| {
        let text = |v: Option<f64>| Cell::new(v, 3).to_string();
        vec![
            format!("{:.1} – {:.1}", k as f64 / 10.0, (k + 1) as f64 / 10.0),
            of.bins[k].cells.to_string(),
            text(mean.map(|(probability, _)| probability)),
            text(mean.map(|(_, share)| share)),
        ]
    };
    means(of).enumerate().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bin_tells_its_mean_probability_and_what_came() {
        let mut probability = ReliabilityTable::default();
        for (p, came) in [(0.25, true), (0.75, true), (0.75, false)] {
            probability.add(p, came);
        }
        assert_eq!(Curve::of("rain", &probability).points, [(0.25, 1.0), (0.75, 0.5)]);
        let rows = rows(&probability);
        assert_eq!(rows.len(), 10);
        assert_eq!(rows[0], ["0.0 – 0.1", "0", "–", "–"]);
        assert_eq!(rows[7], ["0.7 – 0.8", "2", "0.750", "0.500"]);
    }
}
