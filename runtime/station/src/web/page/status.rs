//! How the station fares in one sentence, and the machine under it.

use maud::{Markup, html};

use super::super::shown::Facts;
use super::age::size;
use crate::alert::Phase;
use crate::config::Role;

/// What it comes to: the word of a bar's colour, and the sentence.
fn sentence(facts: &Facts) -> (&'static str, String) {
    let health = &facts.health;
    if let Some(left_s) = health.paused_s {
        let min = (left_s / 60.0).ceil();
        return (
            "paused",
            format!("Paused for {min:.0} min: nothing is forecast, nobody is told."),
        );
    }
    if health.blind {
        return ("blind", "Blind: something is not seen, or not kept.".to_owned());
    }
    let count = |sort: &str| health.sources.iter().filter(|s| s.sort == sort).count();
    let named = |n: usize, one: &str, many: &str| match n {
        0 => None,
        1 => Some(format!("one {one}")),
        n => Some(format!("{n} {many}")),
    };
    let all =
        [named(count("camera"), "camera", "cameras"), named(count("radar"), "radar", "radars")];
    let all: Vec<String> = all.into_iter().flatten().collect();
    ("well", format!("All well: {} seen, forecasts up to date.", all.join(" and ")))
}

/// The bar on top.
pub(super) fn bar(facts: &Facts) -> Markup {
    let (word, sentence) = sentence(facts);
    let health = &facts.health;
    html! {
        div class={ "bar " (word) } role="status" {
            strong { (sentence) }
            @for reason in &health.reasons { div { (reason) } }
        }
        @if !health.notes.is_empty() { ul class="notes" { @for note in &health.notes { li { (note) } } } }
    }
}

/// The page's title.
pub(super) fn title(facts: &Facts) -> String {
    let open = facts.health.alerts.iter().filter(|alert| alert.phase != Phase::Closed).count();
    let (word, _) = sentence(facts);
    if open > 0 { format!("{open} alert(s), {word}") } else { word.to_owned() }
}

/// Store, outbox and machine, and the pause.
pub(super) fn machine(facts: &Facts, role: Role) -> Markup {
    let health = &facts.health;
    let (store, machine) = (&health.store, &health.machine);
    html! {
        h2 { "Station" }
        table {
            tr { th scope="row" { "Kept" } td { (size(store.bytes)) } }
            @if let Some(free) = store.free_bytes { tr { th scope="row" { "Free on the disk" } td { (size(free)) } } }
            @if let Some(why) = &store.trouble { tr { th scope="row" { "Store" } td { (why) } } }
            @for line in &health.lines {
                tr { th scope="row" { (line.receiver) } td {
                    @if line.stands { "can be reached" } @else { "cannot be reached: " (line.why) }
                    @for (_, n) in health.outbox.waiting.iter().filter(|(of, n)| of == line.receiver && *n > 0) {
                        ", " (n) " message(s) wait"
                    }
                } }
            }
            @if let Some(temp_c) = machine.temp_c {
                tr { th scope="row" { "Temperature" } td { (format!("{temp_c:.0} °C")) } }
            }
            @if let Some(bytes) = machine.available_bytes {
                tr { th scope="row" { "Memory left" } td { (size(bytes)) } }
            }
            tr { th scope="row" { "Runs for" } td { (up(health.up_s)) } }
            tr { th scope="row" { "Place" } td { (format!("{:.4}, {:.4}", facts.place[0], facts.place[1])) } }
        }
        p { a href="/healthz" { "health" } " · " a href="/metrics" { "metrics" } " · " a href="/log" { "log" } }
        @if role == Role::Operator {
            @if health.paused_s.is_some() {
                form method="post" action="/pause" {
                    input type="hidden" name="minutes" value="0";
                    button { "End the pause" }
                }
            } @else {
                details data-keep {
                    summary { "Pause the station while you work on it" }
                    form method="post" action="/pause" {
                        label { "Minutes" input type="number" name="minutes" min="1" max="10080" value="60" required; }
                        button { "Pause: nothing is forecast, nobody is told" }
                    }
                }
            }
        }
    }
}

/// How long it has run.
fn up(up_s: f64) -> String {
    match up_s {
        s if s < 3600.0 => format!("{:.0} min", (s / 60.0).floor()),
        s if s < 172_800.0 => format!("{:.0} h", (s / 3600.0).floor()),
        s => format!("{:.0} days", (s / 86_400.0).floor()),
    }
}
