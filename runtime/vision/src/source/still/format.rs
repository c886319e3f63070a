//! Formats of pictures, told by a file's first bytes, whatever its name says.

/// A format of pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Png,
    Jpeg,
    Tiff,
    Pgm,
    /// One that is not read, and its name.
    Other(&'static str),
}

/// What files of a format begin with, from byte `at` on.
const MARKS: [(usize, &[u8], Format); 17] = [
    (0, b"\x89PNG\r\n\x1a\n", Format::Png),
    (0, b"\xff\xd8\xff", Format::Jpeg),
    (0, b"II*\0", Format::Tiff),
    (0, b"MM\0*", Format::Tiff),
    (0, b"II+\0", Format::Tiff),
    (0, b"MM\0+", Format::Tiff),
    (0, b"P5", Format::Pgm),
    (0, b"P2", Format::Pgm),
    (0, b"GIF8", Format::Other("a GIF")),
    (8, b"WEBP", Format::Other("a WebP picture")),
    (4, b"ftyphei", Format::Other("an HEIC picture")),
    (4, b"ftypavif", Format::Other("an AVIF picture")),
    (0, b"\0\0\0\x0cJXL ", Format::Other("a JPEG XL picture")),
    (0, b"\0\0\0\x0cjP  ", Format::Other("a JPEG 2000 picture")),
    (0, b"BM", Format::Other("a BMP picture")),
    (0, b"<", Format::Other("a web page or other text")),
    (0, b"{", Format::Other("a text (JSON)")),
];

impl Format {
    /// The format of a file of these bytes, where it is known.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let begins = |at: usize, mark: &[u8]| bytes.get(at..).is_some_and(|b| b.starts_with(mark));
        MARKS.iter().find(|(at, mark, _)| begins(*at, mark)).map(|(_, _, format)| *format)
    }
}
