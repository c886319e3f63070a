//! The readings of a sensor node, from the store that `emberline node listen` writes.

use emberline::node::store::{View, is_store};
use emberline::node::table::Table;
use emberline::weather::csv::Format;
use emberline::weather::series::Series;

use crate::cli::WeatherArgs;

/// Whether the input is such a store.
pub(super) fn claims(args: &WeatherArgs) -> bool {
    is_store(&args.input)
}

/// The series of the node that is asked for, and what a person should know of it.
pub(super) fn series(args: &WeatherArgs) -> anyhow::Result<(Series, Vec<String>)> {
    let name = args.input.display();
    if args.zone.is_some() || args.format != Format::default() {
        anyhow::bail!(
            "{name}: a store of nodes has its times in UTC; leave --zone and --format out"
        );
    }
    let view = View::open(&args.input)?;
    let nodes = crate::verb::node::nodes(&view, args.station.as_deref())?;
    let [node] = nodes.as_slice() else {
        let names: Vec<String> = nodes.iter().map(|n| view.names().call(*n)).collect();
        let which = if names.is_empty() { "no node yet".to_owned() } else { names.join(", ") };
        anyhow::bail!("{name}: holds {which}; name one node with --station");
    };
    let found = view.lines(*node, |_| true)?;
    let lines = found.lines.into_iter().map(|(line, _)| line);
    let known = view.names().of(*node);
    let table = Table::new(lines, None, &view.contents(*node)?.starts, &known);
    if table.rows.is_empty() {
        anyhow::bail!("{name}: {} has no reading with a time yet", view.names().call(*node));
    }
    let notes = [found.notes, table.notes(&known)].concat();
    Ok((table.series(), notes))
}
