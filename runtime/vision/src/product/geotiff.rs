//! `arrival.tif`, `burn_probability.tif`, `rain.tif`, `rain_likely.tif` and `rain_probability.tif`: float32 GeoTIFF,
//! deflated, NaN for no data.
//!
//! A plain TIFF with six more tags (OGC 19-008r4 and GDAL's own two): enough for any GIS to place
//! the grid, name each band and know its unit.

use std::borrow::Cow;
use std::io::{self, Seek, Write};

use flate2::{Compression, write::ZlibEncoder};
use ndarray::{Array3, s};
use tiff::TiffError;
use tiff::encoder::{DirectoryEncoder, TiffEncoder, TiffKind, TiffKindBig, TiffKindStandard};
use tiff::tags::Tag;

use super::facts::{Facts, NOTICE};
use super::place::Map;
use crate::forecast::{Burn, Chance, Forecast, Rain, likely_mm_h};
use crate::projection::GeoKeys;

const PIXEL_SCALE: Tag = Tag::Unknown(33550);
const TIE_POINT: Tag = Tag::Unknown(33922);
const TRANSFORM: Tag = Tag::Unknown(34264);
const GEO_KEYS: Tag = Tag::Unknown(34735);
const GEO_DOUBLES: Tag = Tag::Unknown(34736);
const GDAL_METADATA: Tag = Tag::Unknown(42112);
const GDAL_NODATA: Tag = Tag::Unknown(42113);
/// Raw bytes of a strip, about.
const STRIP_BYTES: usize = 1 << 18;

/// One band: what it is called, its lead, its values, which are made when they are written.
struct Band<'a> {
    name: String,
    lead_s: Option<f64>,
    row: Row<'a>,
}

/// Adds the values of a row.
type Row<'a> = Box<dyn Fn(usize, &mut Vec<f32>) + Sync + 'a>;

/// Seconds until each cell burns: 0 already burnt, NaN not within the horizon.
pub(crate) fn arrival(
    sink: &mut (impl Write + Seek),
    map: &Map,
    facts: &Facts,
    burn: &Burn,
) -> io::Result<()> {
    let name = "seconds until the fire arrives; 0 already burnt, nodata not within the horizon";
    let row: Row<'_> = Box::new(|y, out| out.extend(burn.arrival_s.row(y)));
    let band = Band { name: name.to_owned(), lead_s: None, row };
    write(sink, map, facts, burn.arrival_s.dim(), ["arrival time", "s"], &[band])
}

/// Probability that a cell burns or has burnt, a band a lead; NaN in cells that are never looked at.
pub(crate) fn burn_probability(
    sink: &mut (impl Write + Seek),
    map: &Map,
    facts: &Facts,
    f: &Forecast,
    burn: &Burn,
) -> io::Result<()> {
    let mut probability = Cow::Borrowed(&burn.probability);
    if f.grid.masked.is_some() {
        probability.to_mut().outer_iter_mut().for_each(|lead| f.grid.hide(lead, f32::NAN));
    }
    let bands = by_lead(f, &probability, "probability burnt by");
    write(sink, map, facts, size(&probability), ["burn probability", "1"], &bands)
}

/// Rain rate, a band a lead.
pub(crate) fn rain(
    sink: &mut (impl Write + Seek),
    map: &Map,
    facts: &Facts,
    f: &Forecast,
    rain: &Rain,
) -> io::Result<()> {
    let what = if rain.frames_are_likely { "expected rain rate" } else { "rain rate" };
    let bands = by_lead(f, &rain.mm_h, &format!("{what} at"));
    write(sink, map, facts, size(&rain.mm_h), [what, "mm/h"], &bands)
}

