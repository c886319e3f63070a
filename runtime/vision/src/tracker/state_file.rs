//! The file of a state: an `.npz` of the tracker's maps and numbers, with `about.json` to tell what they
//! are.

use std::io::{self, Cursor, Read, Write};

use jiff::Timestamp;
use ndarray::Array2;
use serde::{Deserialize, Serialize};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::evidence::{Evidence, WINDOW};
use super::levels::{Levels, TOPS};
use super::state::State;
use super::state_error::StateError;
use super::tracker::Tracker;
use crate::frame::SIDE_PX;
use crate::grid::Grid;
use crate::kind::Kind;
use crate::npy_header;

/// What `about.json` says the file is.
const WHAT: &str = "emberline state of a fire";
/// Version of the layout.
const SCHEMA: u32 = 1;
/// Most bytes of `about.json`.
const ABOUT_BYTES: u64 = 1 << 16;

/// `about.json`; all numbers that must come back to the last bit are arrays.
#[derive(Serialize, Deserialize)]
struct About {
    what: String,
    schema: u32,
    made_by: String,
    kind: Kind,
    values: String,
    grid: Grid,
    begins_utc: Timestamp,
    until_utc: Timestamp,
    /// Values of the array `tops`.
    tops: usize,
    /// Rows of the array `newest`.
    newest: usize,
}

/// The members that every schema has.
#[derive(Deserialize)]
struct Versioned {
    what: String,
    schema: u32,
    made_by: String,
}

impl State {
    /// The bytes of its file.
    ///
    /// # Errors
    /// None that memory does not give.
    pub fn to_bytes(&self) -> io::Result<Vec<u8>> {
        let t = &self.tracker;
        let shape = [self.grid.height, self.grid.width];
        let about = About {
            what: WHAT.to_owned(),
            schema: SCHEMA,
            made_by: format!("emberline {}", env!("CARGO_PKG_VERSION")),
            kind: t.kind,
            values: self.values.clone(),
            grid: self.grid.clone(),
            begins_utc: self.begins,
            until_utc: self.until,
            tops: t.levels.tops.len(),
            newest: t.evidence.newest.len(),
        };
        let mut zip = Zip(ZipWriter::new(Cursor::new(Vec::new())));
        zip.member("about.json", &serde_json::to_vec_pretty(&about)?)?;
        let f8 = |v: f64| v.to_le_bytes();
        zip.array("first_burnt_s", "<f8", &shape, t.first_burnt_s.iter().copied().map(f8))?;
        zip.array("core_frames", "<u2", &shape, t.core_frames.iter().map(|v| v.to_le_bytes()))?;
        let e = &t.evidence;
        zip.array("frames_since", "<u2", &shape, e.since.iter().map(|v| v.to_le_bytes()))?;
        zip.array("warm", "|b1", &shape, t.warm.iter().map(|v| [u8::from(*v)]))?;
        let f4 = |v: f32| v.to_le_bytes();
        let tops = &t.levels.tops;
        zip.array("tops", "<f4", &[tops.len()], tops.iter().copied().map(f4))?;
        zip.array("background", "<f4", &[], [t.levels.background.unwrap_or(f32::NAN)].map(f4))?;
        zip.array("most", "<f4", &[], [t.most].map(f4))?;
        zip.array("contrast", "<f8", &[2], t.contrast.map(f8))?;
        let newest = e.newest.iter().flatten().copied().map(f4);
        zip.array("newest", "<f4", &[e.newest.len(), 3], newest)?;
        zip.array("spread", "<f4", &[2], e.spread.map(f4))?;
        zip.array("known_s", "<f8", &[2], e.known_s.map(f8))?;
        let spell = [u32::from(t.is_open), e.in_a_row, e.lasts];
        zip.array("spell", "<u4", &[3], spell.map(u32::to_le_bytes))?;
        let times = [t.step_s, t.last_s, t.cluttered_since_s];
        zip.array("step_last_cluttered_s", "<f8", &[3], times.map(f8))?;
        let counts = [t.frames, t.cluttered_frames, t.levels.stride, t.levels.frames];
        zip.array("counts", "<u8", &[4], counts.map(u64::to_le_bytes))?;
        Ok(zip.0.finish()?.into_inner())
    }

