//! From a clip to a forecast: a model in an engine, what it takes, and what every task shares.

use ndarray::{Array3, ArrayRef3, Axis, s};
use serde::Serialize;

use super::choose::Choice;
use super::folder::Folder;
use super::known::usual;
use super::tiles::Tiling;
use super::{Engine, ModelError, Raw};
use crate::clip::{Clip, Scale, Shown, beyond_full};
use crate::forecast::{Forecast, Said};
use crate::frame::{Film, Kind};
use crate::memory;
use crate::task::Task;

/// Most bytes a forecast may hold in memory.
const BYTES_MAX: u64 = 8 << 30;
/// Least memory of a forecast: always, for each cell of a tile in work, and for each cell and lead that
/// is held. From peaks measured at 64² to 4096² (docs/performance.md), rounded down.
const BYTES_ALWAYS: u64 = 16 << 20;
const BYTES_TILE_CELL: u64 = 1200;
const BYTES_LEAD_CELL: u64 = 14;

/// Seconds spent on one forecast.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Timings {
    /// Finding the front and its speeds.
    pub front_s: f64,
    /// Running the network, with cutting and blending tiles.
    pub model_s: f64,
    /// Of rain: blending extrapolation in and finding chances.
    pub nowcast_s: f64,
}

/// A model in an engine, ready to forecast.
#[derive(Debug)]
pub struct Forecaster {
    folder: Folder,
    choice: Choice,
}

impl Forecaster {
    /// Joins a model folder with the engine that holds its graph.
    #[must_use]
    pub fn new(folder: Folder, choice: Choice) -> Self {
        Self { folder, choice }
    }

    /// The model.
    #[must_use]
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &dyn Engine {
        &*self.choice.engine
    }

    /// Precision of the graphs.
    #[must_use]
    pub fn precision(&self) -> &str {
        &self.choice.precision
    }

