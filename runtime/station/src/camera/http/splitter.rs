//! A stream of JPEG pictures cut into its pictures, by the bytes alone.
//!
//! Cameras say what is in their streams in headers that are often wrong: the type, the boundary between parts,
//! the length of a part. A JPEG picture says itself where it ends: its segments are followed, and so no picture
//! within a picture, such as the small one of EXIF data, is taken for one. Headers are what lies between.

/// Most bytes of a picture.
pub(super) const PICTURE_MAX: usize = 32 << 20;
/// Most bytes between two pictures: the header of a part, and whatever else stands there.
const BETWEEN_MAX: usize = 8 << 10;
/// What is kept of the buffer after a picture.
const KEPT: usize = 1 << 20;

/// What a picture begins with.
const START: [u8; 3] = [0xff, 0xd8, 0xff];

/// A part of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// A picture, from its first byte to its last.
    Picture(&'a [u8]),
    /// One that ends before its end, or is no picture inside.
    Broken,
}

/// Why a stream is not read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoStream {
    /// So much that is no picture.
    #[error("no JPEG picture in {} kB of its stream", .bytes >> 10)]
    NoPicture {
        /// How much.
        bytes: usize,
    },
    /// A picture without an end.
    #[error("a picture of its stream has over {} MB", PICTURE_MAX >> 20)]
    TooLarge,
}

/// Where in the stream the next byte lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// Between pictures.
    Between,
    /// In what follows a broken picture.
    Lost,
    /// After the two bytes that begin a picture.
    Begun,
    /// In coded data, or before a segment.
    Data,
    /// After the byte that begins a marker.
    Marker,
    /// Before the length of a segment.
    Length,
    /// Before the second byte of that.
    LengthLow(u8),
    /// In a segment, with so many bytes to go.
    Segment(usize),
    /// After the end, and why.
    End(NoStream),
}

/// Cuts a stream, which comes in pieces of any size, into pictures.
#[derive(Debug)]
pub struct Splitter {
    at: At,
    /// The picture so far.
    picture: Vec<u8>,
    /// Bytes since the last picture.
    between: usize,
    /// The newest bytes outside of a picture, the last one lowest.
    newest: u64,
}

impl Default for Splitter {
    fn default() -> Self {
        Self { at: At::Between, picture: Vec::new(), between: 0, newest: 0 }
    }
}

impl Splitter {
    /// Whether a picture has begun.
    #[must_use]
    pub fn is_inside(&self) -> bool {
        !self.picture.is_empty()
    }

    /// Bytes that are held.
    #[must_use]
    pub fn held(&self) -> usize {
        self.picture.capacity()
    }

