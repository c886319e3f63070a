//! The laying: frames wait for their poses, are laid on the ground, and give a film of it at each step's end.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use emberline_drone::{CameraFile, Datum, Ground, HeightFile, Survey, SurveyOptions};
use emberline_vision::frame::{Kind, Pixels};
use jiff::Timestamp;
use ndarray::{Array3, Axis, Zip};

use super::super::feed::Shot;
use super::begun::Begun;
use super::line::Line;
use super::told::Told;
use crate::config::{CameraConfig, GroundConfig, spelled};
use crate::source::State;

/// Films of the ground that are held: what a model sees, and a little.
const STEPS: usize = 12;
/// Seconds between frames that are laid, at least: more tell nothing new.
const APART_S: f64 = 0.9;
/// Frames that wait for telemetry, and for how long.
const WAITING: usize = 8;
const PATIENCE: Duration = Duration::from_millis(1500);
/// Frames in a row that are not later than the newest: the camera's clock was set back.
const BACK: u32 = 3;
/// Greys of what was never seen, was seen, and has burnt.
const GREYS: [u8; 3] = [0, 90, 255];

/// A film of the ground.
#[derive(Debug)]
pub(in crate::camera) struct GroundFilm {
    /// Masks, oldest first.
    pub(in crate::camera) shots: Vec<Shot>,
    /// The newest, for people to look at.
    pub(in crate::camera) picture: Pixels,
}

/// Lays the frames of one camera on the ground.
#[derive(Debug)]
pub(in crate::camera) struct Laying {
    name: String,
    kind: Kind,
    config: GroundConfig,
    line: Option<Line>,
    /// How frames are laid; read when the first is.
    options: Option<SurveyOptions>,
    begun: Option<Begun>,
    waiting: VecDeque<(Instant, Shot)>,
    /// Time of the newest frame that was taken, and how many since were not later.
    newest: Option<Timestamp>,
    back: u32,
    /// What was wrong with the newest frame, and with the newest film.
    of_frame: Option<String>,
    of_film: Option<(State, String)>,
    told: Told,
}

impl Laying {
    /// Of a camera, where it is configured to be laid on the ground.
    pub(in crate::camera) fn of(camera: &CameraConfig) -> Option<Self> {
        let config = *camera.ground.clone()?;
        let line = config.pose.clone().map(|pose| Line::new(pose, &config));
        let (options, begun, waiting, newest, of_frame, of_film, told) = Default::default();
        let (name, kind, back) = (camera.name.clone(), camera.kind, 0);
        Some(Self {
            name,
            kind,
            config,
            line,
            options,
            begun,
            waiting,
            newest,
            back,
            of_frame,
            of_film,
            told,
        })
    }

    /// A frame came; `false` of one that does not follow those before.
    pub(in crate::camera) fn take(&mut self, shot: &Shot, now: Instant) -> bool {
        let since_s = |newest: Timestamp| shot.taken.duration_since(newest).as_secs_f64();
        match self.newest.map(since_s) {
            Some(since_s) if since_s <= 0.0 && !shot.new_scene => {
                self.back += 1;
                if self.back < BACK {
                    return false;
                }
                self.waiting.clear();
            }
            Some(since_s) if since_s < APART_S && !shot.new_scene => return true,
            _ => {}
        }
        (self.newest, self.back) = (Some(shot.taken), 0);
        if self.waiting.len() >= WAITING {
            self.waiting.pop_front();
        }
        self.waiting.push_back((now, shot.clone()));
        true
    }

    /// Lets go of all that was seen.
    pub(in crate::camera) fn forget(&mut self) {
        self.begun = None;
        self.waiting.clear();
        (self.newest, self.of_frame, self.of_film) = Default::default();
    }

    /// Listens, and lays the frames whose poses have come; the film of the ground, where a step has ended.
    pub(in crate::camera) fn tick(&mut self, now: Instant, utc: Timestamp) -> Option<GroundFilm> {
        if let Some(line) = &mut self.line {
            line.listen(now, utc);
        }
        let mut film = None;
        while let Some((came, shot)) = self.waiting.front() {
            let is_due = self.line.as_ref().is_none_or(|line| line.has_reached(shot.taken))
                || now.saturating_duration_since(*came) >= PATIENCE;
            if !is_due {
                break;
            }
            let Some((_, shot)) = self.waiting.pop_front() else { break };
            film = self.lay(&shot).or(film);
        }
        self.tell(now, utc);
        film
    }

    /// What is told of it.
    pub(in crate::camera) fn told(&self) -> &Told {
        &self.told
    }

