//! Sequences: the scans of one film put in order of time, on one grid, without repeats.

use super::ground::{ROUNDING, cells_apart};
use super::scan::{From, MOST_MM_H, Scan};
use super::unit::Unit;
use super::{Ask, SourceError};
use crate::frame::{Kind, Pixels, TimeSource};
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
    tell(&scans, ask, reel);
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
        reel.notes.push(format!(
            "the corners told in the files differ by up to {rounded:.2} cells; those of the first \
             file are used"
        ));
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
        0 => "put YYYYMMDDHHMM into the names, or say --step SECONDS",
        _ => "other files have one: put YYYYMMDDHHMM into its name, or leave it out",
    };
    let what = "neither the file nor its name tells a time";
    Err(SourceError::refused(&bare.name, what, fix))
}

/// Scans oldest first, each time once.
fn sorted(scans: Vec<Scan>, reel: &mut Reel) -> Result<Vec<Scan>, SourceError> {
    let late = scans.windows(2).filter(|p| utc(&p[1]) < utc(&p[0])).count();
    if late > 0 {
        reel.notes.push(format!(
            "{late} files come before an older one in order of name; frames are sorted by time"
        ));
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
    if let Some(one) = repeats.first() {
        let n = repeats.len();
        reel.notes.push(format!("{n} files repeat a frame and are left out, such as {one}"));
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
        let covered_s = 60.0 * minutes;
        reel.notes.push(format!(
            "frames are {step_s} s apart and each is the mean of {covered_s} s before it: rain is \
             {} than its frames show",
            if covered_s > step_s { "sharper and quicker" } else { "less evenly spread" }
        ));
    }
}

/// Whether two fields are equal, no data included.
pub(super) fn same(a: &ndarray::Array2<f32>, b: &ndarray::Array2<f32>) -> bool {
    a.dim() == b.dim() && a.iter().zip(b).all(|(x, y)| x == y || (x.is_nan() && y.is_nan()))
}

/// What was done to the values, once for all files.
fn tell(scans: &[Scan], ask: &Ask, reel: &mut Reel) {
    let Some(first) = scans.first() else { return };
    reel.notes.push(first.unit.said(ask.z_r));
    let of_all = |n: usize| match n == scans.len() {
        true => String::new(),
        false => format!(" ({n} of {} files)", scans.len()),
    };
    let mut told: Vec<(&String, usize)> = Vec::new();
    for note in scans.iter().flat_map(|s| &s.notes) {
        match told.iter_mut().find(|(t, _)| *t == note) {
            Some((_, n)) => *n += 1,
            None => told.push((note, 1)),
        }
    }
    reel.notes.extend(told.into_iter().map(|(note, n)| format!("{note}{}", of_all(n))));
    let named = scans.iter().filter(|s| matches!(s.time, Some((_, From::Name)))).count();
    if named > 0 {
        reel.notes.push(format!("times are read from file names, as UTC{}", of_all(named)));
    }
    if let Some(one) = scans.iter().find(|s| s.name_disagrees.is_some()) {
        let n = scans.iter().filter(|s| s.name_disagrees.is_some()).count();
        reel.notes.push(format!(
            "{n} files tell another time than their names, such as {}; the file's own is used",
            one.name
        ));
    }
    let count = |of: fn(&Scan) -> usize| {
        let all: usize = scans.iter().map(of).sum();
        (all, scans.iter().filter(|s| of(s) > 0).count())
    };
    for ((cells, frames), what) in [
        (count(|s| s.cells.below_zero), "a little below 0 mm/h are taken as dry".to_owned()),
        (
            count(|s| s.cells.too_much),
            format!("above {MOST_MM_H} mm/h are no rain: taken as no data"),
        ),
        (count(|s| s.cells.low_quality), "of too low quality are taken as no data".to_owned()),
    ] {
        if cells > 0 {
            reel.notes.push(format!("{cells} cells in {frames} frames {what}"));
        }
    }
}
