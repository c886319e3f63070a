//! Whether a model takes a film: its kind, its step, its size, and the memory that a forecast needs.

use super::error::ModelError;
use super::known::usual;
use super::model::Model;
use crate::clip::{Pace, Scale, beyond_full};
use crate::frame::{Film, Kind};
use crate::memory;
use crate::task::Task;

/// Most bytes a forecast may hold in memory.
const BYTES_MAX: u64 = 8 << 30;
/// Seconds between frames of rain, least and most, with some room for jitter: what is further apart shows
/// no motion that could be followed.
const RAIN_FILM_S: [f64; 2] = [50.0, 920.0];
/// Share by which a network's steps of rain may lie outside those that it was trained on: half of 8
/// minutes does.
const PACE_BEYOND: f64 = 0.15;

impl Model {
    /// Whether the model takes this film at the step asked for, or its own, and gives so many leads.
    ///
    /// # Errors
    /// [`ModelError::Unsuited`] with what to do instead.
    pub fn suits(&self, film: &Film, asked_s: Option<f64>, leads: usize) -> Result<(), ModelError> {
        let card = &self.folder().card;
        let no = |what: String, fix: &str| {
            Err(ModelError::Unsuited { model: card.id(), what, fix: fix.to_owned() })
        };
        if !card.input.kinds.contains(&film.kind) {
            let kinds: Vec<String> = card.input.kinds.iter().map(Kind::to_string).collect();
            let fix = match film.kind {
                Kind::Rain if usual(film.kind) == "rain" => "use ‹model› rain",
                Kind::Rain => {
                    "a rain model is needed: give its folder with ‹model›, or put it into the \
                     folder that EMBERLINE_MODELS names and use ‹model› rain"
                }
                _ if card.task == Task::Rain => {
                    "say ‹kind› rain if the film holds rain, else use another ‹model›, such as fire"
                }
                _ => "say what the values mean with ‹kind›, or use another ‹model›",
            };
            return no(format!("takes {}, not {}", kinds.join(", "), film.kind), fix);
        }
        self.takes_step(film, asked_s)?;
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
            return no("gives no forecast for 0 leads".to_owned(), "give ‹leads› 1 or more");
        }
        let bytes = (leads as u64).saturating_mul((h * w * 8) as u64);
        if bytes > BYTES_MAX {
            let what = format!("{leads} leads of {w} x {h} are {} GiB", bytes >> 30);
            return no(what, "give fewer ‹leads› or cut the film");
        }
        self.fits_memory(h, w, leads, memory::available())
    }

    /// Refuses a film whose frames, or leads, are too far apart or too near.
    fn takes_step(&self, film: &Film, asked_s: Option<f64>) -> Result<(), ModelError> {
        let film_s = film.step_s();
        let card = &self.folder().card;
        let no = |what: String, fix: &str| {
            Err(ModelError::Unsuited { model: card.id(), what, fix: fix.to_owned() })
        };
        let [shortest, longest] = card.input.step_s;
        // The step of one frame is not known, and was never told.
        let least =
            if card.task == Task::Rain { card.input.frames.max(2) } else { card.input.frames };
        let is_one = film.frames.len() == 1 && least > 1;
        let one = || {
            let what = format!("looks at {least} frames, and the film has one");
            no(what, "give a longer film")
        };
        if card.task != Task::Rain {
            let step_s = asked_s.unwrap_or(film_s);
            if !(shortest..=longest).contains(&step_s) {
                if is_one {
                    return one();
                }
                let what = format!("takes a step of {shortest} s to {longest} s, not {step_s} s");
                return no(what, "give another ‹step›, or a film with other times");
            }
            return Ok(());
        }
        if is_one {
            return one();
        }
        if !(RAIN_FILM_S[0]..=RAIN_FILM_S[1]).contains(&film_s) {
            let what = format!("takes frames of rain 1 to 15 min apart, not {film_s} s");
            return no(what, "give a film with other times, or the right ‹frame-every›");
        }
        let pace = Pace::of(card.task, film_s, asked_s, card.input.step_s);
        if pace.step_s < shortest * (1.0 - PACE_BEYOND)
            || pace.step_s > longest * (1.0 + PACE_BEYOND)
        {
            let what = format!("gives leads {shortest} s or more apart, not {} s", pace.lead_s());
            return no(what, "give ‹step› 300 or more");
        }
        Ok(())
    }

    /// Refuses what would not fit into the memory that is there; says nothing where that is not known.
    fn fits_memory(
        &self,
        height: usize,
        width: usize,
        leads: usize,
        available: Option<(u64, &'static str)>,
    ) -> Result<(), ModelError> {
        let Some((available, by)) = available else { return Ok(()) };
        let needed = self.network().bytes(height, width, leads);
        if needed <= available {
            return Ok(());
        }
        let mib = |bytes: u64| bytes >> 20;
        Err(ModelError::NoMemory {
            model: self.folder().card.id(),
            what: format!(
                "{leads} leads of {width} x {height} need at least {} MiB, {} MiB are left ({by})",
                mib(needed),
                mib(available)
            ),
            fix: "cut the film, give fewer ‹leads›, or free memory".to_owned(),
        })
    }
}

#[cfg(all(test, feature = "tract"))]
mod tests {
    use emberline_engine::{EngineKind, EngineOptions};

    use super::*;
    use crate::model::inside;

    #[test]
    fn what_does_not_fit_into_memory_is_refused_in_one_line() -> Result<(), ModelError> {
        let model = Model::open(inside("fire-v1")?, &EngineOptions::of(EngineKind::Tract))?;
        let mib = |n: u64| Some((n << 20, "ulimit -v"));
        for (side, leads, available, fits) in [
            (64, 20, mib(30), true),
            (64, 20, mib(10), false),
            (4096, 20, mib(4000), false),
            (4096, 20, mib(6000), true),
            (4096, 10, mib(4000), true),
            (4096, 20, None, true),
        ] {
            let fit = model.fits_memory(side, side, leads, available);
            assert_eq!(fit.is_ok(), fits, "{side} {leads} {available:?}: {fit:?}");
            if let Err(e) = fit {
                let line = e.to_string();
                assert!(line.contains("MiB are left (ulimit -v); cut the film"), "{line}");
            }
        }
        Ok(())
    }
}
