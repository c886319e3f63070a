//! NetCDF files of rain in the CF conventions, NetCDF-3 and NetCDF-4: BoM, MET Norway, SAF NWC and others.
//!
//! One variable of rain rate, accumulation or reflectivity on axes in metres, kilometres or degrees; each
//! of its times is a frame. The only file that names netcdf-reader.

use jiff::Timestamp;
use ndarray::{Array2, s};
use netcdf_reader::{
    NcFile, NcGroup, NcMetadataMode, NcOpenOptions, NcSliceInfo, NcSliceInfoElem, NcType,
    NcVariable,
};

use super::cf::{self, Attributes, Measure, Since};
use super::clock;
use super::error::RadarError;
use super::ground::Ground;
use super::limits::CELLS_MAX;
use super::options::RadarOptions;
use super::raw::{Raw, settle_unit};
use super::stored::Stored;
use super::unit::RadarUnit;
use crate::note::{Note, one_line};

/// Most bytes of one chunk of a variable, unpacked.
const CHUNK_MAX: usize = 1 << 29;
/// Most values of an axis, and frames of a file.
const AXIS_MAX: u64 = 1 << 16;
/// Most groups below groups that are looked into.
const DEPTH_MAX: usize = 4;
/// Share of a cell by which an axis may stray from even steps: axes are kept as float32.
const UNEVEN: f64 = 0.25;
/// What is written where nothing was, if a variable of real numbers names nothing (NetCDF's own).
const FILL_FLOAT: f64 = 9.969_209_968_386_869e36;

/// One open file.
struct File(NcFile);

/// One variable, by its path in the file.
#[derive(Clone)]
struct Variable<'a> {
    /// Path of its group, empty for the file itself.
    group: String,
    is: &'a NcVariable,
}

impl Attributes for NcVariable {
    fn text(&self, key: &str) -> Option<String> {
        let text = self.attribute(key)?.value.as_string()?;
        Some(text.trim_matches(|c: char| c == '\0' || c.is_whitespace()).to_owned())
    }

    fn numbers(&self, key: &str) -> Option<Vec<f64>> {
        self.attribute(key)?.value.as_f64_vec().filter(|all| !all.is_empty())
    }
}

/// Attributes of the file itself.
struct Global<'a>(&'a NcFile);

impl Attributes for Global<'_> {
    fn text(&self, key: &str) -> Option<String> {
        let text = self.0.global_attribute(key).ok()?.value.as_string()?;
        Some(text.trim_matches(|c: char| c == '\0' || c.is_whitespace()).to_owned())
    }

    fn numbers(&self, key: &str) -> Option<Vec<f64>> {
        self.0.global_attribute(key).ok()?.value.as_f64_vec().filter(|all| !all.is_empty())
    }
}

impl Variable<'_> {
    fn path(&self) -> String {
        in_group(&self.group, &self.is.name)
    }

    fn unit(&self) -> String {
        self.is.text("units").or_else(|| self.is.text("unit")).unwrap_or_default()
    }

    /// Whether its names say rain.
    fn is_named_rain(&self) -> bool {
        let texts =
            [Some(self.is.name.clone()), self.is.text("standard_name"), self.is.text("long_name")];
        let all = texts.into_iter().flatten().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
        ["rain", "precip", "acrr"].iter().any(|word| all.contains(word))
    }

    /// What it measures, if that is rain.
    fn measure(&self) -> Option<Measure> {
        let measure = cf::measure(&self.unit())?;
        let is_plain = matches!(measure, Measure::Known(_, 1.0));
        (is_plain || self.is_named_rain()).then_some(measure)
    }
}

fn in_group(group: &str, name: &str) -> String {
    if group.is_empty() { name.to_owned() } else { format!("{group}/{name}") }
}

/// What a dimension of a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Time,
    X,
    Y,
    Other,
}

/// Even places of the centres along an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Axis {
    first: f64,
    step: f64,
    /// Metres of its unit; `None` for degrees.
    unit_m: Option<f64>,
}

/// Where the field lies, and how its rows and columns are turned so that row 0 is north.
#[derive(Debug, Default)]
struct Place {
    crs: Option<String>,
    transform: Option<[f64; 6]>,
    is_south_up: bool,
    is_east_left: bool,
}

