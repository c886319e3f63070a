//! `forecast.kml`: what has burnt and each isochrone, with its time, for a globe or a map (KML 2.2, OGC 07-147r2).

use std::cell::Cell;
use std::io;

use emberline_picture::Ring;
use emberline_picture::palette::{self, BURNT, NOW, Rgb};

use super::facts::{CONFIRM, Facts, NOTICE, place_words, short};
use super::geojson::significant;
use super::kml_shape::{areas, when};
use super::moment::Moment;
use super::parts::Fire;
use super::place::Map;
use super::rings::{Closed, Rings, TOLERANCE_CELLS, limited};
use super::spread::Spread;
use super::warp::Warped;
use super::xml::Xml;
use crate::forecast::Forecast;

/// A ring has so many points at most: globes on telephones grow slow.
const POINTS: usize = 1000;
/// Opacity of an area, of 255: what lies below is seen.
const FILL: u8 = 0x38;

/// The document, with `picture`'s place and name where there is one.
pub(crate) fn document(
    map: &Map,
    facts: &Facts,
    f: &Forecast,
    fire: Fire<'_>,
    spread: Option<&Spread>,
    picture: Option<(&Warped, &str)>,
) -> io::Result<String> {
    let rings = Rings::of(Some(map), f.grid.cell_m).map_err(io::Error::other)?;
    let mut xml = Xml::new()?;
    xml.element("kml", &[("xmlns", "http://www.opengis.net/kml/2.2")], |xml| {
        xml.element("Document", &[], |xml| {
            xml.text("name", &format!("Fire front forecast, {}", facts.issue_words()))?;
            xml.text("description", &about(facts, f, spread))?;
            let last = f.lead_s.len().saturating_sub(1);
            style(xml, "now", NOW, BURNT, 0xa8)?;
            for l in 0..=last {
                let colour = colour(l, last);
                style(xml, &format!("lead{}", l + 1), colour, colour, FILL)?;
            }
            if let Some((warped, file)) = picture {
                overlay(xml, warped, file)?;
            }
            // The widest lies lowest: what comes first is not hidden below what comes later.
            let leads = (0..=last).rev().map(|l| (Some(l), Moment::lead(f, fire, l)));
            for (lead, moment) in leads.chain(std::iter::once_with(|| (None, Moment::now(fire)))) {
                placemark(xml, &rings, facts, f, lead, &moment)?;
            }
            Ok(())
        })
    })?;
    xml.end()
}

/// Colour of lead `l`, as on the overlay.
pub(super) fn colour(l: usize, last: usize) -> Rgb {
    palette::lead(if last > 0 { l as f64 / last as f64 } else { 0.35 })
}

fn about(facts: &Facts, f: &Forecast, spread: Option<&Spread>) -> String {
    let mut words = format!("{}; last frame {}. ", facts.maker, facts.issue_words());
    if let Some(all) = spread.and_then(Spread::summary) {
        words += &format!(
            "Half of the front spreads at {} m/min or less, a tenth at {} m/min or more",
            short(all.median_m_min),
            short(all.p90_m_min)
        );
        if let Some(deg) = all.head_towards_deg {
            words += &format!(", towards {deg:.0}°");
        }
        words += ". ";
    }
    words + &format!("{}; {CONFIRM}. {NOTICE}.", place_words(&f.grid))
}

