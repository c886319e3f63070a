//! Complaints: of which chips a node complained, and when it no longer does.

use std::collections::BTreeMap;

/// A chip that was not complained of for so many reports of the node is well. Each complaint comes again
/// with each report, so that a bad line has to lose it so often in a row.
const WELL_AFTER: u32 = 3;

/// Of which chips a node complained in this start.
#[derive(Debug, Default)]
pub(super) struct Complaints {
    /// How often the node reported its health.
    reports: u32,
    /// At which of these reports each chip was last complained of.
    last: BTreeMap<String, u32>,
}

impl Complaints {
    /// The node complains of `chip`.
    pub(super) fn add(&mut self, chip: &str) {
        self.last.insert(chip.to_owned(), self.reports);
    }

    /// The node reports its health once more.
    pub(super) fn count_report(&mut self) {
        self.reports += 1;
    }

    /// Whether `chip` was not complained of for so long that it is well.
    pub(super) fn is_over(&self, chip: &str) -> bool {
        self.reports > self.last.get(chip).unwrap_or(&0) + WELL_AFTER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chip_is_well_when_four_reports_in_a_row_do_not_complain_of_it() {
        let mut complaints = Complaints::default();
        complaints.count_report();
        complaints.add("BME280 at 0x76");
        for over in [false, false, false, true] {
            complaints.count_report();
            assert_eq!(complaints.is_over("BME280 at 0x76"), over);
        }
        complaints.add("BME280 at 0x76");
        assert!(!complaints.is_over("BME280 at 0x76"));
    }
}
