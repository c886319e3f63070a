//! Rain at a place as a library call.

use std::path::Path;

use emberline_engine::{EngineKind, EngineOptions};

use super::{Place, RainAtError, RainAtOptions, rain_at};
use crate::pipeline::{PipelineError, PipelineOptions, Reach, Stop};
use crate::source::SourceOptions;

const FRAMES: usize = 20;

/// Radar frames of 64 × 40 cells of 19 km in FMI's layout, five minutes apart: a shower that goes from
/// west to east, two cells a frame, in the middle of the map.
fn shower(folder: &Path) {
    for t in 0..FRAMES {
        let minutes = 17 * 60 + 5 * t;
        let head = format!(
            "P5\n# obstime 20160928{:02}{:02}\n# param CorrectedReflectivity\n\
             # metersperpixel_x 18993.8\n# metersperpixel_y 19149.1\n# type stereographic\n\
             # centrallongitude 25\n# centrallatitude 90\n# truelatitude 60\n\
             # bottomleft 18.6 57.93\n# topright 34.903 69.005\n40 64\n255\n",
            minutes / 60,
            minutes % 60
        );
        let mut bytes = head.into_bytes();
        for (y, x) in (0..64).flat_map(|y| (0..40).map(move |x| (f64::from(y), f64::from(x)))) {
            let d2 = (y - 32.0).powi(2) / 60.0 + (x - 2.0 * t as f64).powi(2) / 30.0;
            let dbz = 44.0 * (-d2).exp();
            bytes.push(if dbz < 8.0 { 0 } else { (2.0 * dbz + 64.0) as u8 });
        }
        std::fs::write(folder.join(format!("f{t:02}.pgm")), bytes).unwrap();
    }
}

fn options(place: Option<Place>) -> RainAtOptions {
    let pipeline = PipelineOptions {
        model: None,
        source: SourceOptions::default(),
        engine: EngineOptions::of(EngineKind::Tract),
        reach: Reach::Leads(4),
        every_s: None,
        members: 1,
        seed: 0,
        spell: str::to_owned,
        stop: Stop::default(),
    };
    RainAtOptions { pipeline, place, rate_mm_h: 0.1, checks: 2 }
}

#[test]
fn a_place_has_a_forecast_and_a_record() {
    let dir = tempfile::tempdir().unwrap();
    shower(dir.path());
    let film = dir.path().display().to_string();
    let mut heard = Vec::new();
    let options = options(Some(Place::Point("63.5,22.5".to_owned())));
    let rain = rain_at(&film, &options, &mut |done, of| heard.push((done, of))).unwrap();
    assert_eq!(heard, [(1, 2), (2, 2)]);
    assert_eq!((rain.place.as_str(), rain.cells, rain.leads.len()), ("63.5,22.5", 1, 4));
    assert_eq!((rain.step_s, rain.leads[3].lead_s), (300.0, 1200.0));
    let earlier = &rain.earlier_forecasts;
    assert!(earlier.made == 2 && earlier.expected_true <= 2.0 && earlier.note.is_none());
    let shown = rain.leads[0].chances.iter().filter(|c| c.is_shown).map(|c| c.mm_h);
    assert_eq!(shown.collect::<Vec<_>>(), [0.1, 1.0, 5.0]);
    // As a document: in this order, and without what only a reader of text needs.
    let json = serde_json::to_value(&rain).unwrap();
    let members: Vec<&String> = json.as_object().unwrap().keys().collect();
    let want = "emberline input model engine place cells last_frame_utc step_s rain_now_mm_h onset \
                earlier_forecasts leads notes";
    assert_eq!(members, want.split_whitespace().collect::<Vec<_>>());
    assert_eq!(json["last_frame_utc"], "2016-09-28T18:35:00Z");
    assert_eq!(json["onset"]["rate_mm_h"], 0.1);
    assert!(
        json["onset"]["says"].is_string()
            && json["leads"][0]["chances"][0].get("is_shown").is_none()
    );
}

#[test]
fn what_is_missing_is_named() {
    let dir = tempfile::tempdir().unwrap();
    shower(dir.path());
    let film = dir.path().display().to_string();
    let at = |text: &str| options(Some(Place::Point(text.to_owned())));
    let error = |options: &RainAtOptions| match rain_at(&film, options, &mut |_, _| {}) {
        Err(PipelineError::RainAt(error)) => error,
        other => panic!("{other:?}"),
    };
    assert!(matches!(error(&options(None)), RainAtError::NoPlace { .. }));
    assert!(matches!(error(&at("north")), RainAtError::NotLatLon(_)));
    assert!(matches!(error(&at("0,0")), RainAtError::OffMap { .. }));
    let mut fire = at("63.5,22.5");
    fire.pipeline.model = Some("fire".to_owned());
    assert!(matches!(error(&fire), RainAtError::NoChances { .. }));
    let rate = RainAtOptions { rate_mm_h: 3.0, ..at("63.5,22.5") };
    assert!(error(&rate).to_string().starts_with("‹rate› 3: chances are told of 0.1, 0.2"));
}
