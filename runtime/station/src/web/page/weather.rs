//! Weather: what readings say now, what is to come, and the picture of the last two days; the nodes beside it.

use maud::{Markup, html};

use super::age::age;
use crate::nodes::NodesHealth;
use crate::weather::WeatherHealth;

/// The weather of a node or table.
pub(super) fn section(weather: &WeatherHealth) -> Markup {
    let name = &weather.name;
    html! {
        h2 { (name) " " span class={ "state " (weather.state) } { (weather.state) } }
        p { "Of " (weather.of) ", newest reading " (age(weather.reading_age_s)) "." }
        @if !weather.why.is_empty() { p { (weather.why) } }
        @if let Some(words) = &weather.words { p { strong { (words) } } }
        @if !weather.outlook.is_empty() {
            table {
                thead { tr { th scope="col" { "Outlook" } th scope="col" { "Value" } th scope="col" { "80 % lie in" } } }
                tbody { @for line in &weather.outlook {
                    tr { td { "in " (line.lead_h) " h: " (line.what) } td { (line.value) } td { (line.interval) } }
                } }
            }
        }
        @if weather.reports > 0 {
            img loading="lazy" alt={ "readings of " (name) " of the last 48 hours" }
                src={ "/weather/" (name) ".png?" (weather.reports) };
        }
        @if !weather.notes.is_empty() {
            details { summary { "What to know of it" } ul { @for note in &weather.notes { li { (note) } } } }
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
