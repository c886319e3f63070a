//! GeoTIFF rain frames: rates, reflectivity or accumulations, as GDAL and FMI write them; one a file, or
//! one a page or band.

use jiff::Timestamp;
use ndarray::Array2;

use super::clock;
use super::error::RadarError;
use super::geotags::{Crs, GeoTags};
use super::options::RadarOptions;
use super::raw::{Raw, settle_unit_of};
use super::stored::Stored;
use super::tiff_pages::{Page, pages, peek};
use super::unit::{RadarUnit, is_sum};
use crate::note::Note;

/// Names under which files keep the time of the frame.
const TIMES: [&str; 4] = ["Observation time", "valid_time", "time", "datetime"];

/// Where GDAL keeps the unit and the time, seconds since 1970, of what was GRIB.
const GRIB_UNIT: &str = "GRIB_UNIT";
const GRIB_TIME: &str = "GRIB_VALID_TIME";

/// The frames in the `.tif` file `name`, from its bytes: one, or one a page or band.
pub(super) fn read(
    name: &str,
    bytes: &[u8],
    options: &RadarOptions,
) -> Result<Vec<Raw>, RadarError> {
    let pages = pages(name, bytes)?;
    let mut out: Vec<Raw> = Vec::new();
    let (many, mut times) = (pages.len() > 1 || pages[0].bands.len() > 1, Vec::new());
    for page in &pages {
        for band in 0..page.bands.len() {
            let mut raw = frame(name, page, band, options)?;
            if many {
                times.push(time_of_part(name, page, band, raw.utc)?);
                let part = if pages.len() > 1 { ("page", page.number) } else { ("band", band + 1) };
                raw.name = format!("{name}, {} {}", part.0, part.1);
                raw.utc = None;
            }
            out.push(raw);
        }
    }
    if times.iter().all(Option::is_some)
        && (1..times.len()).all(|i| !times[..i].contains(&times[i]))
    {
        for (raw, utc) in out.iter_mut().zip(times) {
            raw.utc = utc;
            raw.notes.push(Note::TimesFromParts);
        }
    }
    Ok(out)
}

/// The frame in `band` of a page.
fn frame(name: &str, page: &Page, band: usize, options: &RadarOptions) -> Result<Raw, RadarError> {
    let damaged = |what: String| RadarError::Damaged { name: name.to_owned(), what };
    let tags = &page.tags;
    let mut notes = Vec::new();
    let (unit, words) = stated_unit(tags, band);
    let unit = settle_unit_of(name, unit, words.as_deref(), options, &mut notes)?;
    let number = |role: &str, name: &str| tags.number(band, role, name).map_err(damaged);
    let stated = (number("scale", "Gain")?, number("offset", "Offset")?);
    let [gain, offset] =
        options.scale.unwrap_or([stated.0.unwrap_or(1.0), stated.1.unwrap_or(0.0)]);
    if gain == 0.0 {
        return Err(damaged("its gain is 0".to_owned()));
    }
    if (gain, offset) != (1.0, 0.0) {
        notes.push(Note::ValuesScaled { gain, offset });
    }
    let no_data = match tags.no_data {
        Some(v) => Some(v),
        None => number("", "Nodata")?,
    };
    match (&options.no_data, no_data) {
        (None, Some(value)) => notes.push(Note::NoDataValue { value }),
        (Some(said), _) => notes.extend(said.values().map(|value| Note::NoDataValue { value })),
        (None, None) => {}
    }
    let dry = number("", "Undetect")?;
    let whole = page.bands[band].is_whole();
    let stored = Stored { name, whole, scale: [gain, offset], no_data, dry, unit };
    let each = |take: &mut dyn FnMut(f64)| match &page.seen {
        None => page.bands[band].each(take),
        Some(seen) => {
            let mut seen = seen.iter();
            page.bands[band].each(&mut |v| {
                take(if seen.next() == Some(&true) { v } else { f64::NAN });
            });
        }
    };
    let cells = stored.values(each, options, &mut notes)?;
    let [h, w] = page.shape;
    let values = Array2::from_shape_vec((h, w), cells).map_err(|e| damaged(e.to_string()))?;
    let crs = match &tags.crs {
        Crs::Epsg(code) => Some(format!("EPSG:{code}")),
        Crs::Proj(proj) => Some(proj.clone()),
        Crs::UserDefined => {
            notes.push(Note::ProjectionNotRead);
            None
        }
        Crs::Unstated => None,
    };
    let utc = tags
        .item(band, |i| TIMES.iter().any(|t| i.name.eq_ignore_ascii_case(t)))
        .map(|i| {
            clock::written(&i.text)
                .ok_or_else(|| damaged(format!("its {} '{}' is no time", i.name, i.text)))
        })
        .transpose()?
        .or_else(|| tags.item(band, |i| i.name == GRIB_TIME).and_then(|i| seconds(&i.text)));
    let (name, transform) = (name.to_owned(), tags.transform);
    Ok(Raw { name, values, unit, utc, crs, transform, quality: None, notes })
}

