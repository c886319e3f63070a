//! `emberline node status`: how ports and nodes fare; exit code 1 when a person should look.

use emberline::node::contents::Contents;
use emberline::node::id::NodeId;
use emberline::node::live::{Live, LivePort, PortState};
use emberline::node::session::SILENT;
use emberline::node::store::View;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::cli::node::StatusArgs;
use crate::verb::outcome::Outcome;
use crate::verb::screen::{print, say};
use crate::verb::table::Table;

/// One node with the port it was last heard on.
struct Row<'a> {
    node: NodeId,
    name: String,
    contents: Contents,
    live: Option<&'a LivePort>,
}

/// Runs the verb.
pub(super) fn run(args: &StatusArgs) -> anyhow::Result<Outcome> {
    let view = View::open(&args.store)?;
    let listening = view.is_written();
    let live = Live::read(view.root());
    let now = Timestamp::now();
    let mut rows = Vec::new();
    for node in view.nodes()? {
        let heard_on = |p: &&LivePort| p.node == Some(node);
        rows.push(Row {
            node,
            name: view.names().call(node),
            contents: view.contents(node)?,
            live: live.as_ref().and_then(|l| l.ports.iter().find(heard_on)),
        });
    }
    let troubles = troubles(&rows, live.as_ref(), listening, now);
    if args.json {
        let document = json!({
            "store": view.root().display().to_string(),
            "listening": listening,
            "written": live.as_ref().map(|l| l.written.to_string()),
            "nodes": rows.iter().map(document).collect::<Vec<_>>(),
            "ports": live.as_ref().map(|l| json!(l.ports)),
            "troubles": troubles,
        });
        print(&serde_json::to_string_pretty(&document)?)?;
    } else {
        print(table(&rows, now).text().trim_end())?;
        troubles.iter().for_each(|t| say(t));
    }
    Ok(if troubles.is_empty() { Outcome::Done } else { Outcome::Short })
}

/// What a person should look at.
fn troubles(rows: &[Row], live: Option<&Live>, listening: bool, now: Timestamp) -> Vec<String> {
    let mut troubles = Vec::new();
    if !listening {
        troubles.push("nobody listens: start `emberline node listen`".to_owned());
    }
    for port in live.iter().flat_map(|l| &l.ports) {
        match &port.state {
            PortState::Waiting { why } if listening => troubles.push(why.clone()),
            PortState::Open if listening && silent(port, now) => {
                troubles
                    .push(format!("{}: silent: check the node's power and the cable", port.port));
            }
            _ => {}
        }
    }
    for row in rows {
        for fault in row.contents.faults.values() {
            troubles.push(format!("{}: {fault}", row.name));
        }
        let Some(fares) = row.live.and_then(|p| p.fares.as_ref()) else { continue };
        if !fares.failed.is_empty() {
            troubles.push(format!("{}: no value of {}", row.name, fares.failed.join(", ")));
        }
        if fares.memory_errors > 0 {
            troubles.push(format!(
                "{}: its memory failed {} times since its start: check its plug, then replace it",
                row.name, fares.memory_errors
            ));
        }
    }
    troubles
}

fn silent(port: &LivePort, now: Timestamp) -> bool {
    port.last_good.is_none_or(|last| now.duration_since(last).as_secs() > SILENT.as_secs() as i64)
}

fn table(rows: &[Row], now: Timestamp) -> Table {
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
    for row in rows {
        let c = &row.contents;
        let ago = |t: Option<Timestamp>| t.map_or_else(|| "–".to_owned(), |t| ago(now, t));
        let bad = row.live.map(|p| (p.heard.bad_frames(), p.heard.good_frames));
        table.row(vec![
            row.name.clone(),
            row.live.map_or_else(|| "–".to_owned(), |p| p.port.clone()),
            ago(row.live.and_then(|p| p.last_good)),
            ago(c.last),
            c.readings.to_string(),
            c.missing.to_string(),
            c.boots.to_string(),
            bad.map_or_else(|| "–".to_owned(), |(bad, good)| format!("{bad} of {}", bad + good)),
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

fn document(row: &Row) -> Value {
    let c = &row.contents;
    json!({
        "node": row.node,
        "name": row.name,
        "readings": c.readings,
        "gaps": c.gaps,
        "missing": c.missing,
        "starts": c.boots,
        "last": c.last.map(|t| t.to_string()),
        "ends": c.ends,
        "faults": c.faults,
        "port": row.live.map(|p| p.port.clone()),
        "heard": row.live.map(|p| json!(p.heard)),
        "fares": row.live.and_then(|p| p.fares.as_ref()).map(|f| json!(f)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use emberline::node::live::Fares;
    use jiff::SignedDuration;

    #[test]
    fn what_a_person_should_look_at_is_told() {
        let mut live = Live::new(&["ttyA".to_owned(), "ttyB".to_owned()]);
        let now = live.written;
        let node = NodeId::new(0x51);
        live.ports[0].state = PortState::Open;
        live.ports[0].last_good = Some(now);
        live.ports[0].fares = Some(Fares {
            uptime_s: 100,
            waiting: 0,
            overwritten: 0,
            bad_frames: 0,
            sensor_errors: 3,
            memory_errors: 2,
            failed: vec!["temp".to_owned(), "thermal".to_owned()],
        });
        let faults = [("SHT4x at 0x44".to_owned(), "SHT4x is dead".to_owned())].into();
        let contents = Contents { faults, ..Contents::default() };
        let row = Row { node, name: "ridge".to_owned(), contents, live: Some(&live.ports[0]) };
        let later = now + SignedDuration::from_secs(300);
        for (listening, now, want) in [
            (
                true,
                now,
                &["not opened yet", "SHT4x is dead", "temp, thermal", "failed 2 times"][..],
            ),
            (true, later, &["not opened yet", "ttyA: silent", "SHT4x", "temp, thermal", "2 times"]),
            (false, later, &["nobody listens", "SHT4x is dead", "temp, thermal", "failed 2 times"]),
        ] {
            let mut got = troubles(std::slice::from_ref(&row), Some(&live), listening, now);
            got.sort_by_key(|t| want.iter().position(|w| t.contains(w)));
            assert_eq!(got.len(), want.len(), "{got:?}");
            assert!(got.iter().zip(want).all(|(t, w)| t.contains(w)), "{got:?}");
        }
    }

    #[test]
    fn ages_are_told_in_a_unit_that_fits() {
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