    fn lay(&mut self, shot: &Shot) -> Option<GroundFilm> {
        if self.options.is_none() {
            match options(&self.config) {
                Ok(options) => self.options = Some(options),
                Err(why) => {
                    self.of_frame = Some(why);
                    return None;
                }
            }
        }
        if let Some(begun) = &self.begun
            && let Some(why) = begun.refuses(shot)
        {
            tracing::info!("{}: its ground is begun anew: {why}", self.name);
            (self.begun, self.of_film) = (None, None);
        }
        let options = self.options.as_ref()?;
        let begun = self.begun.get_or_insert_with(|| Begun::new(shot, self.kind, options));
        let pushed = begun.push(shot, self.line.as_ref().map(Line::track));
        let survey = match pushed {
            Ok(survey) => {
                self.of_frame = None;
                survey?
            }
            Err(why) => {
                self.of_frame = Some(spelled(&why.to_string()));
                return None;
            }
        };
        match survey {
            Ok(survey) => {
                self.of_film = survey.facts.unsteady.then(|| {
                    let why = "too few of the newest frames fit the map of the ground: fly slower or higher, or over \
                               ground that shows more";
                    (State::Unsteady, why.to_owned())
                });
                Some(film(&survey))
            }
            Err(why) => {
                self.of_film = Some((State::NoGround, spelled(&why.to_string())));
                None
            }
        }
    }

    /// Takes down what is to be told.
    fn tell(&mut self, now: Instant, utc: Timestamp) {
        let line = self.line.as_ref();
        let no_pose = || {
            let finds_none = self.begun.as_ref().is_some_and(Begun::finds_no_pose);
            let why = "frames come, and none finds a pose of its time that shows ground: look at the notes";
            finds_none.then(|| why.to_owned())
        };
        let (of_line, since) = line.and_then(|line| line.trouble(now)).unzip();
        let since = since.flatten().unwrap_or(utc);
        let trouble = of_line
            .map(|why| (State::NoPose, why))
            .or_else(|| self.of_frame.clone().map(|why| (State::Refused, why)))
            .or_else(|| no_pose().map(|why| (State::NoPose, why)))
            .or_else(|| self.of_film.clone());
        let mut notes = line.map(|line| line.notes(now)).unwrap_or_default();
        let datum = self.begun.as_ref().and_then(Begun::datum);
        notes.extend(datum.and_then(words_of).map(str::to_owned));
        self.told.notes = notes;
        self.told.left_out = line.map(Line::left_out).unwrap_or_default();
        let is_over = trouble.is_none();
        if let Some(says) = self.told.ails(trouble, since) {
            match is_over {
                true => tracing::info!("{}: {says}", self.name),
                false => tracing::warn!("{}: {says}", self.name),
            }
        }
    }
}

/// How frames are laid.
///
/// # Errors
/// One line: the height model cannot be read any more.
fn options(config: &GroundConfig) -> Result<SurveyOptions, String> {
    let ground = match &config.dem {
        Some(dem) => Ground::Model(HeightFile::read(dem).map_err(|why| spelled(&why.to_string()))?),
        None => Ground::Level(config.ground_m),
    };
    Ok(SurveyOptions {
        camera: config.camera.as_ref().map_or_else(CameraFile::default, |(_, file)| file.clone()),
        hfov_deg: config.hfov_deg,
        ground,
        cell_m: config.cell_m,
        step_s: config.step_s,
        is_steady: config.is_steady,
        yaw_offset_deg: config.yaw_offset_deg,
        is_nadir: config.is_nadir,
        kept_steps: Some(STEPS),
    })
}

/// What a person should know of what heights count from.
fn words_of(datum: Datum) -> Option<&'static str> {
    match datum {
        Datum::TakeOff => Some(
            "heights count from take-off: the ground is taken to be as high as there, and level",
        ),
        Datum::TakeOffOnModel => Some(
            "heights count from take-off, which is taken to be where the station first heard the vehicle",
        ),
        Datum::Ellipsoid => {
            Some("heights count from the ellipsoid, and the ground's height is taken to do so too")
        }
        Datum::LevelGround | Datum::SeaLevel | Datum::GroundOnModel => None,
    }
}

