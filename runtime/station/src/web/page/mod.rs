//! The page: what a tired person needs first, on top; made here whole, so that it works without a script, and kept up
//! by one where there is one.

mod age;
mod alerts;
mod document;
mod map;
mod rules;
mod source;
mod status;
mod weather;

use maud::html;

pub(super) use document::{CSS, ICON, JS};

use super::session::Who;
use super::shown::{Facts, Listed};
use crate::config::Role;

/// A part of the page that changes by itself.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Section {
    /// Its own among all of them.
    pub(super) id: String,
    pub(super) html: String,
}

/// The parts of the page as somebody of this role sees them, in their order.
pub(super) fn sections(facts: &Facts, role: Role) -> Vec<Section> {
    let section = |id: &str, html: maud::Markup| Section { id: id.to_owned(), html: html.0 };
    let mut all =
        vec![section("status", status::bar(facts)), section("alerts", alerts::open(facts, role))];
    for (source, view) in facts.health.sources.iter().zip(&facts.views) {
        let html = source::section(facts, source, view, role);
        all.push(section(&format!("source-{}", source.name), html));
    }
    all.extend(map::summary(facts).map(|html| section("map", html)));
    all.extend(
        facts.health.weather.iter().map(|weather| {
            section(&format!("weather-{}", weather.name), weather::section(weather))
        }),
    );
    all.extend(facts.health.nodes.as_ref().map(|nodes| section("nodes", weather::nodes(nodes))));
    all.push(section("rules", rules::section(facts, role)));
    all.extend(alerts::over(facts).map(|html| section("over", html)));
    all.push(section("machine", status::machine(facts, role)));
    all
}

/// The title of the page: what is wrong is seen in a browser's tab.
pub(super) fn title(facts: &Facts) -> String {
    status::title(facts)
}

/// The whole page.
pub(super) fn front(facts: &Facts, sections: &[Section], who: Option<&Who>) -> String {
    let main = html! {
        @for section in sections {
            section id=(section.id) { (maud::PreEscaped(&section.html)) }
        }
    };
    document::document(facts, &title(facts), &main, who, document::Live::Yes)
}

/// The last lines of the log.
pub(super) fn log(facts: &Facts, lines: &[String], who: Option<&Who>) -> String {
    let main = html! {
        h1 { "Log" }
        p { "The last lines, newest first; all of them are in the system's journal." }
        @if lines.is_empty() { p { "Nothing has been written yet." } }
        pre tabindex="0" role="region" aria-label="lines of the log" { @for line in lines { (line) "\n" } }
    };
    document::document(facts, "log", &main, who, document::Live::No)
}

/// The map.
pub(super) fn map(facts: &Facts, wider: i8, who: Option<&Who>) -> String {
    document::document(facts, "map", &map::whole(facts, wider), who, document::Live::No)
}

/// What a camera or radar, the `place`-th of all, has said of late.
pub(super) fn source(facts: &Facts, place: usize, listed: &[Listed], who: Option<&Who>) -> String {
    let source = &facts.health.sources[place];
    let main = source::whole(source, listed);
    document::document(facts, &source.name, &main, who, document::Live::No)
}

/// Where people log in; `wrong` says why they have to once more.
pub(super) fn login(facts: &Facts, wrong: Option<&str>) -> String {
    let main = html! {
        h1 { "Log in" }
        @if let Some(wrong) = wrong { p class="bar blind" role="alert" { (wrong) } }
        form method="post" action="/login" class="login" {
            label { "Name" input name="user" autocomplete="username" autocapitalize="none" required; }
            label {
                "Password"
                input type="password" name="password" autocomplete="current-password" required;
            }
            button { "Log in" }
        }
        @if facts.is_open {
            p { small {
                "Name and password go over the line as they are: use a network of your own, or a tunnel."
            } }
        }
    };
    document::document(facts, "log in", &main, None, document::Live::No)
}
