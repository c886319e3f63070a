//! Sequences: the scans of one film put in order of time, on one grid, without repeats.

use super::ground::{ROUNDING, cells_apart};
use super::scan::{From, MOST_MM_H, Scan};
use super::unit::Unit;
use super::{Ask, SourceError};
use crate::frame::{Kind, Pixels, TimeSource};
use crate::note::Note;
use crate::source::reel::Reel;
use jiff::Timestamp;
use ndarray::Axis;

/// Adds `scans` of the input that `reel` names, in the order of their names, to the reel.
pub(super) fn wind(
    mut scans: Vec<Scan>,
    ask: &Ask,
    step_s: Option<f64>,
    reel: &mut Reel,
) -> Result<(), SourceError> {
    agree(&scans, reel)?;
    let stamped = stamps(&scans, step_s)?;
    note_values(&scans, ask, reel);
    if let Some(source) = stamped {
        scans = sorted(scans, reel)?;
        let first = scans.first().and_then(utc);
        let since_s = |scan: &Scan| {
            let passed = utc(scan).zip(first).map(|(now, first)| now.duration_since(first));
            passed.map_or(0.0, |d| d.as_secs_f64())
        };
        reel.times = Some((scans.iter().map(since_s).collect(), source));
        reel.start_utc = first;
        overlap(&scans, reel);
    }
    if let Some(first) = scans.first() {
        reel.crs = first.crs.clone().filter(|_| first.transform.is_some());
        reel.transform = first.transform;
        reel.cell_m = first.cell_m;
    }
    reel.kind = Some(Kind::Rain);
    reel.pixels = scans.into_iter().map(|s| Pixels::F32(s.rates.insert_axis(Axis(2)))).collect();
    Ok(())
}

fn utc(scan: &Scan) -> Option<Timestamp> {
    scan.time.map(|(utc, _)| utc)
}

/// Refuses scans of another shape, place or unit than the first; tells of rounded corners.
fn agree(scans: &[Scan], reel: &mut Reel) -> Result<(), SourceError> {
    let Some(first) = scans.first() else { return Ok(()) };
    let shape = |s: &Scan| format!("{}×{} cells", s.rates.nrows(), s.rates.ncols());
    let crs = |s: &Scan| match (&s.crs, s.transform) {
        (Some(crs), Some(_)) => format!("on the projection {crs}"),
        _ => "at no place on the map".to_owned(),
    };
    let unit = |s: &Scan| format!("in {}", s.unit);
    let mut rounded = 0f64;
    for scan in &scans[1..] {
        for said in [&shape as &dyn Fn(&Scan) -> String, &crs, &unit] {
            if said(first) != said(scan) {
                return Err(SourceError::refused(
                    &scan.name,
                    format!("it is {}, but {} is {}", said(scan), first.name, said(first)),
                    "all frames of a film must agree",
                ));
            }
        }
        let (Some(a), Some(b)) = (&first.transform, &scan.transform) else { continue };
        let apart = cells_apart(a, b, [first.rates.nrows(), first.rates.ncols()]);
        if apart > ROUNDING {
            return Err(SourceError::refused(
                &scan.name,
                format!("its corners lie up to {apart:.1} cells from those of {}", first.name),
                "all frames of a film must lie on the same grid",
            ));
        }
        rounded = rounded.max(apart);
    }
    if rounded > 0.0 {
        reel.notes.push(Note::CornersRounded { cells: rounded });
    }
    Ok(())
}

/// Where all times come from; `None` where no file has any and frames are counted by `step_s`.
fn stamps(scans: &[Scan], step_s: Option<f64>) -> Result<Option<TimeSource>, SourceError> {
    let dated = scans.iter().filter(|s| s.time.is_some()).count();
    let Some(bare) = scans.iter().find(|s| s.time.is_none()) else {
        let by_name = scans.iter().any(|s| matches!(s.time, Some((_, From::Name))));
        return Ok(Some(if by_name { TimeSource::Name } else { TimeSource::Utc }));
    };
    if dated == 0 && step_s.is_some() {
        return Ok(None);
    }
    let fix = match dated {
        0 => "put YYYYMMDDHHMM into the names, or say ‹step› SECONDS",
        _ => "other files have one: put YYYYMMDDHHMM into its name, or leave it out",
    };
    let what = "neither the file nor its name tells a time";
    Err(SourceError::refused(&bare.name, what, fix))
}