/// The interval of an accumulation.
#[derive(Clone, Copy, Debug)]
struct Span {
    minutes: f64,
    end: Option<Timestamp>,
}

/// Reads the file `name` from its bytes and hands over each frame; whether any is a measurement.
pub(super) fn read(
    name: &str,
    bytes: &[u8],
    options: &RadarOptions,
    each: &mut dyn FnMut(Raw) -> Result<(), RadarError>,
) -> Result<bool, RadarError> {
    let damaged = |what: String| RadarError::Damaged { name: name.to_owned(), what };
    let refused = |what: String, fix: &str| RadarError::refused(name, what, fix);
    let file = File::open(bytes).map_err(damaged)?;
    let global = Global(&file.0);
    if ["source", "title"].iter().any(|k| global.text(k).is_some_and(|t| t.contains("emberline"))) {
        return Err(refused(
            "it is a forecast of emberline, no measurement".to_owned(),
            "give the radar files that it was made from",
        ));
    }
    let all = file.variables().map_err(damaged)?;
    let mut notes = Vec::new();
    let field = choose(name, &all, options, &mut notes)?;
    let roles = roles(&all, &field);
    let dims = &field.is.dimensions;
    let at = |role: Role| roles.iter().position(|r| *r == role);
    let (Some(y), Some(x)) = (at(Role::Y), at(Role::X)) else {
        let what = format!("its variable {} has no two axes of a map", field.path());
        return Err(refused(what, "name another with ‹quantity›"));
    };
    for (dim, role) in dims.iter().zip(&roles) {
        if *role == Role::Other && dim.size > 1 {
            let what =
                format!("its variable {} has {} steps along {}", field.path(), dim.size, dim.name);
            return Err(refused(what, "keep one of them: ncks -d DIMENSION,0 IN.nc OUT.nc"));
        }
    }
    let (h, w) = (dims[y].size, dims[x].size);
    if h.checked_mul(w).is_none_or(|n| n == 0 || n > CELLS_MAX as u64) {
        return Err(damaged(format!("it says it is {h}×{w} cells")));
    }
    let frames = at(Role::Time).map_or(1, |t| dims[t].size);
    if frames == 0 || frames > AXIS_MAX {
        return Err(damaged(format!("it says it holds {frames} frames")));
    }
    let clock = Clock::of(&file, &all, &field, at(Role::Time)).map_err(damaged)?;
    if clock.times.is_empty() && frames > 1 {
        return Err(refused(
            format!("it holds {frames} frames and no time of them in CF's words"),
            "write one file a time, with YYYYMMDDHHMM in its name",
        ));
    }
    // What is asked for goes before factors and intervals of the file.
    let measure = field
        .measure()
        .filter(|measure| options.unit.is_none() || matches!(measure, Measure::Known(_, 1.0)));
    let is_amount = matches!(measure, Some(Measure::Amount(_)));
    let place = file.place(&all, &field, [x, y], options, &mut notes);
    let place =
        place.map_err(|e| refused(e, "correct the file, or say its projection with ‹crs›"))?;
    let mut any = false;
    for i in 0..frames as usize {
        let span = clock.span(i).filter(|_| is_amount);
        // An accumulation is of the time at which it ends.
        let utc = span.and_then(|span| span.end).or(clock.times.get(i).copied());
        if clock.issued.zip(utc).is_some_and(|(issued, utc)| utc > issued) {
            continue;
        }
        let mut notes = notes.clone();
        let (stated, factor) = match (measure, span) {
            (Some(Measure::Known(unit, factor)), _) => (Some(unit), factor),
            (Some(Measure::Amount(factor)), Some(span)) => {
                (Some(RadarUnit::AccumulationMm { minutes: span.minutes }), factor)
            }
            (Some(Measure::Amount(_)), None) => {
                let (path, unit) = (field.path(), field.unit());
                return Err(refused(
                    format!(
                        "its variable {path} is rain in {unit}, and it does not tell of how long"
                    ),
                    "say it with ‹unit›, such as \"mm in 5 min\"",
                ));
            }
            (None, _) => (None, 1.0),
        };
        let unit = settle_unit(name, stated, options, &mut notes)?;
        let stored = file.frame(&field, [y, x], at(Role::Time), i as u64).map_err(damaged)?;
        let values =
            physical(&stored, &field, unit, factor, options, &mut notes).map_err(damaged)?;
        refuse_signs(name, &values, unit, options)?;
        let values = match (place.is_south_up, place.is_east_left) {
            (false, false) => values,
            (true, false) => values.slice(s![..;-1, ..]).to_owned(),
            (false, true) => values.slice(s![.., ..;-1]).to_owned(),
            (true, true) => values.slice(s![..;-1, ..;-1]).to_owned(),
        };
        let (crs, transform) = (place.crs.clone(), place.transform);
        let name = name.to_owned();
        any = true;
        each(Raw { name, values, unit, utc, crs, transform, quality: None, notes })?;
    }
    Ok(any)
}

