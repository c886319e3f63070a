//! An alert as a message of the Common Alerting Protocol 1.2 (OASIS, 1 July 2010): one for each of its phases.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use emberline_vision::product::xml::Xml;
use jiff::{SignedDuration, Timestamp};

use super::evidence::{Evidence, Rings, is_within};
use super::kind::Kind;
use super::sender::Sender;
use crate::alert::{Alert, Phase};
use crate::config::CapStatus;

/// A message is good for so long from when it is so: a station that goes on closes its alerts itself.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(24);
/// Who may get it: an experiment has nothing to say to the public.
const FOR: &str = "For those who run this station. Not for the public.";
/// Most polygons: the largest.
const POLYGONS: usize = 10;
/// A larger picture is named and not put in, bytes.
const PUT_IN: usize = 200_000;

/// The message.
pub(super) fn write(alert: &Alert, sender: &Sender, evidence: &Evidence) -> io::Result<String> {
    let status = sender.status_of(alert);
    let mut xml = Xml::new()?;
    xml.element("alert", &[("xmlns", "urn:oasis:names:tc:emergency:cap:1.2")], |xml| {
        xml.text("identifier", &identifier(alert, alert.phase))?;
        xml.text("sender", &plain(&sender.name))?;
        xml.text("sent", &time(alert.changed))?;
        xml.text("status", status.name())?;
        let of = match alert.phase {
            Phase::Raised => "Alert",
            Phase::Acknowledged => "Update",
            Phase::Closed => "Cancel",
        };
        xml.text("msgType", of)?;
        xml.text("source", if alert.source.is_empty() { "station" } else { &alert.source })?;
        xml.text("scope", "Restricted")?;
        xml.text("restriction", FOR)?;
        let note = match status {
            CapStatus::Test => Some("A trial of the technique: disregard it."),
            CapStatus::Exercise if alert.simulated => {
                Some("Simulated: there is no camera, and nothing of it is so.")
            }
            CapStatus::Exercise => Some("An exercise."),
            CapStatus::Actual => None,
        };
        note.map_or(Ok(()), |note| xml.text("note", note))?;
        let earlier: Vec<String> = earlier(alert)
            .iter()
            .map(|(phase, at)| {
                format!("{},{},{}", plain(&sender.name), identifier(alert, *phase), time(*at))
            })
            .collect();
        if !earlier.is_empty() {
            xml.text("references", &earlier.join(" "))?;
        }
        xml.text("incidents", &plain(&alert.id))?;
        xml.element("info", &[], |xml| info(xml, alert, sender, evidence))
    })?;
    xml.end()
}

fn info(xml: &mut Xml, alert: &Alert, sender: &Sender, evidence: &Evidence) -> io::Result<()> {
    let (kind, finding) = (Kind::of(alert), &alert.finding);
    xml.text("language", "en")?;
    xml.text("category", kind.category)?;
    xml.text("event", kind.event)?;
    if alert.phase != Phase::Closed {
        xml.text("responseType", "Assess")?;
    }
    xml.text("urgency", Kind::urgency(alert))?;
    xml.text("severity", kind.severity)?;
    xml.text("certainty", kind.certainty(alert))?;
    // What was forecast when it was raised comes a lead later.
    let lead_s = finding.lead_s.filter(|lead_s| lead_s.is_finite() && *lead_s > 0.0);
    let comes = lead_s.map(|lead_s| after(alert.raised, SignedDuration::from_secs(lead_s as i64)));
    let onset = comes.unwrap_or(alert.since);
    xml.text("effective", &time(alert.changed))?;
    xml.text("onset", &time(onset))?;
    xml.text("expires", &time(after(onset.max(alert.changed), GOOD_FOR)))?;
    xml.text("senderName", &format!("emberline station {}", sender.station))?;
    xml.text("headline", &format!("{}: {}", kind.event, alert.words()))?;
    let mut words = format!("{}. Since {}.", finding.words, time(alert.since));
    if let Some(by) = &alert.by {
        words = format!("{words} Known to {by}.");
    }
    if alert.phase == Phase::Closed {
        words = format!("{words} The station does not see it any more.");
    }
    xml.text("description", &words)?;
    xml.text("instruction", &alert.notice)?;
    let facts = [
        ("rule", Some(alert.rule.clone())),
        ("probability", finding.probability.map(|chance| chance.to_string())),
        ("lead_s", finding.lead_s.map(|lead_s| lead_s.to_string())),
        ("column,row", finding.cell.map(|[column, row]| format!("{column},{row}"))),
        ("quiet", alert.quiet.then(|| "true".to_owned())),
        ("forecast", alert.forecast.clone()),
    ];
    for (name, value) in facts {
        let Some(value) = value else { continue };
        xml.element("parameter", &[], |xml| {
            xml.text("valueName", name)?;
            xml.text("value", &value)
        })?;
    }
    if let Some(picture) = &evidence.picture {
        xml.element("resource", &[], |xml| {
            xml.text("resourceDesc", "picture; its address is below the station's data folder")?;
            xml.text("mimeType", picture.mime)?;
            xml.text("size", &picture.bytes.len().to_string())?;
            xml.text("uri", &address(&picture.file))?;
            match picture.bytes.len() <= PUT_IN {
                true => xml.text("derefUri", &STANDARD.encode(&picture.bytes)),
                false => Ok(()),
            }
        })?;
    }
    xml.element("area", &[], |xml| area(xml, alert, evidence))
}

