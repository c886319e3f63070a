//! False colour: which palette a thermal film is shown in, and its heat as one channel.
//!
//! Heat in false colour lies on a curve through the colours, and a photograph's colours fill a body.
//! Two things are held against each palette: how far a film's colours scatter around the curve that
//! they make themselves, and how far that curve lies from the palette's. The first is what compression
//! does, the second how much one camera's palette differs from another's of the same name.

use ndarray::{Array2, Array3};

use super::palette::{COLOURS, Palette, colours};
use crate::frame::{Frame, Pixels};

/// Pixels that are looked at.
const SAMPLES: usize = 1 << 13;
/// A colour counts as one where its channels differ by more than this, levels.
const COLOURFUL: f32 = 40.0;
/// Least share of a film's pixels that must be so.
const COLOURFUL_SHARE: f64 = 0.02;
/// Parts of a curve; colours of one part are compared with their mean.
const PARTS: usize = 64;
/// A part is there from this share of the colourful pixels on; so many must be there: heat is of all values,
/// and has 30 and more, where light of one colour on grey things has 4 to 16.
const PART_SHARE: f64 = 0.002;
const PARTS_MIN: usize = 18;
/// Most scatter of a film's colours around their own curve, levels: half of them, nine tenths. JPEG of
/// quality 75 and H.264 at a crf of 32 leave up to 10 and 23; colour films of fire have 8 to 15 and 22 to 34
/// around curves that lie far from theirs.
const SCATTER: [f64; 2] = [11.0, 25.0];
/// Most distance of that curve from the palette's, mean levels: cameras differ by so much. Another palette
/// of a like order of colours is up to twice as far away, and colour films of fire 38 and more.
const MISFIT: f64 = 16.0;
const NEAR: f64 = 34.0;
/// A film of a palette that is like one has at least this share of colourful pixels, and its pixels are within
/// this of that one's curve, levels.
const NEAR_SHARE: f64 = 0.25;
const NEAR_CURVE: f32 = 64.0;
/// The same two, where the palette has the colours of flames: a real fireplace has 7, 19 and 17.
const SCATTER_FLAMES: [f64; 2] = [9.0, 20.0];
const MISFIT_FLAMES: f64 = 9.0;
/// A pixel belongs to a palette within this many levels of its curve...
const ON_CURVE: f32 = 48.0;
/// ... and so must this share of all pixels, with colour or without.
const ON_CURVE_SHARE: f64 = 0.85;
/// A palette that a person names must be within this of half of the film's colourful pixels, levels.
const NAMED: f64 = 48.0;
/// A film is on a curve that no palette fits where so many colours hold nine tenths of its pixels...
const CURVE_COLOURS: usize = 120;
/// ... most of which are colourful...
const CURVE_SHARE: f64 = 0.5;
/// ... and this share of those blue or green, and red.
const CURVE_SIDES: f64 = 0.05;
/// Weight of brightness over colour where heat is told from a colour: compression keeps brightness better.
const BRIGHTNESS: f32 = 3.0;

/// What the colours of a film are, as far as palettes go.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum FalseColour {
    /// Of no palette.
    None,
    /// Of this one.
    Palette(Found),
    /// Of one that is like this one, and is not known.
    Near(Found),
    /// Of this one, but much of the picture is something else.
    Mixed(Found),
    /// On a curve that no palette fits.
    Unknown,
}

/// A palette, and how well it fits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Found {
    pub(super) palette: Palette,
    /// Which of its forms.
    form: usize,
    /// Mean distance of the film's colours from its curve, levels.
    pub(super) levels: f64,
}

