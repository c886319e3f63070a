//! `overlay.png` of a fire: the last frame, what burns now, and the front at a few leads, on one sheet.

use std::io::{self, Write};

use super::facts::{Facts, NOTICE, short};
use super::ground::Ground;
use super::parts::Fire;
use super::scene::{MASKED, Scale, burnt_by, burnt_now, chosen, front};
use crate::clip::Clip;
use crate::forecast::Forecast;
use emberline_picture::palette::{self, BURNT, FAINT, INK, NOW, PAPER, Rgb, SHADE, mix};
use emberline_picture::{Canvas, text_width};

/// Leads drawn at most.
const FRONTS: usize = 6;
/// Room around everything, pixels.
const MARGIN: f64 = 20.0;

/// Writes the sheet; `ground` is that of the middle of a grid on the map.
pub(crate) fn write(
    sink: &mut impl Write,
    facts: &Facts,
    clip: &Clip,
    f: &Forecast,
    fire: Fire<'_>,
    ground: Option<Ground>,
) -> io::Result<()> {
    let scale = Scale::fitting(f.grid.height, f.grid.width, 480, 1600);
    let leads = chosen(f.lead_s.len(), FRONTS);
    let picture = picture(clip, fire, scale, &leads);
    sheet(&picture, facts, f, scale, &leads, ground).png(sink)
}

/// Colour of the `i`-th of `n` fronts.
fn colour(i: usize, n: usize) -> Rgb {
    palette::lead(if n > 1 { i as f64 / (n - 1) as f64 } else { 0.35 })
}

/// The frame with everything drawn on it.
fn picture(clip: &Clip, fire: Fire<'_>, scale: Scale, leads: &[usize]) -> Canvas {
    let mut canvas = scale.ground(clip, clip.frames.dim().0 - 1);
    let now = burnt_now(fire.burning, scale);
    let fronts: Vec<_> = leads.iter().map(|l| burnt_by(fire.burn, *l, scale)).collect();
    canvas.fill(&now, BURNT, SHADE);
    for (i, area) in fronts.iter().enumerate() {
        // Even-odd over an area and the one before it leaves the band between them.
        let before = if i == 0 { &now } else { &fronts[i - 1] };
        let band = [area.as_slice(), before.as_slice()].concat();
        canvas.fill(&band, colour(i, leads.len()), 0.2);
    }
    let pen = (canvas.width.min(canvas.height) as f64 / 260.0).clamp(1.6, 3.0);
    for (i, area) in fronts.iter().enumerate().rev() {
        front(&mut canvas, area, pen, colour(i, leads.len()));
    }
    front(&mut canvas, &now, pen * 0.8, NOW);
    canvas
}

/// A line of the legend: what is drawn before its words.
enum Key {
    BurntNow,
    Line(Rgb),
    Masked,
}

