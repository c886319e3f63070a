//! Planes: one decoded picture as brightness and two planes of colour, a quarter of its size each.

use super::sequence::{Chroma, Sequence};

/// Writes a picture as red, green and blue of BT.601 and limited range.
pub(super) type Limited601<'a> = dyn Fn(&mut [u8]) + 'a;

/// One decoded picture, 8 bit.
#[derive(Clone, Copy)]
pub(super) struct Planes<'a> {
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) y: &'a [u8],
    /// Empty where the picture has no colour.
    pub(super) u: &'a [u8],
    pub(super) v: &'a [u8],
    /// Values from row to row, of brightness and of colour.
    pub(super) strides: [usize; 2],
    /// The decoder's own way to red, green and blue, where it has one.
    pub(super) limited_601: Option<&'a Limited601<'a>>,
}

impl<'a> Planes<'a> {
    /// The part of a picture without colour that begins at `top`, `left`; `None` where it has less.
    fn part(self, [top, left]: [usize; 2], [height, width]: [usize; 2]) -> Option<Self> {
        let fits = top + height <= self.height && left + width <= self.width;
        let y = self.y.get(top * self.strides[0] + left..).filter(|_| fits)?;
        Some(Self { height, width, y, u: &[], v: &[], limited_601: None, ..self })
    }

    /// What is shown of a picture; `None` where it has another size than its sequence says.
    pub(super) fn shown_of(self, sequence: &Sequence) -> Option<Self> {
        let sides = [sequence.height, sequence.width];
        match sequence.chroma {
            Chroma::None => self.part([sequence.top, sequence.left], sides),
            _ => Some(self).filter(|p| [p.height, p.width] == sides),
        }
    }

    /// Brightness, row by row.
    pub(super) fn rows(self) -> impl Iterator<Item = &'a [u8]> {
        (0..self.height).map(move |r| &self.y[r * self.strides[0]..][..self.width])
    }

    /// Colour, both planes, row by row.
    pub(super) fn colours(self) -> impl Iterator<Item = &'a [u8]> {
        let there = usize::from(!self.u.is_empty());
        let [h, w] = [self.height / 2 * there, self.width / 2];
        [self.u, self.v]
            .into_iter()
            .flat_map(move |plane| (0..h).map(move |r| &plane[r * self.strides[1]..][..w]))
    }

    /// Mean distance from grey, 8 bit.
    pub(super) fn colour(self) -> f64 {
        let sum: f64 = self.colours().flatten().map(|&v| (f64::from(v) - 128.0).abs()).sum();
        sum / (self.height / 2 * (self.width / 2)).max(1) as f64
    }

    /// How many values of brightness are well outside 16 to 235.
    pub(super) fn outside_limited(self) -> usize {
        self.rows().flatten().filter(|&&y| !(8..=243).contains(&y)).count()
    }
}
