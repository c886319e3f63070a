//! A camera's view: whether the camera still looks where it looked, from small pictures of edges.
//!
//! A sudden change is suspected first. Where the pictures after it agree with one another, but not with the
//! one before, the camera was moved; where they come back, it was a gust. Slow creeping is not found.

use emberline_vision::frame::Pixels;
use ndarray::{Array2, s};

/// Width of a small picture, cells; a shift is found to one of them.
const WIDTH: usize = 64;
/// Largest shift looked for, as a share of the picture.
const REACH: f64 = 0.3;
/// Likeness (correlation) of pictures that follow one another, from which they show one scene …
const ALIKE: f64 = 0.6;
/// … below which something happened …
const SUDDEN: f64 = 0.5;
/// … and below which, at the best shift, nothing of the scene is left.
const OTHER: f64 = 0.3;
/// Least shift, cells.
const SHIFT: isize = 2;
/// Pictures that must agree, and after which a suspicion is dropped.
const AGREE: u32 = 3;
const DROPPED: u32 = 10;
/// How fast what is usual follows.
const FOLLOWS: f64 = 0.1;

/// What happened to a view.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Moved {
    /// It shifted by so much, as shares of the picture's width: to the right and downwards.
    By { right: f64, down: f64 },
    /// It shows another scene.
    Elsewhere,
}

/// Edges of a picture, small: mean 0, variance 1.
type Edges = Array2<f32>;

/// A sudden change that may be a move.
#[derive(Debug)]
struct Suspicion {
    before: Edges,
    looks: u32,
    shifted: (u32, [isize; 2]),
    other: u32,
}

/// What is known of a camera's view.
#[derive(Debug, Default)]
pub(super) struct View {
    last: Option<Edges>,
    /// How alike pictures that follow one another usually are.
    usual: Option<f64>,
    suspicion: Option<Suspicion>,
}

impl View {
    /// Takes the next picture in; tells when the camera was moved.
    pub(super) fn look(&mut self, pixels: &Pixels) -> Option<Moved> {
        let now = edges(pixels)?;
        let Some(last) = self.last.replace(now.clone()).filter(|last| last.dim() == now.dim())
        else {
            (self.usual, self.suspicion) = (None, None);
            return None;
        };
        let like = likeness(&last, &now, [0, 0]);
        if let Some(suspicion) = &mut self.suspicion {
            let told = suspicion.look(&now, like);
            if told != Told::Wait {
                self.suspicion = None;
            }
            return if let Told::Moved(moved) = told { Some(moved) } else { None };
        }
        let usual = self.usual.unwrap_or(0.0);
        if usual >= ALIKE && like < SUDDEN {
            let mut suspicion =
                Suspicion { before: last, looks: 0, shifted: (0, [0; 2]), other: 0 };
            suspicion.look(&now, 1.0);
            self.suspicion = Some(suspicion);
            return None;
        }
        self.usual = Some(self.usual.map_or(like, |usual| usual + FOLLOWS * (like - usual)));
        None
    }
}

/// What a suspicion comes to.
#[derive(Debug, PartialEq)]
enum Told {
    Wait,
    Nothing,
    Moved(Moved),
}

impl Suspicion {
    /// Holds `now`, which is so `like` the picture before it, against the view before the change.
    fn look(&mut self, now: &Edges, like: f64) -> Told {
        self.looks += 1;
        if self.looks > DROPPED {
            return Told::Nothing;
        }
        let (best, [down, right]) = best_shift(&self.before, now);
        let apart = down.abs().max(right.abs());
        if best >= ALIKE && apart < SHIFT {
            return Told::Nothing; // it came back
        }
        let steady = like >= ALIKE;
        let [was_down, was_right] = self.shifted.1;
        let same = (down - was_down).abs().max((right - was_right).abs()) <= 1;
        self.shifted = match steady && best >= SUDDEN && apart >= SHIFT {
            true => (if same { self.shifted.0 + 1 } else { 1 }, [down, right]),
            false => (0, [0; 2]),
        };
        self.other = if steady && best < OTHER { self.other + 1 } else { 0 };
        if self.shifted.0 >= AGREE {
            let share = |cells: isize| cells as f64 / WIDTH as f64;
            return Told::Moved(Moved::By { right: share(right), down: share(down) });
        }
        if self.other >= AGREE {
            return Told::Moved(Moved::Elsewhere);
        }
        Told::Wait
    }
}

/// The small picture of edges; `None` of one that is too small or shows nothing.
fn edges(pixels: &Pixels) -> Option<Edges> {
    let [height, width, _] = pixels.shape();
    if height < 16 || width < 16 {
        return None;
    }
    let rows = (height * WIDTH / width).clamp(8, 4 * WIDTH);
    let (mut sum, mut count) = (Array2::<f32>::zeros((rows, WIDTH)), Array2::zeros((rows, WIDTH)));
    for ((y, x), &value) in pixels.first_channel().indexed_iter() {
        let cell = [y * rows / height, x * WIDTH / width];
        if value.is_finite() {
            sum[cell] += value;
            count[cell] += 1.0;
        }
    }
    let small = sum / count.mapv(|n: f32| n.max(1.0));
    let (dim_y, dim_x) = (rows - 1, WIDTH - 1);
    let here = small.slice(s![..dim_y, ..dim_x]);
    let right = small.slice(s![..dim_y, 1..]);
    let below = small.slice(s![1.., ..dim_x]);
    // The root keeps one bright thing, such as a fire, from being all there is.
    let mut edges = Array2::from_shape_fn((dim_y, dim_x), |at| {
        ((right[at] - here[at]).abs() + (below[at] - here[at]).abs()).sqrt()
    });
    let mean = edges.mean()?;
    edges.mapv_inplace(|v| v - mean);
    let spread = (edges.iter().map(|v| v * v).sum::<f32>() / edges.len() as f32).sqrt();
    (spread > 0.0).then(|| edges / spread)
}

