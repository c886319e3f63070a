//! Tiles: a film of any size as windows the network takes, blended back without a seam.
//!
//! Sides are padded by repeating the last row and column to a multiple of what the network takes.
//! What is larger than a tile is cut into overlapping tiles; where they overlap, their answers are
//! mixed with weights that add up to 1, so a probability that never falls within a tile never falls
//! in the whole. Maps of the front are made for the whole film before it is cut.

use std::ops::ControlFlow;

use emberline_engine::{Engine, EngineError};
use ndarray::{Array2, Array3, ArrayRef3, Axis, s};

use super::interface::{Noise, Window, WindowInput, WindowOutput};
use crate::forecast::CodeMap;
use crate::model::card::Card;
use crate::model::error::ModelError;
use crate::task::Task;

/// Where the tiles of one side begin, and how long they are.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Side {
    /// Length of the film's side.
    length: usize,
    /// Length after padding.
    padded: usize,
    /// Length of a tile.
    tile: usize,
    /// First row or column of each tile, multiples of the card's `multiple_px`.
    starts: Vec<usize>,
}

impl Side {
    fn new(length: usize, card: &Card) -> Self {
        let i = &card.input;
        let padded = length.max(i.min_px).next_multiple_of(i.multiple_px);
        if padded <= i.tile_px {
            return Self { length, padded, tile: padded, starts: vec![0] };
        }
        let step = i.tile_px - i.overlap_px;
        let mut starts: Vec<usize> =
            (0..).step_by(step).take_while(|s| s + i.tile_px < padded).collect();
        starts.push(padded - i.tile_px);
        Self { length, padded, tile: i.tile_px, starts }
    }

    /// Share of tile `k` in each of its rows: 1 where it is alone, and a smooth ramp across
    /// overlaps; the shares of all tiles add up to 1 in every row.
    fn shares(&self, k: usize, overlap: usize) -> Vec<f32> {
        let raw = |k: usize, at: usize| {
            let start = self.starts[k];
            if at < start || at >= start + self.tile {
                return 0.0;
            }
            // The outermost eighth of an overlap sees too little around it: it counts for nothing.
            let ramp = |inside: usize| {
                let margin = overlap as f64 / 8.0;
                let x = ((inside as f64 + 0.5 - margin) / (overlap as f64 - 2.0 * margin))
                    .clamp(0.0, 1.0);
                x * x * (3.0 - 2.0 * x)
            };
            let low = if k == 0 { 1.0 } else { ramp(at - start) };
            let last = k + 1 == self.starts.len();
            let high = if last { 1.0 } else { ramp(start + self.tile - 1 - at) };
            low.min(high)
        };
        (0..self.tile)
            .map(|i| {
                let at = self.starts[k] + i;
                let sum: f64 = (0..self.starts.len()).map(|k| raw(k, at)).sum();
                (raw(k, at) / sum) as f32
            })
            .collect()
    }
}

/// How a film is cut for one model.
#[derive(Clone, Debug)]
pub(crate) struct Tiling {
    rows: Side,
    cols: Side,
    overlap: usize,
    leads: usize,
    /// Whether the network says where it burns.
    burns: bool,
}

impl Tiling {
    /// Tiles of a film of `height` × `width`.
    pub(crate) fn new(height: usize, width: usize, card: &Card) -> Self {
        Self {
            rows: Side::new(height, card),
            cols: Side::new(width, card),
            overlap: card.input.overlap_px,
            leads: card.output.leads,
            burns: card.task == Task::FireFront,
        }
    }

    /// Number of tiles.
    pub(crate) fn count(&self) -> usize {
        self.rows.starts.len() * self.cols.starts.len()
    }