    /// Processor cores it may use.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.choice.threads
    }

    /// Why this engine was taken.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.choice.why
    }

    /// Whether the model takes this film at this step and gives so many leads.
    ///
    /// # Errors
    /// [`ModelError::Unsuited`] with what to do instead.
    pub fn suits(&self, film: &Film, step_s: f64, leads: usize) -> Result<(), ModelError> {
        let card = &self.folder.card;
        let no = |what: String, fix: &str| {
            Err(ModelError::Unsuited { model: card.id(), what, fix: fix.to_owned() })
        };
        if !card.input.kinds.contains(&film.kind) {
            let kinds: Vec<String> = card.input.kinds.iter().map(Kind::to_string).collect();
            let fix = match film.kind {
                Kind::Rain if usual(film.kind) == "rain" => "use --model rain",
                Kind::Rain => {
                    "a rain model is needed: give its folder with --model, or put it into the \
                     folder that EMBERLINE_MODELS names and use --model rain"
                }
                _ if card.task == Task::Rain => {
                    "say --kind rain if the film holds rain, else use another --model, such as fire"
                }
                _ => "say what the values mean with --kind, or use another --model",
            };
            return no(format!("takes {}, not {}", kinds.join(", "), film.kind), fix);
        }
        let [shortest, longest] = card.input.step_s;
        if !(shortest..=longest).contains(&step_s) {
            // The step of one frame is not known, and was never told.
            if film.frames.len() == 1 && card.input.frames > 1 {
                let what = format!("looks at {} frames, and the film has one", card.input.frames);
                return no(what, "give a longer film");
            }
            let what = format!("takes a step of {shortest} s to {longest} s, not {step_s} s");
            return no(what, "give another --step, or a film with other times");
        }
        let (h, w) = (film.grid.height, film.grid.width);
        if h.max(w) > card.input.max_px {
            let what = format!("takes sides up to {} px, not {w} x {h}", card.input.max_px);
            return no(what, "cut the film");
        }
        if card.input.scale == Scale::Full
            && film.kind == Kind::Thermal
            && let Some([least, most]) = beyond_full(film)
        {
            let what = format!("takes float values from 0 to 1, not {least} to {most}");
            return no(what, "scale the film to 0..1, or save it as uint8 or uint16");
        }
        if leads == 0 {
            return no("gives no forecast for 0 leads".to_owned(), "give --leads 1 or more");
        }
        let bytes = (leads as u64).saturating_mul((h * w * 8) as u64);
        if bytes > BYTES_MAX {
            let what = format!("{leads} leads of {w} x {h} are {} GiB", bytes >> 30);
            return no(what, "give fewer --leads or cut the film");
        }
        self.fits_memory(h, w, leads, memory::available())
    }

    /// Refuses what would not fit into the memory that is there; says nothing where that is not told.
    fn fits_memory(
        &self,
        height: usize,
        width: usize,
        leads: usize,
        available: Option<(u64, &'static str)>,
    ) -> Result<(), ModelError> {
        let Some((available, by)) = available else { return Ok(()) };
        let card = &self.folder.card;
        let cells = (height * width) as u64;
        let tile = cells.min((card.input.tile_px * card.input.tile_px) as u64);
        let tiles =
            Tiling::new(height, width, card).count().min(self.engine().at_once()).max(1) as u64;
        let needed = BYTES_ALWAYS
            + tiles * tile * BYTES_TILE_CELL
            + cells.saturating_mul(leads as u64 * (BYTES_LEAD_CELL + self.nowcast_bytes()));
        if needed <= available {
            return Ok(());
        }
        let mib = |bytes: u64| bytes >> 20;
        Err(ModelError::NoMemory {
            model: card.id(),
            what: format!(
                "{leads} leads of {width} x {height} need at least {} MiB, {} MiB are left ({by})",
                mib(needed),
                mib(available)
            ),
            fix: "cut the film, give fewer --leads, or free memory".to_owned(),
        })
    }

    /// Bytes of each cell and lead that a nowcast holds besides: extrapolation, and a byte a rate.
    fn nowcast_bytes(&self) -> u64 {
        let Some(nowcast) = &self.folder.card.nowcast else { return 0 };
        4 + nowcast.chance.as_ref().map_or(0, |c| c.rates_mm_h.len() as u64)
    }

    /// Forecasts `leads` steps beyond the end of `clip`; `told` hears of tiles done and of how many.
    ///
    /// Beyond the network's own leads the forecast is rolled out on its own output. Of a fire, see
    /// the room's file `fire.rs` for what becomes of probability there.
    ///
    /// # Errors
    /// [`ModelError`] from the engine, [`ModelError::NotFinite`], or [`ModelError::Unsuited`] for a
    /// clip of another length or task.
    pub fn forecast(
        &self,
        clip: &Clip,
        leads: usize,
        told: &mut dyn FnMut(usize, usize),
    ) -> Result<(Forecast, Timings), ModelError> {
        let card = &self.folder.card;
        let t = clip.frames.dim().0;
        if t != card.input.frames {
            return Err(ModelError::Unsuited {
                model: card.id(),
                what: format!("takes clips of {} frames, not {t}", card.input.frames),
                fix: "give a longer film".to_owned(),
            });
        }
        match (card.task, &clip.shown) {
            (Task::FireFront, Shown::Fire(burning)) => self.fire(clip, burning, leads, told),
            (Task::Frames, Shown::Film) | (Task::Rain, Shown::Rain(_)) => {
                self.film(clip, leads, told)
            }
            (task, shown) => Err(ModelError::Unsuited {
                model: card.id(),
                what: format!("forecasts {task}, the clip is for {}", shown.task()),
                fix: "use another --model".to_owned(),
            }),
        }
    }

    /// Runs the network once over a whole film; refuses what is no number, clamps frames to 0..1.
    pub(super) fn window(
        &self,
        frames: &ArrayRef3<f32>,
        front: Option<&ArrayRef3<f32>>,
        done: &mut dyn FnMut(usize),
    ) -> Result<Raw, ModelError> {
        let tiling = self.tiling(frames);
        let mut raw = tiling.run(self.engine(), frames, front, done)?;
        self.refuse_not_finite("forecast", &raw.frames)?;
        raw.frames.mapv_inplace(|v| v.clamp(0.0, 1.0));
        Ok(raw)
    }

    /// How a film is cut.
    pub(super) fn tiling(&self, frames: &ArrayRef3<f32>) -> Tiling {
        let (_, h, w) = frames.dim();
        Tiling::new(h, w, &self.folder.card)
    }

    /// Refuses values `[L, H, W]` of an `output` that are no numbers.
    pub(super) fn refuse_not_finite(
        &self,
        output: &'static str,
        values: &Array3<f32>,
    ) -> Result<(), ModelError> {
        // Every value of a lead is looked at, which is quicker than stopping at the first.
        let bad =
            values.outer_iter().position(|lead| !lead.fold(true, |fine, v| fine & v.is_finite()));
        bad.map_or(Ok(()), |l| {
            Err(ModelError::NotFinite {
                engine: self.engine().name(),
                output,
                lead: l + 1,
                model: self.folder.card.id(),
            })
        })
    }

    /// The forecast that these answers make; says where it is rolled out and how far it has drifted.
    pub(super) fn made(
        &self,
        clip: &Clip,
        frames: Array3<f32>,
        said: Said,
        [codes_global, codes_local]: [Option<Array3<u16>>; 2],
    ) -> Forecast {
        let card = &self.folder.card;
        let leads = frames.dim().0;
        let rollout_from_lead = (leads > card.output.leads).then_some(card.output.leads + 1);
        let drift = self.folder.drift(clip.kind, [codes_global.as_ref(), codes_local.as_ref()]);
        let mut notes = Vec::new();
        if let Some(lead) = rollout_from_lead {
            notes.push(format!(
                "from lead {lead} on the forecast is rolled out on its own output and less certain"
            ));
        }
        if let Some(drift) = drift.filter(|d| d.warned) {
            notes.push(format!(
                "drift is {:.2} times the level of {}: the film does not look like what it was \
                 trained on; do not rely on this forecast without looking",
                drift.ratio,
                card.id()
            ));
        }
        Forecast {
            lead_s: (1..=leads).map(|l| l as f64 * clip.step_s).collect(),
            frames,
            said,
            rollout_from_lead,
            codes_global,
            codes_local,
            drift,
            grid: clip.grid.clone(),
            notes,
        }
    }
}