fn area(xml: &mut Xml, alert: &Alert, evidence: &Evidence) -> io::Result<()> {
    let lead_s = alert.finding.lead_s.unwrap_or(0.0);
    let burnt = evidence.by(lead_s).map(|isochrone| &isochrone.polygons[..]).unwrap_or_default();
    let mut outer: Vec<&[[f64; 2]]> =
        burnt.iter().filter(|p| is_within(p)).filter_map(ring).collect();
    outer.sort_by(|a, b| extent(b).total_cmp(&extent(a)));
    if !outer.is_empty() {
        let by = if lead_s > 0.0 { format!("in {lead_s:.0} s") } else { "now".to_owned() };
        let mut what = format!("what is said to have burnt {by}, with its unburnt islands");
        if outer.len() > POLYGONS {
            what = format!("{what}: the {POLYGONS} largest of {} pieces", outer.len());
        }
        xml.text("areaDesc", &what)?;
        for ring in outer.iter().take(POLYGONS) {
            let points = ring.iter().map(|[lon, lat]| format!("{lat:.7},{lon:.7}"));
            xml.text("polygon", &points.collect::<Vec<_>>().join(" "))?;
        }
        return Ok(());
    }
    let ([lon, lat], what) = match alert.finding.lon_lat {
        Some(place) => (place, "where it is said to be; no more is known of its extent"),
        None => {
            let [lat, lon] = alert.station;
            ([lon, lat], "where the station stands: where it is, is not known")
        }
    };
    xml.text("areaDesc", what)?;
    xml.text("circle", &format!("{lat:.7},{:.7} 0", around(lon)))
}

/// The outer ring, where it is one.
fn ring(polygon: &Rings) -> Option<&[[f64; 2]]> {
    polygon.first().filter(|ring| ring.len() >= 4 && ring.first() == ring.last()).map(Vec::as_slice)
}

/// A measure of the size of a ring: its bounding box.
fn extent(ring: &[[f64; 2]]) -> f64 {
    let span = |axis: usize| {
        let values = ring.iter().map(|at| at[axis]);
        values.clone().fold(f64::MIN, f64::max) - values.fold(f64::MAX, f64::min)
    };
    span(0) * span(1)
}

/// A longitude in −180 to 180.
fn around(lon: f64) -> f64 {
    lon - 360.0 * (lon / 360.0).round()
}

/// The earlier messages of the same alert, with the times at which they were sent.
fn earlier(alert: &Alert) -> Vec<(Phase, Timestamp)> {
    let known = alert.known.map(|at| (Phase::Acknowledged, at));
    match alert.phase {
        Phase::Raised => Vec::new(),
        Phase::Acknowledged => vec![(Phase::Raised, alert.raised)],
        Phase::Closed => [(Phase::Raised, alert.raised)].into_iter().chain(known).collect(),
    }
}

/// The identifier of the message of a phase: each has its own, the first that of the alert.
fn identifier(alert: &Alert, phase: Phase) -> String {
    match phase {
        Phase::Raised => plain(&alert.id),
        _ => format!("{}.{}", plain(&alert.id), phase.name()),
    }
}

/// `text` without what the standard forbids in identifiers.
fn plain(text: &str) -> String {
    let is_plain =
        |c: char| !c.is_whitespace() && !c.is_control() && !",<&\u{fffe}\u{ffff}".contains(c);
    text.chars().map(|c| if is_plain(c) { c } else { '_' }).collect()
}

/// A path as an address: what may not stand in one is told by its bytes.
fn address(path: &str) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(byte);
    path.bytes()
        .map(
            |byte| {
                if is_plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
            },
        )
        .collect()
}

/// A time as the standard wants it: UTC is `-00:00`, and never `Z`.
fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S-00:00").to_string()
}

fn after(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.saturating_add(span).unwrap_or(at)
}
