//! The page: how the station fares, in one look, without a script or a file from elsewhere.

use maud::{DOCTYPE, Markup, html};

use crate::alert::{Alert, Phase};
use crate::health::{Health, SourceHealth};
use crate::nodes::NodesHealth;
use crate::weather::WeatherHealth;

/// How it looks; it follows the reader's choice of light or dark.
const STYLE: &str = "\
:root{color-scheme:light dark;font:16px/1.4 system-ui,sans-serif}body{max-width:60rem;margin:1rem auto;\
padding:0 1rem}.bar{padding:.6rem 1rem;border-radius:.4rem;color:#fff}.well{background:#1b7f3b}\
.blind{background:#b3261e}.paused{background:#8a5a00}.alert{background:#b3261e;margin:.4rem 0}.known{background:#8a5a00;margin:.4rem 0}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem \
.6rem;border-bottom:1px solid #8886}img{max-width:100%}small{opacity:.75}";

/// The whole page.
pub(crate) fn page(health: &Health) -> String {
    let (word, bar) = match (health.paused_s, health.blind) {
        (Some(_), _) => ("paused", "bar paused"),
        (None, true) => ("blind", "bar blind"),
        (None, false) => ("well", "bar well"),
    };
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                meta http-equiv="refresh" content="5";
                title { (health.station) ": " (word) }
                style { (maud::PreEscaped(STYLE)) }
            }
            body {
                h1 { (health.station) }
                div class=(bar) {
                    @if health.blind { @for why in &health.reasons { div { (why) } } }
                    @else { (health.line()) }
                }
                @for alert in health.alerts.iter().filter(|alert| alert.phase != Phase::Closed) {
                    (of_alert(alert))
                }
                @if !health.notes.is_empty() { ul { @for note in &health.notes { li { (note) } } } }
                @for source in &health.sources { (of_source(source)) }
                @for weather in &health.weather { (of_weather(weather)) }
                @if let Some(nodes) = &health.nodes { (of_nodes(nodes)) }
                (of_those_over(&health.alerts))
                h2 { "Store" }
                p {
                    (megabytes(Some(health.store.bytes))) " kept, "
                    (megabytes(health.store.free_bytes)) " free"
                }
                p { small {
                    @if let Some(temp_c) = health.machine.temp_c { (format!("{temp_c:.0} °C. ")) }
                    @if let Some(bytes) = health.machine.resident_bytes {
                        (megabytes(Some(bytes))) " of memory held, "
                        (megabytes(health.machine.available_bytes)) " left. "
                    }
                    "Up for " (format!("{:.0}", health.up_s)) " s. "
                    a href="/metrics" { "metrics" } " · " a href="/healthz" { "health" }
                    ". Experimental: a forecast is an aid, do not use it alone to decide on evacuation."
                } }
            }
        }
    };
    page.into_string()
}

fn of_source(source: &SourceHealth) -> Markup {
    html! {
        h2 { (source.sort) " " (source.name) ": " (source.state) }
        table {
            @if !source.why.is_empty() { tr { th { (source.state) } td { (source.why) } } }
            tr { th { "newest frame" } td { (age(source.frame_age_s)) } }
            tr { th { "newest forecast" } td { (age(source.forecast_age_s)) } }
            @if let Some(summary) = &source.summary { tr { th { "forecast" } td { (summary) } } }
            @if let Some(why) = &source.why_withheld { tr { th { "withheld" } td { (why) } } }
            tr { th { "frames" } td { (source.frames) } }
            tr { th { "forecasts" } td { (source.forecasts) } }
        }
        @if let Some(issued) = &source.issued {
            // The time in the address makes a browser fetch each picture once.
            img alt=(format!("forecast of {}", source.name))
                src=(format!("/forecast/{}/overlay.png?{}", source.name, issued.as_second()));
        }
    }
}

fn of_alert(alert: &Alert) -> Markup {
    let bar = if alert.phase == Phase::Raised { "bar alert" } else { "bar known" };
    html! {
        div class=(bar) role="alert" {
            strong { (alert.words()) } br;
            small {
                "since " (alert.since.strftime("%Y-%m-%d %H:%M:%S UTC"))
                @if let Some(by) = &alert.by { ", known to " (by) }
                ". " (alert.notice)
            }
        }
    }
}

fn of_those_over(alerts: &[Alert]) -> Markup {
    let over: Vec<&Alert> = alerts.iter().filter(|alert| alert.phase == Phase::Closed).collect();
    html! {
        @if !over.is_empty() {
            h2 { "Alerts that are over" }
            table {
                @for alert in over.iter().take(10) {
                    tr {
                        th { (alert.raised.strftime("%Y-%m-%d %H:%M UTC")) }
                        td { (alert.words()) }
                    }
                }
            }
        }
    }
}

fn of_weather(weather: &WeatherHealth) -> Markup {
    html! {
        h2 { (weather.name) ": " (weather.state) }
        p { (weather.of) ", " (age(weather.reading_age_s)) }
        @if !weather.why.is_empty() { p { (weather.why) } }
        @if let Some(words) = &weather.words { p { (words) } }
        @for note in &weather.notes { p { small { "note: " (note) } } }
    }
}

fn of_nodes(health: &NodesHealth) -> Markup {
    html! {
        h2 { "Nodes" }
        table {
            @for port in &health.ports {
                tr {
                    th { (port.port) }
                    td { @if port.open { "open" } @else { (port.why) } }
                    td {}
                }
            }
            @for node in &health.nodes {
                tr {
                    th { (node.name) ": " (node.state) }
                    td { (age(node.reading_age_s)) " " (node.why) }
                    td { (node.words) }
                }
            }
        }
    }
}

fn age(age_s: Option<f64>) -> String {
    age_s.map_or_else(|| "none yet".to_owned(), |age_s| format!("{age_s:.0} s ago"))
}

fn megabytes(bytes: Option<u64>) -> String {
    bytes.map_or_else(|| "unknown".to_owned(), |bytes| format!("{:.1} MB", bytes as f64 / 1e6))
}
