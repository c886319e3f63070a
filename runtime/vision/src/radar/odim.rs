//! ODIM HDF5 composites, as OPERA and the European weather services give them out.
//!
//! One 2-D field of rain: reflectivity (DBZH, TH), rain rate (RATE) or accumulation (ACRR), with its
//! gain, its values for "not seen" and "seen, no rain", and, where there is one, a quality field.

use ndarray::Array2;

use super::clock;
use super::error::RadarError;
use super::ground::{Ground, ROUNDING, between, cells_apart};
use super::hdf5::{Attribute, Container};
use super::options::RadarOptions;
use super::raw::{Raw, settle_unit};
use super::stored::Stored;
use super::unit::RadarUnit;
use crate::note::Note;

/// Quantities of rain, the one first that is taken first.
const QUANTITIES: [&str; 8] = ["RATE", "DBZH", "TH", "DBZV", "TV", "DBZ", "DBZHC", "ACRR"];
/// Most datasets and fields that are looked for.
const MOST: usize = 64;

/// Name of the quantity that says how far each cell can be trusted, 0 to 1.
const QUALITY: &str = "QIND";

/// How a refusal names the filter of h5py that is no part of HDF5.
const LZF: &str = "filter id 32000";

/// One field of a file.
#[derive(Clone)]
struct Field {
    /// Group of the field (`/dataset1/data1`) and of its dataset (`/dataset1`).
    data: String,
    dataset: String,
    quantity: String,
}

/// Reads the ODIM file `name` from its bytes.
pub(super) fn read(name: &str, bytes: &[u8], options: &RadarOptions) -> Result<Raw, RadarError> {
    let damaged = |what: String| RadarError::Damaged { name: name.to_owned(), what };
    let refused = |what: String, fix: &str| RadarError::refused(name, what, fix);
    let file = Container::open(bytes).map_err(damaged)?;
    match file.text("/what", "object").map_err(damaged)?.as_deref() {
        Some("COMP" | "IMAGE") => {}
        Some(other) => {
            return Err(refused(
                format!("it is an ODIM file of object {other}"),
                "give composites or images (COMP, IMAGE): scans and volumes have no map yet",
            ));
        }
        None => {
            return Err(refused(
                "it is HDF5 but not ODIM: it has no /what/object".to_owned(),
                "convert it to ODIM or GeoTIFF",
            ));
        }
    }
    let mut notes = Vec::new();
    let all = fields(&file).map_err(damaged)?;
    let field = choose(name, &all, options, &mut notes)?;
    let stated = unit(&file, field, options).map_err(damaged)?;
    let unit = settle_unit(name, stated, options, &mut notes)?;
    let values = values(name, &file, field, unit, options, &mut notes)?;
    let trust = quality_of(&file, field, &all).map_err(damaged)?;
    if trust.is_some() && options.least_quality.is_none() {
        notes.push(Note::QualityUnused);
    }
    let wanted = trust.filter(|_| options.least_quality.is_some());
    let quality = wanted.map(|f| trust_in(&file, &f, values.dim())).transpose().map_err(damaged)?;
    let utc = time(&file).map_err(damaged)?;
    let (crs, transform) = place(name, &file, field, options, values.dim(), &mut notes)?;
    let name = name.to_owned();
    Ok(Raw { name, values, unit, utc, crs, transform, quality, notes })
}

/// The field of rain that is read: the one asked for, or the first there is.
fn choose<'a>(
    name: &str,
    all: &'a [Field],
    options: &RadarOptions,
    notes: &mut Vec<Note>,
) -> Result<&'a Field, RadarError> {
    let rain: Vec<&Field> = all.iter().filter(|f| f.quantity != QUALITY).collect();
    let held = rain.iter().map(|f| f.quantity.as_str()).collect::<Vec<_>>().join(", ");
    let found = match &options.quantity {
        Some(asked) => rain.iter().find(|f| f.quantity.eq_ignore_ascii_case(asked)),
        None => QUANTITIES.iter().find_map(|q| rain.iter().find(|f| f.quantity == *q)),
    };
    let Some(found) = found else {
        let wanted = options.quantity.clone().unwrap_or_else(|| QUANTITIES.join(", "));
        return Err(RadarError::refused(
            name,
            format!("it holds no {wanted}, but: {held}"),
            "name one of these with ‹quantity›, and its unit with ‹unit›",
        ));
    };
    if rain.len() > 1 {
        notes.push(Note::QuantityChosen { quantity: found.quantity.clone(), held });
    }
    Ok(found)
}

