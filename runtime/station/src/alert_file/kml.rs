//! An alert as KML 2.2 (OGC 07-147r2): its place, and its forecast's isochrones, each with its time.

use std::io;

use emberline_vision::product::kml_shape::{self, when};
use emberline_vision::product::xml::Xml;

use super::evidence::{Evidence, Isochrone, Rings, is_within};
use super::kind::Kind;
use super::sender::Sender;
use crate::alert::{Alert, Phase};

/// Colours of what has burnt and of what is said to burn: opacity, blue, green, red.
const BURNT: &str = "b0202020";
const BURNS: &str = "500055ff";
const EDGE: &str = "ff0055ff";

/// The document.
pub(super) fn write(alert: &Alert, sender: &Sender, evidence: &Evidence) -> io::Result<String> {
    let kind = Kind::of(alert);
    let mut xml = Xml::new()?;
    xml.element("kml", &[("xmlns", "http://www.opengis.net/kml/2.2")], |xml| {
        xml.element("Document", &[], |xml| {
            xml.text("name", &format!("{} ({})", kind.event, alert.id))?;
            xml.text("description", &alert.notice)?;
            for (id, fill) in [("burnt", BURNT), ("burns", BURNS)] {
                xml.element("Style", &[("id", id)], |xml| {
                    xml.element("LineStyle", &[], |xml| {
                        xml.text("color", EDGE)?;
                        xml.text("width", "2")
                    })?;
                    xml.element("PolyStyle", &[], |xml| xml.text("color", fill))
                })?;
            }
            place(xml, alert, sender, evidence)?;
            for isochrone in &evidence.isochrones {
                front(xml, isochrone)?;
            }
            Ok(())
        })
    })?;
    xml.end()
}

fn place(xml: &mut Xml, alert: &Alert, sender: &Sender, evidence: &Evidence) -> io::Result<()> {
    let (kind, finding) = (Kind::of(alert), &alert.finding);
    xml.element("Placemark", &[], |xml| {
        xml.text("name", &alert.words())?;
        let where_ = match finding.lon_lat {
            Some(_) => "",
            None => " Shown is where the station stands: where it is, is not known.",
        };
        let by = alert.by.as_ref().map_or_else(String::new, |by| format!(" Known to {by}."));
        xml.text("description", &format!("{}.{by}{where_} {}", finding.words, alert.notice))?;
        xml.element("TimeSpan", &[], |xml| {
            xml.text("begin", &when(alert.since))?;
            match alert.phase {
                Phase::Closed => xml.text("end", &when(alert.changed.max(alert.since))),
                Phase::Raised | Phase::Acknowledged => Ok(()),
            }
        })?;
        let facts = [
            ("id", Some(alert.id.clone())),
            ("station", Some(sender.station.clone())),
            ("sender", Some(sender.name.clone())),
            ("status", Some(sender.status_of(alert).name().to_owned())),
            ("rule", Some(alert.rule.clone())),
            ("source", Some(alert.source.clone())),
            ("phase", Some(alert.phase.name().to_owned())),
            ("urgency", Some(Kind::urgency(alert).to_owned())),
            ("severity", Some(kind.severity.to_owned())),
            ("certainty", Some(kind.certainty(alert).to_owned())),
            ("probability", finding.probability.map(|chance| chance.to_string())),
            ("lead_s", finding.lead_s.map(|lead_s| lead_s.to_string())),
            ("picture", evidence.picture.as_ref().map(|picture| picture.file.clone())),
        ];
        xml.element("ExtendedData", &[], |xml| {
            for (name, value) in facts {
                let Some(value) = value else { continue };
                xml.element("Data", &[("name", name)], |xml| xml.text("value", &value))?;
            }
            Ok(())
        })?;
        let [lon, lat] = finding.lon_lat.unwrap_or([alert.station[1], alert.station[0]]);
        let lon = lon - 360.0 * (lon / 360.0).round();
        xml.element("Point", &[], |xml| xml.text("coordinates", &format!("{lon:.7},{lat:.7}")))
    })
}

fn front(xml: &mut Xml, isochrone: &Isochrone) -> io::Result<()> {
    // What crosses the 180th meridian cannot be said in one piece.
    let polygons: Vec<&Rings> = isochrone.polygons.iter().filter(|p| is_within(p)).collect();
    if polygons.is_empty() {
        return Ok(());
    }
    let Isochrone { lead_s, properties, .. } = isochrone;
    let is_now = *lead_s <= 0.0;
    xml.element("Placemark", &[], |xml| {
        let name = if is_now { "burnt now".to_owned() } else { format!("in {lead_s:.0} s") };
        xml.text("name", &name)?;
        let valid = properties.get("valid_time").and_then(|at| at.as_str()?.parse().ok());
        if let Some(valid) = valid {
            xml.element("TimeStamp", &[], |xml| xml.text("when", &when(valid)))?;
        }
        xml.text("styleUrl", if is_now { "#burnt" } else { "#burns" })?;
        kml_shape::areas(xml, polygons, 7)
    })
}
