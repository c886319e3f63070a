//! Cursor on Target: the front now and at some leads as drawn shapes (`u-d-f`) for TAK, one XML event each.

use std::io;

use emberline_picture::palette::{BURNT, NOW, Rgb};
use jiff::Timestamp;

use super::error::ProductError;
use super::facts::{CONFIRM, Facts, place_words, short};
use super::ground::ring_m2;
use super::kml::colour;
use super::moment::Moment;
use super::parts::Parts;
use super::place::Map;
use super::rings::{Rings, limited};
use super::scene::chosen;
use super::xml::Xml;
use crate::clip::Clip;
use crate::forecast::{Forecast, Provenance};
use crate::grid::Grid;
use crate::task::Task;

/// Points of a ring, at most, with the one that closes it.
const POINTS: usize = 100;
/// Areas of one moment, at most: the largest.
const AREAS: usize = 8;
/// Leads told, at most, the last always among them.
const LEADS: usize = 6;
/// What is not known, in metres.
const UNKNOWN: &str = "9999999";

/// Why there are no events.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CotError {
    /// The grid lies on no map.
    #[error(
        "‹cot›: the input lies on no map; give a film with `crs` and `transform`, or leave ‹cot› out"
    )]
    NoMap,
    /// The last frame has no wall time.
    #[error("‹cot›: the input tells no wall times; say when it begins with ‹start-utc›")]
    NoTime,
    /// Only fires have a front.
    #[error("‹cot›: a forecast of {task} has no front; leave ‹cot› out")]
    NoFront {
        /// What is forecast.
        task: Task,
    },
    /// The forecast cannot be told.
    #[error(transparent)]
    Product(#[from] ProductError),
    /// The events could not be written.
    #[error("‹cot›: {0}")]
    Io(#[from] io::Error),
}

/// The events of one forecast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Events {
    /// Each a whole document; what has burnt first, then by lead.
    pub xml: Vec<String>,
    /// When the last of them goes stale.
    pub until: Timestamp,
}

/// Whether a forecast of `task` on `grid`, from a last frame of this wall time, can be told. Asked before a
/// forecast is made.
///
/// # Errors
/// [`CotError`] says what is missing.
pub fn suits(grid: &Grid, task: Task, last_utc: Option<Timestamp>) -> Result<(), CotError> {
    match task {
        Task::FireFront => {}
        task => return Err(CotError::NoFront { task }),
    }
    if !grid.is_georeferenced() {
        return Err(CotError::NoMap);
    }
    last_utc.map(drop).ok_or(CotError::NoTime)
}

/// Leads of a forecast of so many that are told where nobody asks for others (0-based).
#[must_use]
pub fn usual_leads(count: usize) -> Vec<usize> {
    chosen(count, LEADS)
}

/// The events of what has burnt and of these `leads` (0-based), under uids that begin with
/// `emberline.NAME.front.` and stay the same from forecast to forecast, so that each replaces the one before.
///
/// # Errors
/// [`CotError`] as of [`suits`], and [`ProductError`].
pub fn events(
    clip: &Clip,
    forecast: &Forecast,
    provenance: &Provenance,
    name: &str,
    leads: &[usize],
) -> Result<Events, CotError> {
    suits(&forecast.grid, forecast.predicted.task(), clip.end_utc)?;
    let Parts::Fire(fire) = Parts::of(clip, forecast)? else {
        return Err(CotError::NoFront { task: forecast.predicted.task() });
    };
    let facts = Facts::of(clip, forecast, provenance);
    let map = Map::of(&forecast.grid)?.ok_or(CotError::NoMap)?;
    let issue = facts.issue.ok_or(CotError::NoTime)?;
    let valid = |lead_s: f64| facts.valid(lead_s).ok_or(CotError::NoTime);
    let leads: Vec<usize> = leads.iter().copied().filter(|l| *l < forecast.lead_s.len()).collect();
    let end_s = leads.iter().map(|l| forecast.lead_s[*l]).fold(0.0, f64::max);
    let until = valid(if end_s > 0.0 { end_s } else { facts.horizon_s })?;
    let teller = Teller {
        rings: Rings::of(Some(&map), forecast.grid.cell_m)?,
        facts: &facts,
        grid: &forecast.grid,
        name,
        issue,
    };
    // What has burnt stays true for as long as anything is told.
    let mut xml = teller.tell(&Moment::now(fire), None, until)?;
    let last = forecast.lead_s.len() - 1;
    for l in leads {
        let moment = Moment::lead(forecast, fire, l);
        xml.extend(teller.tell(&moment, Some(colour(l, last)), valid(moment.lead_s)?)?);
    }
    Ok(Events { xml, until })
}

/// What is the same of all events of a forecast.
struct Teller<'a> {
    rings: Rings<'a>,
    facts: &'a Facts,
    grid: &'a Grid,
    name: &'a str,
    issue: Timestamp,
}