/// The last `T` frames of clip and forecast together, after all leads there are.
pub(super) fn next_frames(clip: &Clip, frames: &Array3<f32>) -> Array3<f32> {
    let t = clip.frames.dim().0;
    let done = frames.dim().0;
    let mut seen = Array3::zeros(clip.frames.dim());
    for (k, mut frame) in seen.outer_iter_mut().enumerate() {
        // Step `k` of the next clip is step `done + k` of clip and forecast in a row.
        let at = done + k;
        frame.assign(&if at < t {
            clip.frames.index_axis(Axis(0), at)
        } else {
            frames.index_axis(Axis(0), at - t)
        });
    }
    seen
}

/// Adds the first `n` leads of `part` to what there is. The first part is taken over, not copied: a
/// large film's forecast is in memory once.
pub(super) fn extend(all: &mut Array3<f32>, part: Array3<f32>, n: usize) {
    let part = part.slice_move(s![..n, .., ..]);
    if all.is_empty() {
        *all = part;
    } else {
        all.append(Axis(0), part.view()).expect("leads of one film have one shape");
    }
}

#[cfg(all(test, feature = "tract"))]
mod tests {
    use super::super::choose::{EngineAsk, EngineKind, choose};
    use super::*;

    #[test]
    fn what_does_not_fit_into_memory_is_refused_in_one_line() -> Result<(), ModelError> {
        let folder = Folder::builtin()?;
        let choice = choose(&EngineAsk::of(EngineKind::Tract), &folder)?;
        let forecaster = Forecaster::new(folder, choice);
        let mib = |n: u64| Some((n << 20, "ulimit -v"));
        for (side, leads, available, fits) in [
            (64, 20, mib(30), true),
            (64, 20, mib(10), false),
            (4096, 20, mib(4000), false),
            (4096, 20, mib(6000), true),
            (4096, 10, mib(4000), true),
            (4096, 20, None, true),
        ] {
            let said = forecaster.fits_memory(side, side, leads, available);
            assert_eq!(said.is_ok(), fits, "{side} {leads} {available:?}: {said:?}");
            if let Err(e) = said {
                let line = e.to_string();
                assert!(line.contains("MiB are left (ulimit -v); cut the film"), "{line}");
            }
        }
        Ok(())
    }
}