    /// Runs the network over the whole film: intensity `[T, H, W]` and, of a fire, front maps
    /// `[5, H, W]`.
    ///
    /// `done` hears after some tiles how many are done, and may call the rest off. The answer does not depend on how many
    /// tiles run at once.
    pub(crate) fn run(
        &self,
        engine: &dyn Engine,
        window: &dyn Window,
        frames: &ArrayRef3<f32>,
        front: Option<&ArrayRef3<f32>>,
        noise: Noise,
        done: &mut dyn FnMut(usize) -> ControlFlow<()>,
    ) -> Result<WindowOutput, ModelError> {
        let tiles: Vec<(usize, usize)> = (0..self.rows.starts.len())
            .flat_map(|r| (0..self.cols.starts.len()).map(move |c| (r, c)))
            .collect();
        let at_once = engine.at_once().max(1);
        let one = |&(r, c): &(usize, usize), lanes: usize| -> Result<WindowOutput, EngineError> {
            let front = front.map(|front| self.cut(front, r, c));
            let front = front.as_ref().map(|f| f.view());
            let frames = self.cut(frames, r, c);
            let input = WindowInput { frames: frames.view(), front, noise };
            let failed = |cause: &str| engine.failed("running the network", cause);
            let output = window.run(&input, lanes).map_err(|e| failed(&e.0))?;
            self.check(&output).map_err(|cause| failed(&cause))?;
            Ok(output)
        };
        if let [only] = &tiles[..] {
            let output = one(only, at_once)?;
            return match done(1) {
                ControlFlow::Continue(()) => Ok(self.alone(output)),
                ControlFlow::Break(()) => Err(ModelError::Stopped),
            };
        }
        let mut whole = Whole::new(self);
        for (k, batch) in tiles.chunks(at_once).enumerate() {
            let lanes = at_once / batch.len();
            let outputs: Vec<Result<WindowOutput, EngineError>> = if let [only] = batch {
                vec![one(only, lanes)]
            } else {
                let one = &one;
                std::thread::scope(|scope| {
                    let running: Vec<_> =
                        batch.iter().map(|tile| scope.spawn(move || one(tile, lanes))).collect();
                    running
                        .into_iter()
                        .map(|t| t.join().unwrap_or_else(|p| std::panic::resume_unwind(p)))
                        .collect()
                })
            };
            for (&(r, c), output) in batch.iter().zip(outputs) {
                whole.add(self, &output?, r, c);
            }
            if done((k * at_once + batch.len()).min(tiles.len())).is_break() {
                return Err(ModelError::Stopped);
            }
        }
        Ok(whole.output)
    }

    /// The answer of the only tile, without what was added to fill it up.
    fn alone(&self, output: WindowOutput) -> WindowOutput {
        let (h, w) = (self.rows.length, self.cols.length);
        let maps = |maps: Array3<f32>| match maps.dim() {
            (_, rows, cols) if (rows, cols) == (h, w) => maps,
            _ => maps.slice(s![.., ..h, ..w]).to_owned(),
        };
        let codes = |CodeMap { name, stride, codes }: CodeMap| {
            let inside = s![.., ..h.div_ceil(stride), ..w.div_ceil(stride)];
            CodeMap { name, stride, codes: codes.slice(inside).to_owned() }
        };
        WindowOutput {
            frames: maps(output.frames),
            burn_probability: output.burn_probability.filter(|_| self.burns).map(maps),
            codes: output.codes.into_iter().map(codes).collect(),
        }
    }

    /// One tile of maps `[N, H, W]`, the last rows and columns repeated beyond the film.
    fn cut(&self, maps: &ArrayRef3<f32>, r: usize, c: usize) -> Array3<f32> {
        let (y0, x0) = (self.rows.starts[r], self.cols.starts[c]);
        let (n, h, w) = maps.dim();
        if y0 + self.rows.tile <= h && x0 + self.cols.tile <= w {
            return maps.slice(s![.., y0..y0 + self.rows.tile, x0..x0 + self.cols.tile]).to_owned();
        }
        Array3::from_shape_fn((n, self.rows.tile, self.cols.tile), |(k, y, x)| {
            maps[[k, (y0 + y).min(h - 1), (x0 + x).min(w - 1)]]
        })
    }

    /// Refuses an answer of another shape than the card's.
    fn check(&self, output: &WindowOutput) -> Result<(), String> {
        let want = (self.leads, self.rows.tile, self.cols.tile);
        let burns = output.burn_probability.as_ref().filter(|_| self.burns);
        for found in [Some(&output.frames), burns].into_iter().flatten().map(Array3::dim) {
            if found != want {
                return Err(format!("it gave {found:?} where the card says {want:?}"));
            }
        }
        Ok(())
    }
}

/// The answer for the whole film, filled tile by tile.
struct Whole {
    output: WindowOutput,
    /// Largest share seen so far at each code, of each map.
    owned: Vec<Array2<f32>>,
}