    /// Takes the next bytes in and hands out the parts that end in them.
    ///
    /// # Errors
    /// [`NoStream`], and the same again from then on.
    pub fn push(&mut self, bytes: &[u8], mut out: impl FnMut(Part<'_>)) -> Result<(), NoStream> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let taken = match self.at {
                At::End(why) => return Err(why),
                At::Between | At::Lost => self.outside(rest[0])?,
                At::Begun if rest[0] == START[2] => {
                    self.at = At::Marker;
                    self.keep(&rest[..1])?
                }
                At::Begun => {
                    // It was no picture.
                    self.picture.clear();
                    self.at = At::Lost;
                    self.outside(rest[0])?
                }
                At::Data => {
                    let run = rest.iter().position(|b| *b == 0xff);
                    if run.is_some() {
                        self.at = At::Marker;
                    }
                    self.keep(&rest[..run.map_or(rest.len(), |n| n + 1)])?
                }
                At::Segment(left) => {
                    let taken = left.min(rest.len());
                    self.at = if taken < left { At::Segment(left - taken) } else { At::Data };
                    self.keep(&rest[..taken])?
                }
                At::Length => {
                    self.at = At::LengthLow(rest[0]);
                    self.keep(&rest[..1])?
                }
                At::LengthLow(high) => {
                    // A length counts its own two bytes.
                    match usize::from(u16::from_be_bytes([high, rest[0]])).checked_sub(2) {
                        Some(0) => self.at = At::Data,
                        Some(length) => self.at = At::Segment(length),
                        None => self.lose(&mut out),
                    }
                    self.keep(&rest[..1])?
                }
                At::Marker => self.marker(rest[0], &mut out)?,
            };
            rest = &rest[taken..];
        }
        Ok(())
    }

    /// The code of a marker.
    fn marker(&mut self, code: u8, out: &mut impl FnMut(Part<'_>)) -> Result<usize, NoStream> {
        let end = |this: &mut Self| {
            this.picture.clear();
            this.picture.shrink_to(KEPT);
            (this.between, this.newest) = (0, 0);
        };
        match code {
            // The end of the picture.
            0xd9 => {
                self.keep(&[code])?;
                out(Part::Picture(&self.picture));
                end(self);
                self.at = At::Between;
                self.newest = 0xffd9;
            }
            // Another one begins before this one has ended.
            0xd8 => {
                let before = self.picture.len() - 1;
                let is_start = follows_a_header(&self.picture[..before]);
                out(Part::Broken);
                end(self);
                if is_start {
                    self.at = At::Begun;
                    self.keep(&START[..2])?;
                } else {
                    self.at = At::Lost;
                }
            }
            // A byte of the data; markers that stand alone; bytes that fill.
            0x00 | 0x01 | 0xd0..=0xd7 => {
                self.at = At::Data;
                self.keep(&[code])?;
            }
            0xff => {
                self.keep(&[code])?;
            }
            _ => {
                self.at = At::Length;
                self.keep(&[code])?;
            }
        }
        Ok(1)
    }

    /// A byte outside of a picture.
    fn outside(&mut self, byte: u8) -> Result<usize, NoStream> {
        self.newest = (self.newest << 8) | u64::from(byte);
        let bytes = self.newest.to_be_bytes();
        let (before, start) = bytes.split_at(bytes.len() - START.len());
        // After a broken picture, what looks like a start may lie within the next one.
        if start == START && (self.at == At::Between || follows_a_header(before)) {
            self.at = At::Marker;
            self.keep(&START)?;
            return Ok(1);
        }
        self.between += 1;
        let most = if self.at == At::Lost { PICTURE_MAX } else { BETWEEN_MAX };
        if self.between > most {
            let why = NoStream::NoPicture { bytes: most };
            self.at = At::End(why);
            return Err(why);
        }
        Ok(1)
    }

    /// The picture is broken.
    fn lose(&mut self, out: &mut impl FnMut(Part<'_>)) {
        out(Part::Broken);
        self.picture.clear();
        self.picture.shrink_to(KEPT);
        (self.at, self.between, self.newest) = (At::Lost, 0, 0);
    }

    /// Keeps `bytes` of the picture; gives how many. Of a broken one nothing is kept.
    fn keep(&mut self, bytes: &[u8]) -> Result<usize, NoStream> {
        if self.at == At::Lost {
            return Ok(bytes.len());
        }
        if self.picture.len() + bytes.len() > PICTURE_MAX {
            self.picture = Vec::new();
            self.at = At::End(NoStream::TooLarge);
            return Err(NoStream::TooLarge);
        }
        self.picture.extend_from_slice(bytes);
        Ok(bytes.len())
    }
}

/// Whether `before` ends as the header of a part does, or as a picture does.
fn follows_a_header(before: &[u8]) -> bool {
    [&b"\n\r\n"[..], b"\n\n", b"\xff\xd9"].iter().any(|end| before.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What came out of a stream that was pushed in pieces of these lengths, and how it ended.
    fn split(
        stream: &[u8],
        mut pieces: impl FnMut() -> usize,
    ) -> (Vec<Option<Vec<u8>>>, Option<NoStream>) {
        let (mut splitter, mut parts, mut rest) = (Splitter::default(), Vec::new(), stream);
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(pieces().clamp(1, rest.len()));
            let pushed = splitter.push(piece, |part| {
                parts.push(match part {
                    Part::Picture(bytes) => Some(bytes.to_vec()),
                    Part::Broken => None,
                });
            });
            assert!(splitter.held() <= 2 * PICTURE_MAX);
            if let Err(why) = pushed {
                assert_eq!(splitter.push(b"x", |_| panic!("it has ended")), Err(why));
                return (parts, Some(why));
            }
            rest = after;
        }
        (parts, None)
    }

    /// A picture that differs by `mark`: EXIF data with a small picture inside, a table, two scans.
    fn picture(mark: u8) -> Vec<u8> {
        let small = b"\xff\xd8\xff\xdb\x00\x03\x01\xff\xda\x00\x02\x55\xff\xd9";
        let mut out = b"\xff\xd8\xff\xe1".to_vec();
        out.extend((small.len() as u16 + 8).to_be_bytes());
        out.extend(b"Exif\0\0");
        out.extend(small);
        out.extend(b"\xff\xdb\x00\x04\xff\xd9\xff\xff\xda\x00\x03x");
        out.extend([mark, 0xff, 0x00, mark, 0xff, 0xd3, mark, 0xff, 0xff, 0xda, 0, 2, mark]);
        out.extend(b"\xff\xd9");
        out
    }

    fn header(says: &str) -> Vec<u8> {
        format!("\r\n--b\r\nContent-Type: image/jpeg\r\n{says}\r\n").into_bytes()
    }

    #[test]
    fn pictures_are_cut_out_whatever_stands_between() {
        let [a, b] = [picture(1), picture(2)];
        let (whole, broken) = (|p: &[u8]| Some(p.to_vec()), None);
        let cut = &a[..a.len() - 4];
        let no_end = &a[..a.len() - 2];
        let in_exif = &a[..12];
        let true_length = header(&format!("Content-Length: {}\r\n", a.len()));
        let lie = header("Content-Length: 3\r\n");
        let bad_length = b"\xff\xd8\xff\xe0\x00\x01";
        let [some, much, more, endless, beyond] =
            [8_000, 8_193, 9_000, PICTURE_MAX, PICTURE_MAX + 1].map(|n| vec![b'j'; n]);
        let no_picture = |bytes| Some(NoStream::NoPicture { bytes });
        /// What it is, the bytes as they come, the parts they make, and why they end.
        type Case<'a> = (&'a str, Vec<&'a [u8]>, Vec<Option<Vec<u8>>>, Option<NoStream>);
        let cases: [Case<'_>; 16] = [
            ("nothing", vec![], vec![], None),
            ("bare", vec![&a, &b], vec![whole(&a), whole(&b)], None),
            ("headers", vec![&true_length, &a, &lie, &b], vec![whole(&a), whole(&b)], None),
            ("a length that lies", vec![&lie, &a, &lie, &b], vec![whole(&a), whole(&b)], None),
            ("junk", vec![&some, &a, &some, &b], vec![whole(&a), whole(&b)], None),
            ("much junk", vec![&a, &much, &b], vec![whole(&a)], no_picture(8_192)),
            ("half a picture", vec![&lie, cut], vec![], None),
            ("cut", vec![&lie, cut, &lie, &b], vec![broken.clone(), whole(&b)], None),
            (
                "cut in a segment",
                vec![in_exif, &lie, &a, &lie, &b],
                vec![broken.clone(), whole(&a), whole(&b)],
                None,
            ),
            // What follows without a header may lie within the next picture, which is lost too.
            ("cut, bare", vec![no_end, &a, &b], vec![broken.clone(), whole(&b)], None),
            ("no segment", vec![bad_length, &lie, &b], vec![broken.clone(), whole(&b)], None),
            // The small picture in the EXIF data of `b` is none, though it begins like one.
            (
                "lost within a picture",
                vec![bad_length, &b[6..], &lie, &a],
                vec![broken.clone(), whole(&a)],
                None,
            ),
            (
                "nothing but a start",
                vec![b"\xff\xd8\xff\xd9"],
                vec![whole(b"\xff\xd8\xff\xd9")],
                None,
            ),
            ("a page", vec![b"<html>", &more], vec![], no_picture(8_192)),
            (
                "no end",
                vec![b"\xff\xd8\xff\xda\x00\x02", &endless],
                vec![],
                Some(NoStream::TooLarge),
            ),
            ("lost for ever", vec![bad_length, &beyond], vec![broken], no_picture(PICTURE_MAX)),
        ];
        for (what, stream, parts, end) in cases {
            let stream = stream.concat();
            let mut random = fastrand::Rng::with_seed(7);
            let short = stream.len() < 100_000;
            assert_eq!(split(&stream, || usize::MAX), (parts.clone(), end), "{what}");
            assert_eq!(split(&stream, || if short { 1 } else { 1_460 }), (parts.clone(), end));
            assert_eq!(split(&stream, || random.usize(1..40_000)), (parts, end), "{what}");
        }
    }

    /// Pictures, headers and junk, some of it damaged; or nothing but chance.
    fn noise(random: &mut fastrand::Rng) -> Vec<u8> {
        let mut out = Vec::new();
        for _ in 0..random.usize(1..20) {
            match random.usize(0..6) {
                0 => out.extend(header("Content-Length: 9\r\n")),
                1 => out.extend(std::iter::repeat_with(|| random.u8(..)).take(200)),
                2 => {
                    let some = [0xff, 0xff, 0xd8, 0xda, 0x00, 0xd9, 0x0a];
                    out.extend(std::iter::repeat_with(|| some[random.usize(..7)]).take(200));
                }
                _ => {
                    let mut picture = picture(random.u8(..));
                    if random.bool() {
                        let at = random.usize(..picture.len());
                        match random.bool() {
                            true => picture.truncate(at),
                            false => picture[at] = random.u8(..),
                        }
                    }
                    out.extend(picture);
                }
            }
        }
        out
    }

    #[test]
    fn it_does_not_matter_how_a_stream_is_cut_into_reads() {
        let mut random = fastrand::Rng::with_seed(21);
        let mut fed = 0;
        let mut pictures = 0;
        while fed < 1_000_000 {
            let stream = noise(&mut random);
            fed += stream.len();
            let whole = split(&stream, || usize::MAX);
            pictures += whole.0.iter().flatten().count();
            assert_eq!(split(&stream, || 1), whole);
            let most = random.usize(2..100);
            assert_eq!(split(&stream, || random.usize(1..most)), whole);
        }
        assert!(pictures > 500, "{pictures}");
    }
}
