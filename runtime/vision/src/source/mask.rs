//! Masks: a picture that says which cells of a film are never looked at, such as burnt-in text.

use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::path::Path;
use std::sync::Arc;

use ndarray::{Array2, Array3, Axis};
use zip::ZipArchive;

use super::error::SourceError;
use super::npy::{Header, NpyError};
use super::still;
use crate::digest::Digest;
use crate::frame::{Frame, Pixels, SIDE_PX};
use crate::note::Note;

/// Largest share of a frame that is masked: beyond, black and white were meant the other way round.
const SHARE_MAX: f64 = 0.9;
/// What white is where it is not the type's largest value: of whole numbers, of truth values.
const WHITES: [f64; 4] = [1.0, 255.0, 65_535.0, 4_294_967_295.0];

/// Cells that are never looked at.
#[derive(Clone, Debug)]
pub(super) struct Mask {
    /// The file, as typed.
    name: String,
    /// SHA-256 of its bytes, hex.
    digest: String,
    /// Cells `[H, W]` that are never looked at.
    pub(super) cells: Arc<Array2<bool>>,
}

impl Mask {
    /// Reads the mask in the file `path`: a PNG, a TIFF, a `.npy` or a `.npz`, of black (never looked
    /// at) and white.
    ///
    /// # Errors
    /// [`SourceError`] names the file and what to do about it.
    pub(super) fn read(path: &Path) -> Result<Self, SourceError> {
        let name = path.display().to_string();
        let size = std::fs::metadata(path).map_err(|e| SourceError::io(path, e))?;
        if size.is_dir() || size.len() > 1 << 30 {
            let what = if size.is_dir() { "it is a folder" } else { "it is over 1 GiB" };
            return Err(SourceError::refused(&name, what, "a mask is one picture: give a PNG"));
        }
        let bytes = std::fs::read(path).map_err(|e| SourceError::io(path, e))?;
        if bytes.is_empty() {
            let fix = "give a PNG, black where nothing is looked at and white elsewhere";
            return Err(SourceError::refused(&name, "this mask is an empty file", fix));
        }
        let mut digest = Digest::default();
        digest.add(&bytes);
        let values = match &bytes {
            b if b.starts_with(b"\x93NUMPY") => npy(&name, &mut Cursor::new(b))?,
            b if b.starts_with(b"PK\x03\x04") => npz(&name, path)?,
            b => picture(&name, path, b)?,
        };
        let cells = black(&name, &values)?;
        Ok(Self { name, digest: digest.hex(), cells: Arc::new(cells) })
    }

    /// Takes the masked cells out of all frames of the input `film`: each gets the median of what its
    /// frame shows elsewhere, so that it stands out from nothing. Says how much is masked.
    ///
    /// # Errors
    /// [`SourceError::Refused`] where frames have another size.
    pub(super) fn cover(&self, film: &str, frames: &mut [Frame]) -> Result<Note, SourceError> {
        let (h, w) = self.cells.dim();
        for frame in &mut *frames {
            let [fh, fw, _] = frame.pixels.shape();
            if (fh, fw) != (h, w) {
                let what = format!(
                    "this mask is {h}×{w} (height × width), the frames of {film} are {fh}×{fw}"
                );
                let fix = format!(
                    "draw it on a frame of that size, or scale it: magick \"{}\" -filter point \
                     -resize {fw}x{fh}! mask.png",
                    self.name
                );
                return Err(SourceError::refused(&self.name, what, fix));
            }
            let mut pixels = (*frame.pixels).clone();
            match &mut pixels {
                Pixels::U8(a) => fill(a, &self.cells),
                Pixels::U16(a) => fill(a, &self.cells),
                Pixels::F32(a) => fill(a, &self.cells),
            }
            frame.pixels = Arc::new(pixels);
        }
        Ok(Note::Masked {
            file: self.name.clone(),
            sha256: self.digest.clone(),
            cells: self.masked(),
            of: h * w,
        })
    }

    /// Sets the masked cells of the frames of a film of masks to unburnt.
    pub(super) fn put_out(&self, frames: &mut [Frame]) {
        for frame in frames {
            let mut pixels = (*frame.pixels).clone();
            match &mut pixels {
                Pixels::U8(a) => put(a, &self.cells, 0),
                Pixels::U16(a) => put(a, &self.cells, 0),
                Pixels::F32(a) => put(a, &self.cells, 0.0),
            }
            frame.pixels = Arc::new(pixels);
        }
    }

