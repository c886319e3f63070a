//! A camera or radar: its live picture with the front over it, its state, and its forecasts.

use std::fmt::Write as _;

use jiff::Timestamp;
use maud::{Markup, html};

use super::super::shown::{Facts, Listed, View};
use super::age::{age, lead, size};
use crate::alert::{Rule, Shape};
use crate::config::{AlertWhen, Role};
use crate::health::SourceHealth;
use crate::source::Fronts;

/// Its section.
pub(super) fn section(
    facts: &Facts,
    source: &SourceHealth,
    View { picture, fronts }: &View,
    role: Role,
) -> Markup {
    let name = &source.name;
    let shapes = shapes(&facts.rules, name, facts.health.sources.len() == 1);
    html! {
        h2 { (name) " " span class={ "state " (source.state) } { (source.state) } }
        @if !source.why.is_empty() { p { (source.why) } }
        @if let Some(why) = &source.why_withheld { p { "No forecast: " (why) } }
        @if let Some(summary) = &source.summary { p { strong { (summary) } } }
        @if let Some(taken) = picture {
            (view(source, *taken, fronts.as_deref(), &shapes))
            @if let (Some(fronts), Role::Operator) = (fronts, role) { (drawing(name, fronts.size)) }
        }
        @if let Some(issued) = source.issued {
            details {
                summary { "Forecast of " (issued.strftime("%H:%M:%S UTC")) }
                // The time in the address makes a browser fetch each picture once.
                img loading="lazy" alt={ "forecast of " (name) }
                    src={ "/forecast/" (name) "/overlay.png?" (issued.as_second()) };
                p {
                    a href={ "/forecast/" (name) "/forecast.json" } { "numbers" } " · "
                    @if source.sort == "camera" { a href={ "/forecast/" (name) "/isochrones.geojson" } { "fronts (GeoJSON)" } " · " }
                    a href={ "/source/" (name) } { "all files and earlier forecasts" }
                }
            }
        }
        p class="facts" {
            "Newest picture " (age(source.frame_age_s)) ", newest forecast " (age(source.forecast_age_s)) "."
            @if source.moves > 0 { " The camera was moved " (source.moves) " time(s) since the start." }
        }
    }
}

