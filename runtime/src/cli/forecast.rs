//! What can be typed after `forecast`.

use std::path::PathBuf;

use clap::Args;

use super::pick::Pick;

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
    /// Print forecast.json on stdout.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) pick: Pick,
}
