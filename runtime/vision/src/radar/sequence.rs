//! Sequences: the scans of one film put in order of time, on one grid, without repeats.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use ndarray::Array2;

use super::clock;
use super::error::RadarError;
use super::files;
use super::format::{Format, Found};
use super::geotiff;
use super::layout::Layout;
use super::options::RadarOptions;
use super::scan::{From, MOST_MM_H, Scan};
use super::unit::RadarUnit;
use crate::digest::Digest;
use crate::frame::{BYTES_MAX, SIDE_PX, TimeSource, sides_fit};
use crate::grid::Grid;
use crate::note::{Note, one_line};

/// One frame of rain.
#[derive(Clone, Debug)]
pub struct RainFrame {
    /// mm/h `[H, W]`, row 0 north, NaN no data.
    pub rates: Array2<f32>,
    /// When, where the file or its name tells it.
    pub utc: Option<Timestamp>,
}

/// Frames of rain in order of time, on one grid.
#[derive(Clone, Debug)]
pub struct Sequence {
    /// Frames, oldest first; in the order of their names where nothing tells their times.
    pub frames: Vec<RainFrame>,
    /// Who tells their times: [`TimeSource::Utc`] or [`TimeSource::Name`]; `None` where nobody does.
    pub times_from: Option<TimeSource>,
    /// Rows, columns and place.
    pub grid: Grid,
    /// SHA-256 of the files in the order of their names, hex.
    pub digest: String,
    /// Things a person should know.
    pub notes: Vec<Note>,
}

/// Whether `path` holds radar frames: PGM or HDF5, or TIFF where `rain` is asked for or the first of
/// them says that it is rain. Other TIFFs are pictures.
#[must_use]
pub fn claims(path: &Path, rain: bool) -> bool {
    let Ok((files, _)) = files::list(path) else { return false };
    let Some((first, format)) = files.first() else { return false };
    if *format != Format::GeoTiff || files.iter().any(|(_, f)| *f != Format::GeoTiff) {
        return true;
    }
    let tells = |file: &Path| files::read(file).is_ok_and(|bytes| geotiff::tells_rain(&bytes));
    // The first may be damaged.
    rain || tells(first) || files.iter().skip(1).take(2).any(|(file, _)| tells(file))
}

/// A file that could not be read and is left out.
struct Damaged {
    /// Its place among the files.
    at: usize,
    name: String,
    why: RadarError,
}

impl Sequence {
    /// Reads the radar file or the folder of radar files `uri`. Frames of which nothing tells the
    /// time are refused unless they `may_count` as evenly spaced.
    ///
    /// # Errors
    /// [`RadarError`] names the file and what to do about it.
    pub fn read(uri: &str, options: &RadarOptions, may_count: bool) -> Result<Self, RadarError> {
        let (files, others) = files::list(Path::new(uri))?;
        let mut notes = Vec::new();
        if others > 0 {
            notes.push(Note::OtherFiles { files: others });
        }
        Self::of_files(uri, &files, options, may_count, notes)
    }

    /// Reads these radar files of the folder `name`, which are put in the order of their names first; others are left
    /// out. Frames must tell their times.
    ///
    /// # Errors
    /// As [`Sequence::read`].
    pub fn chosen(
        name: &str,
        files: &[PathBuf],
        options: &RadarOptions,
    ) -> Result<Self, RadarError> {
        let format = |path: &PathBuf| Some((path.clone(), Format::of(path)?));
        let mut files: Vec<_> = files.iter().filter_map(format).collect();
        files::sort(&mut files);
        Self::of_files(name, &files, options, false, Vec::new())
    }

    fn of_files(
        uri: &str,
        files: &[(PathBuf, Format)],
        options: &RadarOptions,
        may_count: bool,
        mut notes: Vec<Note>,
    ) -> Result<Self, RadarError> {
        if let Some([a, b]) = files.windows(2).find(|p| p[0].1 != p[1].1) {
            return Err(RadarError::refused(
                uri,
                format!("it mixes {} and {}", a.1.name(), b.1.name()),
                "put frames of one format into a folder",
            ));
        }
        let (mut scans, mut sum, mut total) = (Vec::new(), Digest::default(), 0u64);
        let mut damaged: Vec<Damaged> = Vec::new();
        let mut forecasts = 0;
        for (i, (path, format)) in files.iter().enumerate() {
            let name = path.display().to_string();
            let bytes = files::read(path)?;
            sum.add(&bytes);
            let found = match format.scans(&name, &bytes, options) {
                Err(why @ RadarError::Damaged { .. }) if files.len() > 1 => {
                    damaged.push(Damaged { at: i, name, why });
                    continue;
                }
                Ok(Found::Forecast) => {
                    forecasts += 1;
                    continue;
                }
                Ok(Found::Scans(scans)) => scans,
                Err(why) => return Err(why),
            };
            for scan in found {
                check_sides(&scan)?;
                total += 4 * scan.rates.len() as u64;
                if total > BYTES_MAX {
                    return Err(RadarError::refused(
                        &name,
                        "the frames up to here are over 8 GiB",
                        "give fewer frames, or a part of the map with ‹around›",
                    ));
                }
                scans.push(scan);
            }
        }
        if forecasts > 0 && scans.is_empty() {
            return Err(RadarError::refused(
                uri,
                "it holds forecasts, no measurements",
                "give the files of what was measured (of RADVOR those that end in _000)",
            ));
        }
        if forecasts > 0 {
            notes.push(Note::ForecastsLeftOut { files: forecasts });
        }
        // One or a few cost their frames; many, or all of two, are no accident.
        if damaged.len() > (files.len() / 4).max(1) || (scans.len() < 2 && !damaged.is_empty()) {
            return Err(damaged.swap_remove(0).why);
        }
        note_damaged(&damaged, files.len(), &scans, &mut notes);
        if scans.is_empty() {
            return Err(RadarError::refused(uri, "it holds no frames", "give at least two frames"));
        }
        if scans.iter().all(|s| s.rates.iter().all(|v| v.is_nan())) {
            return Err(RadarError::refused(
                uri,
                "no frame holds any data",
                "give frames of a time when the radar worked",
            ));
        }
        Self::of(scans, options, may_count, sum.hex(), notes)
    }

