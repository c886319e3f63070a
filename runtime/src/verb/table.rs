//! Plain text tables: columns as wide as they must be, numbers to the right.

/// A table with a heading; the first column is text, the others stand to the right.
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
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut text = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for (k, width) in widths.iter().enumerate() {
                let cell = row.get(k).map_or("", String::as_str);
                let blank = " ".repeat(width.saturating_sub(cell.chars().count()));
                if k == 0 {
                    line.push_str(cell);
                    line.push_str(&blank);
                } else {
                    line.push_str("  ");
                    line.push_str(&blank);
                    line.push_str(cell);
                }
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
