//! `rain.nc`: rain rates as NetCDF by the CF conventions, with time and place as weather services do.
//!
//! The 64-bit offset form of classic NetCDF, which every reader knows. Projected grids carry their
//! projection, its PROJ text and, whatever a reader makes of these, longitude and latitude of every
//! cell.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::rc::Rc;

use netcdf3::{DataSet, FileWriter, Version};

use super::facts::{Facts, NOTICE};
use super::place::{Map, Place};
use super::projection::{Attribute, Projection};
use crate::forecast::{Chance, Forecast, Rain};

/// Bytes that go to the file at a time.
const BUFFER_BYTES: usize = 1 << 20;
/// Largest variable that the format holds, bytes.
const BYTES_MAX: u64 = (1 << 32) - 4;
/// Where a radar has no data: NetCDF's own fill value of float32.
const NO_DATA: f32 = 9.969_21e36;
const RAIN: &str = "rainfall_rate";
/// Chances in percent, and where a radar has no data.
const CHANCE: &str = "rain_probability";
const NO_CHANCE: i8 = -1;

/// Everything but the rates themselves.
struct Layout {
    set: DataSet,
    /// Variables of numbers, in the order they were defined.
    numbers: Vec<(&'static str, Vec<f64>)>,
}

type Defined<T> = Result<T, netcdf3::error::InvalidDataSet>;

impl Layout {
    fn variable(&mut self, name: &'static str, dims: &[&str], values: Vec<f64>) -> Defined<()> {
        self.set.add_var_f64(name, dims)?;
        self.numbers.push((name, values));
        Ok(())
    }

    fn words(&mut self, variable: &str, words: &[(&str, &str)]) -> Defined<()> {
        for (name, text) in words {
            self.set.add_var_attr_string(variable, name, text)?;
        }
        Ok(())
    }
}

/// Writes the rates of `f` into a new file.
pub(crate) fn rain(
    file: File,
    map: &Map,
    facts: &Facts,
    f: &Forecast,
    rain: &Rain,
) -> io::Result<()> {
    let chances = rain.chance.as_ref().map_or(0, |c| c.percent.len() as u64);
    let bytes = (rain.mm_h.len() as u64 * 4).max(chances);
    if bytes > BYTES_MAX {
        let what = format!("{bytes} bytes of rain are more than NetCDF holds; give fewer ‹leads›");
        return Err(io::Error::other(what));
    }
    let said = |e: &dyn std::fmt::Debug| io::Error::other(format!("NetCDF: {e:?}"));
    let layout = layout(map, facts, f, rain.chance.as_ref()).map_err(|e| said(&e))?;
    let file = Shared(Rc::new(RefCell::new(BufWriter::with_capacity(BUFFER_BYTES, file))));
    let sink = Box::new(Shared(Rc::clone(&file.0)));
    let mut out = FileWriter::open_seek_write("rain.nc", sink).map_err(|e| said(&e))?;
    out.set_def(&layout.set, Version::Offset64Bit, 0).map_err(|e| said(&e))?;
    for (name, values) in &layout.numbers {
        out.write_var_f64(name, values).map_err(|e| said(&e))?;
    }
    out.write_var_i32("crs", &[0]).map_err(|e| said(&e))?;
    // Not NaN: the library compares variables with their attributes, and NaN is not equal to itself.
    let rates = rain.mm_h.mapv(|v| if v.is_nan() { NO_DATA } else { v });
    out.write_var_f32(RAIN, rates.as_slice().unwrap_or(&[])).map_err(|e| said(&e))?;
    if let Some(chance) = &rain.chance {
        let byte = |p: &u8| i8::try_from(*p).unwrap_or(NO_CHANCE);
        let percent: Vec<i8> = chance.percent.iter().map(byte).collect();
        out.write_var_i8(CHANCE, &percent).map_err(|e| said(&e))?;
    }
    out.close().map_err(|e| said(&e))?;
    // Here, and not where it is dropped, since that would tell of no error.
    file.0.borrow_mut().flush()
}

/// A buffered file that is still ours when the writer, which writes value by value, is done with it.
struct Shared(Rc<RefCell<BufWriter<File>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.borrow_mut().flush()
    }
}

impl Seek for Shared {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.borrow_mut().seek(to)
    }
}

fn layout(map: &Map, facts: &Facts, f: &Forecast, chance: Option<&Chance>) -> Defined<Layout> {
    let mut l = Layout { set: DataSet::new(), numbers: Vec::new() };
    for (name, text) in [
        ("Conventions", "CF-1.10".to_owned()),
        ("title", format!("rain forecast by {}", facts.maker)),
        ("source", format!("emberline {}, {}", env!("CARGO_PKG_VERSION"), facts.maker)),
        ("comment", NOTICE.to_owned()),
    ] {
        l.set.add_global_attr_string(name, text)?;
    }
    let (height, width) = (f.grid.height, f.grid.width);
    l.set.add_fixed_dim("time", f.lead_s.len())?;
    l.set.add_fixed_dim("y", height)?;
    l.set.add_fixed_dim("x", width)?;
    times(&mut l, facts, f)?;
    let projected = !map.is_geographic();
    axes(&mut l, map, [height, width], projected)?;
    l.set.add_var_i32::<&str>("crs", &[])?;
    crs(&mut l, map)?;
    l.set.add_var_f32(RAIN, &["time", "y", "x"])?;
    let coordinates = match (facts.issue.is_some(), projected) {
        (true, true) => "lead forecast_reference_time lat lon",
        (true, false) => "lead forecast_reference_time",
        (false, true) => "lat lon",
        (false, false) => "",
    };
    l.words(
        RAIN,
        &[
            ("standard_name", "rainfall_rate"),
            ("long_name", "rain rate"),
            ("units", "mm h-1"),
            ("grid_mapping", "crs"),
        ],
    )?;
    if !coordinates.is_empty() {
        l.words(RAIN, &[("coordinates", coordinates)])?;
    }
    l.set.add_var_attr_f32(RAIN, "_FillValue", vec![NO_DATA])?;
    if let Some(chance) = chance {
        chances(&mut l, chance, coordinates)?;
    }
    Ok(l)
}

