use roxmltree::{Document, Node};
use serde_json::{Value, json};

use super::*;
use crate::alert::{Alert, Finding, Phase};
use crate::config::CapStatus;

const NASTY: &str = "a <b> & \"c\" 'd' ]]> \u{0}\u{1b}\r\u{ffff} ü 火 &amp; -->";
/// What a reader must find of it: characters that XML cannot hold are marked.
const FOUND: &str = "a <b> & \"c\" 'd' ]]> \u{fffd}\u{fffd}\u{fffd}\u{fffd} ü 火 &amp; -->";

fn alert() -> Alert {
    let at = |text: &str| text.parse().unwrap();
    Alert {
        id: "road-north-20260802T143049000Z".to_owned(),
        rule: "road".to_owned(),
        when: "front-reaches".to_owned(),
        source: "north".to_owned(),
        phase: Phase::Raised,
        since: at("2026-08-02T14:30:40.5Z"),
        raised: at("2026-08-02T14:30:49Z"),
        changed: at("2026-08-02T14:30:49Z"),
        finding: Finding {
            words: "the front reaches the line within 5 min with 61 %".to_owned(),
            probability: Some(0.61),
            lead_s: Some(300.0),
            cell: Some([12.5, 7.5]),
            lon_lat: Some([-105.28, 40.0175]),
        },
        by: None,
        known: None,
        simulated: false,
        quiet: false,
        forecast: Some("forecasts/2026-08-02/north/143049Z".to_owned()),
        frame: None,
        picture: Some("forecasts/2026-08-02/north/143049Z/overlay.png".to_owned()),
        station: [40.0, -105.0],
        notice: "An aid & no more.".to_owned(),
    }
}

fn sender() -> Sender {
    let (station, name) = ("ridge".to_owned(), "ridge.example".to_owned());
    Sender { station, name, status: CapStatus::Test }
}

/// Isochrones of now, five and ten minutes: squares that grow, the last of them in two pieces, with a hole.
fn on_a_map() -> Evidence {
    let square = |lon: f64, size: f64| {
        let (a, b) = (lon + size, 40.0 + size);
        json!([[lon, 40.0], [a, 40.0], [a, b], [lon, b], [lon, 40.0]])
    };
    let of = |lead_s: f64, polygons: Value| {
        json!({"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": polygons},
               "properties": {"lead_s": lead_s, "valid_time": "2026-08-02T14:35:49Z"}})
    };
    let all = json!({
        "type": "FeatureCollection",
        "emberline:coordinates": "WGS 84 longitude, latitude",
        "features": [
            of(0.0, json!([[square(-105.3, 0.01)]])),
            of(300.0, json!([[square(-105.3, 0.02)]])),
            of(600.0, json!([[square(-105.1, 0.01)], [square(-105.3, 0.03), square(-105.29, 0.001)]])),
        ],
    });
    let isochrones = evidence::isochrones(all.to_string().as_bytes()).unwrap();
    let (file, bytes) = ("forecasts/a b/overlay.png".to_owned(), b"picture".to_vec());
    Evidence { picture: Some(Picture { file, mime: "image/png", bytes }), isochrones }
}

fn texts<'a>(document: &'a Document<'_>, name: &str) -> Vec<&'a str> {
    let named = document.descendants().filter(|node| node.tag_name().name() == name);
    named.map(|node| node.text().unwrap_or("")).collect()
}

#[test]
fn a_message_of_each_phase_names_those_before_it() {
    let known = |alert: &mut Alert| {
        let at = Some("2026-08-02T14:32:00Z".parse().unwrap());
        (alert.known, alert.by) = (at, Some("ann".to_owned()));
    };
    let first = "ridge.example,road-north-20260802T143049000Z,2026-08-02T14:30:49-00:00";
    let second =
        "ridge.example,road-north-20260802T143049000Z.acknowledged,2026-08-02T14:32:00-00:00";
    let both = format!("{first} {second}");
    for (phase, is_known, id, of, references, urgency) in [
        (Phase::Raised, false, "", "Alert", None, "Immediate"),
        (Phase::Acknowledged, true, ".acknowledged", "Update", Some(first), "Immediate"),
        (Phase::Closed, false, ".closed", "Cancel", Some(first), "Past"),
        (Phase::Closed, true, ".closed", "Cancel", Some(&*both), "Past"),
    ] {
        let mut alert = Alert { phase, ..alert() };
        if is_known {
            known(&mut alert);
        }
        let text = cap::write(&alert, &sender(), &Evidence::default()).unwrap();
        let document = Document::parse(&text).unwrap();
        let one = |name: &str| texts(&document, name).first().copied();
        assert_eq!(one("identifier"), Some(&*format!("{}{id}", alert.id)));
        assert_eq!((one("msgType"), one("references")), (Some(of), references));
        assert_eq!((one("urgency"), one("status")), (Some(urgency), Some("Test")));
        assert_eq!(one("onset"), Some("2026-08-02T14:35:49-00:00"), "raised and its lead");
        assert_eq!(one("expires"), Some("2026-08-03T14:35:49-00:00"));
        assert!(one("restriction").is_some() && one("note").is_some());
        assert_eq!(one("circle"), Some("40.0175000,-105.2800000 0"));
        assert_eq!(one("instruction"), Some("An aid & no more."));
    }
}