    /// The state of a file of these bytes.
    ///
    /// # Errors
    /// [`StateError`] for anything that is not a whole state of this schema.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        let mut zip = Unzip(
            ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged("it is no whole .npz file"))?,
        );
        let about = zip.member("about.json", ABOUT_BYTES)?;
        let json = |e: serde_json::Error| damaged(&format!("about.json: {e}"));
        let Versioned { what, schema, made_by } = serde_json::from_slice(&about).map_err(json)?;
        if what != WHAT {
            return Err(damaged("about.json does not name it so"));
        }
        if schema != SCHEMA {
            return Err(StateError::Schema { schema, known: SCHEMA, made_by });
        }
        let about: About = serde_json::from_slice(&about).map_err(json)?;
        let Grid { height, width, .. } = about.grid;
        let fits = |side: usize| (1..=*SIDE_PX.end()).contains(&side);
        if !(fits(height) && fits(width))
            || about.tops > TOPS
            || about.newest > WINDOW
            || about.begins_utc > about.until_utc
        {
            return Err(damaged("about.json says what cannot be"));
        }
        let shape = [height, width];
        let map = |_| damaged("a map of another size");
        let first = zip.array("first_burnt_s", "<f8", &shape, f64::from_le_bytes)?;
        let core = zip.array("core_frames", "<u2", &shape, u16::from_le_bytes)?;
        let warm = zip.array("warm", "|b1", &shape, |[v]: [u8; 1]| v != 0)?;
        let tops = zip.array("tops", "<f4", &[about.tops], f32::from_le_bytes)?;
        let [background] = zip.numbers("background", "<f4", &[], f32::from_le_bytes)?;
        let [most] = zip.numbers("most", "<f4", &[], f32::from_le_bytes)?;
        let contrast = zip.numbers("contrast", "<f8", &[2], f64::from_le_bytes)?;
        let [step_s, last_s, cluttered_since_s] =
            zip.numbers("step_last_cluttered_s", "<f8", &[3], f64::from_le_bytes)?;
        let [frames, cluttered_frames, stride, of_levels] =
            zip.numbers("counts", "<u8", &[4], u64::from_le_bytes)?;
        let since = zip.array("frames_since", "<u2", &shape, u16::from_le_bytes)?;
        let newest = zip.array("newest", "<f4", &[about.newest, 3], f32::from_le_bytes)?;
        let spread = zip.numbers("spread", "<f4", &[2], f32::from_le_bytes)?;
        let known_s = zip.numbers("known_s", "<f8", &[2], f64::from_le_bytes)?;
        let [is_open, in_a_row, lasts] = zip.numbers("spell", "<u4", &[3], u32::from_le_bytes)?;
        if !(step_s.is_finite() && step_s > 0.0) || last_s.is_nan() || stride == 0 {
            return Err(damaged("its numbers say what cannot be"));
        }
        let background = (!background.is_nan()).then_some(background);
        let tracker = Tracker {
            kind: about.kind,
            step_s,
            levels: Levels { background, tops, stride, frames: of_levels },
            core_frames: Array2::from_shape_vec(shape, core).map_err(map)?,
            warm: Array2::from_shape_vec(shape, warm).map_err(map)?,
            first_burnt_s: Array2::from_shape_vec(shape, first).map_err(map)?,
            cluttered_frames,
            cluttered_since_s,
            is_open: is_open != 0,
            evidence: Evidence {
                newest: newest.as_chunks::<3>().0.to_vec(),
                since: Array2::from_shape_vec(shape, since).map_err(map)?,
                spread,
                in_a_row,
                lasts,
                known_s,
            },
            frames,
            last_s,
            contrast,
            most,
        };
        Ok(Self {
            tracker,
            grid: about.grid,
            values: about.values,
            begins: about.begins_utc,
            until: about.until_utc,
        })
    }
}

fn damaged(why: &str) -> StateError {
    StateError::Damaged { why: why.to_owned() }
}

/// A file being written.
struct Zip(ZipWriter<Cursor<Vec<u8>>>);

impl Zip {
    fn member(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        self.0.start_file(name, options)?;
        self.0.write_all(bytes)
    }

    fn array<const N: usize>(
        &mut self,
        name: &str,
        descr: &str,
        shape: &[usize],
        values: impl IntoIterator<Item = [u8; N]>,
    ) -> io::Result<()> {
        let mut bytes = npy_header::of(descr, shape);
        values.into_iter().for_each(|value| bytes.extend(value));
        self.member(&format!("{name}.npy"), &bytes)
    }
}

/// A file being read; nothing in it is believed.
struct Unzip<'a>(ZipArchive<Cursor<&'a [u8]>>);

impl Unzip<'_> {
    /// All bytes of a member, at most `most`; their checksum is compared.
    fn member(&mut self, name: &str, most: u64) -> Result<Vec<u8>, StateError> {
        let member = self.0.by_name(name).map_err(|_| damaged(&format!("{name} is missing")))?;
        let mut bytes = Vec::new();
        let read = member.take(most + 1).read_to_end(&mut bytes);
        match read {
            Ok(n) if n as u64 <= most => Ok(bytes),
            _ => Err(damaged(&format!("{name} cannot be read"))),
        }
    }

    /// The values of an array, which must be of this type and shape.
    fn array<T, const N: usize>(
        &mut self,
        name: &str,
        descr: &str,
        shape: &[usize],
        value: impl Fn([u8; N]) -> T,
    ) -> Result<Vec<T>, StateError> {
        let name = format!("{name}.npy");
        let header = npy_header::of(descr, shape);
        let values = shape.iter().product::<usize>();
        let bytes = self.member(&name, (header.len() + values * N) as u64)?;
        let wrong = || damaged(&format!("{name} is not what about.json says"));
        let held = bytes.strip_prefix(&header[..]).ok_or_else(wrong)?;
        if held.len() != values * N {
            return Err(wrong());
        }
        Ok(held.as_chunks::<N>().0.iter().map(|bytes| value(*bytes)).collect())
    }

    /// As [`Self::array`], of a few numbers.
    fn numbers<T, const N: usize, const K: usize>(
        &mut self,
        name: &str,
        descr: &str,
        shape: &[usize],
        value: impl Fn([u8; N]) -> T,
    ) -> Result<[T; K], StateError> {
        let values = self.array(name, descr, shape, value)?;
        values.try_into().map_err(|_| damaged(&format!("{name}.npy has another length")))
    }
}