    /// A film of rain has marks of its own.
    pub(super) fn refuse_rain(&self, film: &str) -> SourceError {
        SourceError::refused(
            film,
            "a film of rain marks itself what was not seen, and a mask was given",
            "leave out ‹mask›, and write NaN (mm/h) or 255 (codes) into those cells",
        )
    }

    fn masked(&self) -> usize {
        self.cells.iter().filter(|m| **m).count()
    }
}

/// Puts each channel's median over the cells that are looked at into the others.
fn fill<T: Copy + PartialOrd>(values: &mut Array3<T>, masked: &Array2<bool>) {
    for mut channel in values.axis_iter_mut(Axis(2)) {
        let seen = channel.iter().zip(masked).filter(|(v, masked)| {
            // No number is equal to itself but one.
            !**masked && v.partial_cmp(v).is_some()
        });
        let mut seen: Vec<T> = seen.map(|(v, _)| *v).collect();
        if seen.is_empty() {
            continue;
        }
        let half = seen.len() / 2;
        let order = |a: &T, b: &T| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal);
        let median = *seen.select_nth_unstable_by(half, order).1;
        channel.zip_mut_with(masked, |v, &masked| {
            if masked {
                *v = median;
            }
        });
    }
}

fn put<T: Copy>(values: &mut Array3<T>, masked: &Array2<bool>, value: T) {
    for mut channel in values.axis_iter_mut(Axis(2)) {
        channel.zip_mut_with(masked, |v, &masked| {
            if masked {
                *v = value;
            }
        });
    }
}

/// Where `values` `[H, W]` are black, which must have no values but black and one white.
fn black(name: &str, values: &Array2<f64>) -> Result<Array2<bool>, SourceError> {
    let refused = |what: String, fix: String| Err(SourceError::refused(name, what, fix));
    let (h, w) = values.dim();
    if !SIDE_PX.contains(&h) || !SIDE_PX.contains(&w) {
        let what = format!("this mask is {h}×{w}");
        return refused(what, "a mask has the size of the film's frames".to_owned());
    }
    let white = values.iter().copied().find(|v| *v != 0.0);
    let Some(white) = white else {
        return refused(
            "this mask is black all over: nothing would be looked at".to_owned(),
            "paint white what is to be looked at".to_owned(),
        );
    };
    let grey = values.iter().filter(|v| **v != 0.0 && **v != white).count();
    if grey > 0 || !WHITES.contains(&white) {
        let what = match grey {
            0 => format!("this mask holds 0 and {white}, and which is white is not sure"),
            n => format!("{n} of {} cells of this mask are neither black nor white", h * w),
        };
        let fix = format!(
            "make it black and white: magick \"{name}\" -colorspace gray -threshold 50% mask.png \
             (of an array: (a > 0).astype(\"uint8\"))"
        );
        return refused(what, fix);
    }
    let cells = values.mapv(|v| v == 0.0);
    let share = cells.iter().filter(|m| **m).count() as f64 / (h * w) as f64;
    if share > SHARE_MAX {
        return refused(
            format!("this mask is black over {:.1} % of the frame", 100.0 * share),
            format!(
                "white is what is looked at: turn it over (magick \"{name}\" -negate mask.png), or \
                 crop the film to what is to be looked at"
            ),
        );
    }
    Ok(cells)
}

