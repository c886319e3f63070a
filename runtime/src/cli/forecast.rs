//! What can be typed after `forecast`.

use std::path::{Path, PathBuf};

use clap::Args;
use emberline::pipeline::CotTo;
use jiff::Timestamp;

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
    /// Send the front, now and at up to six leads, to TAK as Cursor on Target: udp:239.2.3.1:6969, its usual group
    /// (each in a datagram, to the network that this machine is in), or tcp:HOST:8087. The film needs a map and
    /// wall times; a failure to send ends with 2 after the folder is written.
    #[arg(long, value_name = "TO")]
    pub(crate) cot: Option<CotTo>,
    /// Name that TAK knows these fronts by: the next forecast of the same name replaces them [default: the
    /// input's name].
    #[arg(long, value_name = "NAME", requires = "cot", value_parser = name)]
    pub(crate) cot_name: Option<String>,
    #[command(flatten)]
    pub(crate) pick: Pick,
}

impl ForecastArgs {
    /// What its fronts are called in TAK.
    pub(crate) fn cot_name(&self) -> String {
        let stem = Path::new(&self.input).file_stem().unwrap_or_default().to_string_lossy();
        let plain = |c: char| if is_plain(c) { c } else { '-' };
        let usual: String = stem.chars().map(plain).take(NAME).collect();
        let usual = if usual.is_empty() { "film".to_owned() } else { usual };
        self.cot_name.clone().unwrap_or(usual)
    }
}

/// Letters of a name, at most.
const NAME: usize = 60;

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_".contains(c)
}

/// A name that is part of an identifier.
fn name(typed: &str) -> Result<String, String> {
    match (1..=NAME).contains(&typed.len()) && typed.chars().all(is_plain) {
        true => Ok(typed.to_owned()),
        false => Err("give a name of letters, digits, - and _, such as ridge".to_owned()),
    }
}

/// A wall time with its zone.
fn utc(typed: &str) -> Result<Timestamp, String> {
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