/// The time of seconds since 1970, `1560124800` or `1560124800 sec UTC`.
fn seconds(text: &str) -> Option<Timestamp> {
    let number = text.split_whitespace().next()?.parse().ok()?;
    Timestamp::from_second(number).ok()
}

/// The time of one band or page of several: `own` where an item about it alone tells it, else its
/// description, else the date in the tag of its page.
fn time_of_part(
    name: &str,
    page: &Page,
    band: usize,
    own: Option<Timestamp>,
) -> Result<Option<Timestamp>, RadarError> {
    let described = page.tags.item(band, |i| i.role == "description" || i.name == "DESCRIPTION");
    if let Some(text) = described.map(|i| i.text.trim()).filter(|t| !t.is_empty()) {
        let told = clock::written(text)
            .or_else(|| clock::of_name(text, None).ok().flatten().map(|(t, _)| t));
        let unnamed = text.to_ascii_lowercase().starts_with("band");
        if told.is_none() && !unnamed {
            return Err(RadarError::refused(
                name,
                format!("it holds several bands, one of them '{text}', which is no time"),
                format!("write the one of rain alone: gdal_translate -b 1 \"{name}\" rain.tif"),
            ));
        }
        return Ok(told.or(own));
    }
    let dated = page.dated.as_deref().and_then(|text| {
        let (date, time) = text.split_once(' ')?;
        clock::stamp(&[date, time].concat().replace(':', ""))
    });
    Ok(own.or(dated))
}

/// Whether the file at hand says that it holds rain, be it of an unknown time.
pub(super) fn tells_rain(bytes: &[u8]) -> bool {
    peek(bytes).is_some_and(|tags| match stated_unit(&tags, 0) {
        (Some(_), _) => true,
        (None, words) => words.is_some_and(|w| is_sum(&w)),
    })
}

/// The unit in the file's words, where they are known, and these words.
fn stated_unit(tags: &GeoTags, band: usize) -> (Option<RadarUnit>, Option<String>) {
    let named = |n: &str| n.eq_ignore_ascii_case("unit") || n.eq_ignore_ascii_case("units");
    let by_role = tags.item(band, |i| i.role == "unittype").map(|i| &i.text);
    let beside = tags.item(band, |i| i.unit.parse::<RadarUnit>().is_ok()).map(|i| &i.unit);
    let as_name = tags.item(band, |i| named(&i.name)).map(|i| &i.text);
    let of_grib = tags.item(band, |i| i.name == GRIB_UNIT).map(|i| &i.text);
    let words = [by_role, beside, as_name, of_grib].into_iter().flatten();
    let words = words.map(|text| text.trim_matches(['[', ']'])).filter(|text| !text.is_empty());
    let known = words.clone().find_map(|text| text.parse().ok());
    (known, words.clone().next().map(str::to_owned))
}
