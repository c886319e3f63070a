//! Polarity: whether bright or dark is hot in a grey film, which no film says.

use crate::frame::{Frame, Pixels};
use crate::note::Note;

/// Frames that are looked at.
const FRAMES: usize = 8;
/// Share of a frame that may be a flaw.
const TAIL: f64 = 0.0005;
/// Contrast of fire, share of the range: with less there is none in view.
const FIRE: f64 = 0.15;
/// Contrast of a dark tail that may be fire...
const DARK: f64 = 0.3;
/// ... and the largest share of a frame that it takes: more is sky or water.
const DARK_SHARE: f64 = 0.25;

/// A note where an 8-bit grey film has no bright tail, as fire is, but a dark one.
pub(super) fn doubt(frames: &[Frame]) -> Option<Note> {
    let every = frames.len().div_ceil(FRAMES).max(1);
    let (mut below, mut above) = (0.0f64, 0.0f64);
    let mut looked = 0usize;
    for frame in frames.iter().rev().step_by(every) {
        let Pixels::U8(a) = &*frame.pixels else { return None };
        let mut counts = [0usize; 256];
        a.iter().for_each(|v| counts[usize::from(*v)] += 1);
        let level = |share: f64| {
            let mut left = (share * a.len() as f64) as usize;
            counts.iter().position(|n| match left < *n {
                true => true,
                false => {
                    left -= n;
                    false
                }
            })
        };
        let (dark, middle, bright) = (level(TAIL)?, level(0.5)?, level(1.0 - TAIL)?);
        let half = middle.midpoint(dark);
        let tail = counts[..half].iter().sum::<usize>() as f64 / a.len().max(1) as f64;
        if tail > DARK_SHARE {
            return None;
        }
        below += (middle - dark) as f64 / 255.0;
        above = above.max((bright - middle) as f64 / 255.0);
        looked += 1;
    }
    let below = below / looked.max(1) as f64;
    (below >= DARK && above < FIRE).then_some(Note::LooksBlackHot { below, above })
}

/// A way to turn values of `frames` over, within their own range.
pub(super) fn inverted(frames: &[Frame]) -> impl Fn(&Pixels) -> Pixels + use<> {
    let (mut least, mut most) = (u16::MAX, u16::MIN);
    for frame in frames {
        if let Pixels::U16(a) = &*frame.pixels {
            a.iter().for_each(|v| (least, most) = (least.min(*v), most.max(*v)));
        }
    }
    move |pixels| match pixels {
        Pixels::U8(a) => Pixels::U8(a.mapv(|v| u8::MAX - v)),
        Pixels::U16(a) => Pixels::U16(a.mapv(|v| least.saturating_add(most.saturating_sub(v)))),
        Pixels::F32(a) => Pixels::F32(a.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Elapsed, FrameTime, TimeSource};
    use ndarray::Array3;

    fn film(value: impl Fn(usize, usize) -> u8) -> Vec<Frame> {
        let time = |i| FrameTime::since_first(Elapsed::counted(i, 1.0), TimeSource::Step);
        let frame = |i| {
            let a = Array3::from_shape_fn((40, 50, 1), |(y, x, _)| value(y, x));
            Frame::new(Pixels::U8(a), time(i))
        };
        (0..3).map(frame).collect()
    }

    #[test]
    fn a_dark_tail_without_a_bright_one_is_doubted() {
        let is_fire = |y: usize, x: usize| y.abs_diff(20) < 4 && x.abs_diff(25) < 5;
        let ground = |y: usize, x: usize| 150 + ((7 * y + 13 * x) % 20) as u8;
        for (frames, doubted) in [
            (film(|y, x| if is_fire(y, x) { 10 } else { ground(y, x) }), true),
            (film(|y, x| if is_fire(y, x) { 250 } else { ground(y, x) - 100 }), false),
            // Cold sky is no small share.
            (film(|y, x| if y < 14 { 10 } else { ground(y, x) }), false),
            (film(ground), false),
            // Both a fire and a cold roof.
            (
                film(|y, x| {
                    if is_fire(y, x) {
                        10
                    } else if y < 3 {
                        250
                    } else {
                        ground(y, x)
                    }
                }),
                false,
            ),
        ] {
            let note = doubt(&frames);
            assert_eq!(note.is_some(), doubted, "{note:?}");
            let turned = inverted(&frames);
            for frame in &frames {
                let there = turned(&frame.pixels).first_channel();
                assert_eq!(there, frame.pixels.first_channel().mapv(|v| 255.0 - v));
            }
        }
        let deep = Pixels::U16(Array3::from_shape_fn((32, 32, 1), |(y, _, _)| 3000 + y as u16));
        let frames = vec![Frame::new(deep.clone(), film(ground)[0].time)];
        let turned = inverted(&frames)(&deep).first_channel();
        assert_eq!((turned[[0, 0]], turned[[31, 0]]), (3031.0, 3000.0));
        assert!(doubt(&frames).is_none());
    }
}