impl Teller<'_> {
    /// The events of a moment: one for each of its largest areas.
    fn tell(
        &self,
        moment: &Moment,
        colour: Option<Rgb>,
        stale: Timestamp,
    ) -> Result<Vec<String>, CotError> {
        let fewer = |ring: &emberline_picture::Ring| limited(ring, POINTS - 1).0;
        let mut polygons = self.rings.polygons_of(&moment.areas, &fewer)?;
        // Outer rings alone: a drawn shape has no holes.
        let mut outer: Vec<_> =
            polygons.iter_mut().map(|rings| (rings.len() > 1, rings.swap_remove(0))).collect();
        outer.sort_by(|a, b| ring_m2(&b.1).total_cmp(&ring_m2(&a.1)));
        let all = outer.len();
        let told = outer.iter().take(AREAS).enumerate();
        told.map(|(k, (has_holes, ring))| {
            Ok(self.event(moment, colour, stale, (k, all), ring, *has_holes)?)
        })
        .collect()
    }

    fn event(
        &self,
        moment: &Moment,
        colour: Option<Rgb>,
        stale: Timestamp,
        (k, all): (usize, usize),
        ring: &[[f64; 2]],
        has_holes: bool,
    ) -> io::Result<String> {
        let mut uid = format!("emberline.{}.front.{}", self.name, moment.lead_s);
        let mut callsign = match colour {
            None => "fire now".to_owned(),
            Some(_) => format!("fire {}", self.facts.lead_words(moment.lead_s)),
        };
        if k > 0 {
            uid += &format!(".{}", k + 1);
            callsign += &format!(" ({})", k + 1);
        }
        let mut remarks = format!(
            "emberline {}, p {}, {}, {CONFIRM}",
            self.facts.maker,
            short(moment.probability),
            place_words(self.grid)
        );
        if all > 1 {
            remarks += &format!("; area {} of {all}", k + 1);
            if all > AREAS {
                remarks += &format!(", the {AREAS} largest are sent");
            }
        }
        if has_holes {
            remarks += "; parts within that do not burn are not shown";
        }
        let ce = self.grid.place_error_m.map(|m| format!("{:.1}", 2.0 * m));
        let [lon, lat] = within(ring);
        let place = |[lon, lat]: [f64; 2]| {
            [lat, lon - 360.0 * (lon / 360.0).round()].map(|deg| format!("{deg:.7}"))
        };
        let [lat, lon] = place([lon, lat]);
        let (issue, stale) = (time(self.issue), time(stale));
        let line = argb(0xff, colour.unwrap_or(NOW));
        let fill = argb(if colour.is_some() { 0x40 } else { 0x90 }, colour.unwrap_or(BURNT));
        let mut xml = Xml::new()?;
        let event = [
            ("version", "2.0"),
            ("uid", &uid),
            ("type", "u-d-f"),
            ("how", "m-g"),
            ("time", &issue),
            ("start", &issue),
            ("stale", &stale),
        ];
        let nothing = |_: &mut Xml| Ok(());
        xml.element("event", &event, |xml| {
            let point = [
                ("lat", lat.as_str()),
                ("lon", &lon),
                ("hae", UNKNOWN),
                ("ce", ce.as_deref().unwrap_or(UNKNOWN)),
                ("le", UNKNOWN),
            ];
            xml.element("point", &point, nothing)?;
            xml.element("detail", &[], |xml| {
                for at in ring {
                    xml.element("link", &[("point", &place(*at).join(","))], nothing)?;
                }
                xml.element("strokeColor", &[("value", &line)], nothing)?;
                xml.element("strokeWeight", &[("value", "3")], nothing)?;
                xml.element("fillColor", &[("value", &fill)], nothing)?;
                xml.element("contact", &[("callsign", &callsign)], nothing)?;
                xml.text("remarks", &remarks)
            })
        })?;
        xml.end()
    }
}

/// A time as CoT wants it.
fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// Opacity, red, green, blue as one signed number.
fn argb(opacity: u8, [r, g, b]: Rgb) -> String {
    i32::from_be_bytes([opacity, r, g, b]).to_string()
}

/// A point within a closed ring: its centre of area where that lies within, else the middle of the widest stretch
/// at the height of that centre.
fn within(ring: &[[f64; 2]]) -> [f64; 2] {
    let [x0, y0] = ring[0];
    let (mut doubled, mut sum) = (0.0, [0.0; 2]);
    for pair in ring.windows(2) {
        let (a, b) = ([pair[0][0] - x0, pair[0][1] - y0], [pair[1][0] - x0, pair[1][1] - y0]);
        let cross = a[0] * b[1] - b[0] * a[1];
        doubled += cross;
        sum = [0, 1].map(|k| sum[k] + (a[k] + b[k]) * cross);
    }
    if doubled == 0.0 {
        return ring[0];
    }
    let centre = [x0 + sum[0] / (3.0 * doubled), y0 + sum[1] / (3.0 * doubled)];
    let crosses = |pair: &[[f64; 2]]| (pair[0][1] > centre[1]) != (pair[1][1] > centre[1]);
    let at = |pair: &[[f64; 2]]| {
        let [a, b] = [pair[0], pair[1]];
        a[0] + (b[0] - a[0]) * (centre[1] - a[1]) / (b[1] - a[1])
    };
    let mut crossings: Vec<f64> = ring.windows(2).filter(|p| crosses(p)).map(at).collect();
    crossings.sort_by(f64::total_cmp);
    let stretches = crossings.chunks_exact(2);
    if stretches.clone().any(|s| (s[0]..=s[1]).contains(&centre[0])) {
        return centre;
    }
    let widest = stretches.max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])));
    widest.map_or(ring[0], |s| [0.5 * (s[0] + s[1]), centre[1]])
}