/// Rain that is likely, a band a lead: the largest rate whose chance passes its cut.
pub(crate) fn rain_likely(
    sink: &mut (impl Write + Seek),
    map: &Map,
    facts: &Facts,
    f: &Forecast,
    rain: &Rain,
) -> io::Result<()> {
    let bands = each_lead(f, "likely rain rate at", |l, y, out: &mut Vec<f32>| {
        let shares = f.frames.slice(s![0, l, y, ..]);
        let both = shares.into_iter().zip(rain.mm_h.slice(s![l, y, ..]));
        out.extend(both.map(|(share, rate)| likely_mm_h(*share, *rate)));
    });
    write(sink, map, facts, size(&rain.mm_h), ["likely rain rate", "mm/h"], &bands)
}

/// Chance in 0..1 of each rate of [`Chance::PUBLISHED_RATES_MM_H`] or more: all leads of the first rate, then of
/// the next.
pub(crate) fn rain_probability(
    sink: &mut (impl Write + Seek),
    map: &Map,
    facts: &Facts,
    f: &Forecast,
    chance: &Chance,
) -> io::Result<()> {
    let (_, _, h, w) = chance.percent.dim();
    let share = |p: &u8| match *p {
        Chance::NO_DATA => f32::NAN,
        p => f32::from(p) / 100.0,
    };
    let of_rate = |k: usize| {
        let what = format!("chance of {} mm/h at", chance.rates_mm_h[k]);
        each_lead(f, &what, move |l, y, out: &mut Vec<f32>| {
            out.extend(chance.percent.slice(s![k, l, y, ..]).iter().map(share));
        })
    };
    let bands: Vec<Band<'_>> = chance.published().into_iter().flat_map(of_rate).collect();
    write(sink, map, facts, (h, w), ["chance of rain", "1"], &bands)
}

/// Where the rain of a lead is a guess (1), since it comes from where nobody saw, a band a lead; NaN where
/// there is no data.
pub(crate) fn from_outside(
    sink: &mut (impl Write + Seek),
    map: &Map,
    facts: &Facts,
    f: &Forecast,
    rain: &Rain,
    guessed: &Array3<bool>,
) -> io::Result<()> {
    let bands = each_lead(f, "rain comes from where nobody saw at", |l, y, out: &mut Vec<f32>| {
        let rates = rain.mm_h.slice(s![l, y, ..]);
        let both = guessed.slice(s![l, y, ..]).into_iter().zip(rates);
        out.extend(both.map(|(guess, rate)| match rate.is_nan() {
            true => f32::NAN,
            false => f32::from(u8::from(*guess)),
        }));
    });
    write(sink, map, facts, size(&rain.mm_h), ["rain from outside", "1"], &bands)
}

/// Rows and columns of `[L, H, W]`.
fn size(values: &Array3<f32>) -> (usize, usize) {
    let (_, h, w) = values.dim();
    (h, w)
}

/// A band a lead of `values` `[L, H, W]`, called after `what` they are.
fn by_lead<'a>(f: &Forecast, values: &'a Array3<f32>, what: &str) -> Vec<Band<'a>> {
    each_lead(f, what, |l, y, out| out.extend(values.slice(s![l, y, ..])))
}

/// A band a lead, called after `what` its values are; `row` adds those of a lead (0-based) and row.
fn each_lead<'a>(
    f: &Forecast,
    what: &str,
    row: impl Fn(usize, usize, &mut Vec<f32>) + Copy + Sync + 'a,
) -> Vec<Band<'a>> {
    let leads = f.lead_s.iter().enumerate();
    leads
        .map(|(l, &lead_s)| Band {
            name: format!("{what} +{lead_s} s"),
            lead_s: Some(lead_s),
            row: Box::new(move |y, out| row(l, y, out)),
        })
        .collect()
}

