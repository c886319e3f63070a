//! `overlay.png` and `forecast.gif` of films and rain: the last frame and what is forecast, side by
//! side and one after the other.

use std::io::{self, Write};

use super::facts::{Facts, NOTICE, short};
use super::gif::{self, Shot, Strip};
use super::overlay::scale_bar;
use super::parts::Parts;
use super::rain_colours::{DRY, NO_DATA, STEPS};
use super::scene::{Scale, chosen};
use super::still;
use crate::clip::Clip;
use crate::forecast::Forecast;
use emberline_picture::palette::{FAINT, INK, PAPER, Rgb, lead};
use emberline_picture::{Canvas, text_width};

/// Leads on the sheet, at most.
const LEADS: usize = 5;
/// Pictures in a row; two where they are wide.
const COLUMNS: usize = 3;
/// Short and long side of one picture on the sheet, pixels.
const SIDES_PX: (usize, usize) = (240, 520);
/// Room around everything and between pictures, pixels.
const MARGIN: f64 = 20.0;
const GUTTER: f64 = 14.0;
/// Height of a capital, pixels.
const SIZE: f64 = 11.0;
/// From one line of text to the next.
const LINE: f64 = SIZE * 2.1;

/// Writes the sheet: the last frame and the forecast at a few leads, with their times.
pub(crate) fn sheet(
    sink: &mut impl Write,
    facts: &Facts,
    clip: &Clip,
    f: &Forecast,
    parts: Parts<'_>,
) -> io::Result<()> {
    let (h, w) = (f.grid.height, f.grid.width);
    let scale = Scale::fitting(h, w, SIDES_PX.0, SIDES_PX.1);
    let now = still::seen(clip, parts, clip.frames.dim().0 - 1, scale);
    let mut panels = vec![(now, "now, last frame seen".to_owned(), INK)];
    for l in chosen(f.lead_s.len(), LEADS) {
        let rolled = f.rollout_from_lead.is_some_and(|from| l + 1 >= from);
        let words = facts.lead_words(f.lead_s[l]) + if rolled { ", rolled out" } else { "" };
        panels.push((still::said(f, parts, l, scale), words, lead(0.1)));
    }
    let columns = if w > 2 * h { 2 } else { COLUMNS }.min(panels.len());
    let rows = panels.len().div_ceil(columns);
    let (pw, ph) = (scale.px(w) as f64, scale.px(h) as f64);
    let title = match parts {
        Parts::Rain(_) => format!("Rain forecast · {}", facts.maker),
        Parts::Film | Parts::Fire(_) => format!("Film forecast · {}", facts.maker),
    };
    let time = format!("last frame {}", facts.issue_words());
    let grid = columns as f64 * pw + (columns - 1) as f64 * GUTTER;
    let words = text_width(SIZE * 1.1, &title).max(text_width(SIZE, &time));
    let legend = legend(parts);
    let content = grid.max(words).max(width(&legend)).max(text_width(SIZE * 0.9, NOTICE));
    let top = MARGIN + SIZE * 1.1 + LINE + SIZE;
    let row = ph + LINE + GUTTER * 0.5;
    let under = top + rows as f64 * row;
    let bar = scale_bar(f.grid.cell_m, scale, pw * 0.6);
    let lines = usize::from(!legend.is_empty()) + usize::from(bar.is_some()) + 1;
    let height = under + lines as f64 * LINE + MARGIN;
    let mut canvas =
        Canvas::new((content + 2.0 * MARGIN).ceil() as usize, height.ceil() as usize, PAPER);

    canvas.text([MARGIN, MARGIN + SIZE * 1.1], SIZE * 1.1, INK, &title);
    canvas.text([MARGIN, MARGIN + SIZE * 1.1 + LINE], SIZE, FAINT, &time);
    for (k, (picture, words, colour)) in panels.iter().enumerate() {
        let x = MARGIN + (k % columns) as f64 * (pw + GUTTER);
        let y = top + (k / columns) as f64 * row;
        canvas.text([x, y + SIZE * 1.3], SIZE, *colour, words);
        canvas.paste(picture, x as usize, (y + LINE) as usize);
    }
    let mut y = under + SIZE * 1.4;
    if !legend.is_empty() {
        draw(&mut canvas, &legend, [MARGIN, y]);
        y += LINE;
    }
    if let Some((px, words)) = bar {
        let (low, high) = (y - SIZE * 0.3, y - SIZE * 0.8);
        let mark = [[MARGIN, high], [MARGIN, low], [MARGIN + px, low], [MARGIN + px, high]];
        canvas.stroke(std::iter::once(mark.as_slice()), 1.6, INK);
        canvas.text([MARGIN + px + SIZE * 0.7, y], SIZE, INK, &words);
        y += LINE;
    }
    canvas.text([MARGIN, y], SIZE * 0.9, FAINT, NOTICE);
    canvas.png(sink)
}

