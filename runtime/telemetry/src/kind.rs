//! Kinds of telemetry, told by content.

use crate::{dataflash, klv, lines, mavlink, srt, still};

/// What a telemetry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// MAVLink as it came.
    Mavlink,
    /// MAVLink with the time before each frame, as ground stations record it.
    Tlog,
    /// A log of ArduPilot.
    DataFlash,
    /// An MPEG transport stream with KLV.
    Transport,
    /// KLV by itself.
    Klv,
    /// DJI's subtitles.
    Subtitles,
    /// A still, or a folder of stills.
    Stills,
    /// Pose lines as JSON.
    JsonLines,
    /// Pose lines as a table.
    Table,
}

/// Bytes in which a kind is told.
pub(crate) const HEAD: usize = 4096;
/// Bytes of garbage before MAVLink's first frame.
const MOST_BEFORE: usize = 600;

impl Kind {
    /// The kind of a file that begins so.
    #[must_use]
    pub fn of(head: &[u8]) -> Option<Self> {
        let head = &head[..head.len().min(HEAD)];
        if still::is_jpeg(head) {
            return Some(Self::Stills);
        }
        if dataflash::is_log(head) {
            return Some(Self::DataFlash);
        }
        if head.starts_with(&klv::KEY) {
            return Some(Self::Klv);
        }
        if mavlink::is_tlog(head) {
            return Some(Self::Tlog);
        }
        if klv::is_transport(head) {
            return Some(Self::Transport);
        }
        if let Some(kind) = Self::of_text(head) {
            return Some(kind);
        }
        (0..head.len().min(MOST_BEFORE))
            .any(|at| mavlink::is_frame(&head[at..]))
            .then_some(Self::Mavlink)
    }

    fn of_text(head: &[u8]) -> Option<Self> {
        // The end may be half a letter.
        let text = match std::str::from_utf8(head) {
            Ok(text) => text,
            Err(e) if e.error_len().is_none() => {
                std::str::from_utf8(&head[..e.valid_up_to()]).ok()?
            }
            Err(_) => &String::from_utf8_lossy(head),
        };
        let text = text.trim_start_matches('\u{FEFF}').trim_start();
        if text.starts_with('{') {
            Some(Self::JsonLines)
        } else if srt::is_subtitles(text) {
            Some(Self::Subtitles)
        } else {
            lines::is_table(text).then_some(Self::Table)
        }
    }

    /// In words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mavlink => "MAVLink",
            Self::Tlog => "a MAVLink recording (.tlog)",
            Self::DataFlash => "an ArduPilot log (.bin)",
            Self::Transport => "a transport stream with KLV",
            Self::Klv => "KLV",
            Self::Subtitles => "subtitles of DJI (.SRT)",
            Self::Stills => "stills",
            Self::JsonLines => "pose lines (NDJSON)",
            Self::Table => "a table of poses (CSV)",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_content() {
        let transport: Vec<u8> =
            (0..188 * 4).map(|k| if k % 188 == 0 { 0x47 } else { 1 }).collect();
        for (head, want) in [
            (&b"\xFF\xD8\xFF\xE0"[..], Some(Kind::Stills)),
            (b"\xA3\x95\x80\x80\x59", Some(Kind::DataFlash)),
            (&klv::KEY, Some(Kind::Klv)),
            (&transport, Some(Kind::Transport)),
            (b"\xEF\xBB\xBF1\n00:00:00,000 --> 00:00:01,000\nx", Some(Kind::Subtitles)),
            (b"\n{\"t\":1}", Some(Kind::JsonLines)),
            (b"t,lat,lon\n", Some(Kind::Table)),
            (b"date,temperature\n", None),
            (b"", None),
            (b"\x00\x01\x02", None),
        ] {
            assert_eq!(Kind::of(head), want, "{:?}", String::from_utf8_lossy(head));
        }
    }
}