/// Correlation of `before` with `now`, where what was at a cell is now `shift` (down, right) further.
fn likeness(before: &Edges, now: &Edges, [down, right]: [isize; 2]) -> f64 {
    let span = |shift: isize, n: usize| {
        let (from, by) = (shift.max(0), shift.unsigned_abs());
        (from as usize, n.saturating_sub(by))
    };
    let (rows, columns) = now.dim();
    let ((y, height), (x, width)) = (span(down, rows), span(right, columns));
    let ((by, _), (bx, _)) = (span(-down, rows), span(-right, columns));
    let now = now.slice(s![y..y + height, x..x + width]);
    let before = before.slice(s![by..by + height, bx..bx + width]);
    let n = (height * width).max(1) as f64;
    let (mut a, mut b, mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (p, q) in before.iter().zip(now) {
        let (p, q) = (f64::from(*p), f64::from(*q));
        a += p;
        b += q;
        aa += p * p;
        bb += q * q;
        ab += p * q;
    }
    let spread = ((aa - a * a / n) * (bb - b * b / n)).sqrt();
    if spread > 0.0 { (ab - a * b / n) / spread } else { 0.0 }
}

/// The largest likeness and its shift (down, right), cells.
fn best_shift(before: &Edges, now: &Edges) -> (f64, [isize; 2]) {
    let (rows, columns) = now.dim();
    let reach = |n: usize| (n as f64 * REACH) as isize;
    let shifts = (-reach(rows)..=reach(rows))
        .flat_map(|down| (-reach(columns)..=reach(columns)).map(move |right| [down, right]));
    let all = shifts.map(|shift| (likeness(before, now, shift), shift));
    all.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((0.0, [0, 0]))
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;

    /// A hillside: smooth hills of many sizes from `seed`, seen `right` and `down` further, with noise and a
    /// fire that has burnt for `k` frames.
    fn picture(seed: u64, right: f64, down: f64, k: usize) -> Pixels {
        let mut random = fastrand::Rng::with_seed(seed);
        let waves: Vec<[f64; 4]> = (0..40)
            .map(|_| {
                let scale = 4.0 + 56.0 * random.f64();
                let angle = std::f64::consts::TAU * random.f64();
                [angle.cos() / scale, angle.sin() / scale, 6.3 * random.f64(), 9.0 * random.f64()]
            })
            .collect();
        let mut noise = fastrand::Rng::with_seed(seed ^ k as u64 ^ 77);
        Pixels::U8(Array3::from_shape_fn((240, 320, 1), |(y, x, _)| {
            let (u, v) = (x as f64 + right, y as f64 + down);
            let wave =
                |[a, b, phase, size]: &[f64; 4]| size * (6.3 * (a * u + b * v) + phase).sin();
            let fire = (x as isize - 200).pow(2) + (y as isize - 100).pow(2) < (k * k) as isize;
            let hill = 100.0 + waves.iter().map(wave).sum::<f64>() / 2.0;
            (if fire { 250.0 } else { hill } + 4.0 * (noise.f64() - 0.5)) as u8
        }))
    }

    #[test]
    fn a_camera_that_is_moved_is_told_and_a_gust_is_not() {
        // Twelve still pictures of one scene, then `then(k)`.
        let told = |then: &dyn Fn(usize) -> Pixels| -> Vec<(usize, Moved)> {
            let mut view = View::default();
            let still = |k| picture(3, 0.0, 0.0, k);
            let frames = (0..12).map(still).chain((12..30).map(then));
            frames.enumerate().filter_map(|(k, frame)| Some((k, view.look(&frame)?))).collect()
        };
        assert_eq!(told(&|k| picture(3, 0.0, 0.0, k)), [], "a fire that grows");
        let gust = |k: usize| if k < 14 { 40.0 } else { 0.0 };
        assert_eq!(told(&|k| picture(3, gust(k), 0.0, k)), [], "a gust");
        for (right, down) in [(40.0, 0.0), (0.0, -30.0), (-60.0, 20.0), (15.0, 15.0)] {
            let got = told(&|k| picture(3, right, down, k));
            let [(at, Moved::By { right: r, down: d })] = got[..] else {
                panic!("{right} {down}: {got:?}");
            };
            assert!((12..18).contains(&at), "{at}");
            // What is seen further to the right makes the scene shift to the left.
            assert!((r + right / 320.0).abs() < 0.02 && (d + down / 320.0).abs() < 0.02, "{r} {d}");
        }
        let got = told(&|k| picture(4, 0.0, 0.0, k));
        assert!(matches!(got[..], [(12..18, Moved::Elsewhere)]), "{got:?}");
        // Nothing but noise has no view to lose; nor has a picture that changes its size.
        let noise = |k: usize| {
            let mut random = fastrand::Rng::with_seed(k as u64);
            Pixels::U8(Array3::from_shape_fn((240, 320, 1), |_| random.u8(90..110)))
        };
        let mut view = View::default();
        assert!((0..40).all(|k| view.look(&noise(k)).is_none()));
        assert!(view.look(&Pixels::U8(Array3::zeros((8, 8, 1)))).is_none());
        assert!(view.look(&Pixels::U8(Array3::zeros((64, 64, 3)))).is_none());
    }
}