/// The variable that is read: the one asked for, or the only one that is rain.
fn choose<'a>(
    name: &str,
    all: &[Variable<'a>],
    options: &RadarOptions,
    notes: &mut Vec<Note>,
) -> Result<Variable<'a>, RadarError> {
    let fields: Vec<&Variable> = all.iter().filter(|v| v.is_field()).collect();
    let names = |some: &[&Variable]| {
        let each = some.iter().take(12).map(|v| v.path()).collect::<Vec<_>>().join(", ");
        one_line(if each.is_empty() { "no field of a map" } else { &each })
    };
    let refused = |what: String, fix: &str| Err(RadarError::refused(name, what, fix));
    let rain: Vec<&Variable> = fields.iter().filter(|v| v.measure().is_some()).copied().collect();
    if let Some(asked) = &options.quantity {
        let is = |v: &&&Variable| {
            let standard = v.is.text("standard_name").unwrap_or_default();
            [&v.is.name, &v.path(), &standard].iter().any(|n| n.eq_ignore_ascii_case(asked))
        };
        return match fields.iter().find(is) {
            Some(found) => {
                notes.push(Note::QuantityChosen { quantity: found.path(), held: names(&fields) });
                Ok((*found).clone())
            }
            None => refused(
                format!("it holds no {asked}, but: {}", names(&fields)),
                "name one of these with ‹quantity›",
            ),
        };
    }
    match rain[..] {
        [one] => Ok(one.clone()),
        [] if options.unit.is_some() && fields.len() == 1 => Ok(fields[0].clone()),
        [] => refused(
            format!("none of its variables is known to be rain: {}", names(&fields)),
            "name one with ‹quantity›, and its unit with ‹unit›",
        ),
        _ => refused(
            format!("it holds several fields of rain: {}", names(&rain)),
            "name one of these with ‹quantity›",
        ),
    }
}

/// What each dimension of `field` is, by its coordinate variable or its name; the last two that
/// nothing tells are rows and columns.
fn roles(all: &[Variable], field: &Variable) -> Vec<Role> {
    let mut roles: Vec<Role> = field
        .is
        .dimensions
        .iter()
        .map(|dim| {
            let coordinate = coordinate(all, field, &dim.name);
            let unit = coordinate.map(Variable::unit).unwrap_or_default().to_ascii_lowercase();
            let text = |key: &str| {
                coordinate.and_then(|v| v.is.text(key)).unwrap_or_default().to_ascii_lowercase()
            };
            let (standard, axis) = (text("standard_name"), text("axis"));
            let name = dim.name.to_ascii_lowercase();
            let is = |standards: &[&str], units: &[&str], short: &str, names: &[&str]| {
                standards.contains(&standard.as_str())
                    || units.contains(&unit.as_str())
                    || axis == short
                    || (standard.is_empty() && axis.is_empty() && names.contains(&name.as_str()))
            };
            match () {
                () if unit.contains(" since ") || is(&["time"], &[], "t", &["time", "t"]) => {
                    Role::Time
                }
                () if is(
                    &["projection_x_coordinate", "projection_x_angular_coordinate", "longitude"],
                    &["degrees_east", "degree_east", "degrees_e"],
                    "x",
                    &["x", "xc", "nx", "lon", "longitude", "easting", "cols", "columns"],
                ) =>
                {
                    Role::X
                }
                () if is(
                    &["projection_y_coordinate", "projection_y_angular_coordinate", "latitude"],
                    &["degrees_north", "degree_north", "degrees_n"],
                    "y",
                    &["y", "yc", "ny", "lat", "latitude", "northing", "rows"],
                ) =>
                {
                    Role::Y
                }
                () => Role::Other,
            }
        })
        .collect();
    if !roles.contains(&Role::X) && !roles.contains(&Role::Y) && roles.len() >= 2 {
        let last = roles.len() - 1;
        if roles[last - 1..].iter().all(|r| *r == Role::Other) {
            (roles[last - 1], roles[last]) = (Role::Y, Role::X);
        }
    }
    roles
}