#[test]
fn how_sure_and_how_soon_follows_from_chance_and_lead() {
    for (when, probability, lead_s, certainty, urgency, category) in [
        ("front-reaches", Some(1.0), Some(0.0), "Observed", "Immediate", "Fire"),
        ("front-reaches", Some(0.99), Some(600.0), "Likely", "Immediate", "Fire"),
        ("front-reaches", Some(0.5), Some(601.0), "Possible", "Expected", "Fire"),
        ("front-reaches", Some(0.01), Some(7200.0), "Unlikely", "Future", "Fire"),
        ("rain-starts", Some(0.8), Some(1500.0), "Likely", "Expected", "Met"),
        ("fire-in-view", None, Some(0.0), "Observed", "Immediate", "Fire"),
        ("wind-shift", None, None, "Observed", "Unknown", "Met"),
        ("blind", None, None, "Observed", "Unknown", "Other"),
        ("", None, None, "Unknown", "Unknown", "Other"),
        ("what a newer program knows", Some(0.9), None, "Likely", "Unknown", "Other"),
    ] {
        let mut alert = Alert { when: when.to_owned(), ..alert() };
        (alert.finding.probability, alert.finding.lead_s) = (probability, lead_s);
        let text = cap::write(&alert, &sender(), &Evidence::default()).unwrap();
        let document = Document::parse(&text).unwrap();
        let got = ["certainty", "urgency", "category"].map(|name| texts(&document, name)[0]);
        assert_eq!(got, [certainty, urgency, category], "{when}");
    }
}

#[test]
fn what_a_simulator_shows_is_never_more_than_an_exercise() {
    let actual = Sender { status: CapStatus::Actual, ..sender() };
    for (simulated, sender, want) in
        [(false, &actual, "Actual"), (true, &actual, "Exercise"), (true, &sender(), "Exercise")]
    {
        let alert = Alert { simulated, ..alert() };
        let text = cap::write(&alert, sender, &Evidence::default()).unwrap();
        let document = Document::parse(&text).unwrap();
        assert_eq!(texts(&document, "status"), [want]);
        assert_eq!(texts(&document, "scope"), ["Restricted"], "never for the public");
        assert_eq!(texts(&document, "note").len(), usize::from(want != "Actual"));
    }
}

#[test]
fn areas_are_what_has_burnt_by_the_lead_the_place_or_the_station() {
    let alert = alert();
    let ring = |document: &Document<'_>| texts(document, "polygon").join("|");
    let mut later = alert.clone();
    later.finding.lead_s = Some(600.0);
    for (what, alert, want) in [
        (
            "by the lead",
            &alert,
            "40.0000000,-105.3000000 40.0000000,-105.2800000 40.0200000,-105.2800000 \
             40.0200000,-105.3000000 40.0000000,-105.3000000",
        ),
        (
            "two pieces, the larger first",
            &later,
            "40.0000000,-105.3000000 40.0000000,-105.2700000 40.0300000,-105.2700000 \
             40.0300000,-105.3000000 40.0000000,-105.3000000|\
             40.0000000,-105.1000000 40.0000000,-105.0900000 40.0100000,-105.0900000 \
             40.0100000,-105.1000000 40.0000000,-105.1000000",
        ),
    ] {
        let text = cap::write(alert, &sender(), &on_a_map()).unwrap();
        let document = Document::parse(&text).unwrap();
        assert_eq!(ring(&document), want, "{what}");
        assert_eq!(texts(&document, "uri"), ["forecasts/a%20b/overlay.png"]);
        assert_eq!(texts(&document, "derefUri"), ["cGljdHVyZQ=="]);
    }
    let mut nowhere = alert.clone();
    nowhere.finding.lon_lat = None;
    let text = cap::write(&nowhere, &sender(), &Evidence::default()).unwrap();
    let document = Document::parse(&text).unwrap();
    assert_eq!(texts(&document, "circle"), ["40.0000000,-105.0000000 0"]);
    assert!(texts(&document, "areaDesc")[0].contains("where the station stands"));
    // A fire that crosses the 180th meridian has no ring that can be said.
    let mut beyond = on_a_map();
    let points = beyond.isochrones.iter_mut().flat_map(|i| &mut i.polygons).flatten().flatten();
    points.for_each(|point| point[0] -= 75.0);
    let text = cap::write(&alert, &sender(), &beyond).unwrap();
    let document = Document::parse(&text).unwrap();
    assert_eq!((texts(&document, "polygon").len(), texts(&document, "circle").len()), (0, 1));
    assert!(!kml::write(&alert, &sender(), &beyond).unwrap().contains("Polygon>"));
}

