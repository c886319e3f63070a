//! Segments of a JPEG file: what stands before the picture, and whether the file goes on to its end.

/// Marker of the segment after which the picture's own data begin.
const START_OF_SCAN: u8 = 0xda;
const END_OF_IMAGE: u8 = 0xd9;

/// The segments of one JPEG file.
#[derive(Debug, Default)]
pub(super) struct Segments<'a> {
    /// Marker and bytes of each.
    pub(super) all: Vec<(u8, &'a [u8])>,
    /// Whether the marker of the end of the image is there.
    pub(super) whole: bool,
}

impl<'a> Segments<'a> {
    /// The segments of the file `bytes`, as far as they can be followed.
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        let (mut out, mut at) = (Self::default(), 2);
        while let Some((marker, after)) = next_marker(bytes, at) {
            match marker {
                END_OF_IMAGE => {
                    out.whole = true;
                    break;
                }
                // Markers that stand alone.
                0x01 | 0xd0..=0xd8 => at = after,
                _ => {
                    let Some(&[high, low]) = bytes.get(after..after + 2) else { break };
                    let end = after + usize::from(u16::from_be_bytes([high, low]));
                    let Some(body) = bytes.get(after + 2..end) else { break };
                    out.all.push((marker, body));
                    at = if marker == START_OF_SCAN { after_scan(bytes, end) } else { end };
                }
            }
        }
        out
    }

    /// The bytes of each segment of this marker that begins with `mark`, after the mark.
    pub(super) fn of_marker(&self, marker: u8, mark: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        let this = move |&&(m, body): &&(u8, &'a [u8])| m == marker && body.starts_with(mark);
        self.all.iter().filter(this).map(move |&(_, body)| &body[mark.len()..])
    }
}

/// The first marker from `at` on, and where it ends.
fn next_marker(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let from = at + bytes.get(at..)?.iter().position(|&b| b == 0xff)?;
    let fill = bytes[from..].iter().position(|&b| b != 0xff)?;
    Some((bytes[from + fill], from + fill + 1))
}

/// Where the coded data from `at` on end: at a marker that is not one of theirs.
fn after_scan(bytes: &[u8], mut at: usize) -> usize {
    while let Some((marker, after)) = next_marker(bytes, at) {
        match marker {
            0x00 | 0xd0..=0xd7 => at = after,
            _ => return after - 2,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_followed_to_the_end_or_as_far_as_they_go() {
        let head = b"\xff\xd8\xff\xe1\x00\x06Exif\xff\xda\x00\x03x".to_vec();
        for (tail, whole) in [
            (&b"\x12\xff\x00\x34\xff\xd0\x56\xff\xd9"[..], true),
            (b"\x12\xff\xff\xd9 and more", true),
            (b"\x12\xff\xda\x00\x03y\x34\xff\xd9", true), // a second scan
            (b"\x12\xff\x00\x34", false),
            (b"\x12\xff", false),
            (b"", false),
        ] {
            let bytes = [&head[..], tail].concat();
            let segments = Segments::of(&bytes);
            assert_eq!(segments.whole, whole, "{tail:?}");
            assert_eq!(segments.of_marker(0xe1, b"Ex").collect::<Vec<_>>(), [b"if"]);
        }
        for end in 0..head.len() {
            assert!(!Segments::of(&head[..end]).whole);
        }
    }
}
