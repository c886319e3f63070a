//! Weather: what readings say now, what is to come, and the picture of the last two days; the nodes beside it.

use maud::{Markup, html};

use super::age::age;
use crate::nodes::NodesHealth;
use crate::weather::{OutlookLine, WeatherHealth};

/// The weather of a node or table.
pub(super) fn section(weather: &WeatherHealth) -> Markup {
    let name = &weather.name;
    html! {
        h2 { (name) " " span class={ "state " (weather.state) } { (weather.state) } }
        p { "Of " (weather.of) ", newest reading " (age(weather.reading_age_s)) "." }
        @if !weather.why.is_empty() { p { (weather.why) } }
        @if let Some(words) = &weather.words { p { strong { (words) } } }
        @if !weather.outlook.is_empty() { (outlook(&weather.outlook)) }
        @if weather.reports > 0 {
            img alt={ "readings of " (name) " of the last 48 hours" }
                src={ "/weather/" (name) ".png?" (weather.reports) };
        }
        @if !weather.notes.is_empty() {
            details { summary { "What to know of it" } ul { @for note in &weather.notes { li { (note) } } } }
        }
    }
}

/// What is to come: a row an hour, a column a quantity.
fn outlook(lines: &[OutlookLine]) -> Markup {
    let firsts = |pick: fn(&OutlookLine) -> String| {
        let mut seen: Vec<String> = Vec::new();
        for line in lines {
            let value = pick(line);
            if !seen.contains(&value) {
                seen.push(value);
            }
        }
        seen
    };
    let (hours, whats) = (firsts(|line| line.lead_h.to_string()), firsts(|l| l.what.to_owned()));
    let at = |hour: &str, what: &str| {
        lines.iter().find(|line| line.lead_h.to_string() == hour && line.what == what)
    };
    html! {
        table {
            caption { "Outlook; in brackets what holds 80 %" }
            thead { tr { th scope="col" { "In" } @for what in &whats { th scope="col" { (what) } } } }
            tbody { @for hour in &hours { tr {
                th scope="row" { (hour) " h" }
                @for what in &whats { td {
                    @if let Some(line) = at(hour, what) { (line.value) " " small { "(" (line.interval) ")" } }
                } }
            } } }
        }
    }
}

/// The nodes.
pub(super) fn nodes(health: &NodesHealth) -> Markup {
    html! {
        h2 { "Nodes" }
        @if let Some(trouble) = &health.trouble { p class="bar blind" { (trouble) } }
        table {
            thead { tr { th scope="col" { "Port or node" } th scope="col" { "State" } th scope="col" { "What it says" } } }
            tbody {
                @for port in &health.ports {
                    tr { td { (port.port) } td { @if port.open { "open" } @else { "closed" } } td { (port.why) } }
                }
                @for node in &health.nodes {
                    tr {
                        td { (node.name) } td { (node.state) }
                        td { (node.words) " " (age(node.reading_age_s)) @if !node.why.is_empty() { ", " (node.why) } }
                    }
                }
            }
        }
    }
}
