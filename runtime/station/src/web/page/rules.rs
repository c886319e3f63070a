//! What somebody wants to be told: the rules of the file and those that were drawn.

use maud::{Markup, html};

use super::super::shown::Facts;
use crate::alert::Rule;
use crate::config::{AlertWhen, Role};

/// The rules.
pub(super) fn section(facts: &Facts, role: Role) -> Markup {
    html! {
        h2 { "What is watched" }
        @if facts.rules.is_empty() {
            p { "Nothing: nobody is told anything. Write [[alert]] into the station's file, or draw a line on a picture." }
        } @else {
            ul class="rules" {
                @for rule in &facts.rules {
                    li {
                        strong { (rule.config.name) } ": " (words(rule))
                        @if rule.is_drawn && role == Role::Operator {
                            form method="post" action="/rule/erase" {
                                input type="hidden" name="name" value=(rule.config.name);
                                button aria-label={ "take " (rule.config.name) " away" } { "Take away" }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn words(rule: &Rule) -> String {
    let config = &rule.config;
    let what = match &config.when {
        AlertWhen::FireInView => "a fire is in view".to_owned(),
        AlertWhen::FrontReaches { shape, within_s, probability } => {
            let what = if shape.is_area() { "an area" } else { "a line" };
            let (min, percent) = (within_s / 60.0, 100.0 * probability);
            format!("the front reaches {what} within {min:.0} min with {percent:.0} % or more")
        }
        AlertWhen::RainStarts { rate_mm_h, .. } => format!("rain of {rate_mm_h} mm/h starts"),
        AlertWhen::RainStops { rate_mm_h, .. } => format!("rain of {rate_mm_h} mm/h stops"),
        AlertWhen::WindShift => "the wind turns".to_owned(),
        AlertWhen::GustFront => "strong wind comes at once".to_owned(),
        AlertWhen::DryAir => "the air becomes dry".to_owned(),
        AlertWhen::FwiReaches { least } => format!("the fire weather index reaches {least}"),
        AlertWhen::Blind => "the station is blind".to_owned(),
    };
    let of = config.of.as_ref().map_or_else(String::new, |of| format!(", {of}"));
    let drawn = if rule.is_drawn { " (drawn here)" } else { "" };
    format!("{what}{of}{drawn}")
}