impl FalseColour {
    /// Of `frames` in 8-bit colour, but for the cells `masked`.
    pub(super) fn of(frames: &[Frame], masked: Option<&Array2<bool>>) -> Self {
        let all = sampled(frames, masked);
        let colourful: Vec<[f32; 3]> = all.iter().copied().filter(is_colourful).collect();
        let share = colourful.len() as f64 / all.len().max(1) as f64;
        if share < COLOURFUL_SHARE {
            return Self::None;
        }
        let fits = forms().filter_map(|(palette, form, points)| {
            let curve = colours(points);
            let fit = Fit::of(&colourful, &curve)?;
            fit.is_near(palette).then_some((fit, palette, form, curve))
        });
        let best = fits.min_by(|a, b| a.0.badness().total_cmp(&b.0.badness()));
        let Some((fit, palette, form, curve)) = best else {
            return if is_curve(&all, &colourful) { Self::Unknown } else { Self::None };
        };
        let found = Found { palette, form, levels: fit.distance };
        let is_whole = fit.misfit <= MISFIT;
        let within = if is_whole { ON_CURVE } else { NEAR_CURVE };
        let on = all.iter().filter(|c| nearest(&curve, c).1 <= within * within).count();
        let is_on = on as f64 >= ON_CURVE_SHARE * all.len() as f64;
        if !is_whole {
            return if is_on && share >= NEAR_SHARE { Self::Near(found) } else { Self::None };
        }
        match is_on {
            true => Self::Palette(found),
            // A dusk sky may be of a palette's colours, but is no large part of one alone.
            false if share >= CURVE_SHARE => Self::Mixed(found),
            false => Self::None,
        }
    }
}

impl Found {
    /// The palette that a person names, where the colours of `frames` are anything like it; else how
    /// far they are from it, levels.
    pub(super) fn named(
        palette: Palette,
        frames: &[Frame],
        masked: Option<&Array2<bool>>,
    ) -> Result<Self, f64> {
        let all = sampled(frames, masked);
        let forms = forms().filter(|(p, ..)| *p == palette).map(|(_, form, points)| {
            let curve = colours(points);
            let mut far: Vec<f64> = all
                .iter()
                .filter(|c| is_colourful(c))
                .map(|c| f64::from(nearest(&curve, c).1.sqrt()))
                .collect();
            let mean = far.iter().sum::<f64>() / far.len().max(1) as f64;
            (quantile(&mut far, 0.5).unwrap_or(f64::INFINITY), form, mean)
        });
        let best = forms.min_by(|a, b| a.2.total_cmp(&b.2));
        match best {
            Some((half, form, levels)) if half <= NAMED => Ok(Self { palette, form, levels }),
            Some((half, ..)) => Err(half),
            None => Err(f64::INFINITY),
        }
    }

    /// A way back from colour to heat, 0 to 255.
    pub(super) fn undo(&self) -> impl FnMut(&Pixels) -> Pixels {
        let curve: Vec<[f32; 3]> =
            colours(self.palette.curves()[self.form]).iter().map(weighted).collect();
        // Heat of each colour met so far, plus 1.
        let mut heat = vec![0u16; 1 << 24];
        move |pixels| {
            let Pixels::U8(a) = pixels else { return pixels.clone() };
            let (h, w, _) = a.dim();
            Pixels::U8(Array3::from_shape_fn((h, w, 1), |(y, x, _)| {
                let [r, g, b] = [a[[y, x, 0]], a[[y, x, 1]], a[[y, x, 2]]];
                let at = usize::from(r) << 16 | usize::from(g) << 8 | usize::from(b);
                if heat[at] == 0 {
                    let colour = weighted(&[f32::from(r), f32::from(g), f32::from(b)]);
                    heat[at] = nearest(&curve, &colour).0 as u16 + 1;
                }
                (heat[at] - 1) as u8
            }))
        }
    }
}

/// How well colours fit a palette.
struct Fit {
    /// Distance from their own mean of colours that the palette puts together: half, nine tenths.
    scatter: [f64; 2],
    /// Mean distance of those means from the palette.
    misfit: f64,
    /// Mean distance of all from the palette.
    distance: f64,
}

