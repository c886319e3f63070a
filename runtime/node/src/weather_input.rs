//! Readings of a node in a store, as a station's weather is made from.

use std::path::Path;
use std::sync::Arc;

use emberline_weather::report::{Input, Note};

use crate::reading_table::ReadingTable;
use crate::store::{StoreError, StoreNote, View};

/// The readings of the node `asked`, by name or number, in the store `root`; of the only one if none is
/// asked for.
///
/// # Errors
/// [`StoreError`] when there is no such store or node, when there are several nodes to choose from, or
/// when no reading has a time.
pub fn weather_input(root: &Path, asked: Option<&str>) -> Result<Input, StoreError> {
    let view = View::open(root)?;
    let nodes = view.nodes_called(asked)?;
    let [node] = nodes.as_slice() else {
        return Err(StoreError::WhichNode { root: root.to_owned(), nodes: view.names(&nodes) });
    };
    let found = view.lines(*node, |_| true)?;
    let lines = found.lines.into_iter().map(|stored| stored.line);
    let settings = view.settings().of(*node);
    let table = ReadingTable::new(lines, None, &view.contents(*node)?.starts, &settings);
    if table.rows.is_empty() {
        let node = view.settings().call(*node);
        return Err(StoreError::NoReading { root: root.to_owned(), node });
    }
    let note = |note: StoreNote| Note::Source(Arc::new(note));
    let notes = found.notes.into_iter().chain(table.notes(&settings)).map(note).collect();
    Ok(Input { name: root.display().to_string(), series: table.series(), notes, place: None })
}