#[cfg(test)]
mod tests {
    use super::super::trial::Trial;
    use super::*;

    const UTM: [f64; 6] = [5e5, 30.0, 0.0, 42e5, 0.0, -30.0];

    fn told(trial: &Trial, leads: &[usize]) -> Result<Events, CotError> {
        events(&trial.clip, &trial.forecast, &trial.provenance, "ridge", leads)
    }

    fn values<'a>(document: &'a str, name: &str) -> Vec<&'a str> {
        let open = format!(" {name}=\"");
        let parts = document.split(&open[..]).skip(1);
        parts.map(|part| part.split('"').next().unwrap()).collect()
    }

    #[test]
    fn each_moment_is_a_closed_shape_that_goes_stale_when_it_is_true() {
        let mut trial = Trial::ellipse(300, 400, 3).on("EPSG:32611", UTM, None);
        trial.forecast.grid.place_error_m = Some(2.95);
        let all = told(&trial, &[0, 2]).unwrap();
        let uids: Vec<&str> = all.xml.iter().flat_map(|e| values(e, "uid")).collect();
        assert_eq!(uids, ["0", "60", "180"].map(|s| format!("emberline.ridge.front.{s}")));
        let stale: Vec<&str> = all.xml.iter().flat_map(|e| values(e, "stale")).collect();
        let want = ["14:08:30", "14:06:30", "14:08:30"].map(|t| format!("2026-08-03T{t}.000Z"));
        assert_eq!(stale, want);
        assert_eq!(all.until.to_string(), "2026-08-03T14:08:30Z");
        for event in &all.xml {
            assert_eq!(values(event, "type"), ["u-d-f"]);
            assert_eq!(values(event, "how"), ["m-g"]);
            assert_eq!(values(event, "time"), ["2026-08-03T14:05:30.000Z"]);
            assert_eq!(values(event, "start"), values(event, "time"));
            assert_eq!(values(event, "ce"), ["5.9"]);
            let points: Vec<&str> =
                values(event, "point").into_iter().filter(|p| p.contains(',')).collect();
            assert!(points.len() > 20 && points.len() <= POINTS, "{}", points.len());
            assert_eq!(points.first(), points.last());
            assert!(event.contains("experimental: confirm by eye"));
        }
        // Opaque white, and #f3e826 at a quarter: 0x40f3e826.
        assert_eq!(values(&all.xml[0], "value")[0], "-1");
        assert_eq!(values(&all.xml[1], "value")[2], "1089726502");
        let unknown = told(&Trial::ellipse(40, 60, 3).on("EPSG:32611", UTM, None), &[0]).unwrap();
        assert_eq!(values(&unknown.xml[0], "ce"), ["9999999"]);
    }

    #[test]
    fn of_many_areas_the_largest_are_told_and_that_is_said() {
        let all = told(&Trial::ellipse(90, 70, 3).speckled().on("EPSG:32611", UTM, None), &[2]);
        let all = all.unwrap();
        let of_lead: Vec<&String> = all.xml.iter().filter(|e| e.contains("front.180")).collect();
        assert_eq!(of_lead.len(), AREAS);
        assert!(of_lead[7].contains("uid=\"emberline.ridge.front.180.8\""));
        assert!(of_lead[0].contains("the 8 largest are sent"));
    }

    #[test]
    fn what_has_no_place_or_time_or_front_is_refused_with_what_to_type() {
        let on_a_map = || Trial::ellipse(40, 60, 2).on("EPSG:32611", UTM, None);
        let mut no_time = on_a_map();
        no_time.clip.end_utc = None;
        for (trial, want) in [
            (Trial::ellipse(40, 60, 2), "`crs` and `transform`"),
            (no_time, "‹start-utc›"),
            (on_a_map().told_as(Task::Rain), "has no front"),
        ] {
            let error = told(&trial, &[0]).unwrap_err().to_string();
            assert!(error.contains(want) && error.lines().count() == 1, "{error}");
        }
    }

    #[test]
    fn the_point_lies_within_the_shape() {
        let horseshoe = [
            [0.0, 0.0],
            [9.0, 0.0],
            [9.0, 9.0],
            [7.0, 9.0],
            [7.0, 1.0],
            [1.0, 1.0],
            [1.0, 9.0],
            [0.0, 9.0],
            [0.0, 0.0],
        ];
        let at = within(&horseshoe);
        assert!(at[0] > 7.0 && at[0] < 9.0 && at[1] > 1.0, "{at:?}");
        let square = [[1.0, 1.0], [3.0, 1.0], [3.0, 3.0], [1.0, 3.0], [1.0, 1.0]];
        assert_eq!(within(&square), [2.0, 2.0]);
    }
}