/// All fields, in the order of their numbers.
fn fields(file: &Container) -> Result<Vec<Field>, String> {
    let mut out = Vec::new();
    for d in 1..=MOST {
        let dataset = format!("/dataset{d}");
        if !file.has(&dataset)? {
            continue;
        }
        let of_all = file.text(&format!("{dataset}/what"), "quantity")?;
        for n in 1..=MOST {
            let data = format!("{dataset}/data{n}");
            if !file.has(&data)? {
                break;
            }
            let own = file.text(&format!("{data}/what"), "quantity")?;
            // DMI keeps it in the field's group itself.
            let own = own.map_or_else(|| file.text(&data, "quantity"), |q| Ok(Some(q)))?;
            let quantity = own.or_else(|| of_all.clone()).unwrap_or_else(|| "?".to_owned());
            out.push(Field { data, dataset: dataset.clone(), quantity });
        }
    }
    Ok(out)
}

/// Groups that tell of a field: its own `what`, its dataset's, or where DMI keeps it: the field's group
/// itself, or the file's `what`.
fn groups(field: &Field) -> [String; 4] {
    [
        format!("{}/what", field.data),
        format!("{}/what", field.dataset),
        field.data.clone(),
        "/what".to_owned(),
    ]
}

/// Number `key` of a field.
fn what(file: &Container, field: &Field, key: &str) -> Result<Option<f64>, String> {
    first(field, |group| file.number(group, key))
}

/// The stored value `key` of a field, which may be no number (NaN).
fn stored_value(file: &Container, field: &Field, key: &str) -> Result<Option<f64>, String> {
    first(field, |group| file.value(group, key))
}

/// The first number that a group of a field has.
fn first(
    field: &Field,
    number: impl Fn(&str) -> Result<Option<f64>, String>,
) -> Result<Option<f64>, String> {
    for group in groups(field) {
        if let Some(number) = number(&group)? {
            return Ok(Some(number));
        }
    }
    Ok(None)
}

/// What the quantity is measured in; an accumulation needs its start and end.
fn unit(
    file: &Container,
    field: &Field,
    options: &RadarOptions,
) -> Result<Option<RadarUnit>, String> {
    match field.quantity.as_str() {
        "RATE" => return Ok(Some(RadarUnit::MmH)),
        "ACRR" => {}
        q if QUANTITIES.contains(&q) => return Ok(Some(RadarUnit::DbZ)),
        _ => return Ok(None),
    }
    let group = format!("{}/what", field.dataset);
    let at = |date: &str, time: &str| stamp(file, &group, date, time);
    let (Some(start), Some(end)) = (at("startdate", "starttime")?, at("enddate", "endtime")?)
    else {
        return Ok(None);
    };
    let minutes = end.duration_since(start).as_secs_f64() / 60.0;
    match minutes > 0.0 {
        true => Ok(Some(RadarUnit::AccumulationMm { minutes })),
        false if options.unit.is_some() => Ok(None),
        false => Err(format!("its accumulation starts at {start} and ends at {end}")),
    }
}

fn stamp(
    file: &Container,
    group: &str,
    date: &str,
    time: &str,
) -> Result<Option<jiff::Timestamp>, String> {
    // Written as numbers, dates and times have lost the zeros before them; of four digits or fewer
    // nobody knows whether they are seconds.
    let digits = |key: &str, n: usize| {
        Ok::<_, String>(match file.attribute(group, key)? {
            None => None,
            Some(Attribute::Text(text)) => Some(text),
            Some(Attribute::Number(v)) if v >= 10_000.0 && v.fract() == 0.0 => {
                Some(format!("{v:0n$}"))
            }
            Some(Attribute::Number(_)) => None,
        })
    };
    let (Some(d), Some(t)) = (digits(date, 8)?, digits(time, 6)?) else { return Ok(None) };
    let stamp = clock::stamp(&format!("{d}{t}"));
    stamp.map(Some).ok_or_else(|| format!("its {group}/{date} {d} and {time} {t} are no time"))
}

/// The nominal time of the product.
fn time(file: &Container) -> Result<Option<jiff::Timestamp>, String> {
    stamp(file, "/what", "date", "time")
}

