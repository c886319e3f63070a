//! `rain.nc`: rain rates as NetCDF by the CF conventions, with time and place as weather services do.
//!
//! Rates are packed into 16 bits, in steps that the file tells; chances are those of `rain_probability.tif`.
//! Grids carry their projection by CF where it has it, as WKT in any case, and, whatever a reader makes of
//! these, longitude and latitude of every cell where these are not the axes.

use std::io::{self, Write};

use ndarray::Axis;

use super::facts::{Facts, NOTICE};
use super::netcdf4::{NetCdf4, Value};
use super::place::Map;
use crate::forecast::{Chance, Forecast, Rain};
use crate::projection::Attribute;

/// The grid mapping.
const CRS: &str = "crs";
const RAIN: &str = "rainfall_rate";
/// Rain that is likely.
const LIKELY: &str = "likely_rainfall_rate";
/// Steps that rates are told in, mm/h: the finest that holds the largest.
const STEPS_MM_H: [f64; 4] = [0.01, 0.02, 0.05, 0.1];
/// Where a radar has no data.
const NO_RATE: i16 = i16::MIN;
/// Chances in percent, and where a radar has no data.
const CHANCE: &str = "rain_probability";
const NO_CHANCE: i8 = -1;
/// Where rain is a guess.
const OUTSIDE: &str = "from_outside";
/// Cells from this side on, metres, have longitudes and latitudes in 32 bits: to two metres.
const COARSE_M: f64 = 100.0;

/// Writes the rates of `f` into a new file.
pub(crate) fn rain(
    sink: &mut impl Write,
    map: &Map,
    facts: &Facts,
    f: &Forecast,
    rain: &Rain,
) -> io::Result<()> {
    let mut nc = NetCdf4::default();
    for (name, text) in [
        ("Conventions", "CF-1.10"),
        ("title", &format!("rain forecast by {}", facts.maker)),
        ("source", &format!("emberline {}, {}", env!("CARGO_PKG_VERSION"), facts.maker)),
        ("comment", NOTICE),
    ] {
        nc.text(name, text);
    }
    let (height, width) = (f.grid.height, f.grid.width);
    nc.dimension("time", f.lead_s.len());
    nc.dimension("y", height);
    nc.dimension("x", width);
    times(&mut nc, facts, f)?;
    let by_cell = !map.is_geographic() || is_turned(map);
    axes(&mut nc, map, [height, width])?;
    // What each field says of its place and time.
    let mut common = Vec::new();
    match (facts.issue.is_some(), by_cell) {
        (true, true) => common.push(("coordinates", "lead forecast_reference_time lat lon")),
        (true, false) => common.push(("coordinates", "lead forecast_reference_time")),
        (false, true) => common.push(("coordinates", "lat lon")),
        (false, false) => {}
    }
    if mapping(&mut nc, map)? {
        common.push(("grid_mapping", CRS));
    }
    let what = if rain.frames_are_likely { "expected rain rate" } else { "rain rate" };
    rates(&mut nc, (RAIN, what), rain.mm_h.iter().copied())?;
    words(&mut nc, &common)?;
    if rain.from_outside.is_some() {
        words(&mut nc, &[("ancillary_variables", OUTSIDE)])?;
    }
    if let Some(likely) = f.likely() {
        let what = "largest rain rate whose chance passes the forecast's own cut";
        rates(&mut nc, (LIKELY, what), likely)?;
        words(&mut nc, &common)?;
        if rain.from_outside.is_some() {
            words(&mut nc, &[("ancillary_variables", OUTSIDE)])?;
        }
    }
    if let Some(chance) = &rain.chance {
        chances(&mut nc, chance)?;
        words(&mut nc, &common)?;
    }
    if let Some(guessed) = &rain.from_outside {
        let flags = guessed.iter().zip(&rain.mm_h).map(|(guess, rate)| match rate.is_nan() {
            true => NO_CHANCE,
            false => i8::from(*guess),
        });
        nc.variable(OUTSIDE, &["time", "y", "x"], flags);
        words(
            &mut nc,
            &[
                (
                    "long_name",
                    "rain comes from beyond the border or from where the radar has no data",
                ),
                ("flag_meanings", "from_seen_rain a_guess"),
            ],
        )?;
        nc.flags(&[0, 1])?;
        nc.fill(NO_CHANCE)?;
        words(&mut nc, &common)?;
    }
    nc.write(sink)
}

