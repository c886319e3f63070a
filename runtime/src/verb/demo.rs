//! `emberline demo`: the first run, with nothing but this program.

use std::path::Path;

use emberline::pipeline::ForecastOptions;

use super::outcome::Outcome;
use super::screen::{print, say};
use super::typed::options;
use crate::cli::Pick;

/// The simulated fire of the demo, and the last frame the model sees of it.
const FILM: &str = "sim:fire";
const AT: usize = 19;

/// Runs the verb.
pub(crate) fn run(out: &Path) -> anyhow::Result<Outcome> {
    let pick = Pick::default();
    let asked = ForecastOptions {
        pipeline: options(&pick),
        at: Some(AT),
        state: None,
        start_utc: None,
        cot: None,
    };
    super::forecast::make(FILM, out, &asked)?;
    say("");
    say("Look first at these two pictures, then at the rest:");
    for file in ["overlay.png", "forecast.gif", "forecast.json"] {
        print(&out.join(file).display().to_string())?;
    }
    say("");
    say("Next: emberline forecast YOUR-FILM OUTPUT    (a .npz, an .mp4, or a folder of images)");
    Ok(Outcome::Done)
}