    /// The scans, at least one, in the order of their names, as a sequence.
    fn of(
        mut scans: Vec<Scan>,
        options: &RadarOptions,
        may_count: bool,
        digest: String,
        mut notes: Vec<Note>,
    ) -> Result<Self, RadarError> {
        agree(&scans, &mut notes)?;
        let times_from = stamps(&scans, may_count)?;
        note_values(&scans, options, &mut notes);
        if times_from.is_some() {
            scans = sorted(scans, &mut notes)?;
            let first = scans.first().and_then(utc);
            let since_s = |scan: &Scan| {
                let passed = utc(scan).zip(first).map(|(now, first)| now.duration_since(first));
                passed.map_or(0.0, |d| d.as_secs_f64())
            };
            let times: Vec<f64> = scans.iter().map(since_s).collect();
            overlap(&scans, &times, &mut notes);
        }
        let first = &scans[0];
        let grid = Grid {
            cell_m: first.cell_m,
            crs: first.crs.clone().filter(|_| first.transform.is_some()),
            transform: first.transform,
            ..Grid::new(first.rates.nrows(), first.rates.ncols())
        };
        let frame = |scan: Scan| RainFrame { utc: utc(&scan), rates: scan.rates };
        let frames = scans.into_iter().map(frame).collect();
        Ok(Self { frames, times_from, grid, digest, notes })
    }
}

/// Notes files that are left out, and how old the film's end is where one of them would be its newest frame.
fn note_damaged(damaged: &[Damaged], files: usize, scans: &[Scan], notes: &mut Vec<Note>) {
    let newest = scans.iter().filter_map(utc).max();
    for Damaged { at, name, why } in damaged {
        let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let named = clock::of_name(base, None).ok().flatten().map(|(t, _)| t);
        let older_s = match (named, newest) {
            (Some(named), Some(newest)) => {
                Some(named.duration_since(newest).as_secs_f64()).filter(|s| *s > 0.0)
            }
            _ => None,
        };
        let is_newest = older_s.is_some() || (named.is_none() && at + 1 == files);
        let what = match why {
            RadarError::Damaged { what, .. } => one_line(what),
            other => one_line(&other.to_string()),
        };
        notes.push(Note::FileLeftOut { name: name.clone(), what, is_newest, older_s });
    }
}

pub(super) fn check_sides(scan: &Scan) -> Result<(), RadarError> {
    let (h, w) = scan.rates.dim();
    if sides_fit(h, w) {
        return Ok(());
    }
    let (least, most) = (SIDE_PX.start(), SIDE_PX.end());
    Err(RadarError::refused(
        &scan.name,
        format!("it is {h}×{w} cells, and each side must be {least} to {most}"),
        "say which part with ‹around› LON,LAT,KM",
    ))
}

pub(super) fn utc(scan: &Scan) -> Option<Timestamp> {
    scan.time.map(|(utc, _)| utc)
}

/// Refuses scans of another shape, place or unit than the first; tells of rounded corners.
fn agree(scans: &[Scan], notes: &mut Vec<Note>) -> Result<(), RadarError> {
    let Some((first, others)) = scans.split_first() else { return Ok(()) };
    let first = Layout::of(first);
    let mut rounded = 0f64;
    for scan in others {
        rounded = rounded.max(first.agrees_with(&Layout::of(scan))?);
    }
    if rounded > 0.0 {
        notes.push(Note::CornersRounded { cells: rounded });
    }
    Ok(())
}

