//! The surveyor: takes frames one after another and keeps what they say of the ground.

use std::time::Instant;

use emberline_georeference::gather::Gatherer;
use emberline_georeference::plane::Homography;
use emberline_georeference::steady::{How, Picture, Pointing, Steadied, Steadier, SteadierOptions};
use emberline_vision::frame::{Frame, Kind};
use emberline_vision::grid::Grid;
use jiff::Timestamp;

use crate::aim::{Aim, Aimed, Flown};
use crate::heat::Heat;
use crate::options::SurveyOptions;
use crate::picture::{Reducer, Small};
use crate::refusal::Refusal;
use crate::row::{FrameRow, Laid};
use crate::survey::{Survey, survey_of};
use crate::track::Track;

/// Sides of cells, metres: the smallest that is no finer than the pictures is taken.
const CELLS_M: [f64; 10] = [0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0];
/// Pixels that a cell of the ground is wide, at least.
const CELL_PIXELS: f64 = 2.0;
/// Newest errors of place that are kept where not all steps are.
const KEPT_ERRORS: usize = 1024;
/// Seconds without a fit after which frames that telemetry alone lays have a vote.
const PATIENCE_S: f64 = 10.0;

/// What frames are laid with, settled by the first that can be.
#[derive(Debug)]
struct Settled {
    aim: Aim,
    reducer: Reducer,
    steadier: Steadier,
    gatherer: Gatherer,
    cell_m: f64,
}

/// Takes frames of one camera and keeps what they say of the ground.
#[derive(Debug)]
pub struct Surveyor {
    kind: Kind,
    grid: Grid,
    span: [f32; 2],
    options: SurveyOptions,
    settled: Option<Settled>,
    heat: Heat,
    rows: Vec<FrameRow>,
    /// Frames that came.
    frames: usize,
    /// Wall time and seconds of the first frame.
    first: Option<(Option<Timestamp>, f64)>,
    /// Time of the last fit, seconds.
    fitted_s: Option<f64>,
    /// When the step at hand ends, seconds.
    step_ends_s: Option<f64>,
    errors_m: Vec<f64>,
    steady_s: f64,
    steadied: usize,
}

impl Surveyor {
    /// For frames of a kind on a grid, with values from `span[0]` (black) to `span[1]` (white).
    #[must_use]
    pub fn new(kind: Kind, grid: Grid, span: [f32; 2], options: SurveyOptions) -> Self {
        Self {
            kind,
            grid,
            span,
            options,
            settled: None,
            heat: Heat::default(),
            rows: Vec::new(),
            frames: 0,
            first: None,
            fitted_s: None,
            step_ends_s: None,
            errors_m: Vec::new(),
            steady_s: 0.0,
            steadied: 0,
        }
    }

    /// Says when the first step ends, seconds since the first frame; the step's length after it otherwise.
    pub fn end_first_step_at(&mut self, time_s: f64) {
        self.step_ends_s = Some(time_s);
    }

    /// Learns how hot a frame is, before any is laid: where a film is at hand whole.
    pub fn learn(&mut self, frame: &Frame) {
        let reducer =
            Reducer::new(self.kind, [self.grid.height, self.grid.width], self.span, None, None);
        self.heat.learn(&reducer.reduced(frame).grey);
    }

    /// Takes a frame; `track` is the telemetry so far, `None` without any.
    ///
    /// # Errors
    /// [`Refusal`] where the first frame with a pose shows that there is no way to lay any.
    pub fn push(&mut self, frame: &Frame, track: Option<&Track>) -> Result<(), Refusal> {
        let time_s = frame.time_s();
        let index = self.frames;
        self.frames += 1;
        self.first.get_or_insert((frame.time.utc, time_s));
        let step_s = self.options.step_s;
        let mut ends_s = *self.step_ends_s.get_or_insert(time_s + step_s);
        while time_s > ends_s + 1e-6 {
            self.end_step(ends_s);
            ends_s += step_s;
            self.step_ends_s = Some(ends_s);
        }
        let pose = track.and_then(|track| track.pose(&frame.time));
        if self.settled.is_none() {
            self.settled = self.settle(frame, track)?;
        }
        let no_pose = || Laid { how: "no-pose", ..Laid::default() };
        let Some(settled) = &mut self.settled else {
            self.rows.push(FrameRow::new(index, frame, no_pose()));
            return Ok(());
        };
        let aimed = match &mut settled.aim {
            Aim::Flown(flown) => pose.and_then(|pose| flown.aimed(&pose)),
            Aim::Still(still) => Some(Aimed { predicted: still.predicted, error_m: still.error_m }),
            Aim::Pixels(plane) => {
                let predicted = emberline_georeference::steady::Predicted::Plane(*plane);
                Some(Aimed { predicted, error_m: None })
            }
        };
        let Some(aimed) = aimed else {
            self.rows.push(FrameRow::new(index, frame, no_pose()));
            return Ok(());
        };
        let started = Instant::now();
        let Small { grey, glow, burning, blind } = settled.reducer.reduced(frame);
        let picture = Picture { grey, hot: glow, blind };
        let steadied = settled.steadier.steady(&picture, aimed.predicted, time_s);
        self.steady_s += started.elapsed().as_secs_f64();
        self.steadied += 1;
        self.heat.learn(&picture.grey);
        let burning = burning.unwrap_or_else(|| self.heat.burning(&picture.grey));
        let fits = matches!(steadied.how, How::First | How::Steadied);
        if fits {
            self.fitted_s = Some(time_s);
        }
        // A camera that stands still is where it was measured, whether a picture fits the map or not.
        let stands_still = matches!(settled.aim, Aim::Still(_));
        let patient = self.options.is_steady
            && !stands_still
            && self.fitted_s.is_some_and(|at| time_s - at < PATIENCE_S);
        let counts = match steadied.how {
            How::First | How::Steadied => true,
            How::Telemetry => !patient,
            How::Lost => false,
        };
        let in_view = burning.iter().filter(|&&b| b >= 0.5).count();
        if counts {
            settled.gatherer.add(&burning, picture.blind.as_ref(), &steadied.pointing, time_s);
            self.errors_m.extend(aimed.error_m);
        }
        let laid = laid(settled, &steadied, counts, in_view);
        self.rows.push(FrameRow::new(index, frame, laid));
        Ok(())
    }

