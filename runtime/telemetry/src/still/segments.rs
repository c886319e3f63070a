//! Segments of a JPEG file up to its picture: EXIF data, XMP data and the picture's size.

/// First bytes of a JPEG file.
const START: [u8; 3] = [0xFF, 0xD8, 0xFF];
/// The segment that holds metadata, and what metadata of each kind begins with.
const APP1: u8 = 0xE1;
const EXIF: &[u8] = b"Exif\0\0";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
/// Where the picture itself begins.
const SCAN: u8 = 0xDA;

/// What the segments of a picture hold.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Segments<'a> {
    pub(crate) exif: Option<&'a [u8]>,
    pub(crate) xmp: Option<&'a [u8]>,
    /// Width and height, pixels.
    pub(crate) size: Option<[u16; 2]>,
}

/// Whether this is the beginning of a JPEG file.
pub(crate) fn is_jpeg(bytes: &[u8]) -> bool {
    bytes.starts_with(&START)
}

/// Looks through the segments of a file.
pub(crate) fn read(bytes: &[u8]) -> Segments<'_> {
    let mut found = Segments::default();
    let mut rest = bytes.get(2..).unwrap_or_default();
    while let [0xFF, marker, after @ ..] = rest {
        match marker {
            // Filling, and markers without a segment.
            0xFF => {
                rest = &rest[1..];
                continue;
            }
            0x01 | 0xD0..=0xD8 => {
                rest = after;
                continue;
            }
            &SCAN | 0xD9 => break,
            _ => {}
        }
        let [high, low, ..] = after else { break };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let Some(body) = after.get(2..length) else { break };
        if *marker == APP1 {
            found.exif = found.exif.or(body.strip_prefix(EXIF));
            found.xmp = found.xmp.or(body.strip_prefix(XMP));
        }
        // Frames of all kinds, but not tables and arithmetic coding's settings.
        let is_frame = matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC);
        if is_frame && let [_, h1, h2, w1, w2, ..] = *body {
            found.size = Some([u16::from_be_bytes([w1, w2]), u16::from_be_bytes([h1, h2])]);
        }
        rest = &after[length..];
    }
    found
}
