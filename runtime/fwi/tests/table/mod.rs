//! Tables of numbers for the tests: reading them, and the worst deviation from each column.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::path::PathBuf;

/// A CSV file with a header; lines that start with `#` are remarks. TRUE is 1, FALSE 0, text NaN.
pub(crate) struct Table {
    names: Vec<String>,
    rows: Vec<Vec<f64>>,
}

/// One line of a table.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    names: &'a [String],
    values: &'a [f64],
}

impl Table {
    pub(crate) fn parse(text: &str) -> Self {
        let mut lines = text.lines().filter(|line| !line.starts_with('#'));
        let cells = |line: &str| {
            let cells = line.split(',').map(|cell| cell.trim_matches('"').to_owned());
            cells.collect::<Vec<String>>()
        };
        let number = |cell: &String| match cell.as_str() {
            "TRUE" => 1.0,
            "FALSE" => 0.0,
            text => text.parse().unwrap_or(f64::NAN),
        };
        let names: Vec<String> =
            cells(lines.next().expect("a header")).iter().map(|n| n.to_lowercase()).collect();
        let rows: Vec<Vec<f64>> =
            lines.map(|line| cells(line).iter().map(number).collect()).collect();
        assert!(rows.iter().all(|row| row.len() == names.len()), "ragged table");
        assert!(!rows.is_empty(), "empty table");
        Self { names, rows }
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|values| Row { names: &self.names, values })
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }
}

impl Row<'_> {
    /// The value under `name`, which is written in small letters.
    pub(crate) fn get(&self, name: &str) -> f64 {
        let at = self.names.iter().position(|n| n == name);
        self.values[at.unwrap_or_else(|| panic!("no column {name}"))]
    }

    /// A whole number under `name`.
    pub(crate) fn whole(&self, name: &str) -> u16 {
        let value = self.get(name);
        assert!(value >= 0.0 && value.fract() == 0.0 && value < 65_536.0, "{name}: {value}");
        value as u16
    }
}

/// The largest deviation of one column from its oracle.
pub(crate) struct Worst {
    name: &'static str,
    absolute: f64,
    relative: f64,
    /// In units of what the oracle's printing allows; at most 1 is right.
    printed: f64,
    rows: usize,
}

impl Worst {
    pub(crate) fn of(name: &'static str) -> Self {
        Self { name, absolute: 0.0, relative: 0.0, printed: 0.0, rows: 0 }
    }

    pub(crate) fn add(&mut self, got: f64, want: f64) {
        assert!(got.is_finite() && want.is_finite(), "{}: {got} for {want}", self.name);
        let off = (got - want).abs();
        self.absolute = self.absolute.max(off);
        self.relative = self.relative.max(if off == 0.0 { 0.0 } else { off / want.abs() });
        self.printed = self.printed.max(off / half_a_digit(want));
        self.rows += 1;
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Prints the deviation and fails beyond `limit`, relative to the value.
    pub(crate) fn within_relative(&self, limit: f64) {
        let Self { name, absolute, relative, rows, .. } = self;
        println!("{name:12} worst {absolute:.1e}, relative {relative:.1e}, {rows} rows");
        assert!(*rows > 0 && *relative <= limit, "{name}: {relative} is over {limit}");
    }

    /// Prints the deviation and fails beyond `limit`.
    pub(crate) fn within_absolute(&self, limit: f64) {
        let Self { name, absolute, rows, .. } = self;
        println!("{name:12} worst {absolute:.1e}, {rows} rows");
        assert!(*rows > 0 && *absolute <= limit, "{name}: {absolute} is over {limit}");
    }

    /// Prints the deviation and fails if any value would be printed otherwise than the oracle's.
    pub(crate) fn as_printed(&self) {
        let Self { name, absolute, printed, rows, .. } = self;
        println!("{name:28} worst {absolute:.1e}, {rows:5} rows, {printed:.3} of half a digit");
        assert!(*rows > 0 && *printed <= 1.000_01, "{name}: {printed} half digits off");
    }
}

/// Half of the last digit that the tables of `cffdrs_r` print: four in all, or two decimals.
/// Values that are zero but for rounding (4e-15) are taken as zero.
fn half_a_digit(printed: f64) -> f64 {
    let size = printed.abs();
    if size < 1e-12 {
        return 1e-12;
    }
    if size >= 10.0 { 0.005 } else { 0.5 * 10_f64.powf(size.log10().floor() - 3.0) }
}

/// `$EMBERLINE_DATA/fwi/cffdrs_r`, by default in `shared/data` beside the repository; or nothing, loudly.
///
/// These tables are GPL-2: compared with where they lie, never committed.
pub(crate) fn cffdrs_r() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let data =
        std::env::var_os("EMBERLINE_DATA").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let folder = data.join("fwi/cffdrs_r");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("NOT RUN: {} is missing; set EMBERLINE_DATA", folder.display());
    assert!(std::env::var_os("CI").is_none(), "CI must compare with cffdrs: {}", folder.display());
    None
}