/// Masks of a survey, and how they look.
fn film(survey: &Survey) -> GroundFilm {
    let shots = survey.frames.iter().filter_map(|frame| {
        Some(Shot {
            pixels: Arc::clone(&frame.pixels),
            grid: survey.grid.clone(),
            taken: frame.time.utc?,
            time_source: frame.time.source,
            new_scene: false,
            stream: None,
        })
    });
    let shots: Vec<Shot> = shots.collect();
    let [never, seen, burnt] = GREYS;
    let mut picture = Array3::from_elem((survey.grid.height, survey.grid.width, 1), seen);
    let mut greys = picture.index_axis_mut(Axis(2), 0);
    if let Some(masked) = &survey.grid.masked {
        Zip::from(&mut greys).and(&**masked).for_each(|grey, &is_masked| {
            *grey = if is_masked { never } else { *grey };
        });
    }
    if let Some(newest) = survey.frames.last() {
        Zip::from(&mut greys).and(&newest.pixels.first_channel()).for_each(|grey, &value| {
            *grey = if value > 0.0 { burnt } else { *grey };
        });
    }
    GroundFilm { shots, picture: Pixels::U8(picture) }
}

#[cfg(test)]
mod tests {
    use emberline_vision::frame::TimeSource;
    use emberline_vision::grid::Grid;

    use super::*;
    use crate::config::Config;

    /// A camera of 96 × 80 pixels on a mast that looks steeply down, a film of the ground each two seconds.
    fn mast() -> Laying {
        let room = tempfile::tempdir().unwrap();
        let file = room.path().join("mast.toml");
        let text = "hfov_deg = 60\n[mast]\nlat_deg = 40.1\nlon_deg = -105.2\nheight_m = 60\nheading_deg = 0\n\
                    tilt_deg = 80\n";
        std::fs::write(&file, text).unwrap();
        let text = format!(
            "name = \"a\"\nlat = 1.0\nlon = 1.0\n[[camera]]\nname = \"a\"\nfrom = \"sim:fire\"\n[camera.ground]\n\
             camera = \"{}\"\ncell_m = 1\nstep = \"2s\"\n",
            file.display()
        );
        Laying::of(&Config::parse("s.toml", &text).unwrap().cameras[0]).unwrap()
    }

    fn shot(second: i64) -> Shot {
        let start: Timestamp = "2026-08-01T12:00:00Z".parse().unwrap();
        let grey = |(y, x, _): (usize, usize, usize)| {
            let (v, u) = (y as f64 - 40.0, x as f64 - 48.0);
            let is_fire = v.hypot(u) < 8.0 + 0.05 * second as f64;
            // Rough ground: a hash of blocks of three pixels.
            let hash = (y / 3).wrapping_mul(2_654_435_761).wrapping_add(x / 3 * 40_503) >> 5;
            if is_fire { 240 } else { 30 + (hash % 80) as u8 }
        };
        Shot {
            pixels: Arc::new(Pixels::U8(Array3::from_shape_fn((80, 96, 1), grey))),
            grid: Grid::new(80, 96),
            taken: start + jiff::SignedDuration::from_secs(second),
            time_source: TimeSource::Host,
            new_scene: false,
            stream: None,
        }
    }

    #[test]
    fn a_camera_that_stands_still_gives_ground_on_a_map_and_holds_no_more_than_it_needs() {
        let (mut laying, now) = (mast(), Instant::now());
        let (mut films, mut last) = (0, None);
        for second in 0..120 {
            assert!(laying.take(&shot(second), now), "second {second}");
            if let Some(film) = laying.tick(now, shot(second).taken) {
                films += 1;
                last = Some(film);
            }
        }
        assert_eq!(films, 59, "one at each step's end");
        let film = last.unwrap();
        assert_eq!(film.shots.len(), STEPS);
        let newest = film.shots.last().unwrap();
        assert_eq!(newest.grid.crs.as_deref(), Some("EPSG:32613"));
        assert_eq!(newest.taken, shot(118).taken);
        // The disc has a radius of 13.9 pixels of 0.73 m or a little more.
        let cells = newest.pixels.first_channel().iter().filter(|v| **v > 0.0).count();
        assert!((280..420).contains(&cells), "{cells} burnt cells");
        assert!(laying.told().trouble().is_none(), "{:?}", laying.told());
        let rows = laying.begun.as_ref().unwrap().rows();
        assert!(rows <= 2 * STEPS + 4, "{rows} rows are held");
        // A frame that is not later is dropped, and three are another clock.
        assert!(!laying.take(&shot(60), now) && !laying.take(&shot(61), now));
        assert!(laying.take(&shot(62), now));
        assert!(laying.tick(now, shot(62).taken).is_none());
        assert!(laying.begun.as_ref().unwrap().rows() == 1, "its ground is begun anew");
    }
}
