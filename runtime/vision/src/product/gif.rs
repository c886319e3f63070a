//! `forecast.gif`: the last frames seen, then the forecast lead by lead, each with its time.

use std::io::{self, Write};
use std::ops::Range;

use color_quant::NeuQuant;
use gif::{DisposalMethod, Encoder, EncodingError, Frame, Repeat};
use ndarray::Axis;

use super::facts::{Facts, NOTICE};
use super::parts::Fire;
use super::scene::{Scale, burnt_by, burnt_now, chosen, front};
use crate::clip::Clip;
use crate::forecast::Forecast;
use emberline_picture::palette::{self, BURNT, FAINT, INK, NOW, PAPER, SHADE, mix};
use emberline_picture::{Canvas, text_width};

/// Frames of what was seen, at most.
pub(super) const SEEN: usize = 6;
/// Leads shown, at most.
pub(super) const LEADS: usize = 20;
/// Short and long side of the picture in pixels, tried in turn until the file is small enough.
const SIZES: [(usize, usize); 4] = [(384, 640), (288, 480), (192, 360), (128, 240)];
/// What a message or a slow link can carry.
const LARGEST_BYTES: usize = 3_000_000;
/// Height of the strip and of a capital in it, pixels.
const STRIP: usize = 62;
const SIZE: f64 = 11.0;
/// Steps of probability that are told apart.
const VEILS: usize = 500;
/// Pixels that the palette is chosen from, at most about so many.
const SAMPLE: usize = 120_000;
/// Colour index that means "as before".
const SAME: u8 = 255;

/// One picture and how long it stays, in hundredths of a second.
pub(super) struct Shot {
    pub(super) canvas: Canvas,
    pub(super) stay_cs: u16,
}

/// Writes the sequence, smaller if it would be too large.
pub(crate) fn write(
    sink: &mut impl Write,
    facts: &Facts,
    clip: &Clip,
    f: &Forecast,
    fire: Fire<'_>,
) -> io::Result<()> {
    save(sink, f, |scale| shots(facts, clip, f, fire, scale))
}

/// Writes the sequence that `shots` gives, smaller if it would be too large.
pub(super) fn save(
    sink: &mut impl Write,
    f: &Forecast,
    shots: impl Fn(Scale) -> Vec<Shot>,
) -> io::Result<()> {
    let mut bytes = Vec::new();
    for (short_px, long_px) in SIZES {
        let scale = Scale::fitting(f.grid.height, f.grid.width, short_px, long_px);
        let shots = shots(scale);
        bytes = encode(&shots).map_err(|e| match e {
            EncodingError::Io(e) => e,
            e => io::Error::other(e),
        })?;
        if bytes.len() <= LARGEST_BYTES {
            break;
        }
    }
    sink.write_all(&bytes)
}