/// Colours and what stands beside them: of rain, from which rate on; of a film, nothing.
fn legend(parts: Parts<'_>) -> Vec<(Rgb, String)> {
    match parts {
        Parts::Rain(wet) => {
            let steps = STEPS.iter().map(|(from, colour)| (*colour, short(f64::from(*from))));
            let mut keys: Vec<(Rgb, String)> = steps.collect();
            if let Some((_, words)) = keys.last_mut() {
                *words += " mm/h or more";
            }
            keys.push((NO_DATA, "no data".to_owned()));
            if wet.rain.is_guessed_anywhere() {
                keys.push((DRY, GUESSED.to_owned()));
            }
            keys
        }
        Parts::Film | Parts::Fire(_) => Vec::new(),
    }
}

/// What hatching means.
pub(super) const GUESSED: &str = "from where nobody saw: a guess";

/// Width of a colour in the legend, and of the room after its words.
const SWATCH: f64 = SIZE * 1.5;
const AFTER: f64 = SIZE;

/// Width of a legend, pixels.
fn width(legend: &[(Rgb, String)]) -> f64 {
    let key = |words: &str| SWATCH + SIZE * 0.4 + text_width(SIZE * 0.9, words) + AFTER;
    legend.iter().map(|(_, words)| key(words)).sum()
}

fn draw(canvas: &mut Canvas, legend: &[(Rgb, String)], [mut x, y]: [f64; 2]) {
    for (colour, words) in legend {
        canvas.rect([x, y - SIZE * 1.1, x + SWATCH, y + SIZE * 0.1], *colour);
        if words == GUESSED {
            still::hatch_rect(canvas, [x, y - SIZE * 1.1, x + SWATCH, y + SIZE * 0.1]);
        }
        canvas.text([x + SWATCH + SIZE * 0.4, y], SIZE * 0.9, INK, words);
        x += width(&[(*colour, words.clone())]);
    }
}

/// Writes the sequence: the last frames seen, then the forecast lead by lead.
pub(crate) fn sequence(
    sink: &mut impl Write,
    facts: &Facts,
    clip: &Clip,
    f: &Forecast,
    parts: Parts<'_>,
) -> io::Result<()> {
    gif::save(sink, f, |scale| {
        let strip = Strip::of(facts, clip, scale.px(clip.frames.dim().2));
        let t = clip.frames.dim().0;
        let seen = (t.saturating_sub(gif::SEEN)..t).map(|i| {
            let back_s = -((t - 1 - i) as f64) * clip.step_s;
            let canvas = strip.under(&still::seen(clip, parts, i, scale), back_s);
            Shot { canvas, stay_cs: if i + 1 == t { 120 } else { 35 } }
        });
        let leads = chosen(f.lead_s.len(), gif::LEADS);
        let last = leads.last().copied();
        let said = leads.iter().map(|&l| {
            let canvas = strip.under(&still::said(f, parts, l, scale), f.lead_s[l]);
            Shot { canvas, stay_cs: if Some(l) == last { 180 } else { 45 } }
        });
        seen.chain(said).collect()
    })
}
