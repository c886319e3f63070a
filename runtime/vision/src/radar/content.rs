//! Content: what the first bytes of a file show it to be, whatever it is called.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::{meteoswiss, nimrod, packed, radolan};

/// Bytes from the beginning of a file that are looked at.
const HEAD: u64 = 4096;
/// Further bytes of a packed one, enough for the first of what is packed.
const HEAD_PACKED: u64 = 1 << 20;

/// What a file of a weather service, or something sent in its place, is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Empty,
    Hdf5,
    NetCdf3,
    Grib1,
    Grib2,
    Gif,
    MeteoSwiss,
    Tiff,
    Pgm,
    Png,
    Jpeg,
    Bufr,
    Radolan,
    Nimrod,
    Npz,
    Tar,
    Bzip2,
    Gzip,
    WebPage,
}

/// The first bytes of each, and where they begin; the first that fits is taken.
const SIGNATURES: [(usize, &[u8], Content); 21] = [
    (0, b"\x89HDF\r\n\x1a\n", Content::Hdf5),
    (512, b"\x89HDF\r\n\x1a\n", Content::Hdf5),
    (0, b"CDF\x01", Content::NetCdf3),
    (0, b"CDF\x02", Content::NetCdf3),
    (0, b"CDF\x05", Content::NetCdf3),
    (0, b"GIF8", Content::Gif),
    (0, b"II*\0", Content::Tiff),
    (0, b"II+\0", Content::Tiff),
    (0, b"MM\0*", Content::Tiff),
    (0, b"MM\0+", Content::Tiff),
    (0, b"P5", Content::Pgm),
    (0, b"\x89PNG", Content::Png),
    (0, b"\xff\xd8\xff", Content::Jpeg),
    (0, b"BUFR", Content::Bufr),
    (257, b"ustar", Content::Tar),
    (0, b"BZh", Content::Bzip2),
    (0, b"PK\x03\x04", Content::Npz),
    (0, b"\x1f\x8b", Content::Gzip),
    (0, b"<!DOCTYPE", Content::WebPage),
    (0, b"<html", Content::WebPage),
    (0, b"<HTML", Content::WebPage),
];

impl Content {
    /// What the file `path` is, or what it is that is packed in it; `None` where that is not known.
    pub(crate) fn of_file(path: &Path) -> Option<Self> {
        let mut file = File::open(path).ok()?;
        let mut read = |most: u64, head: &mut Vec<u8>| file.by_ref().take(most).read_to_end(head);
        let mut head = Vec::new();
        read(HEAD, &mut head).ok()?;
        let packed = Self::of(&head);
        if !matches!(packed, Some(Self::Gzip | Self::Bzip2)) {
            return packed;
        }
        read(HEAD_PACKED, &mut head).ok()?;
        Self::of(&packed::head(&head, HEAD as usize)).filter(|is| *is != Self::Empty).or(packed)
    }

    /// What a file is that begins so.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        if head.is_empty() {
            return Some(Self::Empty);
        }
        let text = head.trim_ascii_start();
        let at = |from: &[u8], at: usize, magic: &[u8]| {
            from.get(at..).is_some_and(|b| b.starts_with(magic))
        };
        if at(head, 0, b"GRIB") {
            return head.get(7).and_then(|edition| match edition {
                1 => Some(Self::Grib1),
                2 => Some(Self::Grib2),
                _ => None,
            });
        }
        if radolan::claims(head) {
            return Some(Self::Radolan);
        }
        if nimrod::claims(head) {
            return Some(Self::Nimrod);
        }
        if meteoswiss::claims(head) {
            return Some(Self::MeteoSwiss);
        }
        let is = |(from, magic, _): &&(usize, &[u8], Self)| match magic.first() {
            Some(b'<') => at(text, 0, magic),
            _ => at(head, *from, magic),
        };
        SIGNATURES.iter().find(is).map(|(_, _, content)| *content)
    }

    /// What it is called.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Hdf5 => "HDF5",
            Self::NetCdf3 => "NetCDF-3",
            Self::Grib1 => "GRIB1",
            Self::Grib2 => "GRIB2",
            Self::Gif | Self::MeteoSwiss => "GIF",
            Self::Tiff => "TIFF",
            Self::Pgm => "PGM",
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Bufr => "BUFR",
            Self::Radolan => "RADOLAN",
            Self::Nimrod => "NIMROD",
            Self::Npz => "zip",
            Self::Tar => "tar",
            Self::Bzip2 => "bzip2",
            Self::Gzip => "gzip",
            Self::WebPage => "web page",
        }
    }

    /// What makes a film of a folder of such files, `None` where the reader of pictures says it.
    pub(crate) fn remedy(self, folder: &str) -> Option<String> {
        let each = |command: &str| {
            format!(
                "make GeoTIFF of them: mkdir tif; for f in \"{folder}\"/*; do {command} \"$f\" \
                 tif/\"$(basename \"$f\")\".tif; done"
            )
        };
        match self {
            Self::Grib1 => Some(each("gdal_translate -of GTiff")),
            Self::Bufr => Some(
                "convert them to GeoTIFF or ODIM HDF5, in Python with wradlib or pysteps"
                    .to_owned(),
            ),
            Self::Tar | Self::Bzip2 => Some(format!(
                "unpack them: mkdir frames; for f in \"{folder}\"/*; do tar -xf \"$f\" -C frames; done"
            )),
            Self::Gzip => Some(format!("unpack them: gunzip \"{folder}\"/*.gz")),
            Self::WebPage => {
                Some("the server sent web pages instead: fetch the files again".to_owned())
            }
            Self::Empty => Some("copy them again".to_owned()),
            // What is read, and pictures.
            Self::Hdf5
            | Self::NetCdf3
            | Self::Grib2
            | Self::MeteoSwiss
            | Self::Radolan
            | Self::Nimrod
            | Self::Gif
            | Self::Tiff
            | Self::Pgm
            | Self::Png
            | Self::Jpeg
            | Self::Npz => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn files_are_told_by_their_first_bytes() {
        let mut zipped = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        zipped.write_all(b"RW210750100000814BY1620130VS 3SW").unwrap();
        let zipped = zipped.finish().unwrap();
        let user_block = [vec![7; 512], b"\x89HDF\r\n\x1a\n".to_vec()].concat();
        for (head, want) in [
            (&b""[..], Some("empty")),
            (b"\x89HDF\r\n\x1a\n\0", Some("HDF5")),
            (&user_block, Some("HDF5")),
            (b"GRIB\0\0\x01\x02", Some("GRIB2")),
            (b"GRIB\0\0\x01\x01", Some("GRIB1")),
            (b"CDF\x01", Some("NetCDF-3")),
            (b"GIF89a", Some("GIF")),
            (b"MM\0*", Some("TIFF")),
            (&zipped, Some("gzip")),
            (b"RW210750100000814BY1620130VS 3SW", Some("RADOLAN")),
            (b"GIF89a ... Meteoswiss ...", Some("GIF")),
            (b"\n <!DOCTYPE html>", Some("web page")),
            (b"BZh9", Some("bzip2")),
            (b"hello", None),
        ] {
            assert_eq!(Content::of(head).map(Content::name), want, "{head:?}");
        }
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("raa01-rw");
        for (bytes, want) in [(&zipped[..], "RADOLAN"), (b"\x1f\x8b\x08", "gzip"), (b"", "empty")] {
            std::fs::write(&path, bytes).unwrap();
            assert_eq!(Content::of_file(&path).map(Content::name), Some(want));
        }
    }
}
