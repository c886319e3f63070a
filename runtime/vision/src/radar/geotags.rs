//! Geo tags: the place and the facts in a GeoTIFF's tags, by OGC 19-008r4 and GDAL's own two.

use std::io::{Read, Seek};

use tiff::decoder::Decoder;
use tiff::tags::Tag;

const PIXEL_SCALE: Tag = Tag::Unknown(33550);
const TIE_POINT: Tag = Tag::Unknown(33922);
const TRANSFORM: Tag = Tag::Unknown(34264);
const GEO_KEYS: Tag = Tag::Unknown(34735);
const GDAL_METADATA: Tag = Tag::Unknown(42112);
const GDAL_NODATA: Tag = Tag::Unknown(42113);

/// Key codes: raster type, geographic and projected reference system.
const RASTER_TYPE: u16 = 1025;
const GEOGRAPHIC: u16 = 2048;
const PROJECTED: u16 = 3072;
/// Raster type of cells whose coordinates are those of their centres.
const PIXEL_IS_POINT: u16 = 2;
/// Code of a system that the file spells out instead.
const USER_DEFINED: u16 = 32767;

/// One `<Item>` of GDAL's metadata.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Item {
    pub(super) name: String,
    pub(super) role: String,
    /// `unit` attribute, as FMI writes it.
    pub(super) unit: String,
    /// The band it is about; all where `None`.
    pub(super) sample: Option<usize>,
    pub(super) text: String,
}

/// The reference system of a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Crs {
    Epsg(u16),
    /// Spelled out in keys that are not read here.
    UserDefined,
    Unstated,
}

/// The tags of one image.
#[derive(Debug)]
pub(crate) struct GeoTags {
    pub(crate) crs: Crs,
    pub(crate) transform: Option<[f64; 6]>,
    pub(super) items: Vec<Item>,
    pub(crate) no_data: Option<f64>,
}

impl GeoTags {
    /// The tags of the open image; what is damaged counts as unstated, but for a no-data value.
    pub(crate) fn read<R: Read + Seek>(file: &mut Decoder<R>) -> Result<Self, String> {
        let keys = file.get_tag_u16_vec(GEO_KEYS).unwrap_or_default();
        let key = |code: u16| {
            // A key that stands in place has 0 for its tag and its value last.
            let here = keys.chunks_exact(4).skip(1).find(|k| k[0] == code && k[1] == 0);
            here.map(|k| k[3])
        };
        let crs = match key(PROJECTED).or_else(|| key(GEOGRAPHIC)) {
            Some(USER_DEFINED) => Crs::UserDefined,
            Some(code) if code > 0 => Crs::Epsg(code),
            _ => Crs::Unstated,
        };
        let mut floats = |tag| {
            let value = file.find_tag(tag).ok().flatten();
            value.and_then(|v| v.into_f64_vec().ok()).unwrap_or_default()
        };
        let (scale, tie, rows) = (floats(PIXEL_SCALE), floats(TIE_POINT), floats(TRANSFORM));
        let mut transform = match (&rows[..], &scale[..], &tie[..]) {
            ([a, b, _, c, d, e, _, f, ..], _, _) => Some([*c, *a, *b, *f, *d, *e]),
            (_, [sx, sy, ..], [col, row, _, x, y, _]) => {
                Some([x - col * sx, *sx, 0.0, y + row * sy, 0.0, -sy])
            }
            _ => None,
        };
        if let (Some(t), Some(PIXEL_IS_POINT)) = (&mut transform, key(RASTER_TYPE)) {
            t[0] -= 0.5 * (t[1] + t[2]);
            t[3] -= 0.5 * (t[4] + t[5]);
        }
        let metadata = file.get_tag_ascii_string(GDAL_METADATA).unwrap_or_default();
        let no_data = match file.get_tag_ascii_string(GDAL_NODATA) {
            Err(_) => None,
            Ok(text) => {
                let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
                let number = text.parse::<f64>();
                Some(number.map_err(|_| format!("its no-data value '{text}' is no number"))?)
            }
        };
        Ok(Self { crs, transform, items: items(&metadata), no_data })
    }

