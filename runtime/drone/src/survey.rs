//! Surveys: a film of the ground, made of what a flight showed.

use std::ops::Range;
use std::sync::Arc;

use emberline_georeference::gather::{Gathered, Step};
use emberline_vision::burnt::close_holes;
use emberline_vision::frame::{Elapsed, Frame, FrameTime, Kind, Pixels, TimeSource};
use emberline_vision::grid::Grid;
use jiff::{SignedDuration, Timestamp};
use ndarray::{Array2, Array3, Axis, Zip};
use serde::Serialize;

use crate::aim_map::Map;
use crate::refusal::Refusal;
use crate::row::FrameRow;

/// Cells on a side of the film, at least: a forecast needs them.
const LEAST_CELLS: usize = 32;
/// Share of the newest steps in which a cell must be seen to be in the film.
const SEEN_STEPS: f64 = 0.5;
/// Newest steps that decide what is in the film.
const NEWEST_STEPS: usize = 10;
/// Share of the frames of the newest steps that may go without a fit.
const MOST_LOST: f64 = 1.0 / 3.0;

/// What a flight says of the ground.
#[derive(Clone, Debug)]
pub struct Survey {
    /// Burnt ground at the end of each step.
    pub frames: Vec<Frame>,
    /// Where they lie.
    pub grid: Grid,
    /// Seconds since each cell was last seen `[T, H, W]`; NaN where it never was.
    pub seen_age_s: Array3<f32>,
    /// What else there is to say.
    pub facts: SurveyFacts,
}

/// What there is to say of a survey: `drone.json`.
#[derive(Clone, Debug, Serialize)]
pub struct SurveyFacts {
    /// Map of the coordinates; `None` in pixels.
    pub crs: Option<String>,
    /// East and north, metres, from which `frames.ndjson` counts.
    pub origin: Option<[f64; 2]>,
    /// Upper left corner of the film of the ground: metres east and north of the origin (without a map pixels of the
    /// first frame to the right and down).
    pub corner: [f64; 2],
    /// Side of a cell, metres (frame pixels without a map).
    pub cell_m: f64,
    /// Seconds between films of the ground.
    pub step_s: f64,
    /// Frames by how they were laid.
    pub frames: FrameCounts,
    /// How far the map's corners are off in the pictures, metres: median and 95 %.
    pub off_m: Option<[f64; 2]>,
    /// How far off the place of everything may be, one standard deviation, metres.
    pub place_error_m: Option<f64>,
    /// Maps of the cold ground that were begun.
    pub maps: usize,
    /// Whether too few of the newest frames fit the map for a forecast.
    pub unsteady: bool,
    /// Burnt ground, hectares; `None` in pixels.
    pub burnt_ha: Option<f64>,
    /// Burnt ground outside the film, which was seen too rarely, cells.
    pub burnt_outside_cells: usize,
    /// Small hot spots away from burnt ground: east and north, and pictures that showed them.
    pub spots: Vec<SpotFacts>,
    /// Where the time went.
    pub timings_s: Timings,
}

/// A small hot spot.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct SpotFacts {
    /// East and north, metres of the map.
    pub at: [f64; 2],
    /// Degrees north, where there is a map.
    pub lat_deg: Option<f64>,
    /// Degrees east.
    pub lon_deg: Option<f64>,
    /// Pictures in which it was hot.
    pub views: usize,
}

/// Frames by how they were laid.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct FrameCounts {
    /// All.
    pub all: usize,
    /// First of a map.
    pub first: usize,
    /// On the map.
    pub steadied: usize,
    /// By telemetry alone.
    pub telemetry: usize,
    /// Not at all.
    pub lost: usize,
    /// Without a pose.
    pub no_pose: usize,
}

/// Where the time went.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Timings {
    /// Milliseconds of making a frame small and laying it on the map.
    pub steady_ms_per_frame: f64,
}