/// The picture with its title above, and legend, scale bar, north and notice below.
fn sheet(
    picture: &Canvas,
    facts: &Facts,
    f: &Forecast,
    scale: Scale,
    leads: &[usize],
    ground: Option<Ground>,
) -> Canvas {
    let size = (picture.width.max(picture.height) as f64 / 72.0).clamp(10.0, 14.0);
    let content = (picture.width as f64).max(size * 42.0);
    let (width, line) = (content + 2.0 * MARGIN, size * 2.1);
    let (left, right) = (MARGIN, MARGIN + content);

    let title = format!("Fire front forecast · {}", facts.maker);
    let mut time = format!("last frame {}", facts.issue_words());
    if let Some(place_error_m) = f.grid.place_error_m {
        time += &format!(" · place ± {} m", short(place_error_m));
    }
    let one_line = text_width(size * 1.1, &title) + text_width(size, &time) + 3.0 * size < content;
    let top = MARGIN + size * 1.1 + if one_line { 0.0 } else { line };
    let image_y = top + size * 1.2;

    let mut keys = vec![(Key::BurntNow, "burnt now".to_owned())];
    keys.extend(
        leads
            .iter()
            .enumerate()
            .map(|(i, l)| (Key::Line(colour(i, leads.len())), facts.lead_words(f.lead_s[*l]))),
    );
    if f.grid.masked.is_some() {
        keys.push((Key::Masked, "not looked at".to_owned()));
    }
    let swatch = size * 1.7;
    let mut places = Vec::new();
    let mut at = [left, image_y + picture.height as f64 + line];
    for (_, words) in &keys {
        let wide = swatch + size * 0.6 + text_width(size, words);
        if at[0] + wide > right && at[0] > left {
            at = [left, at[1] + line];
        }
        places.push(at);
        at[0] += wide + size * 1.2;
    }
    // The scale bar stands at the right end of the last row, or has a row of its own.
    let cell_m = ground.map(|ground| ground.col_m()).or(f.grid.cell_m);
    let north = ground.and_then(north);
    let bar = scale_bar(cell_m, scale, content * 0.3).map(|(px, words)| {
        let arrow = north.map_or(0.0, |_| size * ARROW);
        let wide = arrow + px + size * 0.7 + text_width(size, &words);
        if at[0] + wide > right {
            at = [left, at[1] + line];
        }
        ([right - wide + arrow, at[1]], px, words)
    });
    let notice_y = at[1] + line;
    let mut canvas = Canvas::new(width.ceil() as usize, (notice_y + MARGIN) as usize, PAPER);

    canvas.text([left, MARGIN + size * 1.1], size * 1.1, INK, &title);
    let time_x = if one_line { right - text_width(size, &time) } else { left };
    canvas.text([time_x, top], size, FAINT, &time);
    let image_x = left + ((content - picture.width as f64) / 2.0).floor();
    canvas.paste(picture, image_x as usize, image_y as usize);
    for ((key, words), [x, y]) in keys.iter().zip(places) {
        let middle = y - size * 0.5;
        match key {
            Key::BurntNow => {
                canvas.rect([x, y - size * 1.1, x + swatch, y + size * 0.1], NOW);
                let inner = [x + 1.5, y - size * 1.1 + 1.5, x + swatch - 1.5, y + size * 0.1 - 1.5];
                canvas.rect(inner, mix([140; 3], BURNT, SHADE));
            }
            Key::Line(colour) => {
                let line = [[x + 2.0, middle], [x + swatch - 2.0, middle]];
                canvas.stroke(std::iter::once(line.as_slice()), 3.0, *colour);
            }
            Key::Masked => {
                canvas.rect([x, y - size * 1.1, x + swatch, y + size * 0.1], MASKED);
            }
        }
        canvas.text([x + swatch + size * 0.6, y], size, INK, words);
    }
    if let Some(([x, y], px, words)) = bar {
        let (low, high) = (y - size * 0.3, y - size * 0.8);
        let mark = [[x, high], [x, low], [x + px, low], [x + px, high]];
        canvas.stroke(std::iter::once(mark.as_slice()), 1.6, INK);
        canvas.text([x + px + size * 0.7, y], size, INK, &words);
        if let Some(way) = north {
            arrow(&mut canvas, [x - size * ARROW, y], size, way);
        }
    }
    canvas.text([left, notice_y], size * 0.9, FAINT, NOTICE);
    canvas
}

/// Room for the arrow to the north and its letter, capitals.
const ARROW: f64 = 3.6;

/// Which way true north is in the picture, to the right and down, of length 1.
fn north(ground: Ground) -> Option<[f64; 2]> {
    let way = ground.cols_rows([0.0, 1.0]);
    let long = way[0].hypot(way[1]);
    (long.is_finite() && long > 0.0).then(|| way.map(|v| v / long))
}

/// An arrow to the north with its letter, from `x` on, on the line `y`.
fn arrow(canvas: &mut Canvas, [x, y]: [f64; 2], size: f64, [right, down]: [f64; 2]) {
    let middle = [x + size * 0.9, y - size * 0.5];
    let at = |along: f64, aside: f64| {
        let (along, aside) = (along * size, aside * size);
        [middle[0] + along * right - aside * down, middle[1] + along * down + aside * right]
    };
    let (tip, foot) = (at(0.9, 0.0), at(-0.9, 0.0));
    let head = [at(0.25, -0.42), tip, at(0.25, 0.42)];
    canvas.stroke([[foot, tip].as_slice(), head.as_slice()].into_iter(), 1.6, INK);
    canvas.text([x + size * 2.1, y], size, INK, "N");
}

/// Length in pixels and words of a bar of 1, 2 or 5 times ten metres, where the cell is known.
pub(super) fn scale_bar(
    cell_m: Option<f64>,
    scale: Scale,
    longest_px: f64,
) -> Option<(f64, String)> {
    let m_per_px =
        cell_m.filter(|m| m.is_finite() && *m > 0.0)? * scale.down as f64 / scale.up as f64;
    let longest_m = longest_px * m_per_px;
    let ten = 10f64.powf(longest_m.log10().floor());
    let m = [5.0, 2.0, 1.0].into_iter().map(|k| k * ten).find(|m| *m <= longest_m)?;
    let words = match m {
        m if m >= 1000.0 => format!("{} km", short(m / 1000.0)),
        m if m >= 1.0 => format!("{} m", short(m)),
        m => format!("{} cm", short(m * 100.0)),
    };
    Some((m / m_per_px, words))
}