#[test]
fn isochrones_that_lie_on_no_map_or_are_damaged_are_left_out() {
    for (what, text) in [
        ("pixels", r#"{"type":"FeatureCollection","emberline:coordinates":"pixel","features":[]}"#),
        ("not said", r#"{"type":"FeatureCollection","features":[]}"#),
        ("half", r#"{"type":"FeatureCollection","emberline:coord"#),
        ("nothing", ""),
    ] {
        assert_eq!(evidence::isochrones(text.as_bytes()), None, "{what}");
    }
}

#[test]
fn whatever_words_it_holds_each_file_is_well_formed_and_says_them() {
    let mut alert = alert();
    for text in [
        &mut alert.id,
        &mut alert.rule,
        &mut alert.source,
        &mut alert.finding.words,
        &mut alert.notice,
        alert.forecast.as_mut().unwrap(),
    ] {
        NASTY.clone_into(text);
    }
    (alert.by, alert.finding.lead_s) = (Some(NASTY.to_owned()), Some(f64::MAX));
    let sender = Sender { station: NASTY.to_owned(), name: NASTY.to_owned(), ..sender() };
    let mut evidence = on_a_map();
    evidence.picture.as_mut().unwrap().file = NASTY.to_owned();
    for phase in [Phase::Raised, Phase::Acknowledged, Phase::Closed] {
        let alert = Alert { phase, ..alert.clone() };
        for form in [Form::Cap, Form::Kml] {
            let text = form.write(&alert, &sender, &evidence).unwrap();
            let document = Document::parse(&text).unwrap();
            let says = |node: Node<'_, '_>| node.text().is_some_and(|text| text.contains(FOUND));
            let count = document.descendants().filter(|node| says(*node)).count();
            assert!(count >= 4, "{form:?}: {count} in\n{text}");
            // What the standard forbids in identifiers.
            for name in ["identifier", "sender", "incidents"] {
                for id in texts(&document, name) {
                    assert!(!id.contains([' ', ',', '<', '&', '\u{fffd}']), "{name}: {id}");
                }
            }
        }
        let text = Form::GeoJson.write(&alert, &sender, &evidence).unwrap();
        let all: ::geojson::FeatureCollection = text.parse().unwrap();
        assert_eq!(all.features.len(), 4);
        let properties = all.features[0].properties.as_ref().unwrap();
        assert_eq!((&properties["rule"], &properties["by"]), (&json!(NASTY), &json!(NASTY)));
        assert_eq!(properties["sender"], NASTY);
    }
}

#[test]
fn what_lies_beside_an_alert_is_found_and_nothing_above_the_data_folder() {
    let room = tempfile::tempdir().unwrap();
    let data = room.path().join("data");
    let alert = Alert { frame: Some("frames/f.tif".to_owned()), ..alert() };
    let folder = data.join(alert.forecast.as_ref().unwrap());
    for folder in [&folder, &data.join("frames")] {
        std::fs::create_dir_all(folder).unwrap();
    }
    std::fs::write(data.join("frames/f.tif"), b"frame").unwrap();
    std::fs::write(room.path().join("overlay.png"), b"secret").unwrap();
    let picture = |alert: &Alert| {
        let picture = Evidence::read(&data, alert).picture;
        picture.map(|picture| (picture.mime, picture.bytes))
    };
    assert_eq!(picture(&alert), Some(("image/tiff", b"frame".to_vec())));
    std::fs::write(folder.join("overlay.png"), b"drawn").unwrap();
    assert_eq!(picture(&alert), Some(("image/png", b"drawn".to_vec())));
    for above in ["..", "/", "forecasts/../.."] {
        let alert = Alert { forecast: Some(above.to_owned()), frame: None, ..alert.clone() };
        assert_eq!(picture(&alert), None, "{above}");
    }
    assert_eq!(Form::of_ending("kml"), Some(Form::Kml));
    assert_eq!(Form::of_ending("exe"), None);
    assert_eq!(Form::Cap.name(&alert), format!("{}.raised.cap.xml", alert.id));
}