    /// Ends the step at hand where a film ends, or a live forecast is due; `time_s` since the first frame.
    pub fn end_step(&mut self, time_s: f64) {
        if let Some(settled) = &mut self.settled {
            settled.gatherer.end_step(time_s);
            if let Some(kept) = self.options.kept_steps {
                settled.gatherer.keep_steps(kept);
            }
        }
        if let Some(kept) = self.options.kept_steps {
            self.forget_before(time_s - kept as f64 * self.options.step_s);
        }
    }

    /// Drops rows of frames before `time_s`, but for the last that fits a map: whether any does is asked of them.
    fn forget_before(&mut self, time_s: f64) {
        let fits = |row: &FrameRow| matches!(row.laid.how, "first" | "steadied");
        let last_fit = self.rows.iter().rposition(fits);
        let mut at = 0;
        self.rows.retain(|row| {
            at += 1;
            row.time_s >= time_s || Some(at - 1) == last_fit
        });
        self.errors_m.drain(..self.errors_m.len().saturating_sub(KEPT_ERRORS));
    }

    /// Films of the ground so far; `None` before any ground was seen.
    ///
    /// # Errors
    /// [`Refusal`] where what was seen is no film that can be forecast from.
    pub fn survey(&self) -> Result<Option<Survey>, Refusal> {
        let Some(settled) = &self.settled else { return Ok(None) };
        let Some(gathered) = settled.gatherer.gathered() else { return Ok(None) };
        let ms = 1e3 * self.steady_s / self.steadied.max(1) as f64;
        let start = self.first.map_or((None, 0.0), |first| first);
        survey_of(
            &gathered,
            settled.aim.map(),
            start,
            &self.rows,
            &self.errors_m,
            ms,
            self.options.step_s,
        )
        .map(|mut survey| {
            survey.facts.unsteady &= !matches!(settled.aim, Aim::Still(_));
            Some(survey)
        })
    }

    /// How each frame was laid; of those of the steps that are kept.
    #[must_use]
    pub fn rows(&self) -> &[FrameRow] {
        &self.rows
    }

    /// Side of the ground's cells, metres (frame pixels without a map), once it is settled.
    #[must_use]
    pub fn cell_m(&self) -> Option<f64> {
        self.settled.as_ref().map(|s| s.cell_m)
    }

    /// What heights count from, where telemetry tells them.
    #[must_use]
    pub fn datum(&self) -> Option<crate::heights::Datum> {
        match &self.settled.as_ref()?.aim {
            Aim::Flown(flown) => Some(flown.datum),
            Aim::Still(_) | Aim::Pixels(_) => None,
        }
    }