impl Whole {
    fn new(tiling: &Tiling) -> Self {
        let zeros = || Array3::zeros((tiling.leads, tiling.rows.length, tiling.cols.length));
        let output = WindowOutput {
            frames: zeros(),
            burn_probability: tiling.burns.then(zeros),
            codes: Vec::new(),
        };
        Self { output, owned: Vec::new() }
    }

    fn add(&mut self, tiling: &Tiling, tile: &WindowOutput, r: usize, c: usize) {
        let (rows, cols) = (&tiling.rows, &tiling.cols);
        let (y0, x0) = (rows.starts[r], cols.starts[c]);
        let share_y = rows.shares(r, tiling.overlap);
        let share_x = cols.shares(c, tiling.overlap);
        let (h, w) = (rows.tile.min(rows.length - y0), cols.tile.min(cols.length - x0));
        let burn = tile.burn_probability.as_ref().zip(self.output.burn_probability.as_mut());
        let frames = (&tile.frames, &mut self.output.frames);
        for (from, to) in [Some(frames), burn].into_iter().flatten() {
            let from = from.slice(s![.., ..h, ..w]);
            let mut to = to.slice_mut(s![.., y0..y0 + h, x0..x0 + w]);
            for (from, mut to) in from.axis_iter(Axis(0)).zip(to.axis_iter_mut(Axis(0))) {
                for ((from, mut to), sy) in from.outer_iter().zip(to.outer_iter_mut()).zip(&share_y)
                {
                    for ((v, to), sx) in from.iter().zip(to.iter_mut()).zip(&share_x) {
                        *to += v * (sy * sx);
                    }
                }
            }
        }
        if self.output.codes.is_empty() {
            self.begin_codes(tiling, tile);
        }
        let maps = tile.codes.iter().zip(&mut self.output.codes).zip(&mut self.owned);
        for ((from, to), owned) in maps {
            own(&from.codes, &mut to.codes, owned, from.stride, (y0, x0), (&share_y, &share_x));
        }
    }

    /// Makes room for the maps of codes that the first tile has.
    fn begin_codes(&mut self, tiling: &Tiling, tile: &WindowOutput) {
        let (h, w) = (tiling.rows.length, tiling.cols.length);
        for CodeMap { name, stride, codes } in &tile.codes {
            let (h, w) = (h.div_ceil(*stride), w.div_ceil(*stride));
            let codes = Array3::zeros((codes.dim().0, h, w));
            self.output.codes.push(CodeMap { name, stride: *stride, codes });
            self.owned.push(Array2::zeros((h, w)));
        }
    }
}