fn write(
    sink: &mut (impl Write + Seek),
    map: &Map,
    facts: &Facts,
    (h, w): (usize, usize),
    [what, unit]: [&str; 2],
    bands: &[Band<'_>],
) -> io::Result<()> {
    let values = h * w * bands.len();
    let words = words(map, facts, what, unit, bands).map_err(io::Error::other)?;
    // Offsets of a classic TIFF are 32 bit; larger files are BigTIFF, which every GIS reads too.
    let done = if values as u64 * 4 < 4_000_000_000 {
        TiffEncoder::<_, TiffKindStandard>::new_generic(sink)
            .and_then(|mut t| image(t.image_directory()?, map, &words, (h, w), bands))
    } else {
        TiffEncoder::<_, TiffKindBig>::new_generic(sink)
            .and_then(|mut t| image(t.image_directory()?, map, &words, (h, w), bands))
    };
    done.map_err(|e| match e {
        TiffError::IoError(e) => e,
        e => io::Error::other(e),
    })
}

/// Everything said in letters and key codes.
struct Words {
    description: String,
    metadata: String,
    geo_keys: GeoKeys,
}

fn words(
    map: &Map,
    facts: &Facts,
    what: &str,
    unit: &str,
    bands: &[Band<'_>],
) -> Result<Words, String> {
    let mut items = String::new();
    let mut item = |attributes: &str, value: &str| {
        items.push_str(&format!("  <Item {attributes}>{}</Item>\n", escaped(value)));
    };
    item("name=\"emberline_model\"", &facts.maker);
    item("name=\"emberline_notice\"", NOTICE);
    if let Some(issue) = facts.issue {
        item("name=\"issue_time\"", &issue.to_string());
    }
    for (i, band) in bands.iter().enumerate() {
        item(&format!("name=\"DESCRIPTION\" sample=\"{i}\" role=\"description\""), &band.name);
        item(&format!("name=\"UNITTYPE\" sample=\"{i}\" role=\"unittype\""), unit);
        if let Some(lead_s) = band.lead_s {
            item(&format!("name=\"lead_s\" sample=\"{i}\""), &lead_s.to_string());
        }
        if let Some(valid) = band.lead_s.and_then(|l| facts.valid(l)) {
            item(&format!("name=\"valid_time\" sample=\"{i}\""), &valid.to_string());
        }
    }
    let geo_keys = map.geo_keys()?;
    let description = format!("emberline {what}, unit {unit}; {}; {NOTICE}", ascii(&facts.maker));
    Ok(Words {
        description,
        metadata: format!("<GDALMetadata>\n{items}</GDALMetadata>\n"),
        geo_keys,
    })
}

fn ascii(s: &str) -> String {
    s.chars().map(|c| if c.is_ascii() && !c.is_control() { c } else { '?' }).collect()
}

/// XML text in plain ASCII, as a TIFF's text must be.
fn escaped(s: &str) -> String {
    s.chars().fold(String::new(), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c if c.is_ascii() && !c.is_control() => out.push(c),
            c if c.is_control() => out.push(' '),
            c => out.push_str(&format!("&#{};", u32::from(c))),
        }
        out
    })
}

/// The strips of a band, packed.
fn strips(band: &Band<'_>, h: usize, rows_per_strip: usize) -> io::Result<Vec<Vec<u8>>> {
    let (mut row, mut bytes) = (Vec::new(), Vec::new());
    let strip = |first: usize| {
        bytes.clear();
        for y in first..(first + rows_per_strip).min(h) {
            row.clear();
            (band.row)(y, &mut row);
            row.iter().for_each(|v| bytes.extend(v.to_ne_bytes()));
        }
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::new(6));
        packed.write_all(&bytes)?;
        packed.finish()
    };
    (0..h).step_by(rows_per_strip).map(strip).collect()
}

