//! Colours of a film: whether its three channels hold colour at all, or grey, or the two of a mask.

use ndarray::{Array3, Axis, s};

use crate::frame::{Frame, Pixels};

/// Levels by which the channels of a grey film may differ: what JPEG does to it.
const GREY_LEVELS: u8 = 8;
/// Most colours of a map of classes.
const CLASSES: usize = 8;

type Rgb = [u8; 3];
const BLACK: Rgb = [0; 3];

/// What the colours of a film are.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Colours {
    /// Three equal channels.
    Grey,
    /// Channels that differ by so many levels at most.
    NearlyGrey(u8),
    /// Black and this one.
    BlackAnd(Rgb),
    /// Two others.
    Two([Rgb; 2]),
    /// So few that they stand for classes.
    Few(Vec<Rgb>),
    /// Many.
    Many,
}

impl Colours {
    /// The colours of frames of 8 bit and three channels; `None` of others.
    pub(super) fn of(frames: &[Frame]) -> Option<Self> {
        let (mut differ, mut found) = (0, Vec::new());
        for frame in frames {
            let Pixels::U8(a) = &*frame.pixels else { return None };
            if a.dim().2 != 3 {
                return None;
            }
            for pixel in a.lanes(Axis(2)) {
                let pixel = [pixel[0], pixel[1], pixel[2]];
                differ = differ.max(spread(pixel));
                if found.len() <= CLASSES && !found.contains(&pixel) {
                    found.push(pixel);
                }
                if differ > GREY_LEVELS && found.len() > CLASSES {
                    return Some(Self::Many);
                }
            }
        }
        found.sort_unstable();
        Some(match found[..] {
            _ if differ == 0 => Self::Grey,
            [BLACK, fire] => Self::BlackAnd(fire),
            [a, b] if differ > GREY_LEVELS => Self::Two([a, b]),
            _ if differ <= GREY_LEVELS => Self::NearlyGrey(differ),
            [_, _, _, ..] if found.len() <= CLASSES => Self::Few(found),
            _ => Self::Many,
        })
    }
}

/// How much the channels of a colour differ.
fn spread([r, g, b]: Rgb) -> u8 {
    r.max(g).max(b) - r.min(g).min(b)
}

/// The first of equal channels.
pub(super) fn first_channel(pixels: &Pixels) -> Pixels {
    fn one<T: Copy>(a: &Array3<T>) -> Array3<T> {
        a.slice(s![.., .., 0..1]).to_owned()
    }
    match pixels {
        Pixels::U8(a) => Pixels::U8(one(a)),
        Pixels::U16(a) => Pixels::U16(one(a)),
        Pixels::F32(a) => Pixels::F32(one(a)),
    }
}

/// The brightness of 8-bit colour, as ITU-R BT.601 weighs it.
pub(super) fn brightness(pixels: &Pixels) -> Pixels {
    of_colour(pixels, |[r, g, b]| {
        let sum = 299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b);
        u8::try_from((sum + 500) / 1000).unwrap_or(u8::MAX)
    })
}

/// 0 where a pixel is black, else 255.
pub(super) fn not_black(pixels: &Pixels) -> Pixels {
    of_colour(pixels, |colour| if colour == BLACK { 0 } else { u8::MAX })
}

fn of_colour(pixels: &Pixels, value: impl Fn(Rgb) -> u8) -> Pixels {
    let Pixels::U8(a) = pixels else { return pixels.clone() };
    let (h, w, _) = a.dim();
    Pixels::U8(Array3::from_shape_fn((h, w, 1), |(y, x, _)| {
        value([a[[y, x, 0]], a[[y, x, 1]], a[[y, x, 2]]])
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Elapsed, FrameTime, TimeSource};

    #[test]
    fn colours_of_all_frames_decide() {
        let many: Vec<Rgb> = (0..40).map(|i| [i * 6, 255 - i, 3]).collect();
        let warm: Vec<Rgb> = (0..40).map(|i| [i + 8, i + 3, i]).collect();
        for (colours, want) in [
            (&[[0; 3], [7; 3], [255; 3]][..], Colours::Grey),
            (&warm, Colours::NearlyGrey(8)),
            (&[BLACK, [128, 0, 0]], Colours::BlackAnd([128, 0, 0])),
            (&[[9, 40, 9], [128, 0, 0]], Colours::Two([[9, 40, 9], [128, 0, 0]])),
            (
                &[BLACK, [128, 0, 0], [224, 224, 192]],
                Colours::Few(vec![BLACK, [128, 0, 0], [224, 224, 192]]),
            ),
            (&[[128, 0, 0]], Colours::Many),
            (&many, Colours::Many),
        ] {
            // One colour a frame: no frame alone tells.
            let frame = |(i, colour): (usize, &Rgb)| {
                let pixels = Array3::from_shape_fn((4, 4, 3), |(_, _, c)| colour[c]);
                let time = FrameTime::since_first(Elapsed::counted(i, 1.0), TimeSource::Step);
                Frame::new(Pixels::U8(pixels), time)
            };
            let frames: Vec<Frame> = colours.iter().enumerate().map(frame).collect();
            assert_eq!(Colours::of(&frames), Some(want));
        }
    }

    #[test]
    fn brightness_of_grey_is_grey() {
        for v in 0..=255u8 {
            let grey = Pixels::U8(Array3::from_elem((1, 1, 3), v));
            assert_eq!(brightness(&grey), first_channel(&grey));
        }
    }
}
