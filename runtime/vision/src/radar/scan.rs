//! Scans: one radar frame as rain in mm/h on its piece of the map.

use jiff::Timestamp;
use ndarray::{Array2, Axis, s};

use super::around::Window;
use super::clock::{self, Doubt};
use super::error::RadarError;
use super::ground::Ground;
use super::options::RadarOptions;
use super::raw::Raw;
use super::unit::RadarUnit;
use crate::note::Note;
use crate::rain_rate::LEAST_MM_H;

/// Rates above this are no rain, mm/h. The most ever measured in a minute is 1870 (Unionville, 1956);
/// 75.8 dBZ by Marshall–Palmer.
pub(super) const MOST_MM_H: f32 = 2000.0;
/// Share of the seen cells that may be above it; more means that the unit is wrong.
pub(super) const MOST_SHARE: f64 = 0.01;

/// Where a scan's time comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    /// The file itself.
    File,
    /// The file's name.
    Name,
}

/// One frame of rain.
#[derive(Debug)]
pub(super) struct Scan {
    pub(super) name: String,
    /// mm/h `[H, W]`, row 0 north, NaN no data.
    pub(super) rates: Array2<f32>,
    pub(super) time: Option<(Timestamp, From)>,
    /// What the name says, where the file says something else.
    pub(super) name_disagrees: Option<Timestamp>,
    pub(super) unit: RadarUnit,
    pub(super) crs: Option<String>,
    pub(super) transform: Option<[f64; 6]>,
    pub(super) cell_m: Option<f64>,
    pub(super) cells: Cells,
    pub(super) notes: Vec<Note>,
    /// Whether its file holds several.
    pub(super) of_many: bool,
}

/// Cells of a scan that were not taken as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Cells {
    /// A little below 0 mm/h: taken as dry.
    pub(super) below_zero: usize,
    /// Above [`MOST_MM_H`]: taken as no data.
    pub(super) too_much: usize,
    /// Of too low quality: taken as no data.
    pub(super) low_quality: usize,
}

impl Scan {
    /// The rain of `raw`, as asked.
    pub(super) fn of(raw: Raw, options: &RadarOptions) -> Result<Self, RadarError> {
        let Raw { name, mut values, unit, utc, crs, mut transform, mut quality, mut notes } = raw;
        let refused = |what: String, fix: &str| RadarError::refused(&name, what, fix);
        let crs = settle_crs(crs, options, &mut notes);
        let (h, w) = values.dim();
        if let Some(t) = &mut transform
            && north_first(t, [h, w], &mut values, quality.as_mut())
        {
            notes.push(Note::RowsTurned);
        }
        let mut cell_m = None;
        let misplaced = "correct the file, or say its projection with ‹crs›";
        match (&crs, transform) {
            (Some(crs), Some(t)) => {
                let ground = Ground::of(crs).map_err(|e| refused(e, misplaced))?;
                ground.check(&t, [h, w]).map_err(|e| {
                    refused(
                        format!("the grid does not lie on the projection {crs}: {e}"),
                        misplaced,
                    )
                })?;
                cell_m = ground.cell_m(&t);
                if let Some(around) = options.around {
                    let window = around
                        .window(&ground, &t, [h, w])
                        .map_err(|e| refused(e, "give a place on the map with ‹around›"))?;
                    if window.cut {
                        notes.push(Note::SquareCut);
                    }
                    values = cut(&values, &window);
                    quality = quality.map(|all| cut(&all, &window));
                    transform = Some(window.transform(&t));
                }
            }
            _ if options.around.is_some() => {
                return Err(refused(
                    "the file tells no place on the map to cut a square from".to_owned(),
                    "say its projection with ‹crs›, or leave ‹around› out",
                ));
            }
            _ => notes.push(Note::PlaceUnknown),
        }
        let mut cells = Cells::default();
        match (options.least_quality, quality) {
            (None, _) => {}
            (Some(_), None) => {
                return Err(refused("it has no quality field".to_owned(), "leave ‹quality› out"));
            }
            (Some(least), Some(quality)) => {
                cells.low_quality = distrust(&mut values, &quality, least);
            }
        }
        let rates = rates(values, unit, options, &name, &mut cells)?;
        let of_name = clock::of_name(base(&name), options.name_time);
        let (time, form) = match (utc, &of_name) {
            (Some(utc), _) => (Some((utc, From::File)), None),
            (None, Ok(named)) => {
                let words = named.and_then(|(_, form)| form.words());
                (named.map(|(t, _)| (t, From::Name)), words)
            }
            (None, Err(doubt)) => return Err(ask_time(&name, doubt)),
        };
        notes.extend(form.map(|form| Note::NamesReadAs { form: form.to_owned() }));
        let named = of_name.ok().flatten().map(|(t, _)| t);
        let name_disagrees = named.filter(|t| utc.is_some_and(|u| u != *t));
        let of_many = false;
        Ok(Self {
            name,
            rates,
            time,
            name_disagrees,
            unit,
            crs,
            transform,
            cell_m,
            cells,
            notes,
            of_many,
        })
    }
}