/// Scans oldest first, each time once.
fn sorted(scans: Vec<Scan>, reel: &mut Reel) -> Result<Vec<Scan>, SourceError> {
    let late = scans.windows(2).filter(|p| utc(&p[1]) < utc(&p[0])).count();
    if late > 0 {
        reel.notes.push(Note::FilesOutOfOrder { files: late });
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
                return Err(SourceError::refused(
                    &scan.name,
                    format!("it and {} are both of {when}, and differ", last.name),
                    "leave one of them out",
                ));
            }
        }
    }
    if let Some(example) = repeats.first().cloned() {
        reel.notes.push(Note::FilesRepeated { files: repeats.len(), example });
    }
    Ok(kept)
}

/// Tells where accumulations cover more, or less, than the time between frames.
fn overlap(scans: &[Scan], reel: &mut Reel) {
    let Some(Unit::AccumulationMm { minutes }) = scans.first().map(|s| s.unit) else { return };
    let Some((times, _)) = &reel.times else { return };
    let mut steps: Vec<f64> = times.windows(2).map(|p| p[1] - p[0]).collect();
    steps.sort_by(f64::total_cmp);
    let Some(&step_s) = steps.get(steps.len() / 2) else { return };
    if (step_s / (60.0 * minutes) - 1.0).abs() > 0.01 {
        reel.notes.push(Note::MeansOverlap { step_s, covered_s: 60.0 * minutes });
    }
}

/// Whether two fields are equal, no data included.
pub(super) fn same(a: &ndarray::Array2<f32>, b: &ndarray::Array2<f32>) -> bool {
    a.dim() == b.dim() && a.iter().zip(b).all(|(x, y)| x == y || (x.is_nan() && y.is_nan()))
}

/// What was done to the values, once for all files.
fn note_values(scans: &[Scan], ask: &Ask, reel: &mut Reel) {
    let Some(first) = scans.first() else { return };
    let of = scans.len();
    reel.notes.push(first.unit.note(ask.z_r));
    // By their words, so that a value that is not a number is the same in all files.
    let mut each: Vec<(&Note, String, usize)> = Vec::new();
    for note in scans.iter().flat_map(|s| &s.notes) {
        let words = note.to_string();
        match each.iter_mut().find(|(_, w, _)| *w == words) {
            Some((_, _, n)) => *n += 1,
            None => each.push((note, words, 1)),
        }
    }
    reel.notes.extend(each.into_iter().map(|(note, _, files)| Note::OfFiles {
        note: Box::new(note.clone()),
        files,
        of,
    }));
    let named = scans.iter().filter(|s| matches!(s.time, Some((_, From::Name)))).count();
    if named > 0 {
        reel.notes.push(Note::TimesFromNames { files: named, of });
    }
    let disagree = || scans.iter().filter(|s| s.name_disagrees.is_some());
    if let Some(one) = disagree().next() {
        let (files, example) = (disagree().count(), one.name.clone());
        reel.notes.push(Note::NamesDisagree { files, example });
    }
    let count = |of: fn(&Scan) -> usize| {
        let cells: usize = scans.iter().map(of).sum();
        (cells, scans.iter().filter(|s| of(s) > 0).count())
    };
    let (cells, frames) = count(|s| s.cells.below_zero);
    if cells > 0 {
        reel.notes.push(Note::CellsBelowZero { cells, frames });
    }
    let (cells, frames) = count(|s| s.cells.too_much);
    if cells > 0 {
        reel.notes.push(Note::CellsTooMuch { cells, frames, most_mm_h: MOST_MM_H });
    }
    let (cells, frames) = count(|s| s.cells.low_quality);
    if cells > 0 {
        reel.notes.push(Note::CellsLowQuality { cells, frames });
    }
}
