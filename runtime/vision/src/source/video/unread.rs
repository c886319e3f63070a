//! What no decoder of ours reads: profiles, colour formats, depths and interlaced pictures.

use super::mp4::Codec;
use super::sequence::{Chroma, Sequence};

/// Why the pictures of a stream are not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// They are of a format that is not decoded; in words.
    Format(String),
    /// Each is two fields.
    Interlaced,
}

impl Unread {
    /// Why pictures of this sequence are not read, if so.
    pub(super) fn of(sequence: &Sequence, codec: Codec) -> Option<Self> {
        let (name, read, profile) = match codec {
            Codec::Avc => {
                let profile = match sequence.profile {
                    66 | 77 | 100 => None,
                    88 => Some("Extended"),
                    110 => Some("High 10 (10 bit)"),
                    122 => Some("High 4:2:2"),
                    44 | 244 => Some("High 4:4:4"),
                    _ => Some("unknown"),
                };
                ("H.264", "Baseline, Main and High", profile)
            }
            Codec::Hevc => {
                let profile = match sequence.profile {
                    1..=3 => None,
                    4 => Some("Range Extensions (4:0:0, 4:2:2, 4:4:4 or over 10 bit)"),
                    _ => Some("unknown"),
                };
                ("H.265", "Main and Main 10", profile)
            }
        };
        if let Some(profile) = profile {
            let what = format!("video is {name} of profile {profile}; {read} are read");
            return Some(Self::Format(what));
        }
        let chroma = match sequence.chroma {
            Chroma::None | Chroma::Quarter => None,
            Chroma::Half => Some("4:2:2"),
            Chroma::Full => Some("4:4:4"),
        };
        let most_bits = if codec == Codec::Hevc { 10 } else { 8 };
        if chroma.is_some() || sequence.bits > most_bits {
            let (chroma, bits) = (chroma.unwrap_or("4:2:0"), sequence.bits);
            return Some(Self::Format(format!("video is {name} {chroma} of {bits} bit")));
        }
        sequence.interlaced.then_some(Self::Interlaced)
    }
}
