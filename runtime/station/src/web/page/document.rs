//! The document around every page: its head, who looks, and what must not be done with it.

use maud::{DOCTYPE, Markup, html};

use super::super::session::Who;
use super::super::shown::Facts;

/// How it looks: light for the sun, dark for the night, by the reader's choice.
pub(crate) const CSS: &str = include_str!("../assets/page.css");
/// What keeps it up: sections by server-sent events, forms without a new page, lines by pointer and keyboard.
pub(crate) const JS: &str = include_str!("../assets/page.js");

/// A flame, for the tab.
pub(crate) const ICON: &str = include_str!("../assets/icon.svg");

/// Whether a page is kept up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Live {
    /// Its sections change by themselves.
    Yes,
    /// It stays as it is.
    No,
}

/// A whole document of `main`.
pub(super) fn document(
    facts: &Facts,
    title: &str,
    main: &Markup,
    who: Option<&Who>,
    live: Live,
) -> String {
    let station = &facts.health.station;
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · " (station) }
                link rel="stylesheet" href="/page.css";
                link rel="icon" href="/icon.svg";
                script src="/page.js" defer {}
                @if live == Live::Yes { noscript { meta http-equiv="refresh" content="10"; } }
            }
            body data-live[live == Live::Yes] {
                header {
                    a href="/" class="name" { (station) }
                    nav aria-label="pages" {
                        @if who.is_some() {
                            a href="/map" { "Map" }
                            a href="/log" { "Log" }
                        }
                        button type="button" id="theme" hidden { "Day or night" }
                        @if let Some(who) = who.filter(|who| !who.name.is_empty()) {
                            form method="post" action="/logout" {
                                button { "Log out " (who.name) }
                            }
                        }
                    }
                }
                p id="told" role="status" hidden {}
                main { (main) }
                footer { p {
                    "Experimental: a forecast is an aid. That nothing is shown says nothing. Do not use it alone to decide \
                     on evacuation."
                    @if facts.is_open && facts.users { " This page is not encrypted." }
                } }
            }
        }
    };
    page.into_string()
}