/// Codes cannot be mixed: each is taken from the tile with the largest share there.
fn own(
    from: &Array3<u16>,
    to: &mut Array3<u16>,
    owned: &mut Array2<f32>,
    stride: usize,
    (y0, x0): (usize, usize),
    (share_y, share_x): (&[f32], &[f32]),
) {
    let (t, h, w) = from.dim();
    for (y, x) in (0..h).flat_map(|y| (0..w).map(move |x| (y, x))) {
        let at = (y0 / stride + y, x0 / stride + x);
        let middle = |k: usize| k * stride + stride / 2;
        let (Some(best), Some(sy), Some(sx)) =
            (owned.get_mut(at), share_y.get(middle(y)), share_x.get(middle(x)))
        else {
            continue;
        };
        if sy * sx > *best {
            *best = sy * sx;
            for k in 0..t.min(to.dim().0) {
                to[[k, at.0, at.1]] = from[[k, y, x]];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use emberline_engine::{Buffers, Graph, Net, Preference, RunError};

    use crate::model::card::tests::GOOD;

    fn card() -> Card {
        Card::parse("m", GOOD).expect("a good card")
    }

    #[test]
    fn shares_of_all_tiles_add_up_to_one() {
        for length in [32, 33, 64, 200, 256, 257, 264, 300, 448, 449, 640, 1000, 4096] {
            let side = Side::new(length, &card());
            let mut sum = vec![0.0f64; side.padded];
            for k in 0..side.starts.len() {
                let shares = side.shares(k, 64);
                assert!(shares.iter().all(|s| (0.0..=1.0).contains(s)), "{length}");
                for (i, s) in shares.iter().enumerate() {
                    sum[side.starts[k] + i] += f64::from(*s);
                }
            }
            assert!(sum.iter().all(|s| (s - 1.0).abs() < 1e-6), "{length}: {side:?}");
            assert!(side.padded.is_multiple_of(8) && side.starts.iter().all(|s| s % 8 == 0));
            assert!(side.padded >= length.max(32) && side.padded < length.max(32) + 8);
        }
    }

    /// An engine that runs so many tiles at once, and a window that gives the last frame back for each
    /// lead, brighter by a hundredth a lead.
    struct Echo {
        at_once: usize,
        buffers: Arc<Buffers>,
    }

    fn echo(at_once: usize) -> Echo {
        Echo { at_once, buffers: Arc::default() }
    }

    impl Engine for Echo {
        fn name(&self) -> &'static str {
            "echo"
        }
        fn detail(&self) -> String {
            String::new()
        }
        fn at_once(&self) -> usize {
            self.at_once
        }
        fn preference(&self) -> Preference {
            Preference::Whole
        }
        fn load(&self, _: &Graph<'_>) -> Result<Box<dyn Net>, EngineError> {
            Err(self.failed("loading", "it has no graphs"))
        }
        fn buffers(&self) -> &Buffers {
            &self.buffers
        }
    }

    impl Window for Echo {
        fn run(&self, input: &WindowInput<'_>, _: usize) -> Result<WindowOutput, RunError> {
            let frames = input.frames;
            let (t, h, w) = frames.dim();
            assert!(h % 8 == 0 && w % 8 == 0 && (32..=256).contains(&h) && (32..=256).contains(&w));
            let last = frames.index_axis(Axis(0), t - 1);
            let p = Array3::from_shape_fn((20, h, w), |(l, y, x)| last[[y, x]] + l as f32 / 100.0);
            let codes = Array3::from_shape_fn((t, h / 4, w / 4), |(k, y, x)| {
                (frames[[k, y * 4, x * 4]] * 255.0) as u16
            });
            Ok(WindowOutput {
                frames: p.clone(),
                burn_probability: Some(p),
                codes: vec![CodeMap { name: "codes", stride: 4, codes }],
            })
        }
    }

    #[test]
    fn tiles_give_back_what_was_cut_at_any_size() -> Result<(), ModelError> {
        for (h, w) in [(32, 32), (33, 40), (120, 208), (300, 64), (261, 517)] {
            let frames = Array3::from_shape_fn((10, h, w), |(k, y, x)| {
                ((k * 31 + y * 7 + x * 13) % 97) as f32 / 97.0
            });
            let front = Array3::zeros((5, h, w));
            let tiling = Tiling::new(h, w, &card());
            let mut count = 0;
            let run = |at_once: usize, done: &mut dyn FnMut(usize) -> ControlFlow<()>| {
                let echo = echo(at_once);
                tiling.run(&echo, &echo, &frames, Some(&front), Noise::default(), done)
            };
            let one = run(1, &mut |n| {
                count = n;
                ControlFlow::Continue(())
            })?;
            assert_eq!(count, tiling.count());
            let many = run(3, &mut |_| ControlFlow::Continue(()))?;
            let stopped = run(1, &mut |_| ControlFlow::Break(()));
            assert!(matches!(stopped, Err(ModelError::Stopped)));
            assert_eq!(one.burn_probability, many.burn_probability, "tiles at once change nothing");
            assert_eq!(one.codes, many.codes);
            let burn = one.burn_probability.as_ref().expect("a fire model");
            for l in 0..20 {
                for y in 0..h {
                    for x in 0..w {
                        let want = frames[[9, y, x]] + l as f32 / 100.0;
                        let got = burn[[l, y, x]];
                        assert!((got - want).abs() < 1e-5, "{h}x{w} {l} {y} {x}: {got} {want}");
                    }
                }
            }
            let codes = &one.codes[0].codes;
            assert_eq!(codes.dim(), (10, h.div_ceil(4), w.div_ceil(4)));
            assert_eq!(
                codes[[3, h / 8, w / 8]],
                (frames[[3, h / 8 * 4, w / 8 * 4]] * 255.0) as u16
            );
        }
        Ok(())
    }
}