fn shots(
    facts: &Facts,
    clip: &Clip,
    f: &Forecast,
    Fire { burning, burn }: Fire<'_>,
    scale: Scale,
) -> Vec<Shot> {
    let t = clip.frames.dim().0;
    let leads = chosen(f.lead_s.len(), LEADS);
    let strip = Strip::of(facts, clip, scale.px(clip.frames.dim().2));
    let mut out = Vec::new();
    for i in t.saturating_sub(SEEN)..t {
        let back_s = -((t - 1 - i) as f64) * clip.step_s;
        let mut canvas = scale.ground(clip, i);
        let burnt = burning.burnt.index_axis(Axis(0), i).mapv(|b| f32::from(u8::from(b)));
        front(&mut canvas, &scale.areas(&burnt.view(), 0.5), 1.2, NOW);
        let stay_cs = if i + 1 == t { 120 } else { 35 };
        out.push(Shot { canvas: strip.under(&canvas, back_s), stay_cs });
    }
    let now = burnt_now(burning, scale);
    let mut ground = scale.ground(clip, t - 1);
    ground.fill(&now, BURNT, SHADE);
    let seen = scale.smooth(&burning.now().mapv(|b| f32::from(u8::from(b))).view());
    // Colour and opacity by probability, in steps of a 500th.
    let veils: Vec<_> = (0..=VEILS)
        .map(|k| k as f64 / VEILS as f64)
        .map(|p| (palette::lead(0.85 - 0.55 * p), 0.55 * p.powf(0.7)))
        .collect();
    let lead = |(i, &l): (usize, &usize)| {
        let mut canvas = ground.clone();
        let p = scale.smooth(&burn.probability.index_axis(Axis(0), l));
        for ((pixel, p), seen) in canvas.pixels.iter_mut().zip(&p).zip(&seen) {
            let p = (p * (1.0 - seen)).clamp(0.0, 1.0);
            if p > 0.02 {
                let (colour, opacity) = veils[(p * VEILS as f32 + 0.5) as usize];
                *pixel = mix(*pixel, colour, opacity);
            }
        }
        front(&mut canvas, &burnt_by(burn, l, scale), 1.8, palette::lead(0.0));
        front(&mut canvas, &now, 1.0, NOW);
        let stay_cs = if i + 1 == leads.len() { 180 } else { 45 };
        Shot { canvas: strip.under(&canvas, f.lead_s[l]), stay_cs }
    };
    // Two threads: on more the palette and the packing, which come after, take longest.
    let all: Vec<_> = leads.iter().enumerate().collect();
    let (early, late) = all.split_at(all.len() / 2);
    std::thread::scope(|scope| {
        let late = scope.spawn(|| late.iter().map(|l| lead(*l)).collect::<Vec<_>>());
        out.extend(early.iter().map(|l| lead(*l)));
        out.extend(late.join().unwrap_or_else(|p| std::panic::resume_unwind(p)));
    });
    out
}

/// What stands under each picture: the time, who says so, and how far along it is.
pub(super) struct Strip<'a> {
    facts: &'a Facts,
    first_s: f64,
    /// The paper with what stands under every picture, from a picture's lower edge on.
    paper: Canvas,
}

impl<'a> Strip<'a> {
    /// The strip of a sequence of `clip` and its forecast, under pictures `width` pixels wide.
    pub(super) fn of(facts: &'a Facts, clip: &Clip, width: usize) -> Self {
        let first_s = -((clip.frames.dim().0.min(SEEN) - 1) as f64) * clip.step_s;
        let mut paper = Canvas::new(width.max(360), STRIP, PAPER);
        paper.text([12.0, 50.0], SIZE * 0.8, FAINT, NOTICE);
        Self { facts, first_s, paper }
    }

    /// `picture` with the strip of `lead_s` (0 is now) under it.
    pub(super) fn under(&self, picture: &Canvas, lead_s: f64) -> Canvas {
        let size = SIZE;
        let width = self.paper.width;
        let bottom = picture.height as f64;
        let mut canvas = Canvas::new(width, picture.height + STRIP, PAPER);
        canvas.paste(&self.paper, 0, picture.height);
        canvas.paste(picture, width.saturating_sub(picture.width) / 2, 0);
        let share = (lead_s - self.first_s) / (self.facts.horizon_s - self.first_s);
        let now = -self.first_s / (self.facts.horizon_s - self.first_s);
        let w = width as f64;
        canvas.rect([0.0, bottom, w, bottom + 4.0], mix(PAPER, FAINT, 0.35));
        canvas.rect([0.0, bottom, w * share.min(now), bottom + 4.0], FAINT);
        if lead_s > 0.0 {
            canvas.rect([w * now, bottom, w * share, bottom + 4.0], palette::lead(0.15));
        }
        let (words, colour) = match lead_s {
            s if s < 0.0 => (format!("{} seen", self.facts.lead_words(s)), INK),
            0.0 => ("now, last frame seen".to_owned(), INK),
            s => (format!("{} forecast", self.facts.lead_words(s)), palette::lead(0.1)),
        };
        canvas.text([12.0, bottom + 28.0], size * 1.25, colour, &words);
        let maker = &self.facts.maker;
        let x = w - 12.0 - text_width(size, maker);
        if x > text_width(size * 1.25, &words) + 30.0 {
            canvas.text([x, bottom + 28.0], size, FAINT, maker);
        }
        canvas
    }
}

