//! What can be typed after `forecast`.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use super::cot::CotPick;
use super::pick::Pick;
use super::span;

pub(super) const HELP: &str = "\
INPUT is one of:
  clip.npz                array `frames` [T,H,W] or [T,H,W,C], oldest first; see docs for the rest
  film.seq                FLIR sequence; a .csq is refused with the command that converts it
  fire.mp4                H.264 or H.265 film (.mp4, .m4v, .mov); a timelapse: --frame-every 60s
  frames/                 folder of PNG, JPEG or TIFF images, 8 or 16 bit, in name order
  sim:fire?seed=7         the built-in simulator
  radar/                  folder of radar frames: PGM (FMI), GeoTIFF or ODIM HDF5; or one such file
Rain is also a .npz of 8-bit codes or mm/h with kind \"rain\"; it needs a rain model.

OUTPUT is a folder: it appears only when everything in it is complete.
Look first at OUTPUT/overlay.png and OUTPUT/forecast.gif.

Examples:
  emberline forecast thermal.npz out
  emberline forecast mask.npz out --kind mask --at 25 --leads 40
  emberline forecast radar/ out --until 2h --every 10min
  emberline forecast 12h.mp4 out --state ridge.npz --start-utc 2026-08-01T12:00:00Z
  emberline forecast flight.npz out --cot udp:239.2.3.1:6969
  emberline forecast sim:fire out --json | jq .engine";

#[derive(Args, Debug)]
pub(crate) struct ForecastArgs {
    /// Film to forecast from.
    pub(crate) input: String,
    /// Folder to write.
    pub(crate) output: PathBuf,
    /// Last frame the model may see, counted from 0 [default: the film's last].
    #[arg(long, value_name = "K")]
    pub(crate) at: Option<usize>,
    /// Time between leads of rain: 5min, 10min [default: that between the frames].
    #[arg(long, value_name = "TIME", value_parser = span::seconds)]
    pub(crate) every: Option<f64>,
    /// Print forecast.json on stdout.
    #[arg(long)]
    pub(crate) json: bool,
    /// File of what has burnt so far: taken up where it exists, and written after the forecast. For the
    /// next piece of a film, or the next run on the same camera; frames need wall times.
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// Wall time of the film's first frame, such as 2026-08-01T12:00:00Z, where the film tells none.
    #[arg(long, value_name = "TIME", value_parser = utc)]
    pub(crate) start_utc: Option<Timestamp>,
    #[command(flatten)]
    pub(crate) tak: CotPick,
    #[command(flatten)]
    pub(crate) pick: Pick,
}

/// A wall time with its zone.
pub(super) fn utc(typed: &str) -> Result<Timestamp, String> {
    let refused = || "give a time with its zone such as 2026-08-01T12:00:00Z or …+02:00".to_owned();
    typed.trim().parse().map_err(|_| refused())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wall_times_need_a_zone() {
        for (typed, want) in [
            ("2026-08-01T12:00:00Z", Some(1_785_585_600)),
            ("2026-08-01 14:00:00+02:00", Some(1_785_585_600)),
            ("2026-08-01T12:00:00", None),
            ("2026-08-01", None),
            ("12:00", None),
            ("", None),
        ] {
            assert_eq!(utc(typed).ok().map(Timestamp::as_second), want, "{typed}");
        }
    }
}