/// The live picture with what is drawn over it.
fn view(
    source: &SourceHealth,
    taken: Timestamp,
    fronts: Option<&Fronts>,
    shapes: &[(String, Shape)],
) -> Markup {
    let name = &source.name;
    let at = taken.strftime("%Y-%m-%d %H:%M:%S UTC");
    html! {
        figure class="view" data-source=(name) {
            div class="layers" {
                img class="live" alt={ (name) ", " (at) } src={ "/source/" (name) "/latest.jpg?" (taken.as_millisecond()) };
                @if let Some(Fronts { size: [height, width], fronts, .. }) = fronts {
                    svg viewBox={ "0 0 " (width) " " (height) } preserveAspectRatio="none" role="img"
                        aria-label={ "front of " (name) ": " (words(fronts)) } {
                        @for front in fronts.iter().rev() {
                            @if !front.rings.is_empty() {
                                path d=(path(&front.rings, true)) class=(if front.lead_s > 0.0 { "lead" } else { "now" })
                                    stroke=(colour(front.colour)) fill-rule="evenodd" {}
                            }
                        }
                        @for (rule, shape) in shapes {
                            path class="rule" d=(path(&[shape.points().to_vec()], shape.is_area())) { title { (rule) } }
                        }
                    }
                    svg class="drawn" viewBox={ "0 0 " (width) " " (height) } preserveAspectRatio="none" aria-hidden="true" data-keep {}
                }
            }
            figcaption {
                (at)
                @if let Some(Fronts { issued, fronts, .. }) = fronts {
                    ". Front as seen " (issued.strftime("%H:%M:%S UTC")) ": "
                    ul class="legend" {
                        @for front in fronts {
                            li {
                                svg class="key" viewBox="0 0 20 10" aria-hidden="true" {
                                    rect width="20" height="10" fill=(colour(front.colour)) stroke="#111" {}
                                }
                                (lead(front.lead_s))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The fronts to those who cannot see them.
fn words(fronts: &[emberline_vision::product::fronts::Front]) -> String {
    let each = fronts.iter().map(|front| format!("{} {} cells", lead(front.lead_s), front.cells));
    each.collect::<Vec<_>>().join(", ")
}

fn colour([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Lines as SVG has them, to a tenth of a cell.
fn path(rings: &[Vec<[f64; 2]>], is_closed: bool) -> String {
    let mut d = String::new();
    for ring in rings {
        for (k, [x, y]) in ring.iter().enumerate() {
            let _ = write!(d, "{}{x:.1} {y:.1}", if k == 0 { 'M' } else { 'L' });
        }
        if is_closed {
            d.push('Z');
        }
    }
    d
}

/// What was drawn for the camera `name`.
fn shapes(rules: &[Rule], name: &str, is_only: bool) -> Vec<(String, Shape)> {
    let of = |rule: &Rule| match &rule.config.when {
        AlertWhen::FrontReaches { shape, .. } => {
            let is_here = rule.config.of.as_ref().map_or(is_only, |of| of == name);
            is_here.then(|| (rule.config.name.clone(), shape.clone()))
        }
        _ => None,
    };
    rules.iter().filter_map(of).collect()
}

/// Draw a line or an area: it becomes an alert.
fn drawing(name: &str, [height, width]: [usize; 2]) -> Markup {
    html! {
        details class="draw" id={ "draw-" (name) "-" (width) "x" (height) } data-keep data-source=(name) data-width=(width) data-height=(height) {
            summary { "Draw a line: be told before the front reaches it" }
            form method="post" action="/rule" {
                input type="hidden" name="source" value=(name);
                p {
                    "Click on the picture, point by point; or type columns and rows. The picture is "
                    (width) " wide and " (height) " high; 0,0 is its upper left corner."
                }
                label { "Points" input name="points" required placeholder="10,200 320,180" inputmode="text"; }
                p class="row" {
                    button type="button" data-do="undo" hidden { "Last point away" }
                    button type="button" data-do="clear" hidden { "All away" }
                }
                label { "It is" select name="shape" { option value="line" { "a line" } option value="area" { "an area" } } }
                label { "Name" input name="name" required pattern="[a-z0-9\\-]{1,32}" placeholder="road" autocapitalize="none" title="small letters, digits and dashes"; }
                label { "Minutes before" input type="number" name="within_min" min="1" max="1440" value="10" required; }
                label { "Probability, %" input type="number" name="percent" min="1" max="99" value="50" required; }
                button { "Watch it" }
            }
        }
    }
}

/// Its page: the last forecasts and all their files.
pub(super) fn whole(source: &SourceHealth, listed: &[Listed]) -> Markup {
    let name = &source.name;
    html! {
        h1 { (name) " " span class={ "state " (source.state) } { (source.state) } }
        p { (source.frames) " pictures and " (source.forecasts) " forecasts since the station began." }
        @if listed.is_empty() { p { "No forecast is kept yet." } }
        @for (k, (issued, files)) in listed.iter().enumerate() {
            details open[k == 0] {
                summary { (issued.strftime("%Y-%m-%d %H:%M:%S UTC")) }
                @if files.iter().any(|(file, _)| file == "overlay.png") {
                    img loading="lazy" alt={ "forecast of " (issued.strftime("%H:%M:%S UTC")) }
                        src={ "/forecast/" (name) "/" (issued) "/overlay.png" };
                }
                ul { @for (file, bytes) in files {
                    li { a href={ "/forecast/" (name) "/" (issued) "/" (file) } { (file) } " " small { (size(*bytes)) } }
                } }
            }
        }
    }
}