/// The coordinate variable of a dimension of `field`: in its own group or above.
fn coordinate<'a, 'b>(
    all: &'b [Variable<'a>],
    field: &Variable,
    dim: &str,
) -> Option<&'b Variable<'a>> {
    let fits = |v: &&Variable| {
        v.is.name == dim && v.is.dimensions.len() == 1 && v.is.dimensions[0].name == dim
    };
    let own = all.iter().filter(fits).find(|v| v.group == field.group);
    own.or_else(|| all.iter().filter(fits).find(|v| field.group.starts_with(&v.group)))
}

/// The times of a file's frames.
#[derive(Debug, Default)]
struct Clock {
    /// One a frame; empty where the file tells none.
    times: Vec<Timestamp>,
    /// Starts and ends of accumulations, one a frame, or none.
    spans: Vec<Span>,
    /// When a forecast was made: frames after it are no measurements.
    issued: Option<Timestamp>,
}

impl Clock {
    fn of(
        file: &File,
        all: &[Variable],
        field: &Variable,
        time_dim: Option<usize>,
    ) -> Result<Self, String> {
        let dim = time_dim.map(|t| &field.is.dimensions[t]);
        let variable = match dim {
            Some(dim) => coordinate(all, field, &dim.name),
            None => single_time(all, field),
        };
        let read = |v: &Variable| -> Result<Option<(Since, Vec<f64>)>, String> {
            let Some(since) = Since::read(&v.unit(), v.is.text("calendar").as_deref()) else {
                return Ok(None);
            };
            Ok(Some((since, file.numbers(v)?)))
        };
        let stamps = |since: Since, values: &[f64]| -> Result<Vec<Timestamp>, String> {
            let all = values.iter().map(|v| since.at(*v).filter(|t| clock::is_of_a_radar(*t)));
            all.collect::<Option<_>>().ok_or_else(|| "its times are no times of a radar".to_owned())
        };
        let mut out = Self::default();
        if let Some((since, values)) = variable.map(read).transpose()?.flatten() {
            out.times = stamps(since, &values)?;
            let bounds = variable.and_then(|v| v.is.text("bounds"));
            let bounds = bounds.and_then(|b| {
                all.iter().find(|v| v.is.name == b && field.group.starts_with(&v.group))
            });
            if let Some(bounds) = bounds {
                let both = file.numbers(bounds)?;
                if both.len() == 2 * values.len() {
                    let span = |pair: &[f64]| Span {
                        minutes: since.minutes(pair[1] - pair[0]),
                        end: since.at(pair[1]),
                    };
                    out.spans = both.chunks_exact(2).map(span).collect();
                }
            }
        }
        let start = all.iter().find(|v| v.is.name == "start_time" && v.is_scalar());
        if let (Some(start), [end], true) = (start, &out.times[..], out.spans.is_empty())
            && let Some((since, values)) = read(start)?
            && let Some(start) = values.first().and_then(|v| since.at(*v))
        {
            let minutes = end.duration_since(start).as_secs_f64() / 60.0;
            out.spans = vec![Span { minutes, end: Some(*end) }];
        }
        if out.spans.iter().any(|s| !(s.minutes > 0.0 && s.minutes.is_finite())) {
            out.spans.clear();
        }
        if out.times.is_empty() && time_dim.is_none_or(|t| field.is.dimensions[t].size == 1) {
            let told =
                ["nominal_product_time", "valid_time", "time_coverage_end", "time_coverage_start"];
            let global = Global(&file.0);
            let utc = told.iter().find_map(|key| cf::moment(&global.text(key)?));
            out.times.extend(utc);
        }
        let made = all.iter().find(|v| {
            v.is.text("standard_name").as_deref() == Some("forecast_reference_time")
                && v.is_scalar()
        });
        if let Some((since, values)) = made.map(read).transpose()?.flatten() {
            out.issued = values.first().and_then(|v| since.at(*v));
        }
        Ok(out)
    }

