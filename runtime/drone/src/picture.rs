//! Pictures: frames made small and straight, as they are followed and looked at for fire.

use std::sync::Arc;

use emberline_georeference::camera::{Distortion, Optics};
use emberline_vision::frame::{Frame, Kind, Pixels};
use emberline_vision::heat::flame_intensity;
use emberline_vision::quantile::quantile;
use ndarray::{Array2, Axis};

/// Pixels of width above which a picture is made smaller: ground is followed as well at half the size, in a quarter
/// of the time.
const WIDTH_PX: usize = 480;
/// Flame intensity from which a cell is no ground to follow.
const GLOW: f32 = 0.1;
/// Share of a film's values below which its range begins.
const LOW: f64 = 0.01;

/// A frame made small and straight.
#[derive(Debug)]
pub(crate) struct Small {
    /// Grey levels 0 to 255.
    pub(crate) grey: Array2<f32>,
    /// What is no ground, of colour films.
    pub(crate) glow: Option<Array2<bool>>,
    /// How surely cells burn, 0 to 1, where the kind of film says it by itself.
    pub(crate) burning: Option<Array2<f32>>,
    /// Where nothing is shown: beyond the lens, or masked by a person.
    pub(crate) blind: Option<Array2<bool>>,
}

/// How frames of one film are made small and straight.
#[derive(Debug)]
pub(crate) struct Reducer {
    kind: Kind,
    /// Values that are black and white.
    span: [f32; 2],
    /// Frame pixels of one of a picture, on a side.
    pub(crate) times: usize,
    /// For each pixel of the straight picture where the bent one has it; `None` of straight lenses.
    bent: Option<Vec<Option<[f32; 2]>>>,
    masked: Option<Arc<Array2<bool>>>,
    shape: (usize, usize),
}

impl Reducer {
    /// For frames `[H, W]` of a kind, with values from `span[0]` to `span[1]`, through this lens.
    pub(crate) fn new(
        kind: Kind,
        [h, w]: [usize; 2],
        span: [f32; 2],
        optics: Option<&Optics>,
        masked: Option<Arc<Array2<bool>>>,
    ) -> Self {
        let times = w.div_ceil(WIDTH_PX);
        let shape = (h / times, w / times);
        let bent = optics.filter(|o| o.distortion != Distortion::None).map(|optics| {
            let (bent, straight) =
                (optics.reduced(times as f64), optics.reduced(times as f64).straight());
            (0..shape.0 * shape.1)
                .map(|k| {
                    let px = [(k % shape.1) as f64 + 0.5, (k / shape.1) as f64 + 0.5];
                    let [u, v] = bent.pixel(straight.direction(px)?)?;
                    Some([(u - 0.5) as f32, (v - 0.5) as f32])
                })
                .collect()
        });
        Self { kind, span, times, bent, masked, shape }
    }

    /// Width and height of the pictures.
    pub(crate) fn size_px(&self) -> [f64; 2] {
        [self.shape.1 as f64, self.shape.0 as f64]
    }

    /// A frame made small and straight.
    pub(crate) fn reduced(&self, frame: &Frame) -> Small {
        let pixels = &*frame.pixels;
        let grey = self.grey(pixels);
        let (glow, burning) = match (self.kind, pixels) {
            (Kind::Rgb, Pixels::U8(rgb)) if rgb.dim().2 >= 3 => {
                let flame = flame_intensity(rgb);
                let flame = self.straightened(self.means(|y, x| flame[[y, x]]));
                (Some(flame.mapv(|v| v >= GLOW)), Some(flame))
            }
            (Kind::Mask, _) => (None, Some(grey.mapv(|v| v / 255.0))),
            _ => (None, None),
        };
        Small { grey, glow, burning, blind: self.blind() }
    }

    fn grey(&self, pixels: &Pixels) -> Array2<f32> {
        let [low, high] = self.span;
        let scale = 255.0 / (high - low).max(f32::MIN_POSITIVE);
        let level = |v: f32| ((v - low) * scale).clamp(0.0, 255.0);
        let small = match pixels {
            Pixels::U8(a) if a.dim().2 >= 3 => self.means(|y, x| {
                level(
                    (f32::from(a[[y, x, 0]]) + f32::from(a[[y, x, 1]]) + f32::from(a[[y, x, 2]]))
                        / 3.0,
                )
            }),
            Pixels::U8(a) => {
                let a = a.index_axis(Axis(2), 0);
                self.means(|y, x| level(f32::from(a[[y, x]])))
            }
            Pixels::U16(a) => {
                let a = a.index_axis(Axis(2), 0);
                self.means(|y, x| level(f32::from(a[[y, x]])))
            }
            Pixels::F32(a) => {
                let a = a.index_axis(Axis(2), 0);
                self.means(|y, x| level(a[[y, x]]))
            }
        };
        self.straightened(small)
    }

    /// Means of squares of the frame's cells.
    fn means(&self, value: impl Fn(usize, usize) -> f32) -> Array2<f32> {
        let n = self.times;
        if n == 1 {
            return Array2::from_shape_fn(self.shape, |(y, x)| value(y, x));
        }
        let share = 1.0 / (n * n) as f32;
        Array2::from_shape_fn(self.shape, |(y, x)| {
            let mut sum = 0.0;
            for v in y * n..(y + 1) * n {
                for u in x * n..(x + 1) * n {
                    sum += value(v, u);
                }
            }
            sum * share
        })
    }

