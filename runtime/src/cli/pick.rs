//! What verbs that forecast have in common: model, engine, and how the input is read.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

use emberline::engine::EngineKind;
use emberline::frame::Kind;
use emberline::source::{Palette, VideoDecoder};

use super::choices;
use super::radar::RadarPick;
use super::span;

/// Which model and engine, and how the input is read.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub(crate) struct Pick {
    /// Model by name (newest version), or a model folder such as ./my-model.
    /// [default: fire; of a rain film rain, where there is a model of that name]
    #[arg(long, value_name = "NAME|DIR")]
    pub(crate) model: Option<String>,
    /// What the values of the input mean; asked for where the input does not say.
    #[arg(long, value_parser = choices::kind())]
    pub(crate) kind: Option<Kind>,
    /// Array of the .npz file that holds the frames.
    #[arg(long, value_name = "NAME")]
    pub(crate) array: Option<String>,
    /// Seconds between the frames the model sees [default: the film's own].
    #[arg(long, value_name = "SECONDS")]
    pub(crate) step: Option<f64>,
    /// Time between the frames of the input as they were taken: 60, 60s, 5min, 1h. For a timelapse,
    /// whose own times are those of playing it, and for folders without times; --step then picks
    /// among these frames.
    #[arg(long, value_name = "TIME", value_parser = span::seconds)]
    pub(crate) frame_every: Option<f64>,
    /// Cells never to look at, such as burnt-in text, a logo or the sky: a PNG, TIFF, .npy or .npz of
    /// the size of the frames, black there and white elsewhere. Nothing is forecast there.
    #[arg(long, value_name = "FILE")]
    pub(crate) mask: Option<PathBuf>,
    /// How a thermal film shows heat: grey, or a palette of false colour, which is undone. One of colours
    /// is found by itself; black-hot must be said.
    #[arg(long, value_parser = choices::palette(), value_name = "NAME")]
    pub(crate) palette: Option<Palette>,
    /// What decodes a video; ffmpeg must be installed and reads many more formats.
    #[arg(long, value_parser = choices::decoder(), default_value = "builtin")]
    pub(crate) decoder: VideoDecoder,
    /// What runs the network; auto says what it took and why.
    #[arg(long, value_parser = choices::engine(), default_value = "auto")]
    pub(crate) engine: EngineKind,
    /// Precision of the network's graphs, one that the model's card names [default: float32].
    #[arg(long, value_name = "NAME")]
    pub(crate) precision: Option<String>,
    /// Processor cores the network may use [default: all].
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Record the launches of a run once and replay them: cuda and tensorrt, films of one size.
    #[arg(long)]
    pub(crate) cuda_graph: bool,
    /// Core of a Jetson's deep learning accelerator to use: tensorrt.
    #[arg(long, value_name = "CORE")]
    pub(crate) dla: Option<u32>,
    /// Steps to forecast [default: the model's own]; more are rolled out and marked so.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) leads: Option<u32>,
    /// How far to forecast instead: 60min, 2h, 90s.
    #[arg(long, value_name = "TIME", conflicts_with = "leads", value_parser = span::seconds)]
    pub(crate) until: Option<f64>,
    #[command(flatten)]
    pub(crate) radar: RadarPick,
}