/// The values of a picture without colour.
fn picture(name: &str, path: &Path, bytes: &[u8]) -> Result<Array2<f64>, SourceError> {
    let refused = |what: &str, fix: &str| Err(SourceError::refused(name, what, fix));
    if bytes.starts_with(b"\xff\xd8\xff") {
        return refused(
            "this mask is a JPEG, which blurs its edges",
            "make a PNG of it: magick mask.jpg -colorspace gray -threshold 50% mask.png",
        );
    }
    let mut stills = still::read(path, bytes, true)?;
    let Some(still) = stills.pop().filter(|_| stills.is_empty()) else {
        return refused("this mask has more than one page", "give one picture");
    };
    if still.transparent {
        return refused(
            "this mask has transparency, and whether black or nothing hides is not sure",
            "make it black and white: magick mask.png -background white -alpha remove -alpha off \
             out.png",
        );
    }
    let [h, w, channels] = still.pixels.shape();
    let real = match &still.pixels {
        Pixels::U8(a) => a.mapv(f64::from),
        Pixels::U16(a) => a.mapv(f64::from),
        Pixels::F32(a) => a.mapv(f64::from),
    };
    let coloured = real.lanes(Axis(2)).into_iter().any(|v| v.iter().any(|c| *c != v[0]));
    if channels > 1 && coloured {
        return refused(
            "this mask has colour",
            "paint it black and white: black is never looked at",
        );
    }
    Ok(Array2::from_shape_fn((h, w), |(y, x)| real[[y, x, 0]]))
}

/// The values of a `.npy` array.
fn npy(name: &str, from: &mut impl Read) -> Result<Array2<f64>, SourceError> {
    let failed = |cause: NpyError| SourceError::Array {
        name: name.to_owned(),
        array: "mask".to_owned(),
        cause,
    };
    let header = Header::read(from).map_err(failed)?;
    let [h, w] = match header.shape[..] {
        [h, w] | [1, h, w] | [h, w, 1] => [h, w],
        _ => {
            let what = format!("this mask is {}", header.describe());
            return Err(SourceError::refused(name, what, "a mask is [H,W], as one frame is"));
        }
    };
    let values = header.numbers(from).map_err(failed)?;
    let sides = if header.fortran { [w, h] } else { [h, w] };
    let values = Array2::from_shape_vec(sides, values)
        .map_err(|_| failed(NpyError::Layout("it is shorter than its header says")))?;
    Ok(if header.fortran { values.reversed_axes() } else { values })
}