    /// A picture as a straight lens would show it; 0 where the bent one shows nothing.
    fn straightened(&self, picture: Array2<f32>) -> Array2<f32> {
        let Some(bent) = &self.bent else { return picture };
        let (h, w) = self.shape;
        Array2::from_shape_fn(self.shape, |(y, x)| {
            let Some([u, v]) = bent[y * w + x].filter(|p| inside(*p, self.shape)) else {
                return 0.0;
            };
            let (i, j) =
                ((u as usize).min(w.saturating_sub(2)), (v as usize).min(h.saturating_sub(2)));
            let (a, b) = (u - i as f32, v - j as f32);
            let at = |y: usize, x: usize| picture[[y.min(h - 1), x.min(w - 1)]];
            (1.0 - b) * ((1.0 - a) * at(j, i) + a * at(j, i + 1))
                + b * ((1.0 - a) * at(j + 1, i) + a * at(j + 1, i + 1))
        })
    }

    /// Where nothing is shown.
    fn blind(&self) -> Option<Array2<bool>> {
        if self.bent.is_none() && self.masked.is_none() {
            return None;
        }
        let w = self.shape.1;
        let n = self.times;
        Some(Array2::from_shape_fn(self.shape, |(y, x)| {
            let (mut u, mut v) = (x, y);
            if let Some(bent) = &self.bent {
                let Some(p) = bent[y * w + x].filter(|p| inside(*p, self.shape)) else {
                    return true;
                };
                (u, v) = ((p[0] + 0.5) as usize, (p[1] + 0.5) as usize);
            }
            self.masked.as_ref().is_some_and(|masked| {
                (v * n..(v + 1) * n)
                    .any(|y| (u * n..(u + 1) * n).any(|x| masked.get([y, x]) == Some(&true)))
            })
        }))
    }
}

/// Whether a point lies between the pixels of a picture.
fn inside([u, v]: [f32; 2], (h, w): (usize, usize)) -> bool {
    u >= 0.0 && v >= 0.0 && u <= (w - 1) as f32 && v <= (h - 1) as f32
}

/// Values of frames of a kind that are black and white: those of 8 bits as they are, others from their dark ones to
/// their brightest.
#[must_use]
pub fn span(kind: Kind, frames: &[Frame]) -> [f32; 2] {
    let is_bytes = |f: &Frame| matches!(&*f.pixels, Pixels::U8(_));
    if frames.iter().all(is_bytes) {
        return if kind == Kind::Mask { [0.0, 1.0] } else { [0.0, 255.0] };
    }
    let (mut low, mut high) = (f32::INFINITY, f32::NEG_INFINITY);
    for frame in frames {
        let values = frame.pixels.first_channel();
        low = low.min(quantile(|| values.iter().copied(), values.len(), LOW));
        high = values.iter().copied().fold(high, f32::max);
    }
    [low, high]
}

#[cfg(test)]
mod tests {
    use super::*;
    use emberline_vision::frame::{Elapsed, FrameTime, TimeSource};
    use ndarray::Array3;

    fn frame(pixels: Pixels) -> Frame {
        Frame::new(pixels, FrameTime::since_first(Elapsed::ZERO, TimeSource::Step))
    }

    #[test]
    fn frames_are_made_small_and_keep_their_values() {
        let values = Array3::from_shape_fn((100, 1000, 1), |(_, x, _)| 1000 + 10 * x as u16);
        let reducer = Reducer::new(Kind::Thermal, [100, 1000], [1000.0, 11000.0], None, None);
        assert_eq!((reducer.times, reducer.size_px()), (3, [333.0, 33.0]));
        let small = reducer.reduced(&frame(Pixels::U16(values)));
        let want = 255.0 * (10.0 * 301.0) / 10000.0;
        assert!((small.grey[[5, 100]] - want).abs() < 1e-3 && small.blind.is_none());
    }

    #[test]
    fn flames_of_a_colour_film_burn() {
        let rgb = Array3::from_shape_fn(
            (40, 60, 3),
            |(_, x, c)| if x < 20 { [250, 180, 60][c] } else { 90 },
        );
        let small = Reducer::new(Kind::Rgb, [40, 60], [0.0, 255.0], None, None)
            .reduced(&frame(Pixels::U8(rgb)));
        let burning = small.burning.unwrap();
        assert!(burning[[5, 5]] > 0.9 && burning[[5, 30]] == 0.0 && small.glow.unwrap()[[5, 5]]);
    }

    #[test]
    fn a_bent_lens_is_made_straight_and_shows_nothing_beyond_its_edge() {
        let optics = Optics {
            distortion: Distortion::Brown { k: [0.3, 0.0, 0.0], p: [0.0; 2] },
            ..Optics::pinhole([200.0, 160.0], 70.0).unwrap()
        };
        // A straight line of the world, x = 0.4 ahead, as this lens bends it.
        let bent = Array3::from_shape_fn((160, 200, 1), |(y, x, _)| {
            let d = optics.direction([x as f64 + 0.5, y as f64 + 0.5]);
            d.map_or(0, |d| if (d[0] / d[2] - 0.4).abs() < 0.03 { 255 } else { 40 })
        });
        let small = Reducer::new(Kind::Thermal, [160, 200], [0.0, 255.0], Some(&optics), None)
            .reduced(&frame(Pixels::U8(bent)));
        let column = (100.0 + 0.4 * optics.focal_px[0] - 0.5).round() as usize;
        assert!((20..140).all(|y| small.grey[[y, column]] > 200.0));
        assert!(small.blind.unwrap()[[0, 0]], "a corner beyond the bent picture");
    }
}