/// Values in `unit`, by the field's gain and offset.
fn values(
    name: &str,
    file: &Container,
    field: &Field,
    unit: RadarUnit,
    options: &RadarOptions,
    notes: &mut Vec<Note>,
) -> Result<Array2<f32>, RadarError> {
    let damaged = |what: String| RadarError::Damaged { name: name.to_owned(), what };
    let path = format!("{}/data", field.data);
    let (stored, whole) = file.array(&path).map_err(|what| match what.contains(LZF) {
        false => damaged(what),
        true => RadarError::refused(
            name,
            "its field is packed with LZF, which only h5py reads",
            format!(
                "pack it anew: python3 -c \"import h5py; f = h5py.File('{name}', 'r+'); \
                 v = f['{path}'][:]; del f['{path}']; f.create_dataset('{path}', data=v, \
                 compression='gzip')\""
            ),
        ),
    })?;
    let number = |key: &str| what(file, field, key).map_err(damaged);
    let stated = (number("gain")?, number("offset")?);
    let [gain, offset] = match (options.scale, stated) {
        (Some(asked), _) => asked,
        (None, (Some(gain), Some(offset))) => [gain, offset],
        (None, _) if whole => {
            return Err(RadarError::refused(
                name,
                format!("{} is stored as integers without gain and offset", field.quantity),
                "say them with ‹scale› GAIN,OFFSET, as in 0.5,-32",
            ));
        }
        _ => [1.0, 0.0],
    };
    if gain == 0.0 {
        return Err(damaged(format!("the gain of {} is 0", field.quantity)));
    }
    let no_data = stored_value(file, field, "nodata").map_err(damaged)?;
    let dry = stored_value(file, field, "undetect").map_err(damaged)?;
    let meaning = Stored { name, whole, scale: [gain, offset], no_data, dry, unit };
    let shape = stored.dim();
    let each = |take: &mut dyn FnMut(f64)| stored.iter().for_each(|v| take(*v));
    let cells = meaning.values(each, options, notes)?;
    Array2::from_shape_vec(shape, cells).map_err(|e| damaged(e.to_string()))
}

/// The quality field of `field`: beside it, beside its dataset, or a dataset of its own.
fn quality_of(file: &Container, field: &Field, all: &[Field]) -> Result<Option<Field>, String> {
    for group in [&field.data, &field.dataset] {
        let data = format!("{group}/quality1");
        if file.has(&data)? {
            return Ok(Some(Field { dataset: data.clone(), data, quantity: QUALITY.to_owned() }));
        }
    }
    Ok(all.iter().find(|f| f.quantity == QUALITY).cloned())
}

/// How far each cell can be trusted, 0 to 1 and NaN where the file does not tell.
fn trust_in(file: &Container, trust: &Field, shape: (usize, usize)) -> Result<Array2<f32>, String> {
    let (stored, _) = file.array(&format!("{}/data", trust.data))?;
    if stored.dim() != shape {
        return Err(format!("{} has another size than the rain", trust.data));
    }
    let number = |key: &str| what(file, trust, key);
    let (gain, offset) = (number("gain")?.unwrap_or(1.0), number("offset")?.unwrap_or(0.0));
    let no_data = number("nodata")?;
    Ok(stored.mapv(|q| match no_data == Some(q) {
        true => f32::NAN,
        false => (q * gain + offset) as f32,
    }))
}

/// The transform on which three of four corners (LL, UL, UR, LR) and the cell's `sides` agree where one
/// corner is wrong, and that one's name: DMI's files tell the latitude of LL for that of LR.
fn three_corners(
    [dx, dy]: [f64; 2],
    corners: [[f64; 2]; 4],
    [h, w]: [usize; 2],
) -> Option<([f64; 6], &'static str)> {
    let (wide, high) = (dx * w as f64, dy * h as f64);
    let from_corner = [[0.0, high], [0.0, 0.0], [-wide, 0.0], [-wide, high]];
    let mut upper_left = [[0.0; 2]; 4];
    for ((out, corner), to) in upper_left.iter_mut().zip(corners).zip(from_corner) {
        *out = [corner[0] + to[0], corner[1] + to[1]];
    }
    let apart =
        |a: [f64; 2], b: [f64; 2]| ((a[0] - b[0]) / dx).abs().max(((a[1] - b[1]) / dy).abs());
    ["LL", "UL", "UR", "LR"].into_iter().enumerate().find_map(|(odd, name)| {
        let three: Vec<[f64; 2]> = (0..4).filter(|&i| i != odd).map(|i| upper_left[i]).collect();
        let agree = three.iter().all(|&a| three.iter().all(|&b| apart(a, b) <= 2.0 * ROUNDING));
        let [x, y] = three[0];
        agree.then_some(([x, dx, 0.0, y, 0.0, -dy], name))
    })
}

