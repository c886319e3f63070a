//! Colours: from the nearest lead (pale yellow) to the farthest (violet), and the paper around them.

/// Red, green, blue.
pub type Rgb = [u8; 3];

/// Around the picture.
pub const PAPER: Rgb = [18, 20, 24];
/// Text that must be read.
pub const INK: Rgb = [238, 240, 243];
/// Text that may be read.
pub const FAINT: Rgb = [150, 156, 166];
/// Under every line, so that it stands out on any ground.
pub const CASING: Rgb = [10, 8, 12];
/// The front as it stands now.
pub const NOW: Rgb = [255, 255, 255];
/// Burning or burnt now.
pub const BURNT: Rgb = [92, 20, 24];
/// How much of [`BURNT`] lies over the frame.
pub const SHADE: f64 = 0.66;

/// Anchors of a map that falls evenly in lightness as it turns from yellow to violet, after
/// matplotlib's *plasma* (CC0, S. van der Walt and N. Smith), its dark end lifted so that it is seen
/// on dark ground.
const ANCHORS: [Rgb; 7] = [
    [243, 232, 38],
    [253, 188, 42],
    [246, 141, 69],
    [229, 104, 93],
    [204, 71, 120],
    [184, 66, 176],
    [150, 78, 224],
];

/// Colour of a lead: `share` 0 is the nearest, 1 the farthest.
#[must_use]
pub fn lead(share: f64) -> Rgb {
    between(&ANCHORS, share)
}

/// Colour at `share`, 0 to 1, of the way along evenly spaced `anchors`, two or more.
#[must_use]
pub fn between(anchors: &[Rgb], share: f64) -> Rgb {
    let at = share.clamp(0.0, 1.0) * (anchors.len() - 1) as f64;
    let i = (at.floor() as usize).min(anchors.len() - 2);
    mix(anchors[i], anchors[i + 1], at - i as f64)
}

/// `share` of `b`, the rest of `a`.
#[must_use]
pub fn mix(a: Rgb, b: Rgb, share: f64) -> Rgb {
    std::array::from_fn(|c| {
        let (a, b) = (f64::from(a[c]), f64::from(b[c]));
        (a + (b - a) * share.clamp(0.0, 1.0) + 0.5) as u8
    })
}
