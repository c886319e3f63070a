//! `report.html`: the scores as one page that needs no other file.

use std::fmt::Write as _;

use super::Replay;
use super::chart::{self, Line};
use super::film;
use super::fire::{ARRIVAL_HEADINGS, reliability};
use super::picture::{Picture, base64, scale};
use super::pooled::Pooled;
use super::telling::Score;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;\
padding:0 1em;color:#222;background:#fff}table{border-collapse:collapse;margin:1em 0}\
th,td{padding:.2em .7em;text-align:right;border-bottom:1px solid #ddd}th:first-child,\
td:first-child{text-align:left}tr.model{font-weight:600}tr.first td{border-top:2px solid #888}\
svg{width:100%;max-width:42em}svg text{font:12px system-ui,sans-serif}svg .t{font-weight:600}\
svg .g{stroke:#ddd}img{image-rendering:pixelated;max-width:100%}figure{display:inline-block;\
margin:0 1em 1em 0;vertical-align:top}figcaption{max-width:30em;font-size:13px}\
.key span{display:inline-block;padding:0 .6em;margin-right:.6em;color:#fff}";

/// The whole page.
pub(super) fn html(replay: &Replay, pooled: &Pooled) -> anyhow::Result<String> {
    let card = &replay.model.folder().card;
    let starts: usize = replay.events.iter().map(|e| e.starts).sum();
    let mut page = format!(
        "<!doctype html><html lang='en'><meta charset='utf-8'><meta name='viewport' \
         content='width=device-width'><title>emberline replay: {id}</title><style>{STYLE}</style>\
         <h1>Replay of {id}</h1><p>{starts} starts of {events} events, {leads} leads, \
         engine {engine}.{decision}</p>\
         <p><b>Experimental nowcast – not for evacuation decisions.</b></p>",
        id = text(&card.id()),
        events = replay.events.iter().filter(|e| e.starts > 0).count(),
        leads = replay.leads,
        engine = text(replay.model.why()),
        decision = card.decision.as_ref().map_or_else(String::new, |d| format!(
            " A cell is said to burn from probability {} on.",
            d.threshold
        )),
    );
    page += "<h2>Scores</h2><p>";
    page += replay.telling.words;
    page += match &pooled.interval_note {
        None => "; brackets hold the 95 % bootstrap interval over events.</p>",
        Some(_) => ".</p>",
    };
    if let Some(note) = &pooled.interval_note {
        let _ = write!(page, "<p>Note: {}.</p>", text(note));
    }
    page += &table(&replay.headings(), &pooled.rows, &replay.methods[0]);
    if !pooled.arrival_rows.is_empty() {
        page += &table(&ARRIVAL_HEADINGS, &pooled.arrival_rows, &replay.methods[0]);
        page += "<p>Arrival error is over cells that burnt within the horizon; one that was never said \
             to burn counts as three horizons, then as one, and the last but one column leaves those \
             out.</p>";
    }
    for (title, score) in replay.telling.charts {
        page += &by_lead(replay, pooled, title, *score);
    }
    if !pooled.arrival_rows.is_empty() {
        page += "<h2>Reliability</h2><p>Of the cells that were given this probability, how many \
                 burnt? All leads together, cells not burnt before.</p>";
        let (chart, rows) = reliability(&text(&replay.methods[0]), &pooled.tallies[0]);
        page += &chart;
        page += &table(&["probability", "cells", "mean said", "burnt"], &rows, "");
    }
    if let Some((chart, rows)) = film::reliability(&pooled.tallies[0]) {
        page += "<h2>Reliability</h2><p>Of the cells that were given this chance, how many had this \
                 rain or more? All leads together.</p>";
        page += &chart;
        page += &table(&["rate", "chance", "cells", "mean said", "came"], &rows, "");
    }
    page += "<h2>Pictures</h2>";
    page += Picture::key(card.task);
    for picture in &replay.pictures {
        let _ = write!(
            page,
            "<figure><img alt='' style='zoom:{}' src='data:image/png;base64,{}'>\
             <figcaption>{}</figcaption></figure>",
            scale(picture),
            base64(&picture.png()?),
            text(&picture.words)
        );
    }
    page += "<h2>Events</h2>";
    let rows: Vec<Vec<String>> = replay
        .events
        .iter()
        .map(|e| {
            let skipped = e.skipped.first().cloned().unwrap_or_default();
            vec![e.name.clone(), e.frames.to_string(), e.starts.to_string(), skipped]
        })
        .collect();
    page += &table(&["event", "frames", "starts", "not scored"], &rows, "");
    for note in &replay.notes {
        let _ = write!(page, "<p>Note: {}</p>", text(note));
    }
    let folder = replay.model.folder();
    let _ = write!(
        page,
        "<p>emberline {}, model {} with SHA-256 {}</p></html>",
        env!("CARGO_PKG_VERSION"),
        text(&card.id()),
        folder.sha256()
    );
    Ok(page + "\n")
}

/// Rows as a table; those of `model` stand out, and a new lead begins below a line.
fn table(headings: &[&str], rows: &[Vec<String>], model: &str) -> String {
    let mut html = "<table><tr>".to_owned();
    headings.iter().for_each(|h| html += &format!("<th>{h}</th>"));
    html += "</tr>";
    for row in rows {
        let is_model = row.first().is_some_and(|m| m == model);
        html += if is_model { "<tr class='model first'>" } else { "<tr>" };
        row.iter().for_each(|cell| html += &format!("<td>{}</td>", text(cell)));
        html += "</tr>";
    }
    html + "</table>"
}

/// A score by lead, a line a method.
fn by_lead(replay: &Replay, pooled: &Pooled, title: &str, score: Score) -> String {
    let names: Vec<String> = replay.methods.iter().map(|m| text(m)).collect();
    let lines: Vec<Line<'_>> = names
        .iter()
        .zip(&pooled.tallies)
        .map(|(name, tally)| {
            let points = tally.leads.iter().enumerate();
            let points = points.filter_map(|(l, r)| Some(((l + 1) as f64, score(r)?)));
            Line { name, points: points.collect() }
        })
        .collect();
    let most = pooled.tallies[0].leads.len().max(1) as f64;
    chart::lines(title, "lead, steps", most, &lines)
}

/// Text that means itself on a page.
fn text(raw: &str) -> String {
    raw.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\'', "&#39;")
}