impl Fit {
    /// `None` where they are of too few parts of it.
    fn of(seen: &[[f32; 3]], curve: &[[f32; 3]]) -> Option<Self> {
        let places: Vec<(usize, f32)> = seen.iter().map(|c| nearest(curve, c)).collect();
        let part = |place: usize| place * PARTS / COLOURS;
        let mut sums = [[0f64; 4]; PARTS];
        for ((place, _), colour) in places.iter().zip(seen) {
            let sum = &mut sums[part(*place)];
            (0..3).for_each(|c| sum[c] += f64::from(colour[c]));
            sum[3] += 1.0;
        }
        let there = sums.iter().filter(|s| s[3] >= PART_SHARE * seen.len() as f64).count();
        if there < PARTS_MIN {
            return None;
        }
        let mean = |p: usize| -> [f32; 3] {
            std::array::from_fn(|c| (sums[p][c] / sums[p][3].max(1.0)) as f32)
        };
        let mut scatter: Vec<f64> = places
            .iter()
            .zip(seen)
            .map(|((place, _), c)| f64::from(squared(&mean(part(*place)), c).sqrt()))
            .collect();
        let n = seen.len() as f64;
        let misfit = |p: usize| sums[p][3] * f64::from(nearest(curve, &mean(p)).1.sqrt());
        Some(Self {
            scatter: [quantile(&mut scatter, 0.5)?, quantile(&mut scatter, 0.9)?],
            misfit: (0..PARTS).map(misfit).sum::<f64>() / n,
            distance: places.iter().map(|(_, far)| f64::from(far.sqrt())).sum::<f64>() / n,
        })
    }

    /// Of two palettes the one is taken of which this is less: scatter is more where a palette puts
    /// colours together that are not.
    fn badness(&self) -> f64 {
        self.misfit + 0.5 * self.scatter[1]
    }

    fn is_near(&self, palette: Palette) -> bool {
        let (scatter, misfit) = match palette.is_like_flames() {
            true => (SCATTER_FLAMES, MISFIT_FLAMES),
            false => (SCATTER, NEAR),
        };
        self.scatter[0] <= scatter[0] && self.scatter[1] <= scatter[1] && self.misfit <= misfit
    }
}

/// Every form of every palette.
fn forms() -> impl Iterator<Item = (Palette, usize, &'static [[u8; 3]])> {
    Palette::ALL
        .into_iter()
        .flat_map(|p| p.curves().iter().enumerate().map(move |(form, c)| (p, form, *c)))
}

/// Some pixels of `frames`, the more the fewer there are.
fn sampled(frames: &[Frame], masked: Option<&Array2<bool>>) -> Vec<[f32; 3]> {
    let cells: usize = frames.iter().map(|f| f.pixels.shape()[0] * f.pixels.shape()[1]).sum();
    let every = (cells / SAMPLES).max(1);
    // A step that shares no factor with most widths, so that all columns are met.
    let every = if every > 1 { every | 1 } else { every };
    let (mut out, mut at) = (Vec::new(), 0);
    for frame in frames {
        let Pixels::U8(a) = &*frame.pixels else { continue };
        let (h, w, channels) = a.dim();
        while at < h * w {
            let (y, x) = (at / w, at % w);
            if channels == 3 && !masked.is_some_and(|m| m[[y, x]]) {
                out.push(std::array::from_fn(|c| f32::from(a[[y, x, c]])));
            }
            at += every;
        }
        at -= h * w;
    }
    out
}

fn is_colourful(colour: &[f32; 3]) -> bool {
    let [r, g, b] = *colour;
    r.max(g).max(b) - r.min(g).min(b) > COLOURFUL
}

/// Whether so few colours are so far apart that they lie on a curve.
fn is_curve(all: &[[f32; 3]], colourful: &[[f32; 3]]) -> bool {
    let mut cells = vec![0usize; 1 << 15];
    for [r, g, b] in all {
        cells[(*r as usize >> 3) << 10 | (*g as usize >> 3) << 5 | *b as usize >> 3] += 1;
    }
    cells.sort_unstable_by(|a, b| b.cmp(a));
    let (mut held, mut needed) = (0, 0);
    while held * 10 < all.len() * 9 {
        held += cells[needed];
        needed += 1;
    }
    let share = |test: fn(&[f32; 3]) -> bool| {
        colourful.iter().filter(|c| test(c)).count() as f64 / colourful.len().max(1) as f64
    };
    needed > 8
        && needed <= CURVE_COLOURS
        && colourful.len() as f64 >= CURVE_SHARE * all.len() as f64
        && share(|[r, g, b]| r > g && r > b) >= CURVE_SIDES
        && share(|[r, g, b]| b > r || g > r) >= CURVE_SIDES
}