pub(crate) fn survey_of(
    gathered: &Gathered,
    map: Option<&Map>,
    (start_utc, start_s): (Option<Timestamp>, f64),
    rows: &[FrameRow],
    errors_m: &[f64],
    steady_ms_per_frame: f64,
    step_s: f64,
) -> Result<Survey, Refusal> {
    let (r, c) = often_seen(&gathered.steps, step_s).ok_or_else(|| {
        Refusal::new(
            "no part of the ground was seen in half of the steps",
            "give a longer ‹step›, or a flight that comes back to the same ground",
        )
    })?;
    let (h, w) = (gathered.window.height, gathered.window.width);
    if h < LEAST_CELLS || w < LEAST_CELLS {
        return Err(Refusal::new(
            format!(
                "the flight showed ground of {w} × {h} cells, and a forecast needs {LEAST_CELLS} × {LEAST_CELLS}"
            ),
            "give a smaller ‹cell›, or a flight that sees more",
        ));
    }
    let all = gathered.steps.last().map_or(0, |s| count(&s.burnt));
    let part = gathered.part(wide(r, h), wide(c, w));
    let never = part.steps.last().map(|s| s.age_s.mapv(f32::is_nan));
    let inside = part.steps.last().map_or(0, |s| count(&s.burnt));
    let frames: Vec<Frame> =
        part.steps.iter().filter_map(|step| frame(step, start_utc, start_s)).collect();
    let burnt = frames.last().map_or(0.0, |f| f.pixels.first_channel().sum());
    let cell_m = part.lattice.cell_m;
    let corner = part.corner_m();
    let grid = Grid {
        cell_m: map.map(|_| cell_m),
        crs: map.map(|m| m.crs()),
        transform: map.map(|m| {
            [m.origin_m[0] + corner[0], cell_m, 0.0, m.origin_m[1] + corner[1], 0.0, -cell_m]
        }),
        place_error_m: spread(errors_m.to_vec()).map(|[middle, _]| middle),
        masked: never.filter(|n| n.iter().any(|&b| b)).map(Arc::new),
        ..Grid::new(part.window.height, part.window.width)
    };
    let ages: Vec<_> = part.steps.iter().map(|s| s.age_s.view()).collect();
    let seen_age_s = ndarray::stack(Axis(0), &ages).map_err(|e| {
        Refusal::new(format!("steps of different shapes: {e}"), "please report this")
    })?;
    let spots = part.spots.iter().map(|spot| {
        let at =
            map.map_or(spot.at_m, |m| [spot.at_m[0] + m.origin_m[0], spot.at_m[1] + m.origin_m[1]]);
        let place = map.and_then(|m| m.place(spot.at_m));
        SpotFacts {
            at,
            lat_deg: place.map(|p| p.lat_deg),
            lon_deg: place.map(|p| p.lon_deg),
            views: spot.views,
        }
    });
    let newest_s = part.steps.last().map_or(0.0, |s| s.time_s) - 3.0 * step_s;
    let facts = SurveyFacts {
        crs: grid.crs.clone(),
        origin: map.map(|m| m.origin_m),
        corner: [corner[0], if map.is_some() { corner[1] } else { -corner[1] }],
        cell_m,
        step_s,
        frames: counts(rows),
        off_m: spread(rows.iter().filter_map(|row| row.laid.off_m).collect()),
        place_error_m: spread(errors_m.to_vec()).map(|[middle, _]| middle),
        maps: rows.iter().map(|row| row.laid.map).max().unwrap_or(0),
        unsteady: is_unsteady(rows, newest_s),
        burnt_ha: map.map(|_| f64::from(burnt) * cell_m * cell_m * 1e-4),
        burnt_outside_cells: all.saturating_sub(inside),
        spots: spots.collect(),
        timings_s: Timings { steady_ms_per_frame },
    };
    Ok(Survey { frames, grid, seen_age_s, facts })
}