/// How likely each rate is.
fn chances(l: &mut Layout, chance: &Chance, coordinates: &str) -> Defined<()> {
    l.set.add_fixed_dim("threshold", chance.rates_mm_h.len())?;
    let rates = chance.rates_mm_h.iter().map(|r| f64::from(*r)).collect();
    l.variable("threshold", &["threshold"], rates)?;
    let rate = [("standard_name", RAIN), ("long_name", "least rain rate"), ("units", "mm h-1")];
    l.words("threshold", &rate)?;
    l.set.add_var_i8(CHANCE, &["threshold", "time", "y", "x"])?;
    let words = [
        ("long_name", "chance that the rain rate is at least the threshold"),
        ("units", "percent"),
        ("grid_mapping", "crs"),
    ];
    l.words(CHANCE, &words)?;
    if !coordinates.is_empty() {
        l.words(CHANCE, &[("coordinates", coordinates)])?;
    }
    l.set.add_var_attr_i8(CHANCE, "_FillValue", vec![NO_CHANCE])
}

/// Time of each lead: of the clock where the film tells it, else after the last frame.
fn times(l: &mut Layout, facts: &Facts, f: &Forecast) -> Defined<()> {
    let lead = [
        ("standard_name", "forecast_period"),
        ("long_name", "time after the last frame seen"),
        ("units", "s"),
    ];
    let Some(issue) = facts.issue else {
        l.variable("time", &["time"], f.lead_s.clone())?;
        l.words("time", &lead)?;
        return l.words("time", &[("comment", "the film does not tell its clock")]);
    };
    let issue_s = issue.as_nanosecond() as f64 * 1e-9;
    let clock = [("units", "seconds since 1970-01-01 00:00:00 UTC"), ("calendar", "standard")];
    l.variable("time", &["time"], f.lead_s.iter().map(|s| issue_s + s).collect())?;
    l.words("time", &[("standard_name", "time"), ("axis", "T")])?;
    l.words("time", &clock)?;
    l.variable("lead", &["time"], f.lead_s.clone())?;
    l.words("lead", &lead)?;
    l.variable("forecast_reference_time", &[], vec![issue_s])?;
    l.words("forecast_reference_time", &[("standard_name", "forecast_reference_time")])?;
    l.words("forecast_reference_time", &clock)
}

/// Coordinates of the cells' centres, in metres or degrees; longitude and latitude of a projected grid.
fn axes(l: &mut Layout, map: &Map, [height, width]: [usize; 2], projected: bool) -> Defined<()> {
    let t = map.transform();
    let unit_m = map.projection().map_or(1.0, |p: Projection| p.unit_m);
    // A turned grid has no axes of its own: rows and columns are counted, the place is in lat, lon.
    let turned = t[2] != 0.0 || t[4] != 0.0;
    let along = |n: usize, zero: f64, step: f64| -> Vec<f64> {
        let at = |k: usize| zero + (k as f64 + 0.5) * step;
        (0..n)
            .map(|k| if turned { k as f64 } else { at(k) * if projected { unit_m } else { 1.0 } })
            .collect()
    };
    l.variable("y", &["y"], along(height, t[3], t[5]))?;
    l.variable("x", &["x"], along(width, t[0], t[1]))?;
    let (x, y, unit) = match (turned, projected) {
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
    l.words("x", &[x, ("units", unit[0]), ("axis", "X")])?;
    l.words("y", &[y, ("units", unit[1]), ("axis", "Y")])?;
    if !(projected || turned) {
        return Ok(());
    }
    let (mut lat, mut lon) = (Vec::new(), Vec::new());
    for (row, col) in (0..height).flat_map(|r| (0..width).map(move |c| (r, c))) {
        let [x, y] = map.lon_lat(col as f64 + 0.5, row as f64 + 0.5).unwrap_or([f64::NAN; 2]);
        lon.push(x);
        lat.push(y);
    }
    l.variable("lat", &["y", "x"], lat)?;
    l.variable("lon", &["y", "x"], lon)?;
    l.words("lat", &[("standard_name", "latitude"), ("units", "degrees_north")])?;
    l.words("lon", &[("standard_name", "longitude"), ("units", "degrees_east")])
}

/// The grid mapping: by CF where the projection can be taken apart, as given in any case.
fn crs(l: &mut Layout, map: &Map) -> Defined<()> {
    for (name, value) in map.projection().map(|p| p.cf()).unwrap_or_default() {
        match value {
            Attribute::Word(word) => l.set.add_var_attr_string("crs", name, word)?,
            Attribute::Numbers(numbers) => l.set.add_var_attr_f64("crs", name, numbers)?,
        }
    }
    l.words("crs", &[("crs_as_given", map.crs())])?;
    if let Ok(Place::Coded(code)) = map.place() {
        l.words("crs", &[("epsg_code", &format!("EPSG:{code}"))])?;
    }
    Ok(())
}
