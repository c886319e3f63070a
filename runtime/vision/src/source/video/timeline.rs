//! Timelines: which pictures are part of the film, and when each is shown.

use super::coded::Coded;
use super::mp4::Track;

/// Which pictures are part of the film, and when each is shown.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    /// The film's pictures in the order shown, each its place in the order decoded.
    pub(super) order: Vec<usize>,
    /// Seconds of each of them since the first.
    pub(super) times: Vec<f64>,
    /// When each picture in the order decoded is shown, in seconds as players count them.
    pub(super) played_s: Vec<f64>,
    /// Pictures that an edit list leaves out.
    pub(super) left_out: usize,
    /// Pictures that have the time of the one before, in the order decoded.
    pub(super) repeats: Vec<usize>,
}

impl Timeline {
    /// The pictures from the place `first` on. With `every_s` they are that far apart, whatever
    /// their own times are.
    pub(super) fn of(
        track: &Track,
        pictures: &[Coded],
        first: usize,
        every_s: Option<f64>,
    ) -> Self {
        let span = track.shown.span;
        let inside = |t: i64| span.is_none_or(|s| t >= s.from && t < s.to);
        let shown = pictures.iter().map(|p| p.shown).filter(|&t| inside(t));
        let zero = span.map(|s| s.from).into_iter().chain(shown).min_by_key(|&t| t).unwrap_or(0);
        let seconds = |t: i64, zero: i64| t.wrapping_sub(zero) as f64 / f64::from(track.ticks_s);
        let played_s = pictures.iter().map(|p| seconds(p.shown, zero)).collect();
        let left_out = pictures[first..].iter().filter(|p| !inside(p.shown)).count();
        let mut order: Vec<usize> =
            (first..pictures.len()).filter(|&i| inside(pictures[i].shown)).collect();
        order.sort_by_key(|&i| pictures[i].shown);
        let mut repeats = Vec::new();
        if every_s.is_none() {
            let mut last = None;
            order.retain(|&i| {
                let new = last.replace(pictures[i].shown) != Some(pictures[i].shown);
                if !new {
                    repeats.push(i);
                }
                new
            });
        }
        let start = order.first().map_or(0, |&i| pictures[i].shown);
        let times = match every_s {
            Some(every_s) => (0..order.len()).map(|k| k as f64 * every_s).collect(),
            None => order.iter().map(|&i| seconds(pictures[i].shown, start)).collect(),
        };
        Self { order, times, played_s, left_out, repeats }
    }
}