/// The values of the array `mask` of a `.npz` file, or of its only one.
fn npz(name: &str, path: &Path) -> Result<Array2<f64>, SourceError> {
    let damaged = |e: zip::result::ZipError| SourceError::Damaged {
        name: name.to_owned(),
        what: format!("not a whole .npz (zip) file: {e}"),
    };
    let file = File::open(path).map_err(|e| SourceError::io(path, e))?;
    let mut zip = ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
    let names: Vec<String> = zip.file_names().map(str::to_owned).collect();
    let wanted = match &names[..] {
        [only] => only,
        all => match all.iter().find(|n| *n == "mask.npy") {
            Some(wanted) => wanted,
            None => {
                let what = format!("it holds {} arrays, and none is called mask", all.len());
                let fix = "save it alone: numpy.savez_compressed(\"mask.npz\", mask=…)";
                return Err(SourceError::refused(name, what, fix));
            }
        },
    };
    npy(name, &mut zip.by_name(wanted).map_err(damaged)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Elapsed, FrameTime, TimeSource};
    use crate::source::still::made;

    const SIDES: [usize; 2] = [40, 50];
    const WIDE: [usize; 2] = [50, 40];

    fn npy_of(descr: &str, shape: &str, values: &[u8]) -> Vec<u8> {
        let mut head =
            format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
        while (head.len() + 11) % 64 != 0 {
            head.push(' ');
        }
        head.push('\n');
        let mut bytes = b"\x93NUMPY\x01\0".to_vec();
        bytes.extend((head.len() as u16).to_le_bytes());
        bytes.extend(head.as_bytes());
        bytes.extend(values);
        bytes
    }

    /// Black in the rows above 4.
    fn cells(white: u8) -> Vec<u8> {
        let [h, w] = SIDES;
        (0..h * w).map(|at| if at / w < 4 { 0 } else { white }).collect()
    }

    fn grey_png(values: &[u8]) -> Vec<u8> {
        made::png(WIDE, png::ColorType::Grayscale, png::BitDepth::Eight, values)
    }

    #[test]
    fn black_and_white_are_read_and_all_else_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let mut grey = cells(255);
        grey[1234] = 128;
        let deep: Vec<u8> = cells(255).iter().flat_map(|v| [*v, *v]).collect();
        let coloured: Vec<u8> = cells(255).iter().flat_map(|v| [*v, *v, 0]).collect();
        let three: Vec<u8> = cells(255).iter().flat_map(|v| [*v; 3]).collect();
        let mostly: Vec<u8> = (0..2000).map(|at| if at < 150 { 255 } else { 0 }).collect();
        let cases: Vec<(&str, Vec<u8>, &str)> = vec![
            ("a.png", grey_png(&cells(255)), ""),
            ("one.png", grey_png(&cells(1)), ""),
            ("three.png", made::png(WIDE, png::ColorType::Rgb, png::BitDepth::Eight, &three), ""),
            ("bool.npy", npy_of("|b1", "(40, 50)", &cells(1)), ""),
            ("u1.npy", npy_of("|u1", "(1, 40, 50)", &cells(255)), ""),
            ("u2.npy", npy_of("<u2", "(40, 50)", &deep), ""),
            ("grey.png", grey_png(&grey), "1 of 2000 cells of this mask are neither black nor"),
            ("seven.png", grey_png(&cells(7)), "holds 0 and 7, and which is white is not sure"),
            ("black.png", grey_png(&cells(0)), "black all over"),
            (
                "colour.png",
                made::png(WIDE, png::ColorType::Rgb, png::BitDepth::Eight, &coloured),
                "has colour; paint it black and white",
            ),
            ("over.png", grey_png(&mostly), "black over 92.5 % of the frame"),
            ("empty.png", Vec::new(), "this mask is an empty file"),
            ("line.npy", npy_of("|b1", "(2000,)", &cells(1)), "this mask is bool [2000]"),
            ("cut.npy", npy_of("|b1", "(40, 50)", &cells(1)[..900]), "cut short"),
            ("a.jpg", b"\xff\xd8\xff\xe0 what follows".to_vec(), "a JPEG, which blurs"),
        ];
        for (name, bytes, want) in cases {
            let path = dir.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            match Mask::read(&path) {
                Ok(mask) => {
                    assert!(want.is_empty() && mask.masked() == 200, "{name}");
                    assert!(mask.cells[[3, 7]] != mask.cells[[4, 7]], "{name}");
                }
                Err(e) => {
                    let e = e.to_string();
                    assert!(!want.is_empty() && e.contains(want) && !e.contains('\n'), "{e}");
                }
            }
        }
        let none = Mask::read(&dir.path().join("none.png")).unwrap_err().to_string();
        assert!(none.ends_with("none.png: no such file or folder"), "{none}");
    }

    #[test]
    fn covered_cells_hold_the_median_of_the_others() {
        let cells = Array2::from_shape_fn((40, 50), |(y, _)| y < 4);
        let mask = Mask { name: "m.png".into(), digest: "d".into(), cells: Arc::new(cells) };
        let time = FrameTime::since_first(Elapsed::ZERO, TimeSource::Step);
        let film = |pixels: Pixels| vec![Frame::new(pixels, time)];
        let value = |y: usize, x: usize| if y < 4 { 250 } else { (x as u8) * 2 };
        let heat = |y: usize, x: usize| if y < 4 { f32::NAN } else { x as f32 };
        let cases = [
            (film(Pixels::U8(Array3::from_shape_fn((40, 50, 1), |(y, x, _)| value(y, x)))), 50.0),
            (film(Pixels::F32(Array3::from_shape_fn((40, 50, 1), |(y, x, _)| heat(y, x)))), 25.0),
        ];
        for (mut frames, median) in cases {
            let before = frames[0].pixels.first_channel();
            let note = mask.cover("f.npz", &mut frames).unwrap();
            assert!(note.to_string().contains("200 of 2000 cells (10.0 %)"), "{note}");
            for ((y, x), v) in frames[0].pixels.first_channel().indexed_iter() {
                assert_eq!(*v, if y < 4 { median } else { before[[y, x]] });
            }
            mask.put_out(&mut frames);
            assert_eq!(frames[0].pixels.first_channel()[[2, 2]], 0.0);
        }
        let mut small = film(Pixels::U8(Array3::zeros((40, 48, 1))));
        let refused = mask.cover("f.npz", &mut small).unwrap_err().to_string();
        assert!(
            refused.contains("this mask is 40×50 (height × width), the frames of f.npz are 40×48")
        );
    }
}
