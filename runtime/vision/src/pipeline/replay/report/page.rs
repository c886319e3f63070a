//! The page: scores as tables and charts, pictures of starts, and which films they are of.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use emberline_picture::palette::Rgb;
use maud::{Markup, PreEscaped, html};

use super::line_chart::{Line, LineChart};
use super::start_picture::{BEFORE, FALSE_ALARM, HIT, MISS, StartPicture};
use crate::pipeline::replay::pooled::Pooled;
use crate::pipeline::replay::scored::Scored;
use crate::pipeline::replay::scores::{Reliability, Score, ScoreRow};
use crate::task::Task;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;\
padding:0 1em;color:#222;background:#fff}table{border-collapse:collapse;margin:1em 0}\
th,td{padding:.2em .7em;text-align:right;border-bottom:1px solid #ddd}th:first-child,\
td:first-child{text-align:left}tr.model{font-weight:600}tr.first td{border-top:2px solid #888}\
svg{width:100%;max-width:42em}svg text{font:12px system-ui,sans-serif}svg .t{font-weight:600}\
svg .g{stroke:#ddd}img{image-rendering:pixelated;max-width:100%}figure{display:inline-block;\
margin:0 1em 1em 0;vertical-align:top}figcaption{max-width:30em;font-size:13px}\
.key span{display:inline-block;padding:0 .6em;margin-right:.6em;color:#fff}";

/// The whole page; it needs no other file.
///
/// # Errors
/// Of a picture that cannot be encoded.
pub(in super::super) fn page(scored: &Scored, pooled: &Pooled) -> io::Result<Markup> {
    let folder = scored.model.folder();
    let id = folder.card.id();
    let pictures: Vec<Markup> = scored.pictures.iter().map(figure).collect::<io::Result<_>>()?;
    Ok(html! {
        (PreEscaped("<!doctype html>"))
        html lang="en" {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width";
            title { "emberline replay: " (id) }
            style { (PreEscaped(STYLE)) }
            h1 { "Replay of " (id) }
            p {
                (scored.starts()) " starts of " (scored.scored_events().count()) " events, "
                (scored.leads) " leads, engine " (scored.model.why()) "."
                @if let Some(decision) = &folder.card.decision {
                    " A cell is said to burn from probability " (decision.threshold) " on."
                }
            }
            p { b { "Experimental nowcast – not for evacuation decisions." } }
            h2 { "Scores" }
            (scores(scored, pooled))
            h2 { "Pictures" }
            (key(folder.card.task))
            @for picture in &pictures { (picture) }
            h2 { "Events" }
            (events(scored))
            @for note in &scored.notes { p { "Note: " (note) } }
            p {
                "emberline " (env!("CARGO_PKG_VERSION")) ", model " (id) " with SHA-256 "
                (folder.sha256())
            }
        }
        "\n"
    })
}

/// Tables, and a chart of each score that has one.
fn scores(scored: &Scored, pooled: &Pooled) -> Markup {
    let model = &*scored.methods[0];
    let texts = |rows: &[ScoreRow]| rows.iter().map(ScoreRow::texts).collect::<Vec<_>>();
    let reliability = (scored.reported.reliability)(model, &pooled.methods[0].tally);
    html! {
        p {
            (scored.reported.words)
            @if pooled.interval_note.is_none() {
                "; brackets hold the 95 % bootstrap interval over events"
            }
            "."
        }
        @if let Some(note) = &pooled.interval_note { p { "Note: " (note) "." } }
        (table(&pooled.table.headings, &texts(&pooled.table.rows), model))
        @if !pooled.arrivals.rows.is_empty() {
            (table(&pooled.arrivals.headings, &texts(&pooled.arrivals.rows), model))
            p {
                "Arrival error is over cells that burnt within the horizon; one that was never said \
                 to burn counts as three horizons, then as one, and the last but one column leaves \
                 those out."
            }
        }
        @for (title, score) in scored.reported.charts { (by_lead(scored, pooled, title, *score)) }
        @if let Some(reliability) = &reliability {
            h2 { "Reliability" }
            p { (reliability.words) }
            (reliability_chart(reliability))
            (table(reliability.headings, &reliability.rows, ""))
        }
    }
}

/// A score by lead, a line a method.
fn by_lead<'a>(scored: &'a Scored, pooled: &Pooled, title: &'a str, score: Score) -> LineChart<'a> {
    let named = scored.methods.iter().zip(&pooled.methods);
    let lines = named.map(|(name, method)| {
        let leads = method.tally.leads.iter().enumerate();
        let points = leads.filter_map(|(l, sums)| Some(((l + 1) as f64, score(sums)?)));
        Line { name, points: points.collect() }
    });
    let x_max = pooled.methods[0].tally.leads.len().max(1) as f64;
    LineChart { title, x_title: "lead, steps", x_max, lines: lines.collect() }
}

/// Observed shares by probability.
fn reliability_chart(of: &Reliability) -> LineChart<'_> {
    let lines = of.curves.iter().map(|c| Line { name: &c.name, points: c.points.clone() });
    LineChart { title: of.title, x_title: "said", x_max: 1.0, lines: lines.collect() }
}

/// What the colours of pictures, or their order, mean.
fn key(task: Task) -> Markup {
    let colour = |rgb: Rgb| rgb.iter().fold("#".to_owned(), |text, c| text + &format!("{c:02x}"));
    html! {
        @match task {
            Task::FireFront => p class="key" {
                @for (rgb, words) in [
                    (HIT, "said and burnt"),
                    (FALSE_ALARM, "said, did not burn"),
                    (MISS, "burnt, not said"),
                    (BEFORE, "burnt before"),
                ] {
                    span style={ "background:" (colour(rgb)) } { (words) }
                }
            },
            Task::Frames | Task::Rain => p {
                "From left to right: the last frame seen, what was forecast, what came."
            },
        }
    }
}

/// A picture with its words.
fn figure(picture: &StartPicture) -> io::Result<Markup> {
    let png = BASE64.encode(picture.png()?);
    Ok(html! {
        figure {
            img alt="" style={ "zoom:" (picture.zoom()) } src={ "data:image/png;base64," (png) };
            figcaption { (picture.words) }
        }
    })
}

/// The films, and of each the first reason why a frame of it was no start.
fn events(scored: &Scored) -> Markup {
    let rows = scored.events.iter().map(|e| {
        let skipped = e.skipped.first().cloned().unwrap_or_default();
        vec![e.name.clone(), e.frames.to_string(), e.starts.to_string(), skipped]
    });
    table(&["event", "frames", "starts", "not scored"], &rows.collect::<Vec<_>>(), "")
}

/// Rows as a table; those that begin with `model` stand out, and begin below a line.
fn table(headings: &[&str], rows: &[Vec<String>], model: &str) -> Markup {
    let class = |row: &[String]| row.first().is_some_and(|m| m == model).then_some("model first");
    html! {
        table {
            tr { @for heading in headings { th { (heading) } } }
            @for row in rows {
                tr class=[class(row)] { @for cell in row { td { (cell) } } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_text_and_rows_of_the_model_stand_out() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let rows = [row(["fire-v1", "1"]), row(["a<b> & 'c'", "–"])];
        assert_eq!(
            table(&["method", "lead"], &rows, "fire-v1").into_string(),
            "<table><tr><th>method</th><th>lead</th></tr>\
             <tr class=\"model first\"><td>fire-v1</td><td>1</td></tr>\
             <tr><td>a&lt;b&gt; &amp; 'c'</td><td>–</td></tr></table>"
        );
    }

    #[test]
    fn colours_of_the_key_are_those_of_the_pictures() {
        let key = key(Task::FireFront).into_string();
        assert!(key.contains("<span style=\"background:#5a281e\">burnt before</span>"), "{key}");
    }
}
