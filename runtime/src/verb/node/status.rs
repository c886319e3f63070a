//! `emberline node status`: how ports and nodes are; exit code 1 when a person should look.

use emberline::node::status::{NodeStatus, Status};
use emberline::node::store::View;
use jiff::Timestamp;

use crate::cli::node::StatusArgs;
use crate::verb::outcome::Outcome;
use crate::verb::screen::{print, say};
use crate::verb::table::Table;

/// Runs the verb.
pub(super) fn run(args: &StatusArgs) -> anyhow::Result<Outcome> {
    let view = View::open(&args.store)?;
    let now = Timestamp::now();
    let status = Status::read(&view, now)?;
    if args.json {
        print(&serde_json::to_string_pretty(&status)?)?;
    } else {
        print(table(&status.nodes, now).text().trim_end())?;
        status.troubles.iter().for_each(|t| say(&t.to_string()));
    }
    Ok(if status.troubles.is_empty() { Outcome::Done } else { Outcome::Short })
}

fn table(nodes: &[NodeStatus], now: Timestamp) -> Table {
    let mut table = Table::new(&[
        "node",
        "port",
        "heard",
        "last reading",
        "readings",
        "missing",
        "starts",
        "bad frames",
    ]);
    for node in nodes {
        let ago = |t: Option<Timestamp>| t.map_or_else(|| "–".to_owned(), |t| ago(now, t));
        let frames = node.counters.map(|c| (c.bad_frames(), c.good_frames));
        table.row(vec![
            node.name.clone(),
            node.port.clone().unwrap_or_else(|| "–".to_owned()),
            ago(node.last_good),
            ago(node.last),
            node.readings.to_string(),
            node.missing.to_string(),
            node.starts.to_string(),
            frames.map_or_else(|| "–".to_owned(), |(bad, good)| format!("{bad} of {}", bad + good)),
        ]);
    }
    table
}

/// How long ago, in the largest unit that fits.
fn ago(now: Timestamp, then: Timestamp) -> String {
    let s = now.duration_since(then).as_secs();
    match s {
        ..0 => format!("in {} s", -s),
        0..120 => format!("{s} s ago"),
        120..7200 => format!("{} min ago", s / 60),
        7200..172_800 => format!("{} h ago", s / 3600),
        _ => format!("{} days ago", s / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn ages_are_written_in_a_unit_that_fits() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        for (s, want) in [
            (0, "0 s ago"),
            (119, "119 s ago"),
            (120, "2 min ago"),
            (7200, "2 h ago"),
            (200_000, "2 days ago"),
            (-5, "in 5 s"),
        ] {
            assert_eq!(ago(now, now - SignedDuration::from_secs(s)), want);
        }
    }
}