    fn span(&self, frame: usize) -> Option<Span> {
        self.spans.get(frame).copied()
    }
}

/// The time of a field without an axis of times: the scalar one there is.
fn single_time<'a, 'b>(all: &'b [Variable<'a>], field: &Variable) -> Option<&'b Variable<'a>> {
    let near = || all.iter().filter(|v| v.is_scalar() && field.group.starts_with(&v.group));
    let by = |key: &'static str| {
        near().find(move |v| v.is.text("standard_name").as_deref() == Some(key))
    };
    by("time").or_else(|| near().find(|v| ["time", "valid_time"].contains(&v.is.name.as_str())))
}

/// Refuses values that no radar measures and that nothing in the file explains.
fn refuse_signs(
    name: &str,
    values: &Array2<f32>,
    unit: RadarUnit,
    options: &RadarOptions,
) -> Result<(), RadarError> {
    let told = Stored { name, whole: false, scale: [1.0, 0.0], no_data: None, dry: None, unit };
    let each = |value: &mut dyn FnMut(f64)| {
        values.iter().filter(|v| **v > f32::NEG_INFINITY).for_each(|v| value(f64::from(*v)));
    };
    // Notes of the values are the reader's own.
    told.values(each, options, &mut Vec::new()).map(drop)
}

/// Values in `unit`, by the variable's packing and its values for no data.
fn physical(
    stored: &Array2<f64>,
    field: &Variable,
    unit: RadarUnit,
    factor: f64,
    options: &RadarOptions,
    notes: &mut Vec<Note>,
) -> Result<Array2<f32>, String> {
    let is = field.is;
    let is_float = matches!(is.dtype, NcType::Float);
    let is_real = is_float || matches!(is.dtype, NcType::Double);
    let signed_bits = match is.dtype {
        NcType::Byte => Some(8),
        NcType::Short => Some(16),
        _ => None,
    };
    let is_unsigned = is.text("_Unsigned").is_some_and(|t| t.eq_ignore_ascii_case("true"));
    let wrap = signed_bits.filter(|_| is_unsigned).map(|bits| f64::from(1u32 << bits));
    let whole = |v: f64| wrap.filter(|_| v < 0.0).map_or(v, |turn| v + turn);
    let same = |a: f64, b: f64| a == b || (is_float && a as f32 == b as f32);
    let mut none: Vec<f64> = match &options.no_data {
        Some(asked) => asked.values().collect(),
        None => ["_FillValue", "missing_value"]
            .iter()
            .filter_map(|key| is.numbers(key))
            .flatten()
            .map(whole)
            .collect(),
    };
    let is_named = !none.is_empty();
    if is_real {
        none.push(FILL_FLOAT);
    }
    let range = is.numbers("valid_range").filter(|r| r.len() == 2);
    let bound = |key: &str, i: usize| range.as_ref().map(|r| r[i]).or_else(|| is.number(key));
    let (least, most) = match &options.no_data {
        Some(_) => (None, None),
        None => (bound("valid_min", 0).map(whole), bound("valid_max", 1).map(whole)),
    };
    let stated = [is.number("scale_factor").unwrap_or(1.0), is.number("add_offset").unwrap_or(0.0)];
    let [gain, offset] = options.scale.unwrap_or(stated);
    if gain == 0.0 {
        return Err(format!("the scale_factor of {} is 0", field.path()));
    }
    if is_named {
        let value = none[0];
        notes.push(Note::NoDataValue { value });
    } else if !stored.iter().any(|v| v.is_nan() || none.iter().any(|n| same(*v, *n))) {
        notes.push(Note::NoDataUnnamed);
    }
    let outside = |v: f64| least.is_some_and(|l| v < l) || most.is_some_and(|m| v > m);
    Ok(stored.mapv(|v| {
        let v = whole(v);
        if v.is_nan() || outside(v) || none.iter().any(|n| same(v, *n)) {
            return f32::NAN;
        }
        let value = (v * gain + offset) * factor;
        if unit == RadarUnit::DbZ && value == f64::NEG_INFINITY { unit.dry() } else { value as f32 }
    }))
}

