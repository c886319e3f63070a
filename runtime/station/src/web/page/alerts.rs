//! Alerts: those that are open with what to do about them, and the last that are over.

use maud::{Markup, html};

use super::super::shown::Facts;
use crate::alert::{Alert, Phase};
use crate::config::Role;

/// Alerts that are over and still listed.
const OVER: usize = 20;

/// Those that are open.
pub(super) fn open(facts: &Facts, role: Role) -> Markup {
    let open: Vec<&Alert> =
        facts.health.alerts.iter().filter(|alert| alert.phase != Phase::Closed).collect();
    html! {
        @for alert in open { (one(alert, role, facts.users)) }
    }
}

fn one(alert: &Alert, role: Role, users: bool) -> Markup {
    let is_new = alert.phase == Phase::Raised;
    let finding = &alert.finding;
    html! {
        article class={ "bar " (if is_new { "alert" } else { "known" }) } role=[is_new.then_some("alert")] id={ "alert-" (alert.id) } {
            h2 { (alert.rule) @if !alert.source.is_empty() { " · " (alert.source) } }
            p { strong { (finding.words) } }
            p {
                "Since " (utc(alert.since)) "."
                @if let Some(probability) = finding.probability {
                    " Probability " (format!("{:.0} %", 100.0 * probability)) "."
                }
                @if let Some([east, north]) = finding.lon_lat {
                    " At " (format!("{north:.5}, {east:.5}")) "."
                } @else if let Some([column, row]) = finding.cell {
                    " At column " (format!("{column:.0}")) ", row " (format!("{row:.0}")) " of the picture."
                }
                @if let Some(by) = &alert.by { " Known to " (by) "." }
            }
            @if alert.frame.is_some() || alert.forecast.is_some() {
                details { summary { "Picture" }
                    img loading="lazy" src={ "/alert/" (alert.id) "/picture" } alt={ "what raised the alert " (alert.rule) };
                }
            }
            p { "As a file: "
                a href={ "/alert/" (alert.id) ".cap" } { "CAP" } " · "
                a href={ "/alert/" (alert.id) ".kml" } { "KML" } " · "
                a href={ "/alert/" (alert.id) ".geojson" } { "GeoJSON" }
            }
            @if is_new && role == Role::Operator {
                form method="post" action="/alert/acknowledge" data-keep {
                    input type="hidden" name="id" value=(alert.id);
                    @if !users { label { "Your name" input name="by" maxlength="64" autocomplete="name"; } }
                    button { "I know of it" }
                }
            }
            p { small { (alert.notice) } }
        }
    }
}

/// Those that are over.
pub(super) fn over(facts: &Facts) -> Option<Markup> {
    let over: Vec<&Alert> = facts
        .health
        .alerts
        .iter()
        .filter(|alert| alert.phase == Phase::Closed)
        .take(OVER)
        .collect();
    let table = html! {
        details {
            summary { "Alerts that are over (" (over.len()) ")" }
            table {
                thead { tr { th scope="col" { "Raised" } th scope="col" { "Alert" } th scope="col" { "Over" } th scope="col" { "Known to" } } }
                tbody { @for alert in &over {
                    tr {
                        td { (utc(alert.raised)) }
                        td { (alert.rule) @if !alert.source.is_empty() { " · " (alert.source) } ": " (alert.finding.words) }
                        td { (utc(alert.changed)) }
                        td { (alert.by.as_deref().unwrap_or("nobody")) }
                    }
                } }
            }
        }
    };
    (!over.is_empty()).then_some(table)
}

fn utc(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