    /// Settles how frames are laid, by a first one; `None` while it has no pose.
    fn settle(&self, frame: &Frame, track: Option<&Track>) -> Result<Option<Settled>, Refusal> {
        let [h, w, _] = frame.pixels.shape();
        let size_px = [w as f64, h as f64];
        let options = &self.options;
        let reducer =
            |optics| Reducer::new(self.kind, [h, w], self.span, optics, self.grid.masked.clone());
        let times = reducer(None).times as f64;
        let (aim, reducer) = if options.camera.stands_still() {
            // Points alone tell where the ground is; a lens that bends has to be told with its field of view.
            let needs_lens = options.camera.mast.is_some()
                || options.camera.lens != crate::camera_file::LensTable::default();
            let told = if needs_lens { None } else { Some(60.0) };
            let optics = options.camera.optics(size_px, options.hfov_deg, told)?;
            (Aim::still(&options.camera, &optics, times, &options.ground)?, reducer(Some(&optics)))
        } else if let Some(track) = track {
            let Some(pose) = track.pose(&frame.time) else { return Ok(None) };
            let (Some(place), Some(start)) = (pose.place, track.flight.start()) else {
                return Ok(None);
            };
            if pose.rotation.is_none() && track.flight.counts()[1] > 0 {
                return Ok(None);
            }
            let optics = options.camera.optics(size_px, options.hfov_deg, pose.lens.hfov_deg)?;
            let straight = optics.reduced(times).straight();
            let flown = Flown::new(&pose, start, place, (straight, times), options)?;
            (Aim::Flown(Box::new(flown)), reducer(Some(&optics)))
        } else {
            (Aim::pixels(times), reducer(None))
        };
        self.laid_first(aim, reducer, track.and_then(|t| t.pose(&frame.time)))
    }

    /// The rest, once it is known how frames are aimed: cells as fine as the first picture has them.
    fn laid_first(
        &self,
        mut aim: Aim,
        reducer: Reducer,
        pose: Option<emberline_georeference::pose::Pose>,
    ) -> Result<Option<Settled>, Refusal> {
        let terrain = aim.terrain();
        let predicted = match &mut aim {
            Aim::Flown(flown) => match pose.and_then(|pose| flown.aimed(&pose)) {
                Some(aimed) => aimed.predicted,
                None => return Ok(None),
            },
            Aim::Still(still) => still.predicted,
            Aim::Pixels(plane) => emberline_georeference::steady::Predicted::Plane(*plane),
        };
        let pointing = Pointing::new(predicted, Homography::IDENTITY);
        let size = reducer.size_px();
        let middle = [0.5 * size[0], 0.5 * size[1]];
        // A camera that looks flat may see no ground at its middle, but further down.
        let low = [middle[0], 0.8 * size[1]];
        let seen = [middle, low].iter().find_map(|px| pointing.pixel_m(*px, &terrain));
        let Some(pixel_m) = seen else { return Ok(None) };
        let times = reducer.times as f64;
        let cell_m = match (self.options.cell_m, aim.map()) {
            (Some(cell_m), Some(_)) => cell_m,
            (Some(_), None) => {
                return Err(Refusal::new(
                    "without a place of the camera the ground has no metres",
                    "leave out ‹cell›, or give ‹pose› FILE",
                ));
            }
            (None, Some(_)) => {
                let least = (CELL_PIXELS * pixel_m / times).max(pixel_m);
                CELLS_M
                    .into_iter()
                    .find(|c| *c >= least * 0.999)
                    .unwrap_or(CELLS_M[CELLS_M.len() - 1])
            }
            (None, None) => times,
        };
        let is_steady = self.options.is_steady && self.kind != Kind::Mask;
        if !is_steady && aim.map().is_none() {
            return Err(Refusal::new(
                "a mask shows no ground to steady by, and nothing says where the camera was",
                "give ‹pose› FILE, or the film that the mask was made from",
            ));
        }
        let has_telemetry = aim.map().is_some();
        let steadier = SteadierOptions { cell_m: pixel_m, has_telemetry, is_on: is_steady };
        Ok(Some(Settled {
            steadier: Steadier::new(steadier, terrain.clone()),
            gatherer: Gatherer::new(cell_m, terrain),
            aim,
            reducer,
            cell_m,
        }))
    }
}

/// What a row says of how a frame was laid.
fn laid(settled: &Settled, steadied: &Steadied, counts: bool, in_view: usize) -> Laid {
    let times = settled.reducer.times as f64;
    let enlarged = Homography([times, 0.0, 0.0, 0.0, times, 0.0, 0.0, 0.0, 1.0]);
    let plane = steadied.pointing.homography(&settled.aim.terrain());
    let ground_to_pixel = plane.map(|plane| {
        // Without a map ground is told with y down, as pixels are.
        let flip = Homography([
            1.0,
            0.0,
            0.0,
            0.0,
            if settled.aim.map().is_some() { 1.0 } else { -1.0 },
            0.0,
            0.0,
            0.0,
            1.0,
        ]);
        enlarged.after(&plane).after(&flip).0
    });
    Laid {
        how: match steadied.how {
            How::First => "first",
            How::Steadied => "steadied",
            How::Telemetry => "telemetry",
            How::Lost => "lost",
        },
        tracks: steadied.tracks,
        inliers: steadied.agree,
        off_m: Some(steadied.off_m).filter(|_| steadied.agree > 0),
        map: steadied.map,
        counts,
        burning_px: (in_view as f64 * times * times) as usize,
        ground_to_pixel,
    }
}
