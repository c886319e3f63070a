//! Plain text tables: columns as wide as they must be, numbers to the right.

/// A table with a heading; columns of numbers stand to the right.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these headings.
    pub(super) fn new(headings: &[&str]) -> Self {
        Self { rows: vec![headings.iter().map(|h| (*h).to_owned()).collect()] }
    }

    /// Adds a row; missing cells stay empty.
    pub(super) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The table, a line a row.
    pub(super) fn text(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |k: usize| {
            let cells = self.rows.iter().filter_map(|r| r.get(k));
            cells.map(|c| c.chars().count()).max().unwrap_or(0)
        };
        let is_number = |cell: &&String| {
            cell.is_empty() || cell.starts_with(|c: char| c.is_ascii_digit() || "–-".contains(c))
        };
        let to_right = |k: usize| {
            k > 0 && self.rows.iter().skip(1).filter_map(|r| r.get(k)).all(|c| is_number(&c))
        };
        let columns: Vec<(usize, bool)> = (0..columns).map(|k| (width(k), to_right(k))).collect();
        let mut text = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for (k, (width, to_right)) in columns.iter().enumerate() {
                let cell = row.get(k).map_or("", String::as_str);
                let blank = " ".repeat(width.saturating_sub(cell.chars().count()));
                if k > 0 {
                    line.push_str("  ");
                }
                let (first, then) = if *to_right { (&*blank, cell) } else { (cell, &*blank) };
                line.push_str(first);
                line.push_str(then);
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let mut table = Table::new(&["name", "F1"]);
        table.row(vec!["persistence".into(), "0".into()]);
        table.row(vec!["fire".into(), "0.414".into()]);
        assert_eq!(table.text(), "name            F1\npersistence      0\nfire         0.414\n");
    }
}