/// The box of cells that were seen in half of the newest steps.
fn often_seen(steps: &[Step], step_s: f64) -> Option<(Range<usize>, Range<usize>)> {
    let newest = &steps[steps.len().saturating_sub(NEWEST_STEPS)..];
    let shape = newest.last()?.age_s.dim();
    let mut seen = Array2::<u16>::zeros(shape);
    for step in newest {
        Zip::from(&mut seen).and(&step.age_s).for_each(|n, &age| {
            *n += u16::from(f64::from(age) <= step_s + 1e-3);
        });
    }
    let enough = (SEEN_STEPS * newest.len() as f64).ceil() as u16;
    let often = || seen.indexed_iter().filter(|(_, n)| **n >= enough.max(1)).map(|(at, _)| at);
    let range = |pick: fn((usize, usize)) -> usize| {
        Some(often().map(pick).min()?..often().map(pick).max()? + 1)
    };
    Some((range(|p| p.0)?, range(|p| p.1)?))
}

/// A range of `n` cells made as wide as a forecast needs.
fn wide(range: Range<usize>, n: usize) -> Range<usize> {
    let more = LEAST_CELLS.saturating_sub(range.len());
    let start =
        range.start.saturating_sub(more / 2).min(n.saturating_sub(LEAST_CELLS.max(range.len())));
    start..(start + range.len().max(LEAST_CELLS)).min(n)
}

fn count(burnt: &Array2<bool>) -> usize {
    burnt.iter().filter(|&&b| b).count()
}

/// A step's ground as a frame of a mask.
fn frame(step: &Step, start_utc: Option<Timestamp>, start_s: f64) -> Option<Frame> {
    let elapsed = Elapsed::from_secs_f64(step.time_s - start_s)?;
    let utc = start_utc.and_then(|utc| {
        utc.checked_add(SignedDuration::try_from_secs_f64(step.time_s - start_s).ok()?).ok()
    });
    let source = if utc.is_some() { TimeSource::Utc } else { TimeSource::Step };
    // Ground that fire encloses counts as burnt, as in any thermal film: flames seen in passing leave gaps, and what
    // burnt before the flight began has gone cold.
    let mut burnt = step.burnt.clone();
    close_holes(&mut burnt);
    let pixels = burnt.mapv(u8::from).insert_axis(Axis(2));
    Some(Frame::new(Pixels::U8(pixels), FrameTime { elapsed, utc, source }))
}

fn counts(rows: &[FrameRow]) -> FrameCounts {
    let mut counts = FrameCounts { all: rows.len(), ..FrameCounts::default() };
    for row in rows {
        let one = match row.laid.how {
            "first" => &mut counts.first,
            "steadied" => &mut counts.steadied,
            "telemetry" => &mut counts.telemetry,
            "lost" => &mut counts.lost,
            _ => &mut counts.no_pose,
        };
        *one += 1;
    }
    counts
}

/// Whether too many of the frames since `since_s` do not fit the map, where any does at all.
fn is_unsteady(rows: &[FrameRow], since_s: f64) -> bool {
    let steadying = rows.iter().any(|r| r.laid.how == "first" || r.laid.how == "steadied");
    let newest = || rows.iter().filter(|row| row.time_s >= since_s);
    let off = newest().filter(|r| matches!(r.laid.how, "telemetry" | "lost")).count();
    steadying && off as f64 > MOST_LOST * newest().count() as f64
}

/// Median and 95 % of some values.
fn spread(mut values: Vec<f64>) -> Option<[f64; 2]> {
    values.retain(|v| v.is_finite());
    values.sort_by(f64::total_cmp);
    let at = |q: f64| values.get(((values.len().max(1) - 1) as f64 * q).round() as usize).copied();
    Some([at(0.5)?, at(0.95)?])
}

impl Survey {
    /// Kind of its frames.
    pub const KIND: Kind = Kind::Mask;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_made_wide_within_bounds() {
        for (range, n, want) in [
            (10..60, 100, 10..60),
            (50..60, 100, 39..71),
            (0..4, 100, 0..32),
            (96..100, 100, 68..100),
            (3..5, 32, 0..32),
        ] {
            assert_eq!(wide(range.clone(), n), want, "{range:?} of {n}");
        }
    }
}