/// Projection and transform, from `where`: corners, checked against each other and the cell size.
fn place(
    name: &str,
    file: &Container,
    field: &Field,
    options: &RadarOptions,
    (h, w): (usize, usize),
    notes: &mut Vec<Note>,
) -> Result<(Option<String>, Option<[f64; 6]>), RadarError> {
    let damaged = |what: String| RadarError::Damaged { name: name.to_owned(), what };
    let wrong = |what: String| {
        RadarError::refused(name, what, "correct the file, or say its projection with ‹crs›")
    };
    let own = format!("{}/where", field.dataset);
    let number = |key: &str| -> Result<Option<f64>, RadarError> {
        let root = file.number("/where", key).map_err(damaged)?;
        root.map_or_else(|| file.number(&own, key).map_err(damaged), |v| Ok(Some(v)))
    };
    for (key, is) in [("xsize", w), ("ysize", h)] {
        if let Some(stated) = number(key)?.filter(|&stated| stated != is as f64) {
            return Err(damaged(format!("its {key} is {stated}, but its field has {is}")));
        }
    }
    let stated = file.text("/where", "projdef").map_err(damaged)?;
    let stated = stated.or(file.text(&own, "projdef").map_err(damaged)?);
    let Some(crs) = options.crs.clone().or_else(|| stated.clone()) else { return Ok((None, None)) };
    let ground = Ground::of(&crs).map_err(wrong)?;
    let corner = |which: &str| -> Result<Option<[f64; 2]>, RadarError> {
        let at = number(&format!("{which}_lon"))?.zip(number(&format!("{which}_lat"))?);
        at.map(|(lon, lat)| ground.xy([lon, lat]).map_err(wrong)).transpose()
    };
    let (ll, ur, ul, lr) = (corner("LL")?, corner("UR")?, corner("UL")?, corner("LR")?);
    let mut t = match (ll, ur, ul, lr) {
        (Some(low), Some(high), ..) => between(low, high, [h, w]).map_err(wrong)?,
        (_, _, Some([x1, y2]), Some([x2, y1])) => {
            between([x1, y1], [x2, y2], [h, w]).map_err(wrong)?
        }
        (low, high, upper, right) => {
            // One corner and the sides of a cell.
            let side = |key: &str| Ok::<_, RadarError>(number(key)?.map(|s| s / ground.unit_m()));
            let (Some(dx), Some(dy)) = (side("xscale")?, side("yscale")?) else {
                return Err(damaged("it tells no corners (LL, UR)".to_owned()));
            };
            let (wide, high_m) = (w as f64 * dx, h as f64 * dy);
            let upper_left = upper
                .or(low.map(|[x, y]| [x, y + high_m]))
                .or(high.map(|[x, y]| [x - wide, y]))
                .or(right.map(|[x, y]| [x - wide, y + high_m]));
            let Some([x, y]) = upper_left.filter(|_| dx > 0.0 && dy > 0.0) else {
                return Err(damaged("it tells no corners (LL, UR)".to_owned()));
            };
            [x, dx, 0.0, y, 0.0, -dy]
        }
    };
    if let (Some(low), Some(high), Some(ul), Some(lr)) = (ll, ur, ul, lr) {
        let [x1, y2] = ul;
        let [x2, y1] = lr;
        let other = between([x1, y1], [x2, y2], [h, w]).map_err(wrong)?;
        let apart = cells_apart(&t, &other, [h, w]);
        let scales = number("xscale")?.zip(number("yscale")?);
        let sides = scales.map(|(x, y)| [x / ground.unit_m(), y / ground.unit_m()]);
        if let Some((by_three, corner)) = sides
            .filter(|_| apart > ROUNDING)
            .and_then(|sides| three_corners(sides, [low, ul, high, lr], [h, w]))
        {
            t = by_three;
            notes.push(Note::CornerWrong { corner: corner.to_owned() });
        } else if apart > ROUNDING {
            return Err(wrong(format!(
                "its four corners are no rectangle on this projection ({apart:.1} cells off)"
            )));
        }
    }
    for (key, found) in [("xscale", t[1]), ("yscale", -t[5])] {
        let Some(stated) = number(key)? else { continue };
        let found = found * ground.unit_m();
        if (found / stated - 1.0).abs() > 0.01 {
            return Err(wrong(format!(
                "its corners make cells of {found:.0} m on this projection, but {key} is {stated}"
            )));
        }
    }
    Ok((stated, Some(t)))
}