impl Variable<'_> {
    /// Whether it may be a field on a map: numbers on two axes or more.
    fn is_field(&self) -> bool {
        let is_number =
            !matches!(self.is.dtype, NcType::Char | NcType::String) && self.is.dtype.is_primitive();
        let unit = self.unit().to_ascii_lowercase();
        let sides = self.is.dimensions.iter().filter(|d| d.size >= 8).count();
        is_number && sides >= 2 && !unit.starts_with("degree") && !unit.contains(" since ")
    }

    fn is_scalar(&self) -> bool {
        self.is.dimensions.iter().all(|d| d.size == 1) && self.is.dimensions.len() <= 1
    }
}

impl File {
    fn open(bytes: &[u8]) -> Result<Self, String> {
        let options = NcOpenOptions {
            metadata_mode: NcMetadataMode::Lossy,
            max_chunk_bytes: CHUNK_MAX,
            max_read_bytes: CELLS_MAX * 8,
            ..NcOpenOptions::default()
        };
        NcFile::from_bytes_with_options(bytes, options)
            .map(Self)
            .map_err(|e| format!("not a whole NetCDF file: {}", one_line(&e.to_string())))
    }

    /// All variables, those of groups after those of the file itself.
    fn variables(&self) -> Result<Vec<Variable<'_>>, String> {
        fn walk<'a>(path: &str, group: &'a NcGroup, depth: usize, out: &mut Vec<Variable<'a>>) {
            let each = group.variables.iter().map(|is| Variable { group: path.to_owned(), is });
            out.extend(each);
            for inner in group.groups.iter().filter(|_| depth < DEPTH_MAX) {
                walk(&in_group(path, &inner.name), inner, depth + 1, out);
            }
        }
        let root = self.0.root_group().map_err(|e| one_line(&e.to_string()))?;
        let mut out = Vec::new();
        walk("", root, 0, &mut out);
        Ok(out)
    }

    /// All numbers of a small variable.
    fn numbers(&self, v: &Variable) -> Result<Vec<f64>, String> {
        let path = v.path();
        let size = v.is.dimensions.iter().try_fold(1u64, |n, d| n.checked_mul(d.size));
        if size.is_none_or(|n| n > 2 * AXIS_MAX) {
            return Err(format!("its {path} is too long"));
        }
        let read = self.0.read_variable_as_f64(&path);
        let read =
            read.map_err(|e| format!("its {path} cannot be read: {}", one_line(&e.to_string())))?;
        Ok(read.iter().copied().collect())
    }

    /// The stored values of frame `i` `[H, W]`, rows and columns as in the file.
    fn frame(
        &self,
        field: &Variable,
        [y, x]: [usize; 2],
        time: Option<usize>,
        i: u64,
    ) -> Result<Array2<f64>, String> {
        let path = field.path();
        let select = |at: usize, size: u64| match at {
            at if at == y || at == x => NcSliceInfoElem::Slice { start: 0, end: size, step: 1 },
            at if Some(at) == time => NcSliceInfoElem::Index(i),
            _ => NcSliceInfoElem::Index(0),
        };
        let dims = field.is.dimensions.iter().enumerate();
        let selections = dims.map(|(at, dim)| select(at, dim.size)).collect();
        let read = self.0.read_variable_slice_as_f64(&path, &NcSliceInfo { selections });
        let read =
            read.map_err(|e| format!("its {path} cannot be read: {}", one_line(&e.to_string())))?;
        let side = |at: usize| field.is.dimensions[at].size as usize;
        let flat: Vec<f64> = read.iter().copied().collect();
        let short = |_| format!("its {path} is shorter than it says");
        match y < x {
            true => Array2::from_shape_vec((side(y), side(x)), flat).map_err(short),
            false => Ok(Array2::from_shape_vec((side(x), side(y)), flat)
                .map_err(short)?
                .reversed_axes()
                .as_standard_layout()
                .to_owned()),
        }
    }

    /// The even axis of a dimension; `None` where the file has none that is one.
    fn axis(&self, all: &[Variable], field: &Variable, at: usize) -> Result<Option<Axis>, String> {
        let dim = &field.is.dimensions[at];
        let Some(v) = coordinate(all, field, &dim.name) else { return Ok(None) };
        let values = self.numbers(v)?;
        let [first, .., last] = values[..] else { return Ok(None) };
        let gain = v.is.number("scale_factor").unwrap_or(1.0);
        let offset = v.is.number("add_offset").unwrap_or(0.0);
        let step = (last - first) / (values.len() - 1) as f64;
        let strays =
            |(i, v): (usize, &f64)| (v - first - i as f64 * step).abs() > UNEVEN * step.abs();
        if !(step.is_finite() && step != 0.0) || values.iter().enumerate().any(strays) {
            return Err(format!("its axis {} is not even", dim.name));
        }
        let unit_m = match v.unit().to_ascii_lowercase().as_str() {
            "km" | "kilometer" | "kilometre" | "kilometers" | "kilometres" => Some(1000.0),
            "m" | "meter" | "metre" | "meters" | "metres" => Some(1.0),
            unit if unit.starts_with("degree") => None,
            "rad" | "radian" | "radians" => Some(f64::NAN),
            _ => return Ok(None),
        };
        Ok(Some(Axis { first: first * gain + offset, step: step * gain, unit_m }))
    }

    /// Projection and transform of `field`.
    fn place(
        &self,
        all: &[Variable],
        field: &Variable,
        [x, y]: [usize; 2],
        options: &RadarOptions,
        notes: &mut Vec<Note>,
    ) -> Result<Place, String> {
        let axes = (self.axis(all, field, x)?, self.axis(all, field, y)?);
        let (w, h) = (field.is.dimensions[x].size as f64, field.is.dimensions[y].size as f64);
        let (Some(mut x), Some(mut y)) = axes else {
            return Ok(Place::default());
        };
        let (is_south_up, is_east_left) = (y.step > 0.0, x.step < 0.0);
        let mut place = Place { is_south_up, is_east_left, ..Place::default() };
        let named = field.is.text("grid_mapping").unwrap_or_default();
        let named = named.split([' ', ':']).next().unwrap_or_default();
        let mapping = all.iter().find(|v| v.is.name == named);
        let global = Global(&self.0);
        // Angles of a geostationary view are metres once multiplied by its height.
        for axis in [&mut x, &mut y] {
            if axis.unit_m.is_some_and(f64::is_nan) {
                let height = mapping.and_then(|v| v.is.number("perspective_point_height"));
                axis.unit_m =
                    Some(height.ok_or("its axes are angles and nothing tells from where")?);
            }
        }
        if x.unit_m != y.unit_m {
            return Err("its two axes have different units".to_owned());
        }
        let stated = match (mapping, x.unit_m) {
            (Some(v), unit_m) => match cf::mapping(v.is, unit_m.unwrap_or(1.0)) {
                Ok(mapping) => Some(mapping),
                Err(_) if options.crs.is_some() => None,
                Err(e) => return Err(e),
            },
            (None, None) => Some(cf::Mapping { crs: "EPSG:4326".to_owned(), tells_earth: true }),
            (None, Some(_)) => {
                let text = ["gdal_projection", "proj4", "projection", "crs"]
                    .iter()
                    .find_map(|key| global.text(key).filter(|t| t.starts_with('+')));
                text.map(|crs| cf::Mapping { crs, tells_earth: true })
            }
        };
        if stated.as_ref().is_some_and(|m| !m.tells_earth) && options.crs.is_none() {
            notes.push(Note::EarthUntold);
        }
        place.crs = stated.map(|m| m.crs);
        let Some(crs) = options.crs.clone().or_else(|| place.crs.clone()) else {
            return Ok(place);
        };
        let ground = Ground::of(&crs)?;
        let unit = x.unit_m.map_or(1.0, |m| m / ground.unit_m());
        let (left, top) = (
            if is_east_left { x.first + x.step * (w - 1.0) } else { x.first },
            if is_south_up { y.first + y.step * (h - 1.0) } else { y.first },
        );
        let (dx, dy) = (x.step.abs() * unit, y.step.abs() * unit);
        let turn = if x.unit_m.is_none() && left >= 180.0 { 360.0 } else { 0.0 };
        place.transform =
            Some([left * unit - turn - dx / 2.0, dx, 0.0, top * unit + dy / 2.0, 0.0, -dy]);
        Ok(place)
    }
}
