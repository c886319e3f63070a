//! `rain_probability.png`: how likely light, moderate and heavy rain are, rate by rate and lead by
//! lead.

use std::io::{self, Write};

use ndarray::{ArrayView2, Axis, s};

use super::facts::{Facts, NOTICE, short};
use super::film::GUESSED;
use super::rain_colours::NO_DATA;
use super::scene::{Scale, chosen};
use super::still;
use crate::forecast::{Chance, Forecast, Rain};
use emberline_picture::palette::{FAINT, INK, PAPER, Rgb, between};
use emberline_picture::{Canvas, text_width};

/// Leads across, at most.
const LEADS: usize = 4;
/// Short and long side of one map, pixels.
const SIDES_PX: (usize, usize) = (190, 400);
/// Room around everything and between maps, pixels.
const MARGIN: f64 = 20.0;
const GUTTER: f64 = 12.0;
/// Height of a capital, and from one line of text to the next, pixels.
const SIZE: f64 = 11.0;
const LINE: f64 = SIZE * 2.1;
/// Colours at 0, 25, 50, 75 and 100 percent: rising evenly in lightness on dark ground.
const ANCHORS: [Rgb; 5] =
    [[34, 38, 46], [38, 76, 120], [30, 134, 140], [96, 190, 110], [250, 232, 90]];
/// Width of the legend's bar, pixels.
const BAR: f64 = 200.0;

/// Colour of a chance in percent.
fn colour(percent: u8) -> Rgb {
    if percent == Chance::NO_DATA {
        return NO_DATA;
    }
    between(&ANCHORS, f64::from(percent) / 100.0)
}

/// One map of percent.
fn map(percent: &ArrayView2<'_, u8>, scale: Scale) -> Canvas {
    let (h, w) = percent.dim();
    let colours: Vec<[f32; 3]> = (0..=255).map(|p| colour(p).map(f32::from)).collect();
    scale.painted(h, w, |y, x| colours[usize::from(percent[[y, x]])])
}

/// Writes the sheet: a row for each rate of [`Chance::PUBLISHED_RATES_MM_H`], a column for each of a few leads.
pub(crate) fn sheet(
    sink: &mut impl Write,
    facts: &Facts,
    f: &Forecast,
    rain: &Rain,
    chance: &Chance,
) -> io::Result<()> {
    let scale = Scale::fitting(f.grid.height, f.grid.width, SIDES_PX.0, SIDES_PX.1);
    let (pw, ph) = (scale.px(f.grid.width) as f64, scale.px(f.grid.height) as f64);
    let (leads, rates) = (chosen(f.lead_s.len(), LEADS), chance.published());
    let title = format!("Chance of rain · {}", facts.maker);
    let time = format!("last frame {}", facts.issue_words());
    let grid = leads.len() as f64 * (pw + GUTTER) - GUTTER;
    let legend = match rain.is_guessed_anywhere() {
        true => format!("chance of this rate or more, 0 to 100 %; hatched: {GUESSED}"),
        false => "chance of this rate or more, 0 to 100 %".to_owned(),
    };
    let words = [text_width(SIZE * 1.1, &title), text_width(SIZE, &time)];
    let under = [text_width(SIZE * 0.9, NOTICE), BAR + SIZE + text_width(SIZE * 0.9, &legend)];
    let content = words.into_iter().chain(under).fold(grid, f64::max);
    let top = MARGIN + SIZE * 1.1 + LINE + SIZE;
    let row = ph + LINE + GUTTER * 0.5;
    let end = top + rates.len() as f64 * row;
    let (width, height) = (content + 2.0 * MARGIN, end + 2.0 * LINE + MARGIN);
    let mut canvas = Canvas::new(width.ceil() as usize, height.ceil() as usize, PAPER);
    canvas.text([MARGIN, MARGIN + SIZE * 1.1], SIZE * 1.1, INK, &title);
    canvas.text([MARGIN, MARGIN + SIZE * 1.1 + LINE], SIZE, FAINT, &time);
    for (i, &k) in rates.iter().enumerate() {
        for (j, &l) in leads.iter().enumerate() {
            let (x, y) = (MARGIN + j as f64 * (pw + GUTTER), top + i as f64 * row);
            let rate = short(f64::from(chance.rates_mm_h[k]));
            let lead = facts.lead_words(f.lead_s[l]);
            let words = if j == 0 { format!("{rate} mm/h, {lead}") } else { lead };
            canvas.text([x, y + SIZE * 1.3], SIZE * 0.9, INK, &words);
            let percent = chance.percent.slice(s![k, l, .., ..]);
            let mut map = map(&percent, scale);
            if let Some(guessed) = &rain.from_outside {
                still::hatch(&mut map, &guessed.index_axis(Axis(0), l), scale);
            }
            canvas.paste(&map, x as usize, (y + LINE) as usize);
        }
    }
    let y = end + SIZE * 1.4;
    for px in 0..BAR as usize {
        let percent = (100.0 * px as f64 / BAR) as u8;
        let x = MARGIN + px as f64;
        canvas.rect([x, y - SIZE, x + 1.0, y], colour(percent));
    }
    canvas.text([MARGIN + BAR + SIZE, y], SIZE * 0.9, INK, &legend);
    canvas.text([MARGIN, y + LINE], SIZE * 0.9, FAINT, NOTICE);
    canvas.png(sink)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_chance_is_lighter() {
        let light = |p: u8| colour(p).map(u32::from).iter().sum::<u32>();
        assert!((0..100).all(|p| light(p) < light(p + 1) + 3), "falls somewhere");
        assert!(light(100) > light(0) + 300);
        assert_eq!(colour(Chance::NO_DATA), NO_DATA);
    }
}
