//! PGM as the Finnish Meteorological Institute gives it out: 8-bit dBZ, facts in `#` lines on top.
//!
//! The header tells time, place and quantity; how a byte becomes dBZ it does not tell. FMI's open
//! data says (v − 64) / 2 with the largest value for no data, and pysteps reads it so.

use ndarray::Array2;

use super::clock;
use super::error::RadarError;
use super::ground::{Ground, between};
use super::limits::CELLS_MAX;
use super::no_data::NoData;
use super::options::RadarOptions;
use super::packed;
use super::raw::{Raw, settle_unit};
use super::unit::RadarUnit;
use crate::note::Note;

/// The sphere of FMI's stereographic maps, metres; their headers do not tell it.
const FMI_SPHERE_M: f64 = 6_371_288.0;
/// Most bytes of a header.
const HEADER_MAX: usize = 1 << 16;

/// Reads the `.pgm` or `.pgm.gz` file `name` from its bytes.
pub(super) fn read(name: &str, bytes: &[u8], options: &RadarOptions) -> Result<Raw, RadarError> {
    let damaged = |what: String| RadarError::Damaged { name: name.to_owned(), what };
    let unpacked = packed::unpack(bytes).map_err(damaged)?;
    let bytes = &*unpacked;
    let (head, body) = Head::read(bytes).map_err(damaged)?;
    let [h, w] = head.shape;
    if h.checked_mul(w).is_none_or(|n| n > CELLS_MAX) {
        return Err(damaged(format!("it says it is {h}×{w} cells")));
    }
    if body.len() != h * w {
        let has = body.len();
        return Err(damaged(format!("it says {h}×{w} cells of one byte, but holds {has} bytes")));
    }
    let mut notes = Vec::new();
    let stated = match head.fact("param") {
        Some("CorrectedReflectivity" | "Reflectivity") => Some(RadarUnit::DbZ),
        Some(other) if options.unit.is_none() => {
            return Err(RadarError::refused(
                name,
                format!("it holds '{other}', whose unit is not known"),
                "say it with ‹unit›",
            ));
        }
        _ => None,
    };
    let unit = settle_unit(name, stated, options, &mut notes)?;
    let [gain, offset] = match (options.scale, stated) {
        (Some(asked), _) => asked,
        (None, Some(RadarUnit::DbZ)) if unit == RadarUnit::DbZ => {
            notes.push(Note::BytesAsFmiDbz);
            [0.5, -32.0]
        }
        _ => [1.0, 0.0],
    };
    let most = f64::from(head.most);
    let (none, dry) = match &options.no_data {
        None => (vec![most], None),
        Some(NoData::Values(said)) => (said.clone(), None),
        Some(NoData::Dry) => (Vec::new(), Some(most)),
    };
    notes.extend(none.iter().map(|&value| Note::NoDataValue { value }));
    notes.extend(dry.map(|value| Note::NoDataTakenAsDry { value }));
    let of_byte: Vec<f32> = (0..=255u8)
        .map(|v| match f64::from(v) {
            v if none.contains(&v) => f32::NAN,
            v if dry == Some(v) => unit.dry(),
            v => (v * gain + offset) as f32,
        })
        .collect();
    let cells = body.iter().map(|&v| of_byte[usize::from(v)]).collect();
    let values = Array2::from_shape_vec((h, w), cells).map_err(|e| damaged(e.to_string()))?;
    let utc = head.fact("obstime").and_then(clock::stamp);
    if utc.is_none() && head.fact("obstime").is_some() {
        return Err(damaged("its obstime is no time YYYYMMDDHHMM".to_owned()));
    }
    let (crs, transform) = head.place(name, options, &mut notes)?;
    let name = name.to_owned();
    Ok(Raw { name, values, unit, utc, crs, transform, quality: None, notes })
}

/// What stands above the pixels.
struct Head {
    shape: [usize; 2],
    /// Largest value.
    most: u8,
    /// First word and the rest of each `#` line.
    facts: Vec<(String, String)>,
}