/// One image with all bands, each band's strips after the other.
fn image<W: Write + Seek, K: TiffKind>(
    mut dir: DirectoryEncoder<'_, W, K>,
    map: &Map,
    words: &Words,
    (h, w): (usize, usize),
    bands: &[Band<'_>],
) -> Result<(), TiffError> {
    let n = bands.len();
    let rows_per_strip = (STRIP_BYTES / 4 / w.max(1)).clamp(1, h.max(1));
    let (mut offsets, mut sizes) = (Vec::new(), Vec::new());
    // Strips are packed two bands at a time, and written in their order.
    for two in bands.chunks(2) {
        let packed: Vec<io::Result<Vec<Vec<u8>>>> = std::thread::scope(|scope| {
            let pack = |band| move || strips(band, h, rows_per_strip);
            let second = two.get(1).map(|band| scope.spawn(pack(band)));
            let mut all = vec![pack(&two[0])()];
            all.extend(second.map(|s| s.join().unwrap_or_else(|p| std::panic::resume_unwind(p))));
            all
        });
        for strips in packed {
            for strip in strips? {
                sizes.push(K::convert_offset(strip.len() as u64)?);
                offsets.push(K::convert_offset(dir.write_data(strip.as_slice())?)?);
            }
        }
    }
    dir.write_tag(Tag::ImageWidth, w as u32)?;
    dir.write_tag(Tag::ImageLength, h as u32)?;
    dir.write_tag(Tag::BitsPerSample, vec![32u16; n].as_slice())?;
    dir.write_tag(Tag::Compression, 8u16)?;
    dir.write_tag(Tag::PhotometricInterpretation, 1u16)?;
    dir.write_tag(Tag::ImageDescription, words.description.as_str())?;
    dir.write_tag(Tag::StripOffsets, K::convert_slice(&offsets))?;
    dir.write_tag(Tag::SamplesPerPixel, n as u16)?;
    dir.write_tag(Tag::RowsPerStrip, rows_per_strip as u32)?;
    dir.write_tag(Tag::StripByteCounts, K::convert_slice(&sizes))?;
    dir.write_tag(Tag::PlanarConfiguration, 2u16)?;
    dir.write_tag(Tag::Software, concat!("emberline ", env!("CARGO_PKG_VERSION")))?;
    if n > 1 {
        dir.write_tag(Tag::ExtraSamples, vec![0u16; n - 1].as_slice())?;
    }
    dir.write_tag(Tag::SampleFormat, vec![3u16; n].as_slice())?;
    let t = map.transform();
    if t[2] == 0.0 && t[4] == 0.0 && t[1] > 0.0 && t[5] < 0.0 {
        dir.write_tag(PIXEL_SCALE, [t[1], -t[5], 0.0].as_slice())?;
        dir.write_tag(TIE_POINT, [0.0, 0.0, 0.0, t[0], t[3], 0.0].as_slice())?;
    } else {
        let rows = [t[1], t[2], 0.0, t[0], t[4], t[5], 0.0, t[3]];
        let rest = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0];
        dir.write_tag(TRANSFORM, [rows, rest].concat().as_slice())?;
    }
    dir.write_tag(GEO_KEYS, words.geo_keys.keys.as_slice())?;
    if !words.geo_keys.doubles.is_empty() {
        dir.write_tag(GEO_DOUBLES, words.geo_keys.doubles.as_slice())?;
    }
    dir.write_tag(GDAL_METADATA, words.metadata.as_str())?;
    dir.write_tag(GDAL_NODATA, "nan")?;
    dir.finish()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use ndarray::Array2;
    use tiff::decoder::{Decoder, DecodingResult};

    use super::super::trial::Trial;
    use super::*;

    type File = Decoder<Cursor<Vec<u8>>>;

    /// Every strip's values, as bits (NaN is equal to itself).
    fn values(file: &mut File) -> Vec<u32> {
        let strips = file.strip_count().unwrap();
        (0..strips)
            .flat_map(|i| match file.read_chunk(i).unwrap() {
                DecodingResult::F32(v) => v.into_iter().map(f32::to_bits),
                _ => panic!("not float32"),
            })
            .collect()
    }

    /// Model type, raster type and CRS code among the geo keys.
    fn keys(file: &mut File) -> Vec<(u16, u16)> {
        let all = file.get_tag_u16_vec(GEO_KEYS).unwrap();
        let told = all.chunks_exact(4).skip(1).map(|k| (k[0], k[3]));
        told.filter(|(k, _)| [1024, 1025, 2048, 3072].contains(k)).collect()
    }

    fn floats(file: &mut File, tag: Tag) -> Option<Vec<f64>> {
        file.find_tag(tag).unwrap().map(|v| v.into_f64_vec().unwrap())
    }

    #[test]
    fn files_say_what_rasterios_own_say() {
        // Oracle: rasterio 1.4.4 (GDAL), tests/golden/product_geotiff.py. Ours are read by rasterio
        // in tests/golden/product_check.py.
        for (crs, transform, golden) in [
            (
                "EPSG:32611",
                [5e5, 30.0, 0.0, 42e5, 0.0, -30.0],
                &include_bytes!("../../../../tests/golden/product_utm.tif")[..],
            ),
            (
                "EPSG:4326",
                [23.5, 0.000_3, 0.0, 38.1, 0.0, -0.000_3],
                include_bytes!("../../../../tests/golden/product_degrees.tif"),
            ),
            (
                "EPSG:3857",
                [-13e6, 40.0, 0.0, 45e5, 0.0, -40.0],
                include_bytes!("../../../../tests/golden/product_mercator.tif"),
            ),
            (
                "EPSG:3035",
                [4321e3, 25.0, 3.0, 3210e3, 2.0, -25.0],
                include_bytes!("../../../../tests/golden/product_rotated.tif"),
            ),
        ] {
            let mut trial = Trial::ellipse(33, 40, 2).on(crs, transform, None);
            trial.burn_mut().probability = Array3::from_shape_fn((2, 33, 40), |(l, y, x)| {
                if (y, x) == (1, 2) { f32::NAN } else { (l * 1320 + y * 40 + x) as f32 / 4096.0 }
            });
            let map = Map::of(&trial.forecast.grid).unwrap().unwrap();
            let facts = Facts::of(&trial.clip, &trial.forecast, &trial.provenance);
            let mut ours = Cursor::new(Vec::new());
            burn_probability(&mut ours, &map, &facts, &trial.forecast, trial.burn()).unwrap();

            let mut ours = Decoder::new(Cursor::new(ours.into_inner())).unwrap();
            let mut theirs = Decoder::new(Cursor::new(golden.to_vec())).unwrap();
            assert_eq!(ours.dimensions().unwrap(), theirs.dimensions().unwrap());
            assert_eq!(values(&mut ours), values(&mut theirs), "{crs}");
            assert_eq!(keys(&mut ours), keys(&mut theirs), "{crs}");
            for tag in [PIXEL_SCALE, TIE_POINT, TRANSFORM] {
                assert_eq!(floats(&mut ours, tag), floats(&mut theirs, tag), "{crs} {tag:?}");
            }
            let text = |f: &mut File| f.get_tag_ascii_string(GDAL_NODATA).unwrap();
            assert_eq!(text(&mut ours), text(&mut theirs));
        }
    }

    #[test]
    fn a_name_with_foreign_letters_keeps_the_file_plain_ascii() {
        let mut trial =
            Trial::ellipse(32, 32, 1).on("EPSG:32611", [5e5, 1.0, 0.0, 42e5, 0.0, -1.0], None);
        trial.provenance.model.name = "Brände <&> 火".to_owned();
        trial.burn_mut().arrival_s = Array2::zeros((32, 32));
        let map = Map::of(&trial.forecast.grid).unwrap().unwrap();
        let facts = Facts::of(&trial.clip, &trial.forecast, &trial.provenance);
        let mut file = Cursor::new(Vec::new());
        arrival(&mut file, &map, &facts, trial.burn()).unwrap();
        let mut file = Decoder::new(Cursor::new(file.into_inner())).unwrap();
        let metadata = file.get_tag_ascii_string(GDAL_METADATA).unwrap();
        assert!(metadata.contains("Br&#228;nde &lt;&amp;&gt; &#28779;"), "{metadata}");
    }
}
