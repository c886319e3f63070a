//! Formats in which a video device gives its pictures, and which one is taken for a kind.

use emberline_vision::frame::Kind;

/// A format that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Raw counts of 16 bit, low byte first.
    Y16,
    /// Grey of 8 bit.
    Grey,
    /// Brightness of each pixel, colour of each pair.
    Yuyv,
    /// A JPEG picture.
    Jpeg,
}
use Format::{Grey, Jpeg, Y16, Yuyv};

/// Four letters that name a format.
pub(super) type Code = [u8; 4];

/// What each format is called.
const CODES: [(Code, Format); 5] =
    [(*b"Y16 ", Y16), (*b"GREY", Grey), (*b"YUYV", Yuyv), (*b"MJPG", Jpeg), (*b"JPEG", Jpeg)];

impl Format {
    /// The format of this name.
    pub(super) fn of(code: Code) -> Option<Self> {
        CODES.iter().find(|(known, _)| *known == code).map(|(_, format)| *format)
    }

    /// Which of the formats that are `offered` is taken for `kind`: heat as raw as it comes, colours as the
    /// camera sends most of them.
    pub(super) fn choose(kind: Kind, offered: &[Code]) -> Option<Code> {
        let order: &[Self] = match kind {
            Kind::Rgb => &[Jpeg, Yuyv],
            Kind::Mask => &[Grey, Yuyv, Jpeg],
            _ => &[Y16, Grey, Yuyv, Jpeg],
        };
        let find = |wanted: &Self| offered.iter().find(|code| Self::of(**code) == Some(*wanted));
        order.iter().find_map(find).copied()
    }
}

/// The letters of a code, as they are shown.
pub(super) fn letters(code: Code) -> String {
    code.iter().map(|byte| char::from(*byte)).filter(|c| c.is_ascii_graphic()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_format_of_a_kind_is_taken() {
        let (y16, grey, yuyv, mjpg) = (*b"Y16 ", *b"GREY", *b"YUYV", *b"MJPG");
        for (kind, offered, want) in [
            (Kind::Thermal, vec![mjpg, yuyv, grey, y16], Some(y16)),
            (Kind::Thermal, vec![mjpg, yuyv, grey], Some(grey)),
            (Kind::Thermal, vec![mjpg, yuyv], Some(yuyv)),
            (Kind::Thermal, vec![mjpg], Some(mjpg)),
            (Kind::Rgb, vec![yuyv, mjpg], Some(mjpg)),
            (Kind::Rgb, vec![*b"JPEG"], Some(*b"JPEG")),
            (Kind::Rgb, vec![yuyv], Some(yuyv)),
            (Kind::Rgb, vec![y16, grey], None),
            (Kind::Mask, vec![y16, yuyv, grey], Some(grey)),
            (Kind::Thermal, vec![*b"H264", *b"NV12"], None),
            (Kind::Thermal, vec![], None),
        ] {
            assert_eq!(Format::choose(kind, &offered), want, "{kind} {offered:?}");
        }
        assert_eq!((letters(y16), letters([b'Y', b'1', b'6', 0xa0])), ("Y16".into(), "Y16".into()));
    }
}