/// Adds texts to the newest variable.
fn words(nc: &mut NetCdf4, words: &[(&str, &str)]) -> io::Result<()> {
    words.iter().try_for_each(|(name, text)| nc.attribute(name, &Value::Text(text)))
}

/// A variable of numbers.
fn numbers(
    nc: &mut NetCdf4,
    name: &'static str,
    dimensions: &[&'static str],
    values: &[f64],
    about: &[(&str, &str)],
) -> io::Result<()> {
    nc.variable(name, dimensions, values.iter().copied());
    words(nc, about)
}

/// Rates `[L, H, W]`, packed, as a variable with a name and what it is.
fn rates(
    nc: &mut NetCdf4,
    (name, what): (&'static str, &str),
    mm_h: impl Iterator<Item = f32> + Clone,
) -> io::Result<()> {
    let most = mm_h.clone().fold(0f32, f32::max);
    let holds = |step: &&f64| f64::from(most) / **step <= f64::from(i16::MAX);
    let step = STEPS_MM_H.iter().find(holds).copied().unwrap_or(STEPS_MM_H[3]);
    let packed = |v: f32| match v.is_nan() {
        true => NO_RATE,
        false => (f64::from(v) / step).round().clamp(0.0, f64::from(i16::MAX)) as i16,
    };
    nc.variable(name, &["time", "y", "x"], mm_h.map(packed));
    let packing = format!("rates are rounded to {step} mm/h");
    words(
        nc,
        &[
            ("standard_name", RAIN),
            ("long_name", what),
            ("units", "mm h-1"),
            ("comment", packing.as_str()),
        ],
    )?;
    nc.attribute("scale_factor", &Value::Numbers(&[step]))?;
    nc.attribute("resolution_mm_h", &Value::Numbers(&[step]))?;
    nc.fill(NO_RATE)
}

/// How likely each published rate is.
fn chances(nc: &mut NetCdf4, chance: &Chance) -> io::Result<()> {
    let published = chance.published();
    nc.dimension("threshold", published.len());
    let of = |k: &usize| {
        // As people write it: 0.1, not what 32 bits make of it.
        let rate = chance.rates_mm_h[*k];
        rate.to_string().parse().unwrap_or(f64::from(rate))
    };
    let least: Vec<f64> = published.iter().map(of).collect();
    numbers(
        nc,
        "threshold",
        &["threshold"],
        &least,
        &[("standard_name", RAIN), ("long_name", "least rain rate"), ("units", "mm h-1")],
    )?;
    let percent = published.into_iter().flat_map(|k| {
        let of_rate = chance.percent.index_axis(Axis(0), k);
        of_rate.into_iter().map(|p| i8::try_from(*p).unwrap_or(NO_CHANCE))
    });
    nc.variable(CHANCE, &["threshold", "time", "y", "x"], percent);
    words(
        nc,
        &[
            ("long_name", "chance that the rain rate is at least the threshold"),
            ("units", "percent"),
        ],
    )?;
    nc.fill(NO_CHANCE)
}

/// Time of each lead: of the clock where the film tells it, else after the last frame.
fn times(nc: &mut NetCdf4, facts: &Facts, f: &Forecast) -> io::Result<()> {
    let lead = [
        ("standard_name", "forecast_period"),
        ("long_name", "time after the last frame seen"),
        ("units", "s"),
    ];
    let Some(issue) = facts.issue else {
        numbers(nc, "time", &["time"], &f.lead_s, &lead)?;
        return words(nc, &[("comment", "the film does not tell its clock")]);
    };
    let issue_s = issue.as_nanosecond() as f64 * 1e-9;
    let clock = [("units", "seconds since 1970-01-01 00:00:00 UTC"), ("calendar", "standard")];
    let valid_s: Vec<f64> = f.lead_s.iter().map(|s| issue_s + s).collect();
    numbers(nc, "time", &["time"], &valid_s, &[("standard_name", "time"), ("axis", "T")])?;
    words(nc, &clock)?;
    numbers(nc, "lead", &["time"], &f.lead_s, &lead)?;
    let about = [("standard_name", "forecast_reference_time")];
    numbers(nc, "forecast_reference_time", &[], &[issue_s], &about)?;
    words(nc, &clock)
}

/// Coordinates of the cells' centres, in metres or degrees; longitude and latitude of a projected grid.
fn axes(nc: &mut NetCdf4, map: &Map, [height, width]: [usize; 2]) -> io::Result<()> {
    let t = map.transform();
    let (turned, projected) = (is_turned(map), !map.is_geographic());
    let unit = map.projection().filter(|_| projected).map_or(1.0, |p| p.unit_m);
    let along = |n: usize, zero: f64, step: f64| -> Vec<f64> {
        let at = |k: usize| zero + (k as f64 + 0.5) * step;
        (0..n).map(|k| if turned { k as f64 } else { at(k) * unit }).collect()
    };
    let (x, y, units) = match (turned, projected) {
        (true, _) => (("long_name", "column"), ("long_name", "row"), ["1", "1"]),
        (_, true) => (
            ("standard_name", "projection_x_coordinate"),
            ("standard_name", "projection_y_coordinate"),
            ["m", "m"],
        ),
        (_, false) => (
            ("standard_name", "longitude"),
            ("standard_name", "latitude"),
            ["degrees_east", "degrees_north"],
        ),
    };
    let about = |what, unit, axis| [what, ("units", unit), ("axis", axis)];
    numbers(nc, "y", &["y"], &along(height, t[3], t[5]), &about(y, units[1], "Y"))?;
    numbers(nc, "x", &["x"], &along(width, t[0], t[1]), &about(x, units[0], "X"))?;
    if !(projected || turned) {
        return Ok(());
    }
    let (mut lat, mut lon) = (Vec::new(), Vec::new());
    for (row, col) in (0..height).flat_map(|r| (0..width).map(move |c| (r, c))) {
        let [x, y] = map.lon_lat(col as f64 + 0.5, row as f64 + 0.5).unwrap_or([f64::NAN; 2]);
        lon.push(x);
        lat.push(y);
    }
    let coarse = projected && t[1].hypot(t[4]).min(t[2].hypot(t[5])) * unit >= COARSE_M;
    for (name, values, about) in [
        ("lat", lat, [("standard_name", "latitude"), ("units", "degrees_north")]),
        ("lon", lon, [("standard_name", "longitude"), ("units", "degrees_east")]),
    ] {
        if coarse {
            nc.variable(name, &["y", "x"], values.iter().map(|v| *v as f32));
            words(nc, &about)?;
        } else {
            numbers(nc, name, &["y", "x"], &values, &about)?;
        }
    }
    Ok(())
}

/// Whether rows and columns run askew: such a grid has no axes of its own, its rows and columns are
/// counted, and its place is in `lat` and `lon`.
fn is_turned(map: &Map) -> bool {
    let t = map.transform();
    t[2] != 0.0 || t[4] != 0.0
}

/// The grid mapping, whether there is one: by CF where that has the projection, as WKT in any case, with the
/// transform as GDAL reads it. A grid without axes, or whose projection cannot be told, has none.
fn mapping(nc: &mut NetCdf4, map: &Map) -> io::Result<bool> {
    let Some(projection) = map.projection().filter(|_| !is_turned(map)) else { return Ok(false) };
    nc.variable(CRS, &[], std::iter::once(0i32));
    for (name, value) in projection.cf() {
        match value {
            Attribute::Word(word) => nc.attribute(name, &Value::Text(word))?,
            Attribute::Numbers(numbers) => nc.attribute(name, &Value::Numbers(&numbers))?,
        }
    }
    let wkt = projection.wkt(map.code());
    let unit = if map.is_geographic() { 1.0 } else { projection.unit_m };
    let transform: Vec<String> = map.transform().iter().map(|v| (v * unit).to_string()).collect();
    words(
        nc,
        &[
            ("crs_wkt", wkt.as_str()),
            ("spatial_ref", &wkt),
            ("GeoTransform", &transform.join(" ")),
            ("crs_as_given", map.crs()),
        ],
    )?;
    if let Some(code) = map.code() {
        words(nc, &[("epsg_code", &format!("EPSG:{code}"))])?;
    }
    Ok(true)
}