fn placemark(
    xml: &mut Xml,
    rings: &Rings<'_>,
    facts: &Facts,
    f: &Forecast,
    lead: Option<usize>,
    moment: &Moment,
) -> io::Result<()> {
    let coarsest = Cell::new(TOLERANCE_CELLS);
    let fewer = |ring: &Ring| {
        let (fewer, off) = limited(ring, POINTS);
        coarsest.set(coarsest.get().max(off));
        fewer
    };
    let drawn = rings.polygons_of(&moment.areas, &fewer).map_err(io::Error::other)?;
    let is_simplified = coarsest.get() > TOLERANCE_CELLS;
    if drawn.is_empty() {
        return Ok(());
    }
    let name = lead.map_or_else(|| "burnt now".to_owned(), |_| facts.lead_words(moment.lead_s));
    let measured = match is_simplified {
        true => rings.measured(&rings.polygons(&moment.areas).map_err(io::Error::other)?),
        false => rings.measured(&drawn),
    };
    let (area_m2, perimeter_m) = measured.unwrap_or_default();
    let mut words = match lead {
        None => "burning or burnt by the last frame seen; ".to_owned(),
        Some(_) => {
            format!("burnt by then with a chance of {} or more; ", short(moment.probability))
        }
    };
    words += &format!("{}; {}; {CONFIRM}", facts.maker, place_words(&f.grid));
    if is_simplified {
        let cells = short(coarsest.get());
        words += &format!("; simplified to {POINTS} points a line, within {cells} cells");
    }
    xml.element("Placemark", &[], |xml| {
        xml.text("name", &name)?;
        xml.text("description", &words)?;
        span(xml, facts, f, lead)?;
        xml.text("styleUrl", &lead.map_or("#now".to_owned(), |l| format!("#lead{}", l + 1)))?;
        xml.element("ExtendedData", &[], |xml| {
            for (name, value) in [
                ("lead_s", moment.lead_s),
                ("probability", moment.probability),
                ("area_ha", significant(area_m2 / 1e4)),
                ("perimeter_m", significant(perimeter_m)),
            ] {
                xml.element("Data", &[("name", name)], |xml| {
                    xml.text("value", &value.to_string())
                })?;
            }
            Ok(())
        })?;
        areas(xml, &cut(drawn), rings.decimals)
    })
}

/// From when to when it holds, where wall times are known: to the next lead's time, the last for as long as the
/// lead before it; what was seen for ever.
fn span(xml: &mut Xml, facts: &Facts, f: &Forecast, lead: Option<usize>) -> io::Result<()> {
    let Some(begin) = facts.valid(lead.map_or(0.0, |l| f.lead_s[l])) else { return Ok(()) };
    xml.element("TimeSpan", &[], |xml| {
        xml.text("begin", &when(begin))?;
        let Some(l) = lead else { return Ok(()) };
        let before_s = l.checked_sub(1).map_or(0.0, |before| f.lead_s[before]);
        let end_s = f.lead_s.get(l + 1).copied().unwrap_or(2.0 * f.lead_s[l] - before_s);
        facts.valid(end_s).map_or(Ok(()), |end| xml.text("end", &when(end)))
    })
}

/// Opacity, blue, green, red.
fn abgr(opacity: u8, [r, g, b]: Rgb) -> String {
    format!("{opacity:02x}{b:02x}{g:02x}{r:02x}")
}

fn style(xml: &mut Xml, id: &str, line: Rgb, fill: Rgb, opacity: u8) -> io::Result<()> {
    xml.element("Style", &[("id", id)], |xml| {
        xml.element("LineStyle", &[], |xml| {
            xml.text("color", &abgr(0xff, line))?;
            xml.text("width", "2")
        })?;
        xml.element("PolyStyle", &[], |xml| xml.text("color", &abgr(opacity, fill)))
    })
}

/// The picture on the ground, below the lines.
fn overlay(xml: &mut Xml, warped: &Warped, file: &str) -> io::Result<()> {
    xml.element("GroundOverlay", &[], |xml| {
        xml.text("name", "when it burns")?;
        let words = format!(
            "yellow soon, violet at the end of the forecast; the fainter, the less likely; {CONFIRM}"
        );
        xml.text("description", &words)?;
        xml.element("Icon", &[], |xml| xml.text("href", file))?;
        xml.element("LatLonBox", &[], |xml| {
            let [west, south, east, north] = warped.bounds;
            for (name, deg) in [("north", north), ("south", south), ("east", east), ("west", west)] {
                xml.text(name, &format!("{deg:.9}"))?;
            }
            Ok(())
        })
    })
}

/// Polygons cut at the 180th meridian, each part with longitudes from −180 to 180.
fn cut(polygons: Vec<Closed>) -> Vec<Closed> {
    let is_within = |rings: &Closed| rings.iter().flatten().all(|p| p[0].abs() <= 180.0);
    let mut out = Vec::new();
    for rings in polygons {
        if is_within(&rings) {
            out.push(rings);
            continue;
        }
        // Which turns of the Earth it touches.
        for turn in [-360.0, 0.0, 360.0] {
            let part = |ring: &Ring| half(&half(ring, turn - 180.0, 1.0), turn + 180.0, -1.0);
            let mut parts = rings.iter().map(part).filter(|ring| ring.len() >= 4);
            let Some(outer) = parts.next().filter(|_| part(&rings[0]).len() >= 4) else { continue };
            let moved = |ring: Ring| ring.into_iter().map(|[x, y]| [x - turn, y]).collect();
            out.push(std::iter::once(outer).chain(parts).map(moved).collect());
        }
    }
    out
}