/// Where all times come from; `None` where no file has any and frames may be counted.
pub(super) fn stamps(scans: &[Scan], may_count: bool) -> Result<Option<TimeSource>, RadarError> {
    let dated = scans.iter().filter(|s| s.time.is_some()).count();
    let Some(bare) = scans.iter().find(|s| s.time.is_none()) else {
        let by_name = scans.iter().any(|s| matches!(s.time, Some((_, From::Name))));
        return Ok(Some(if by_name { TimeSource::Name } else { TimeSource::Utc }));
    };
    if dated == 0 && may_count {
        return Ok(None);
    }
    if let Some(one) = scans.iter().find(|s| s.of_many) {
        let file = one.name.rsplit_once(", ").map_or(&*one.name, |(file, _)| file);
        let many = scans.iter().filter(|s| s.of_many).count();
        return Err(RadarError::refused(
            file,
            format!("it holds {many} frames and tells no time of each"),
            format!(
                "say ‹step› SECONDS where they follow each other, or write a file of each: \
                 gdal_translate -b 1 \"{file}\" YYYYMMDDHHMM.tif"
            ),
        ));
    }
    let fix = match dated {
        0 => "put YYYYMMDDHHMM into the names, or say ‹step› SECONDS",
        _ => "other files have one: put YYYYMMDDHHMM into its name, or leave it out",
    };
    let what = "neither the file nor its name tells a time";
    Err(RadarError::refused(&bare.name, what, fix))
}

/// Scans oldest first, each time once.
fn sorted(scans: Vec<Scan>, notes: &mut Vec<Note>) -> Result<Vec<Scan>, RadarError> {
    let late = scans.windows(2).filter(|p| utc(&p[1]) < utc(&p[0])).count();
    if late > 0 {
        notes.push(Note::FilesOutOfOrder { files: late });
    }
    let mut scans = scans;
    scans.sort_by_key(utc);
    let (mut kept, mut repeats): (Vec<Scan>, Vec<String>) = (Vec::new(), Vec::new());
    for scan in scans {
        match kept.last().filter(|last| utc(last) == utc(&scan)) {
            None => kept.push(scan),
            Some(last) if same(&last.rates, &scan.rates) => repeats.push(scan.name),
            Some(last) => {
                let when = utc(&scan).map(|t| t.to_string()).unwrap_or_default();
                return Err(RadarError::refused(
                    &scan.name,
                    format!("it and {} are both of {when}, and differ", last.name),
                    "leave one of them out",
                ));
            }
        }
    }
    if let Some(example) = repeats.first().cloned() {
        notes.push(Note::FilesRepeated { files: repeats.len(), example });
    }
    Ok(kept)
}

/// Notes where accumulations cover more, or less, than the time between frames.
fn overlap(scans: &[Scan], times: &[f64], notes: &mut Vec<Note>) {
    let Some(RadarUnit::AccumulationMm { minutes }) = scans.first().map(|s| s.unit) else { return };
    let mut steps: Vec<f64> = times.windows(2).map(|p| p[1] - p[0]).collect();
    steps.sort_by(f64::total_cmp);
    let Some(&step_s) = steps.get(steps.len() / 2) else { return };
    if (step_s / (60.0 * minutes) - 1.0).abs() > 0.01 {
        notes.push(Note::MeansOverlap { step_s, covered_s: 60.0 * minutes });
    }
}

/// Whether two fields are equal, no data included.
fn same(a: &Array2<f32>, b: &Array2<f32>) -> bool {
    a.dim() == b.dim() && a.iter().zip(b).all(|(x, y)| x == y || (x.is_nan() && y.is_nan()))
}

/// What was done to the values, once for all files.
fn note_values(scans: &[Scan], options: &RadarOptions, notes: &mut Vec<Note>) {
    let Some(first) = scans.first() else { return };
    let of = scans.len();
    notes.push(first.unit.note(options.z_r));
    // By their words, so that a value that is not a number is the same in all files.
    let mut each: Vec<(&Note, String, usize)> = Vec::new();
    for note in scans.iter().flat_map(|s| &s.notes) {
        let words = note.to_string();
        match each.iter_mut().find(|(_, w, _)| *w == words) {
            Some((_, _, n)) => *n += 1,
            None => each.push((note, words, 1)),
        }
    }
    notes.extend(each.into_iter().map(|(note, _, files)| Note::OfFiles {
        note: Box::new(note.clone()),
        files,
        of,
    }));
    let named = scans.iter().filter(|s| matches!(s.time, Some((_, From::Name)))).count();
    if named > 0 {
        notes.push(Note::TimesFromNames { files: named, of });
    }
    let disagree = || scans.iter().filter(|s| s.name_disagrees.is_some());
    if let Some(one) = disagree().next() {
        let (files, example) = (disagree().count(), one.name.clone());
        notes.push(Note::NamesDisagree { files, example });
    }
    let count = |of: fn(&Scan) -> usize| {
        let cells: usize = scans.iter().map(of).sum();
        (cells, scans.iter().filter(|s| of(s) > 0).count())
    };
    let (cells, frames) = count(|s| s.cells.below_zero);
    if cells > 0 {
        notes.push(Note::CellsBelowZero { cells, frames });
    }
    let (cells, frames) = count(|s| s.cells.too_much);
    if cells > 0 {
        notes.push(Note::CellsTooMuch { cells, frames, most_mm_h: MOST_MM_H });
    }
    let (cells, frames) = count(|s| s.cells.low_quality);
    if cells > 0 {
        notes.push(Note::CellsLowQuality { cells, frames });
    }
}
