//! The use case: a film of a flight in, a folder of the ground and its forecast out.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use emberline_vision::frame::{Film, Kind, TimeSource};
use emberline_vision::note::Note;
use emberline_vision::pipeline::{
    self, ForecastDone, ForecastOptions, Opened, PipelineError, PipelineOptions,
};
use emberline_vision::product::{ProductError, Staged, Written, film_file};
use jiff::Timestamp;

use crate::heights::Datum;
use crate::options::SurveyOptions;
use crate::picture;
use crate::refusal::Refusal;
use crate::sim::SimDrone;
use crate::survey::Survey;
use crate::surveyor::Surveyor;
use crate::track::Track;

/// Seconds between frames that are laid, where a person does not say: more tell nothing new.
const EVERY_S: f64 = 1.0;
/// Seconds between films of the ground, and films of a short flight.
const STEP_S: f64 = 30.0;
const STEPS: f64 = 10.0;
/// Shortest step that is taken without being asked for, seconds.
const LEAST_STEP_S: f64 = 2.0;

/// What is asked of a flight.
#[derive(Clone, Debug)]
pub struct FlyOptions {
    /// How the film is read, and how its ground is forecast; its step is that of the ground.
    pub pipeline: PipelineOptions,
    /// Seconds between frames that are laid on the ground.
    pub every_s: Option<f64>,
    /// Where the telemetry is; `None` to work in pixels, or with a camera that stands still.
    pub pose: Option<PathBuf>,
    /// How the telemetry is read.
    pub telemetry: emberline_telemetry::Options,
    /// Seconds to add to a frame's time before its pose is looked up.
    pub pose_offset_s: f64,
    /// Wall time of the film's first frame, where it tells none.
    pub start_utc: Option<Timestamp>,
    /// How it is put on the ground.
    pub survey: SurveyOptions,
    /// Whether the ground is forecast at all.
    pub is_forecast: bool,
    /// Name by which Cursor on Target knows the forecast, where events are asked for.
    pub cot: Option<String>,
    /// Whether it is forecast though too few frames fit.
    pub is_forced: bool,
}

/// Why a flight ended without what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum FlyError {
    /// It cannot be put on the ground.
    #[error("{input}: {why}")]
    Refused {
        /// As it was named.
        input: String,
        /// Why, and what to do; it stands in the message.
        why: Refusal,
    },
    /// It cannot be read, forecast or written.
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
}

/// A flight that was put on the ground.
#[derive(Debug)]
pub struct Flown {
    /// What it says of the ground.
    pub survey: Survey,
    /// Its forecast, where one was made.
    pub forecast: Option<ForecastDone>,
    /// What a person should know.
    pub notes: Vec<String>,
    /// The folder's files.
    pub written: Written,
}

