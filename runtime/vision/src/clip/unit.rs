//! Units: how the values of a film become intensity in 0..1, and how intensity is given back.

use std::sync::Arc;

use ndarray::{Array3, Axis};
use serde::{Deserialize, Serialize};

use crate::frame::{FrameView, Kind, Pixels};
use crate::heat::flame_intensity;
use crate::note::Note;
use crate::quantile::{nth, quantile};
use crate::rain_rate;

/// Which input values are intensity 0 and 1, as a model's card asks for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// Found from the clip: see [`Span`].
    #[default]
    Film,
    /// The same for every film: 0..255 of uint8, 0..65535 of uint16, 0..1 of float32. What lies
    /// outside is cut off; [`beyond_full`] tells whether anything does.
    Full,
}

/// How input values became intensity: `intensity = (value − zero) / (one − zero)`, clamped to 0..1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Span {
    /// Input value that is intensity 0.
    pub zero: f32,
    /// Input value that is intensity 1.
    pub one: f32,
}

/// How intensity is given back in the input's unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unit {
    /// Along a straight line.
    Span(Span),
    /// Rain as 8-bit code, 0 to 254.
    RainCode,
    /// Rain in mm/h.
    RainMmH,
}

impl Unit {
    /// An intensity in the input's unit.
    #[must_use]
    pub fn value(self, intensity: f32) -> f32 {
        match self {
            Self::Span(span) => span.zero + intensity * (span.one - span.zero),
            Self::RainCode => intensity * f32::from(rain_rate::FULL_CODE),
            Self::RainMmH => rain_rate::mm_h(intensity),
        }
    }

    /// The unit of the frames `picked`, at least one; notes what a person should know of it.
    pub(super) fn of(
        kind: Kind,
        picked: &[Arc<Pixels>],
        scale: Scale,
        notes: &mut Vec<Note>,
    ) -> Self {
        match (kind, scale, &*picked[0]) {
            (Kind::Rain, _, Pixels::F32(_)) => {
                note_too_much(picked, notes);
                Self::RainMmH
            }
            (Kind::Rain, ..) => Self::RainCode,
            (Kind::Thermal, Scale::Full, pixels) => Self::Span(Span {
                zero: 0.0,
                one: match pixels {
                    Pixels::U8(_) => f32::from(u8::MAX),
                    Pixels::U16(_) => f32::from(u16::MAX),
                    Pixels::F32(_) => 1.0,
                },
            }),
            _ => Self::Span(span(kind, picked, notes)),
        }
    }
}

/// Least and largest value of a float film where any lies outside 0..1, which [`Scale::Full`] has no
/// place for.
#[must_use]
pub fn beyond_full<'a>(view: impl Into<FrameView<'a>>) -> Option<[f32; 2]> {
    let view: FrameView<'_> = view.into();
    let mut range = [f32::INFINITY, f32::NEG_INFINITY];
    for frame in view.frames {
        let Pixels::F32(a) = &*frame.pixels else { return None };
        range = a.iter().fold(range, |[least, most], &v| [least.min(v), most.max(v)]);
    }
    (range[0] < 0.0 || range[1] > 1.0).then_some(range)
}

/// Notes how many rates are above the largest that has a code.
fn note_too_much(picked: &[Arc<Pixels>], notes: &mut Vec<Note>) {
    let most = rain_rate::most_mm_h();
    let all = picked.iter().flat_map(|pixels| pixels.values());
    let n = all.filter(|v| *v > most).count();
    if n > 0 {
        notes.push(Note::RatesCut { rates: n, most_mm_h: most });
    }
}

/// How the values of the picked frames become intensity.
fn span(kind: Kind, picked: &[Arc<Pixels>], notes: &mut Vec<Note>) -> Span {
    let all = || picked.iter().flat_map(|pixels| pixels.values());
    let [h, w, _] = picked[0].shape();
    let n = picked.len() * h * w;
    match (kind, &*picked[0]) {
        (Kind::Rgb, _) => {
            notes.push(Note::FlameIntensity);
            Span { zero: 0.0, one: 1.0 }
        }
        (Kind::Mask, _) => {
            let most = nth(all, n.saturating_sub(1));
            Span { zero: 0.0, one: if most > 0.0 { most } else { 1.0 } }
        }
        (_, Pixels::U8(_)) => Span { zero: 0.0, one: 255.0 },
        (_, pixels) => {
            let (least, most) = (nth(all, 0), nth(all, n.saturating_sub(1)));
            if matches!(pixels, Pixels::F32(_)) && least >= 0.0 && most <= 1.0 {
                return Span { zero: 0.0, one: 1.0 };
            }
            if least >= most {
                notes.push(Note::AllEqual { value: least });
                return Span { zero: least, one: least + least.abs().max(1.0) };
            }
            let low = quantile(all, n, 0.01);
            let zero = if low < most { low } else { least };
            notes.push(Note::SpanFound { zero, one: most });
            Span { zero, one: most }
        }
    }
}

/// Intensity `[T, H, W]` of the frames `picked`, none or more, of a shape `[H, W]`; NaN where a radar
/// has no data.
pub(super) fn intensities(
    kind: Kind,
    picked: &[Arc<Pixels>],
    [h, w]: [usize; 2],
    unit: Unit,
) -> Array3<f32> {
    let mut out = Array3::zeros((picked.len(), h, w));
    for (pixels, mut to) in picked.iter().zip(out.axis_iter_mut(Axis(0))) {
        match (kind, unit, &**pixels) {
            (Kind::Rgb, _, Pixels::U8(rgb)) => to.assign(&flame_intensity(rgb)),
            (Kind::Mask, _, pixels) => {
                to.iter_mut().zip(pixels.values()).for_each(|(t, v)| *t = f32::from(v != 0.0));
            }
            (_, Unit::RainCode, pixels) => to
                .iter_mut()
                .zip(pixels.values())
                .for_each(|(t, v)| *t = rain_rate::share_of_code(v as u8)),
            (_, Unit::RainMmH, pixels) => {
                to.iter_mut()
                    .zip(pixels.values())
                    .for_each(|(t, v)| *t = rain_rate::share_of_mm_h(v));
            }
            (_, Unit::Span(span), pixels) => {
                to.iter_mut().zip(pixels.values()).for_each(|(t, v)| {
                    *t = ((v - span.zero) / (span.one - span.zero)).clamp(0.0, 1.0);
                });
            }
        }
    }
    out
}