    /// Whether its unit is one of temperature.
    pub(crate) fn tells_heat(&self) -> bool {
        let degrees = [
            "k",
            "kelvin",
            "c",
            "°c",
            "degc",
            "deg_c",
            "celsius",
            "degree_celsius",
            "degrees celsius",
        ];
        let is = |text: &str| degrees.contains(&text.trim().to_ascii_lowercase().as_str());
        let unit =
            |i: &Item| i.role == "unittype" || i.name.to_ascii_lowercase().starts_with("unit");
        self.item(0, |i| is(&i.unit) || (unit(i) && is(&i.text))).is_some()
    }

    /// The first item about this band (or all) that `wanted` holds for.
    pub(super) fn item(&self, band: usize, wanted: impl Fn(&Item) -> bool) -> Option<&Item> {
        self.items.iter().find(|i| i.sample.is_none_or(|s| s == band) && wanted(i))
    }

    /// The number of the item of this role, or of one of these names in any case.
    pub(super) fn number(
        &self,
        band: usize,
        role: &str,
        name: &str,
    ) -> Result<Option<f64>, String> {
        let in_role = |i: &Item| !role.is_empty() && i.role == role;
        let found = self.item(band, |i| in_role(i) || i.name.eq_ignore_ascii_case(name));
        let Some(item) = found else { return Ok(None) };
        match item.text.trim().parse::<f64>() {
            Ok(v) if v.is_finite() => Ok(Some(v)),
            _ => Err(format!("its {name} '{}' is no number", item.text)),
        }
    }
}

/// The items of GDAL's metadata; anything else in it is passed over.
fn items(xml: &str) -> Vec<Item> {
    let mut out = Vec::new();
    for part in xml.split("<Item").skip(1) {
        let Some((head, rest)) = part.split_once('>') else { continue };
        let Some((text, _)) = rest.split_once("</Item>") else { continue };
        let mut item = Item { text: plain(text), ..Item::default() };
        let mut head = head;
        while let Some((key, rest)) = head.split_once("=\"") {
            let Some((value, rest)) = rest.split_once('"') else { break };
            match key.trim() {
                "name" => item.name = plain(value),
                "role" => item.role = plain(value),
                "unit" => item.unit = plain(value),
                "sample" => item.sample = value.parse().ok(),
                _ => {}
            }
            head = rest;
        }
        // A file that GDAL has copied can carry its first metadata as one item of the new, escaped.
        let inner = if item.name == "GDAL_METADATA" { plain(&item.text) } else { String::new() };
        if inner.contains("<Item name") && !inner.contains("&lt;Item") {
            out.extend(items(&inner));
        } else {
            out.push(item);
        }
    }
    out
}

/// Text without XML's escapes.
fn plain(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&amp;", "&").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_found_in_whole_and_in_broken_metadata() {
        let fmi = "<GDALMetadata>\n<Item name=\"Quantity\" unit=\"dBZ\">Corrected &amp; clean</Item>\
                   <Item name=\"SCALE\" sample=\"1\" role=\"scale\"> 0.5 </Item></GDALMetadata>";
        let found = items(fmi);
        assert_eq!((found[0].unit.as_str(), found[0].text.as_str()), ("dBZ", "Corrected & clean"));
        assert_eq!((found[1].sample, found[1].text.as_str()), (Some(1), "0.5"));
        let escaped = |s: &str| s.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        let copied = format!("<Item name=\"GDAL_METADATA\">{}</Item>", escaped(&escaped(fmi)));
        assert_eq!(items(&copied), found, "copied by GDAL");
        for broken in
            ["", "<Item", "<Item name=\"a", "<Item name=\"a\">b", "<Item>></Item", "é<Item"]
        {
            assert_eq!(items(broken), [], "{broken}");
        }
        assert_eq!(items("<Item =\"\"></Item>"), [Item::default()]);
    }
}