impl Head {
    /// The header, and the bytes after it.
    fn read(bytes: &[u8]) -> Result<(Self, &[u8]), String> {
        let mut at = 2;
        if !bytes.starts_with(b"P5") {
            let form = match bytes.starts_with(b"P2") {
                true => {
                    "not a binary PGM (P5) file but one of text; ‹kind› thermal reads it as a thermal camera's"
                }
                false => "not a binary PGM (P5) file",
            };
            return Err(form.to_owned());
        }
        let (mut numbers, mut facts) = (Vec::new(), Vec::new());
        while numbers.len() < 3 {
            match bytes.get(at) {
                _ if at > HEADER_MAX => return Err("its header does not end".to_owned()),
                None => return Err("it ends in its header".to_owned()),
                Some(b'#') => {
                    let line = bytes[at..].split(|&b| b == b'\n').next().unwrap_or_default();
                    at += line.len();
                    let text = String::from_utf8_lossy(line);
                    let text = text.trim_start_matches('#').trim();
                    if let Some((word, rest)) = text.split_once(char::is_whitespace) {
                        facts.push((word.to_owned(), rest.trim().to_owned()));
                    }
                }
                Some(b) if b.is_ascii_whitespace() => at += 1,
                Some(b) if b.is_ascii_digit() => {
                    let word = bytes[at..].split(|b| !b.is_ascii_digit()).next();
                    let word = word.unwrap_or_default();
                    at += word.len();
                    let number = std::str::from_utf8(word).ok().and_then(|w| w.parse().ok());
                    numbers.push(number.ok_or("a number in its header is too large")?);
                }
                Some(_) => return Err("its header holds something else than numbers".to_owned()),
            }
        }
        let [w, h, most]: [usize; 3] = numbers.try_into().map_err(|_| "its header is short")?;
        let most = match u8::try_from(most) {
            Ok(most) if most > 0 && w > 0 && h > 0 => most,
            _ => {
                return Err(format!(
                    "{w}×{h} with values up to {most} is no 8-bit picture of a radar; ‹kind› thermal \
                     reads one of a thermal camera"
                ));
            }
        };
        // One blank ends the header; what follows may look like one, and is a pixel.
        let body = bytes.get(at + 1..).ok_or("it ends after its header")?;
        Ok((Self { shape: [h, w], most, facts }, body))
    }

    fn fact(&self, key: &str) -> Option<&str> {
        self.facts.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str())
    }

    fn numbers<const N: usize>(&self, key: &str) -> Option<[f64; N]> {
        let all: Vec<f64> =
            self.fact(key)?.split_whitespace().map(str::parse).collect::<Result<_, _>>().ok()?;
        all.try_into().ok().filter(|v: &[f64; N]| v.iter().all(|x| x.is_finite()))
    }

    /// Projection and transform, where the header tells them.
    fn place(
        &self,
        name: &str,
        options: &RadarOptions,
        notes: &mut Vec<Note>,
    ) -> Result<(Option<String>, Option<[f64; 6]>), RadarError> {
        let refused = |what: String| {
            RadarError::refused(name, what, "correct the file, or say the projection with ‹crs›")
        };
        let stated = match self.fact("type") {
            Some("stereographic") => {
                let one = |key: &str| {
                    self.numbers::<1>(key).map(|[v]| v).ok_or_else(|| {
                        refused(format!("its stereographic projection has no {key}"))
                    })
                };
                let (lon, lat) = (one("centrallongitude")?, one("centrallatitude")?);
                let truelat = one("truelatitude")?;
                notes.push(Note::EarthAssumed { sphere_m: FMI_SPHERE_M });
                Some(format!(
                    "+proj=stere +lat_0={lat} +lat_ts={truelat} +lon_0={lon} +x_0=0 +y_0=0 \
                     +R={FMI_SPHERE_M} +units=m +no_defs"
                ))
            }
            Some(other) => {
                notes.push(Note::ProjectionUnknown { name: other.to_owned() });
                None
            }
            None => None,
        };
        let Some(crs) = options.crs.clone().or_else(|| stated.clone()) else {
            return Ok((None, None));
        };
        let corners = self.numbers::<2>("bottomleft").zip(self.numbers::<2>("topright"));
        let Some((low, high)) = corners else {
            notes.push(Note::CornersMissing);
            return Ok((stated, None));
        };
        let ground = Ground::of(&crs).map_err(refused)?;
        let corner = |at| ground.xy(at).map_err(refused);
        let t = between(corner(low)?, corner(high)?, self.shape).map_err(refused)?;
        for (key, found) in [("metersperpixel_x", t[1]), ("metersperpixel_y", -t[5])] {
            let Some([stated]) = self.numbers::<1>(key) else { continue };
            let found = found * ground.unit_m();
            if (found / stated - 1.0).abs() > 0.01 {
                return Err(refused(format!(
                    "its corners make cells of {found:.0} m on this projection, but {key} is {stated}"
                )));
            }
        }
        Ok((stated, Some(t)))
    }
}