/// The part of a closed ring on one side of a meridian, closed (Sutherland and Hodgman, 1974).
fn half(ring: &Ring, lon: f64, side: f64) -> Ring {
    let inside = |p: &[f64; 2]| (p[0] - lon) * side >= 0.0;
    let mut out = Ring::new();
    for pair in ring.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        if inside(&a) {
            out.push(a);
        }
        if inside(&a) != inside(&b) {
            out.push([lon, a[1] + (b[1] - a[1]) * (lon - a[0]) / (b[0] - a[0])]);
        }
    }
    out.extend(out.first().copied());
    out
}

#[cfg(test)]
mod tests {
    use super::super::outline::doubled_area;
    use super::super::trial::Trial;
    use super::*;

    fn written(trial: &Trial) -> String {
        let facts = Facts::of(&trial.clip, &trial.forecast, &trial.provenance);
        let map = Map::of(&trial.forecast.grid).unwrap().unwrap();
        document(&map, &facts, &trial.forecast, trial.fire(), None, None).unwrap()
    }

    fn texts<'a>(document: &'a str, name: &str) -> Vec<&'a str> {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let parts = document.split(&open[..]).skip(1);
        parts.map(|part| part.split(&close[..]).next().unwrap()).collect()
    }

    fn rings(document: &str) -> Vec<Ring> {
        let point = |p: &str| {
            let at: Vec<f64> = p.split(',').map(|v| v.parse().unwrap()).collect();
            [at[0], at[1]]
        };
        texts(document, "coordinates")
            .into_iter()
            .map(|text| text.split_whitespace().map(point).collect())
            .collect()
    }

    const UTM: [f64; 6] = [5e5, 30.0, 0.0, 42e5, 0.0, -30.0];

    #[test]
    fn each_lead_has_its_time_its_rings_and_what_to_be_wary_of() {
        let mut trial = Trial::ellipse(40, 60, 3).on("EPSG:32611", UTM, None);
        trial.forecast.grid.place_error_m = Some(3.4);
        let document = written(&trial);
        let begins = texts(&document, "begin");
        let want =
            ["14:08:30", "14:07:30", "14:06:30", "14:05:30"].map(|t| format!("2026-08-03T{t}Z"));
        assert_eq!(begins, want);
        let ends = ["14:09:30", "14:08:30", "14:07:30"].map(|t| format!("2026-08-03T{t}Z"));
        assert_eq!(texts(&document, "end"), ends);
        for words in texts(&document, "description") {
            assert!(words.contains("confirm by eye") && words.contains("± 3.4 m"), "{words}");
        }
        let rings = rings(&document);
        assert_eq!(rings.len(), 4);
        for ring in rings {
            assert!(ring.len() >= 4 && ring.first() == ring.last() && doubled_area(&ring) > 0.0);
        }
        trial.clip.end_utc = None;
        assert!(!written(&trial).contains("TimeSpan"));
    }

    #[test]
    fn long_lines_are_simplified_and_that_is_said() {
        let plain = written(&Trial::ellipse(40, 60, 2).on("EPSG:32611", UTM, None));
        assert!(!plain.contains("simplified"));
        // A comb: one line around all of its teeth.
        let mut comb = Trial::ellipse(64, 1400, 2).all(false).on("EPSG:32611", UTM, None);
        for ((_, y, x), p) in comb.burn_mut().probability.indexed_iter_mut() {
            *p = f32::from(u8::from(y == 10 || (y > 10 && y < 50 && x % 2 == 0)));
        }
        let long = written(&comb);
        assert!(long.contains("simplified to 1000 points"));
        assert!(rings(&long).iter().all(|ring| ring.len() <= POINTS + 1));
    }

    #[test]
    fn a_fire_on_the_180th_meridian_is_cut_there() {
        let at = [357_911.0, 30.0, 0.0, 7_213_000.0, 0.0, -30.0];
        let rings = rings(&written(&Trial::ellipse(64, 64, 2).on("EPSG:32601", at, None)));
        assert_eq!(rings.len(), 6, "two parts of three fronts");
        for ring in rings {
            assert!(ring.first() == ring.last() && doubled_area(&ring) > 0.0);
            assert!(ring.iter().all(|p| p[0].abs() <= 180.0));
        }
    }
}