/// One palette for all shots; after the first, only what changed is stored.
fn encode(shots: &[Shot]) -> Result<Vec<u8>, EncodingError> {
    let Some(first) = shots.first() else { return Ok(Vec::new()) };
    let (w, h) = (first.canvas.width, first.canvas.height);
    let net = quantise(shots);
    let mut colours = net.color_map_rgb();
    colours.truncate(255 * 3);
    colours.extend([0, 0, 0]);
    // Finding colours and packing take longest; each frame is packed by itself.
    let half = shots.len() / 2;
    let frames = std::thread::scope(|scope| {
        let late = scope.spawn(|| pack(shots, half..shots.len(), &net));
        let mut all = pack(shots, 0..half, &net);
        all.extend(late.join().unwrap_or_else(|p| std::panic::resume_unwind(p)));
        all
    });
    let mut encoder = Encoder::new(Vec::new(), w as u16, h as u16, &colours)?;
    encoder.set_repeat(Repeat::Infinite)?;
    for frame in &frames {
        encoder.write_lzw_pre_encoded_frame(frame)?;
    }
    encoder.into_inner()
}

/// Frames `which` of the sequence, packed.
fn pack(shots: &[Shot], which: Range<usize>, net: &NeuQuant) -> Vec<Frame<'static>> {
    let mut index = index(net);
    let mut indexed =
        |k: usize| -> Vec<u8> { shots[k].canvas.pixels.iter().map(|p| index(*p)).collect() };
    let mut before = which.start.checked_sub(1).map_or(Vec::new(), &mut indexed);
    let mut frames = Vec::new();
    for k in which {
        let now = indexed(k);
        let w = shots[k].canvas.width;
        let [x0, y0, x1, y1] = changed(&before, &now, w);
        let mut part = Vec::with_capacity((x1 - x0) * (y1 - y0));
        for i in (y0..y1).flat_map(|y| (x0..x1).map(move |x| y * w + x)) {
            part.push(if before.get(i) == Some(&now[i]) { SAME } else { now[i] });
        }
        let mut frame = Frame {
            delay: shots[k].stay_cs,
            dispose: DisposalMethod::Keep,
            transparent: Some(SAME),
            left: x0 as u16,
            top: y0 as u16,
            width: (x1 - x0) as u16,
            height: (y1 - y0) as u16,
            buffer: part.into(),
            ..Frame::default()
        };
        frame.make_lzw_pre_encoded();
        frames.push(frame);
        before = now;
    }
    frames
}

/// The rectangle in which two pictures differ (at least a pixel): x0, y0, x1, y1.
fn changed(before: &[u8], now: &[u8], w: usize) -> [usize; 4] {
    let h = now.len() / w;
    if before.len() != now.len() {
        return [0, 0, w, h];
    }
    let (mut x0, mut y0, mut x1, mut y1) = (w, h, 0, 0);
    for i in (0..now.len()).filter(|i| before[*i] != now[*i]) {
        let (x, y) = (i % w, i / w);
        (x0, y0, x1, y1) = (x0.min(x), y0.min(y), x1.max(x + 1), y1.max(y + 1));
    }
    if x1 == 0 { [0, 0, 1, 1] } else { [x0, y0, x1, y1] }
}

/// 255 colours for all shots.
fn quantise(shots: &[Shot]) -> NeuQuant {
    let total: usize = shots.iter().map(|s| s.canvas.pixels.len()).sum();
    let step = (total / SAMPLE).max(1) | 1;
    let sample: Vec<u8> = shots
        .iter()
        .flat_map(|s| s.canvas.pixels.iter())
        .step_by(step)
        .flat_map(|p| [p[0], p[1], p[2], 255])
        .collect();
    NeuQuant::new(10, 255, &sample)
}

/// The index of a colour among those of `net`, asked for once for each of 64³ colours.
fn index(net: &NeuQuant) -> impl FnMut([u8; 3]) -> u8 {
    let mut known: Vec<Option<u8>> = vec![None; 1 << 18];
    move |[r, g, b]: [u8; 3]| {
        let key = usize::from(r >> 2) << 12 | usize::from(g >> 2) << 6 | usize::from(b >> 2);
        *known[key].get_or_insert_with(|| net.index_of(&[r, g, b, 255]) as u8)
    }
}
