//! The machine: how hot it is and how much memory it has left, held against what the station may ask of it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use emberline_vision::memory;
use serde::Serialize;

use crate::config::BudgetConfig;

/// Between two looks.
const LOOK: Duration = Duration::from_secs(5);
/// A machine that was too hot has cooled at so much below its limit, °C.
const COOLED_C: f64 = 5.0;
/// Bytes of a page, which `statm` counts in.
const PAGE: u64 = 4096;

/// What the machine is like at a moment; what the system does not tell is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct MachineFacts {
    /// Temperature of its hottest part that has a sensor, °C.
    pub temp_c: Option<f64>,
    /// Memory that this program holds, bytes.
    pub resident_bytes: Option<u64>,
    /// Memory that it may still take, bytes.
    pub available_bytes: Option<u64>,
    /// Files and sockets that it has open.
    pub open_files: Option<u64>,
}

/// The machine that the station runs on.
#[derive(Debug)]
pub(crate) struct Machine {
    root: PathBuf,
    looked: Option<Duration>,
    facts: MachineFacts,
    is_hot: bool,
}

impl Machine {
    /// This machine.
    pub(crate) fn new() -> Self {
        Self::at(Path::new("/"))
    }

    /// One whose files lie below `root`.
    fn at(root: &Path) -> Self {
        let facts = MachineFacts::default();
        Self { root: root.to_owned(), looked: None, facts, is_hot: false }
    }

    /// What it is like at `now`, looked at every few seconds.
    pub(crate) fn look(&mut self, now: Duration) -> MachineFacts {
        if self.looked.is_none_or(|at| now.saturating_sub(at) >= LOOK) {
            self.looked = Some(now);
            self.facts = MachineFacts {
                temp_c: self.temp_c(),
                resident_bytes: self.resident_bytes(),
                available_bytes: memory::available().map(|(bytes, _)| bytes),
                open_files: std::fs::read_dir(self.root.join("proc/self/fd"))
                    .ok()
                    .map(|open| open.count() as u64),
            };
        }
        self.facts
    }

    /// Why no forecast is made now: a word, and in words.
    pub(crate) fn refuses(&mut self, budget: &BudgetConfig) -> Option<(&'static str, String)> {
        if let Some(temp_c) = self.facts.temp_c {
            let limit_c = budget.max_temp_c - if self.is_hot { COOLED_C } else { 0.0 };
            self.is_hot = temp_c > limit_c;
            if self.is_hot {
                let why =
                    format!("the machine is {temp_c:.0} °C hot: it cools to {limit_c:.0} °C first");
                return Some(("hot", why));
            }
        }
        let left = self.facts.available_bytes.filter(|left| *left < budget.min_memory)?;
        let (left, least) = (left / 1_000_000, budget.min_memory / 1_000_000);
        let why = format!("{left} MB of memory are left, and budget.min_memory asks for {least}");
        Some(("memory", why))
    }

    fn temp_c(&self) -> Option<f64> {
        let zones = std::fs::read_dir(self.root.join("sys/class/thermal")).ok()?;
        let milli = |zone: std::fs::DirEntry| -> Option<f64> {
            std::fs::read_to_string(zone.path().join("temp")).ok()?.trim().parse().ok()
        };
        // A sensor that is broken shows what no machine survives.
        let all = zones.flatten().filter_map(milli).map(|milli| milli / 1000.0);
        all.filter(|c| (-60.0..150.0).contains(c)).max_by(f64::total_cmp)
    }

    fn resident_bytes(&self) -> Option<u64> {
        let text = std::fs::read_to_string(self.root.join("proc/self/statm")).ok()?;
        Some(text.split(' ').nth(1)?.parse::<u64>().ok()? * PAGE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_that_is_too_hot_cools_first() {
        let room = tempfile::tempdir().unwrap();
        let set = |file: &str, text: &str| {
            let path = room.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        let budget = BudgetConfig { cores: None, max_temp_c: 90.0, min_memory: 0 };
        let mut machine = Machine::at(room.path());
        assert_eq!(machine.look(Duration::ZERO).temp_c, None);
        assert_eq!(machine.refuses(&budget), None);
        set("sys/class/thermal/thermal_zone0/temp", "41000\n");
        set("sys/class/thermal/thermal_zone7/temp", "-274000\n");
        set("proc/self/statm", "900 300 20 1 0 5 0\n");
        set("proc/self/fd/0", "");
        let mut second = 0;
        for (milli_c, want) in [
            ("89000", None),
            ("91000", Some("hot")),
            ("86000", Some("hot")),
            ("84000", None),
            ("89000", None),
            ("none", None),
        ] {
            second += 5;
            set("sys/class/thermal/thermal_zone1/temp", milli_c);
            machine.look(Duration::from_secs(second));
            assert_eq!(machine.refuses(&budget).map(|(word, _)| word), want, "{milli_c}");
        }
        let facts = machine.look(Duration::from_secs(second));
        assert_eq!((facts.resident_bytes, facts.open_files), (Some(300 * 4096), Some(1)));
        let greedy = BudgetConfig { min_memory: u64::MAX, ..budget };
        machine.facts.available_bytes = Some(5_000_000);
        let (word, why) = machine.refuses(&greedy).unwrap();
        assert!(word == "memory" && why.starts_with("5 MB of memory are left"), "{why}");
    }
}
