//! `emberline node ports`: the serial ports of this machine.

use emberline::node::ports;

use crate::verb::outcome::Outcome;
use crate::verb::screen::{print, say};
use crate::verb::table::Table;

/// Runs the verb.
pub(super) fn run() -> anyhow::Result<Outcome> {
    let listed = ports::list()?;
    if listed.is_empty() {
        say("no serial port is there: plug the adapter in; in a container, hand the device in");
        return Ok(Outcome::Done);
    }
    let mut table = Table::new(&["port", "is", "lasting name", "open in"]);
    for port in listed {
        let names: Vec<String> = port.names.iter().map(|n| n.display().to_string()).collect();
        let holders: Vec<String> = port.holders.iter().map(ToString::to_string).collect();
        table.row(vec![
            port.path.display().to_string(),
            port.what,
            names.first().cloned().unwrap_or_else(|| "–".to_owned()),
            if holders.is_empty() { "–".to_owned() } else { holders.join(", ") },
        ]);
    }
    print(table.text().trim_end())?;
    Ok(Outcome::Done)
}