/// Asks what the time in the name of a file is.
fn ask_time(name: &str, doubt: &Doubt) -> RadarError {
    let (what, fix) = match doubt {
        Doubt::Two(a, b) => (
            format!("its name holds two times, {a} and {b}"),
            "say ‹name-time› first or last: which is the frame's",
        ),
        Doubt::Either(a, b) => (
            format!("the number in its name may be {a} or, in seconds since 1970, {b}"),
            "put YYYYMMDDHHMM into the names, in UTC",
        ),
        Doubt::Zone(zone) => (
            format!("its name holds '{zone}' behind the time, which is no sure zone"),
            "put the time in UTC into the names, with Z behind it, or its offset as in \
             20240925T1645+0200",
        ),
    };
    RadarError::refused(name, what, fix)
}

/// The name of a file without its folder.
fn base(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

/// What is asked for goes before what the file says, and is told.
fn settle_crs(
    stated: Option<String>,
    options: &RadarOptions,
    notes: &mut Vec<Note>,
) -> Option<String> {
    match (stated, &options.crs) {
        (Some(stated), Some(asked)) if stated != *asked => {
            notes.push(Note::ProjectionOverridden { found: stated, asked: asked.clone() });
            Some(asked.clone())
        }
        (stated, asked) => stated.or_else(|| asked.clone()),
    }
}

/// Turns rows that are stored south first, and columns that are stored east first, so that row 0 is north
/// and column 0 west; whether there were any.
fn north_first(
    t: &mut [f64; 6],
    [h, w]: [usize; 2],
    values: &mut Array2<f32>,
    mut quality: Option<&mut Array2<f32>>,
) -> bool {
    let south_first = t[5] > 0.0 && t[5].abs() >= t[4].abs();
    let east_first = t[1] < 0.0 && t[1].abs() >= t[2].abs();
    for (turned, axis, n, [x, y]) in
        [(south_first, Axis(0), h, [2, 5]), (east_first, Axis(1), w, [1, 4])]
    {
        if !turned {
            continue;
        }
        for field in [Some(&mut *values), quality.as_deref_mut()].into_iter().flatten() {
            field.invert_axis(axis);
        }
        t[0] += n as f64 * t[x];
        t[3] += n as f64 * t[y];
        t[x] = -t[x];
        t[y] = -t[y];
    }
    for field in [Some(values), quality].into_iter().flatten() {
        *field = field.as_standard_layout().into_owned();
    }
    south_first || east_first
}

fn cut(all: &Array2<f32>, window: &Window) -> Array2<f32> {
    all.slice(s![window.rows.clone(), window.cols.clone()]).to_owned()
}

/// Takes cells whose quality is below `least` or untold as no data; how many.
fn distrust(values: &mut Array2<f32>, quality: &Array2<f32>, least: f32) -> usize {
    let mut low = 0;
    for (v, q) in values.iter_mut().zip(quality) {
        if (q.is_nan() || *q < least) && !v.is_nan() {
            *v = f32::NAN;
            low += 1;
        }
    }
    low
}

/// Rates in mm/h; refuses what cannot be rain, counts what is set right.
fn rates(
    mut values: Array2<f32>,
    unit: RadarUnit,
    options: &RadarOptions,
    name: &str,
    cells: &mut Cells,
) -> Result<Array2<f32>, RadarError> {
    let (mut seen, mut below, mut least) = (0usize, 0usize, 0f32);
    values.mapv_inplace(|v| {
        let rate = unit.mm_h(v, options.z_r);
        if rate.is_nan() {
            return f32::NAN;
        }
        seen += 1;
        if rate < 0.0 {
            least = least.min(rate);
            if rate <= -LEAST_MM_H {
                below += 1;
            } else {
                cells.below_zero += 1;
            }
            return 0.0;
        }
        if rate > MOST_MM_H {
            cells.too_much += 1;
            return f32::NAN;
        }
        rate
    });
    if below > 0 {
        return Err(RadarError::refused(
            name,
            format!(
                "{below} cells have a rain rate below 0, down to {least} mm/h (read as {unit})"
            ),
            "say the value that means no data with ‹no-data›, or the unit with ‹unit›",
        ));
    }
    if cells.too_much as f64 > MOST_SHARE * seen as f64 {
        return Err(RadarError::refused(
            name,
            format!(
                "{} of {seen} cells are above {MOST_MM_H} mm/h, which is no rain (read as {unit})",
                cells.too_much
            ),
            "say the right unit with ‹unit›, or the value that means no data with ‹no-data›",
        ));
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_begin_in_the_north_and_columns_in_the_west() {
        let north = [4e5, 1000.0, 0.0, 6_700_000.0, 0.0, -1000.0];
        let south = [4e5, 1000.0, 0.0, 6_660_000.0, 0.0, 1000.0];
        let both = [4.5e5, -1000.0, 0.0, 6_660_000.0, 0.0, 1000.0];
        let cells: Vec<f32> = (0..2000).map(|i| i as f32 / 10.0).collect();
        let read = |t: [f64; 6]| {
            let here = Raw {
                crs: Some("EPSG:3067".to_owned()),
                transform: Some(t),
                ..raw(&cells, RadarUnit::MmH)
            };
            Scan::of(here, &RadarOptions::default()).unwrap()
        };
        let plain = read(north);
        for (t, corner) in [(south, [39, 0]), (both, [39, 49])] {
            let turned = read(t);
            assert_eq!(turned.transform, Some(north), "{t:?}");
            assert_eq!(turned.rates[[0, 0]], plain.rates[corner]);
            assert!(turned.notes.contains(&Note::RowsTurned) && turned.rates.is_standard_layout());
        }
        assert!(!plain.notes.contains(&Note::RowsTurned));
    }

    fn raw(values: &[f32], unit: RadarUnit) -> Raw {
        let values = Array2::from_shape_fn((40, 50), |(y, x)| values[(y * 50 + x) % values.len()]);
        let (utc, crs, transform) = (None, None, None);
        let name = "rain/201609281705.tif".to_owned();
        Raw { name, values, unit, utc, crs, transform, quality: None, notes: Vec::new() }
    }

    #[test]
    fn rates_are_taken_set_right_in_the_open_or_refused() {
        let mut few = vec![1.0; 199];
        few.push(5000.0);
        let cells = |below_zero, too_much| Cells { below_zero, too_much, low_quality: 0 };
        for (values, unit, want) in [
            (vec![0.0, 3.5, f32::NAN], RadarUnit::MmH, Ok(cells(0, 0))),
            (vec![0.0, -0.01, f32::NAN], RadarUnit::MmH, Ok(cells(667, 0))),
            (few, RadarUnit::MmH, Ok(cells(0, 10))),
            (vec![-32.0, f32::NEG_INFINITY, 40.0], RadarUnit::DbZ, Ok(cells(0, 0))),
            (vec![f32::NAN], RadarUnit::MmH, Ok(cells(0, 0))),
            (vec![0.0, -9999.0], RadarUnit::MmH, Err("below 0, down to -9999 mm/h (read as mm/h)")),
            (vec![-32.0, 20.0], RadarUnit::MmH, Err("below 0, down to -32 mm/h")),
            (
                vec![0.0, f32::INFINITY],
                RadarUnit::MmH,
                Err("1000 of 2000 cells are above 2000 mm/h"),
            ),
            (vec![0.0, 120.0], RadarUnit::DbZ, Err("no rain (read as dBZ)")),
        ] {
            match (Scan::of(raw(&values, unit), &RadarOptions::default()), want) {
                (Ok(scan), Ok(want)) => {
                    assert_eq!(scan.cells, want, "{unit}");
                    assert!(scan.rates.iter().all(|v| v.is_nan() || (0.0..=2000.0).contains(v)));
                }
                (Err(e), Err(why)) => assert!(e.to_string().contains(why), "{e}"),
                (got, want) => panic!("{got:?} is not {want:?}"),
            }
        }
    }

    #[test]
    fn places_and_times_come_from_the_file_first() {
        let t = [400_000.0, 1000.0, 0.0, 6_700_000.0, 0.0, -1000.0];
        let here = |crs: &str| Raw {
            crs: Some(crs.to_owned()),
            transform: Some(t),
            utc: Some("2016-09-28T17:00:00Z".parse().unwrap()),
            ..raw(&[1.0], RadarUnit::MmH)
        };
        let scan = Scan::of(here("EPSG:3067"), &RadarOptions::default()).unwrap();
        assert_eq!(scan.cell_m, Some(1000.0));
        assert_eq!(scan.time.unwrap().1, From::File);
        assert_eq!(scan.name_disagrees, Some("2016-09-28T17:05:00Z".parse().unwrap()));
        let scan = Scan::of(raw(&[1.0], RadarUnit::MmH), &RadarOptions::default()).unwrap();
        assert_eq!(scan.time, Some(("2016-09-28T17:05:00Z".parse().unwrap(), From::Name)));
        assert!(scan.notes[0].to_string().contains("no place on the map"));
        let options = RadarOptions { crs: Some("EPSG:3067".into()), ..RadarOptions::default() };
        let scan = Scan::of(here("EPSG:32635"), &options).unwrap();
        assert!(
            scan.notes[0]
                .to_string()
                .contains("projection EPSG:32635; read as EPSG:3067, as asked")
        );
        for (bad, why) in [
            (here("EPSG:4326"), "does not lie on the projection EPSG:4326: 400000 6700000 are not"),
            (here("SUOMI1"), "neither an EPSG code nor a PROJ string"),
            (
                Raw { name: "202001010000-202001010005.tif".into(), ..raw(&[1.0], RadarUnit::MmH) },
                "its name holds two times",
            ),
        ] {
            let e = Scan::of(bad, &RadarOptions::default()).unwrap_err().to_string();
            assert!(e.contains(why), "{e}");
        }
    }
}