/// The place on `curve` nearest to a colour, and the square of its distance.
fn nearest(curve: &[[f32; 3]], colour: &[f32; 3]) -> (usize, f32) {
    let mut best = (0, f32::INFINITY);
    for (k, at) in curve.iter().enumerate() {
        let far = squared(at, colour);
        if far < best.1 {
            best = (k, far);
        }
    }
    best
}

fn squared(a: &[f32; 3], b: &[f32; 3]) -> f32 {
    (0..3).map(|c| (a[c] - b[c]) * (a[c] - b[c])).sum()
}

/// A colour as brightness and two differences from it (ITU-R BT.601), brightness weighing more.
fn weighted([r, g, b]: &[f32; 3]) -> [f32; 3] {
    let y = 0.299 * r + 0.587 * g + 0.114 * b;
    [BRIGHTNESS * y, (b - y) / 1.772, (r - y) / 1.402]
}

fn quantile(values: &mut [f64], share: f64) -> Option<f64> {
    let at = (values.len() as f64 * share) as usize;
    let at = at.min(values.len().checked_sub(1)?);
    Some(*values.select_nth_unstable_by(at, f64::total_cmp).1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Elapsed, FrameTime, TimeSource};

    const SIDES: [usize; 2] = [96, 128];

    /// Warm ground, a road, and a fire with a soft edge that grows, 0 to 255.
    fn heat(t: usize, y: usize, x: usize) -> u8 {
        let far = ((y as f32 - 50.0).powi(2) + (x as f32 - 60.0).powi(2)).sqrt();
        let fire = 1.0 / (1.0 + ((far - 18.0 - 2.0 * t as f32) / 3.0).exp());
        let ground = 30.0 + 25.0 * (x as f32 / 17.0).sin() + 20.0 * (y as f32 / 11.0).cos();
        let road = if x.abs_diff(100) < 3 { 40.0 } else { 0.0 };
        (ground + road + fire * (250.0 - ground - road)).clamp(0.0, 255.0) as u8
    }

    fn film(colour: impl Fn(usize, usize, usize) -> [f32; 3]) -> Vec<Frame> {
        let [h, w] = SIDES;
        let frame = |t: usize| {
            let time = FrameTime::since_first(Elapsed::counted(t, 1.0), TimeSource::Step);
            let mut a = Array3::zeros((h, w, 3));
            for y in 0..h {
                for x in 0..w {
                    let colour = colour(t, y, x);
                    (0..3).for_each(|c| a[[y, x, c]] = (colour[c] + 0.5) as u8);
                }
            }
            Frame::new(Pixels::U8(a), time)
        };
        (0..3).map(frame).collect()
    }

    /// The colour of `of`, but that of 2 × 2 pixels in common, as 4:2:0 has it.
    fn coarse(of: impl Fn(usize, usize) -> [f32; 3], y: usize, x: usize) -> [f32; 3] {
        let parts = |[r, g, b]: [f32; 3]| {
            let y = 0.299 * r + 0.587 * g + 0.114 * b;
            [y, b - y, r - y]
        };
        let (top, left) = (y & !1, x & !1);
        let mut mean = [0.0; 2];
        for (dy, dx) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let [_, b, r] = parts(of(top + dy, left + dx));
            mean[0] += b / 4.0;
            mean[1] += r / 4.0;
        }
        let brightness = parts(of(y, x))[0];
        let [b, r] = mean.map(|v| v + brightness);
        let g = (brightness - 0.114 * b - 0.299 * r) / 0.587;
        [r, g, b].map(|v| v.clamp(0.0, 255.0))
    }

    #[test]
    fn every_form_of_every_palette_is_found_and_undone() {
        for (palette, form, points) in forms() {
            let curve = colours(points);
            for subsampled in [false, true] {
                let frames = film(|t, y, x| {
                    let plain = |y: usize, x: usize| curve[usize::from(heat(t, y, x))];
                    if subsampled { coarse(plain, y, x) } else { plain(y, x) }
                });
                let told = format!("{palette} {form} {subsampled}");
                let FalseColour::Palette(found) = FalseColour::of(&frames, None) else {
                    panic!("{told} is not found");
                };
                // Forms of one palette may be so near that either does.
                assert_eq!(found.palette, palette, "{told}");
                let named = Found::named(palette, &frames, None).unwrap();
                assert_eq!(named.palette, palette, "{told}");
                let mut undo = found.undo();
                let mut off = Vec::new();
                for (t, frame) in frames.iter().enumerate() {
                    for ((y, x), v) in undo(&frame.pixels).first_channel().indexed_iter() {
                        off.push(f64::from((v - f32::from(heat(t, y, x))).abs()));
                    }
                }
                let most = if subsampled { 16.0 } else { 3.0 };
                let far = quantile(&mut off, 0.99).unwrap();
                assert!(far <= most, "{told}: {far}");
            }
        }
    }

    #[test]
    fn photographs_are_of_no_palette() {
        // Grass of all shades, smoke in front of it, flames with cores.
        let noise = |y: usize, x: usize, k: u32| {
            let v =
                (y as u32 * 2_654_435 + x as u32 * 40_503 + k * 7_919).wrapping_mul(2_246_822_519);
            (v >> 16) as f32 / 65_536.0
        };
        let flames = |t: usize, y: usize, x: usize| f32::from(heat(t, y, x)) / 255.0;
        let day = film(|t, y, x| {
            let light = 60.0 + 130.0 * noise(y / 3, x / 3, 1);
            let grass = [0.55 + 0.4 * noise(y, x, 2), 0.8, 0.3 + 0.2 * noise(y, x, 3)];
            let fire = flames(t, y, x);
            std::array::from_fn(|c| {
                let flame = [255.0, 90.0 + 150.0 * noise(y, x, 4), 40.0][c];
                if fire > 0.5 { flame } else { light * grass[c] }
            })
        });
        // A fire by night is black, red, orange and yellow, but with smoke and embers of all colours.
        let night = film(|t, y, x| {
            let fire = flames(t, y, x);
            let tint = noise(y / 2, x / 2, 5);
            [255.0 * fire, (60.0 + 130.0 * tint) * fire, (10.0 + 90.0 * noise(y, x, 6)) * fire]
        });
        let grey = film(|t, y, x| [f32::from(heat(t, y, x)); 3]);
        for (name, frames) in [("day", day), ("night", night), ("grey", grey)] {
            assert_eq!(FalseColour::of(&frames, None), FalseColour::None, "{name}");
        }
    }

    #[test]
    fn curves_of_no_palette_and_blends_are_told_apart() {
        let odd: [[u8; 3]; 5] =
            [[255, 0, 128], [0, 60, 0], [250, 250, 250], [0, 90, 255], [255, 200, 0]];
        let curve = colours(&odd);
        let unknown = film(|t, y, x| curve[usize::from(heat(t, y, x))]);
        assert_eq!(FalseColour::of(&unknown, None), FalseColour::Unknown);
        // As iron, but with blue and pink where that has violet and red.
        let like: [[u8; 3]; 6] =
            [[0, 0, 0], [0, 0, 255], [150, 10, 245], [255, 106, 149], [255, 202, 53], [255; 3]];
        let curve = colours(&like);
        let near = film(|t, y, x| curve[usize::from(heat(t, y, x))]);
        let near = FalseColour::of(&near, None);
        assert!(matches!(near, FalseColour::Near(_) | FalseColour::Unknown), "{near:?}");
        let far = Found::named(Palette::Jet, &unknown, None);
        assert!(far.is_err_and(|levels| levels > NAMED));

        let jet = colours(Palette::Jet.curves()[0]);
        let blend = film(|t, y, x| match y < 36 {
            true => [f32::from(heat(t, x, y)); 3],
            false => jet[usize::from(heat(t, y, x))],
        });
        let is_jet = |f: &Found| f.palette == Palette::Jet;
        assert!(matches!(FalseColour::of(&blend, None), FalseColour::Mixed(f) if is_jet(&f)));
        // With what is blended in hidden, it is whole.
        let masked = Array2::from_shape_fn((SIDES[0], SIDES[1]), |(y, _)| y < 36);
        let whole = FalseColour::of(&blend, Some(&masked));
        assert!(matches!(whole, FalseColour::Palette(f) if is_jet(&f)));
    }
}