/// Puts the film `input` on the ground and forecasts it, into the folder `output`; `progress` hears of frames laid
/// and of how many, then of parts of the forecast.
///
/// # Errors
/// [`FlyError`]; then `output` is as it was before.
pub fn fly(
    input: &str,
    output: &Path,
    options: &FlyOptions,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Flown, FlyError> {
    let refused = |why: Refusal| FlyError::Refused { input: input.to_owned(), why };
    drop(Staged::begin(output).map_err(PipelineError::from)?);
    let Taken { opened, track, told } = taken(input, options)?;
    let film = &opened.film;
    let mut survey_options = options.survey.clone();
    survey_options.step_s = step_s(film, options.pipeline.source.step_s).map_err(refused)?;
    let mut surveyor = Surveyor::new(
        film.kind,
        film.grid.clone(),
        picture::span(film.kind, &film.frames),
        survey_options.clone(),
    );
    let survey = laid(film, track.as_ref(), &mut surveyor, survey_options.step_s, progress)
        .map_err(refused)?;
    let mut notes = notes(film, &survey, surveyor.datum(), track.as_ref());
    notes.splice(0..0, told);
    let rows = rows_of(&surveyor);
    let ground = ground_film(film, &survey, &notes);
    let facts = serde_json::to_value(&survey.facts).unwrap_or_default();
    let mut beside = |staged: &mut Staged| {
        beside(staged, &ground, &survey, &facts, surveyor.datum(), &notes, &rows)
    };
    let withheld = survey.facts.unsteady && !options.is_forced;
    if !options.is_forecast || withheld {
        let mut staged = Staged::begin(output).map_err(PipelineError::from)?;
        beside(&mut staged).map_err(PipelineError::from)?;
        let written = staged.commit().map_err(PipelineError::from)?;
        if withheld && options.is_forecast {
            notes.push(
                "no forecast is made: too few of the newest frames fit the map of the ground; ‹force› makes one".to_owned(),
            );
        }
        return Ok(Flown { survey, forecast: None, notes, written });
    }
    let mut pipeline = options.pipeline.clone();
    pipeline.source.step_s = None;
    let asked = ForecastOptions {
        pipeline,
        at: None,
        state: None,
        start_utc: None,
        cot: options.cot.clone(),
    };
    let decode_s = opened.decode_s;
    let done = pipeline::forecast_opened(
        Opened { film: ground.clone(), decode_s },
        output,
        &asked,
        progress,
        &mut beside,
    )?;
    let written = done.written.clone();
    Ok(Flown { survey, forecast: Some(done), notes, written })
}

/// A flight's film and telemetry, and what a person should know of that.
struct Taken {
    opened: Opened,
    track: Option<Track>,
    told: Vec<String>,
}

/// Takes a flight's film and telemetry, from files or a simulator.
fn taken(input: &str, options: &FlyOptions) -> Result<Taken, FlyError> {
    let refused = |why: Refusal| FlyError::Refused { input: input.to_owned(), why };
    if let Some(sim) = SimDrone::parse(input).map_err(refused)? {
        if options.pose.is_some() || options.survey.camera.stands_still() {
            return Err(refused(Refusal::new(
                "a simulated flight has its own telemetry",
                "leave out ‹pose› and ‹camera›",
            )));
        }
        let (film, track) = sim.flown(input).map_err(refused)?;
        let told =
            vec!["a simulated flight over a simulated fire: nothing in it is real".to_owned()];
        return Ok(Taken { opened: Opened { film, decode_s: 0.0 }, track: Some(track), told });
    }
    let mut opened = read(input, options)?;
    let mut told = Vec::new();
    let track = match &options.pose {
        Some(path) => {
            let film = &mut opened.film;
            let (track, notes) = Track::read(path, options.telemetry, options.pose_offset_s, film)
                .map_err(refused)?;
            told = notes;
            Some(track)
        }
        None => None,
    };
    Ok(Taken { opened, track, told })
}

/// Reads the film, thinned to the frames that are laid.
fn read(input: &str, options: &FlyOptions) -> Result<Opened, FlyError> {
    let mut pipeline = options.pipeline.clone();
    pipeline.source.step_s = Some(options.every_s.unwrap_or(EVERY_S));
    let mut opened = pipeline::open(input, &pipeline).map_err(PipelineError::from)?;
    let film = &mut opened.film;
    let refused = |what: &str, advice: &str| FlyError::Refused {
        input: input.to_owned(),
        why: Refusal::new(what, advice),
    };
    if film.kind == Kind::Rain {
        return Err(refused(
            "a flight is a film of thermal or colour pictures, and this is rain",
            "give ‹emberline forecast› the radar",
        ));
    }
    if film.grid.is_georeferenced() {
        return Err(refused(
            "the film lies on the ground already",
            "give it to ‹emberline forecast›",
        ));
    }
    if film.time_source() == TimeSource::Assumed {
        return Err(refused(
            "nothing tells when its frames were taken",
            "give ‹frame-every› 1s, the time between them",
        ));
    }
    if let Some(start) = options.start_utc {
        pipeline::begin_at(film, start)?;
    }
    Ok(opened)
}

/// Seconds between films of the ground.
fn step_s(film: &Film, asked_s: Option<f64>) -> Result<f64, Refusal> {
    let long_s = match (film.frames.first(), film.frames.last()) {
        (Some(a), Some(b)) => b.time_s() - a.time_s(),
        _ => 0.0,
    };
    let step_s = asked_s.unwrap_or_else(|| STEP_S.min((long_s / STEPS).floor().max(LEAST_STEP_S)));
    if long_s < 2.0 * step_s {
        return Err(Refusal::new(
            format!(
                "the flight lasts {long_s:.0} s, and films of the ground {step_s:.0} s apart need twice that"
            ),
            "give a longer film, or a smaller ‹step›",
        ));
    }
    Ok(step_s)
}

/// Lays all frames, so that the last step ends with the last frame.
fn laid(
    film: &Film,
    track: Option<&Track>,
    surveyor: &mut Surveyor,
    step_s: f64,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Survey, Refusal> {
    let times = (
        film.frames.first().map_or(0.0, |f| f.time_s()),
        film.frames.last().map_or(0.0, |f| f.time_s()),
    );
    let (first, last) = times;
    let whole = ((last - first) / step_s).floor();
    surveyor.end_first_step_at(last - (whole - 1.0) * step_s);
    film.frames.iter().for_each(|frame| surveyor.learn(frame));
    for (k, frame) in film.frames.iter().enumerate() {
        surveyor.push(frame, track)?;
        progress(k + 1, film.frames.len());
    }
    surveyor.end_step(last);
    surveyor.survey()?.ok_or_else(|| {
        Refusal::new(
            "no frame has a pose, or none shows ground that is near enough",
            "look at the telemetry's times and angles: pitch is −90 straight down",
        )
    })
}

fn rows_of(surveyor: &Surveyor) -> Vec<u8> {
    let mut out = Vec::new();
    for row in surveyor.rows() {
        let _ = serde_json::to_writer(&mut out, row);
        out.push(b'\n');
    }
    out
}

/// What a person should know.
fn notes(film: &Film, survey: &Survey, datum: Option<Datum>, track: Option<&Track>) -> Vec<String> {
    let facts = &survey.facts;
    let counts = facts.frames;
    let mut notes = Vec::new();
    if facts.crs.is_none() {
        notes.push(
            "no place of the camera is known: ground is in pixels of the first frame, on no map"
                .to_owned(),
        );
    }
    match datum {
        Some(Datum::TakeOff) => notes.push(
            "heights count from take-off: the ground is taken to be as high as there, and level"
                .to_owned(),
        ),
        Some(Datum::Ellipsoid) => notes.push(
            "heights count from the ellipsoid, and the ground's height is taken to do so too"
                .to_owned(),
        ),
        _ => {}
    }
    if counts.no_pose > 0 {
        notes.push(format!(
            "{} of {} frames have no pose near enough in time and are left out",
            counts.no_pose, counts.all
        ));
    }
    if let Some(track) = track.filter(|t| t.flight.jumps() > 0) {
        notes.push(format!(
            "{} places of the telemetry are left out: nothing flies that fast",
            track.flight.jumps()
        ));
    }
    let off = counts.telemetry + counts.lost;
    if off > 0 && counts.steadied > 0 {
        notes.push(format!("{off} of {} frames do not fit the map of the ground", counts.all));
    }
    if facts.maps > 1 {
        notes.push(format!("the map of the ground was begun {} times: parts agree with one another by telemetry alone", facts.maps));
    }
    if counts.steadied == 0 && counts.telemetry > 0 {
        notes.push(
            "frames are laid by telemetry alone: the front jumps from frame to frame as it does"
                .to_owned(),
        );
    }
    if facts.burnt_outside_cells > 0 {
        notes.push(format!(
            "{} burnt cells lie on ground that was seen too rarely to forecast",
            facts.burnt_outside_cells
        ));
    }
    if let Some(place) = facts.place_error_m {
        notes.push(format!(
            "the place of everything is known to ± {place:.1} m (one standard deviation)"
        ));
    }
    notes.extend(film.notes.iter().map(ToString::to_string));
    notes
}

/// The ground as a film.
fn ground_film(film: &Film, survey: &Survey, notes: &[String]) -> Film {
    let mut all: Vec<Note> = notes.iter().cloned().map(Note::Said).collect();
    all.dedup();
    Film {
        kind: Survey::KIND,
        frames: survey.frames.clone(),
        grid: survey.grid.clone(),
        name: film.name.clone(),
        digest: film.digest.clone(),
        notes: all,
    }
}

/// Writes what is known of the flight into the folder of its forecast.
fn beside(
    staged: &mut Staged,
    ground: &Film,
    survey: &Survey,
    facts: &serde_json::Value,
    datum: Option<Datum>,
    notes: &[String],
    rows: &[u8],
) -> Result<(), ProductError> {
    staged.write("ground.npz", |sink| {
        film_file(sink, ground, &[("seen_age_s", &survey.seen_age_s)])
    })?;
    let mut document = serde_json::json!({
        "emberline": env!("CARGO_PKG_VERSION"),
        "input": { "name": ground.name, "sha256": ground.digest },
        "heights_from": datum,
        "notes": notes,
    });
    if let (Some(all), Some(facts)) = (document.as_object_mut(), facts.as_object()) {
        all.extend(facts.clone());
    }
    staged.write("drone.json", |sink| {
        serde_json::to_writer_pretty(&mut *sink, &document)?;
        sink.write_all(b"\n")
    })?;
    staged.write("frames.ndjson", |sink| sink.write_all(rows))
}
