//! The command line: what can be typed, and what help says about it.

mod choices;
pub(crate) mod node;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use emberline::engine::EngineKind;
use emberline::frame::Kind;
use emberline::radar::{Around, RadarOptions, RadarUnit, ZR};
use emberline::weather::csv::Format;

/// What the program does, in a line.
const ABOUT: &str = "Forecasts how a fire front moves in the next minutes, on the device that sees it, without a network.";

const EXAMPLES: &str = "\
Examples:
  emberline demo                               a first forecast: no camera, no file, no network
  emberline forecast fire.mp4 out              forecast from the last frame of a film
  emberline forecast frames/ out --step 30     a folder of images, one each 30 seconds
  emberline replay fires/ scores --every 5     how good it would have been, against simple methods
  emberline doctor                             does everything work on this machine?

Exit codes: 0 done, 1 a check failed or a score fell short, 2 an error (one line on stderr).
A forecast is an aid. Do not use it alone to decide on evacuation.";

/// Forecasts how a fire front moves in the next minutes, on the device that sees it, offline.
#[derive(Debug, Parser)]
#[command(version, about = ABOUT, after_help = EXAMPLES, subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Makes a first forecast from a built-in simulated fire with the built-in model.
    Demo {
        /// Folder to write.
        #[arg(default_value = "emberline-demo")]
        out: PathBuf,
    },
    /// Forecasts from one film and writes maps, pictures and numbers into a folder.
    #[command(after_help = FORECAST_HELP)]
    Forecast(ForecastArgs),
    /// Forecasts from every frame of recorded films and scores it against what followed.
    #[command(after_help = REPLAY_HELP)]
    Replay(ReplayArgs),
    /// Lists models, tells about one, or proves that one runs right on this machine.
    Models {
        #[command(subcommand)]
        what: ModelsWhat,
    },
    /// Checks this machine: engines, model, rights, memory. Exit code 1 when a check fails.
    Doctor {
        /// Also write the report as JSON into this file, to send along with a question.
        #[arg(long, value_name = "FILE")]
        bundle: Option<PathBuf>,
    },
    /// Measures how long each stage of a forecast takes on this machine.
    Bench(BenchArgs),
    /// Tells the weather of a place: from a station's own readings, with fire weather, or when rain
    /// starts or stops there from radar frames.
    #[command(after_help = WEATHER_HELP)]
    Weather(WeatherArgs),
    /// Listens to sensor nodes on serial lines, and shows what they have measured.
    #[command(after_help = node::HELP)]
    Node {
        #[command(subcommand)]
        what: node::NodeWhat,
    },
}

const WEATHER_HELP: &str = "\
INPUT is a table of readings, a row a time, whose columns name their units:
  time,temp_c,rh_percent,wind_m_s,wind_from_deg,gust_m_s,pressure_hpa,rain_mm
Other units: temp_f, wind_km_h, wind_kt, wind_mph, pressure_pa, pressure_inhg, rain_in, …
Times end in Z or an offset, or --zone names theirs.

Fire weather is the Canadian index (FFMC, DMC, DC, ISI, BUI, FWI, DSR) from the readings nearest to
noon of standard time, and the rain of the 24 hours before each. Without a state it starts from the
standard values; the drought code then needs about 50 days to settle.

Examples:
  emberline weather station.csv --at 40.78,-73.87
  emberline weather today.csv --at 40.78,-73.87 --fwi-state fire.json --picture today.png
  emberline weather radar/ --at 60.17,24.94
  emberline weather weather.csv.gz --format nyc-flights --station LGA --at 40.78,-73.87 --json";

const FORECAST_HELP: &str = "\
INPUT is one of:
  clip.npz                array `frames` [T,H,W] or [T,H,W,C], oldest first; see docs for the rest
  fire.mp4                H.264 film (.mp4, .m4v, .mov)
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

const REPLAY_HELP: &str = "\
INPUT is one film as for `forecast`, or a folder of .npz films, one a fire (an \"event\").
OUTPUT is a folder with scores.ndjson (a row a start, lead and method), scores.json (pooled) and
report.html (open it in a browser).

Examples:
  emberline replay thermal.npz scores --every 2
  emberline replay fires/ scores --engine tract --json";

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
    #[command(flatten)]
    pub(crate) radar: RadarPick,
}

/// What is said about radar files beyond what they tell themselves; see docs/radar.md.
#[derive(Args, Clone, Debug, Default, PartialEq)]
#[command(next_help_heading = "Radar files (.pgm, .tif, .h5)")]
pub(crate) struct RadarPick {
    /// What the values are, where the files do not say: dBZ, mm/h, or "mm in 5 min".
    #[arg(long, value_name = "UNIT")]
    unit: Option<RadarUnit>,
    /// How reflectivity becomes rain, Z = A R^B [default: 200,1.6, Marshall and Palmer].
    #[arg(long, value_name = "A,B")]
    zr: Option<ZR>,
    /// Gain and offset of the stored values, where the files do not say.
    #[arg(long, value_name = "GAIN,OFFSET", value_parser = pair, allow_hyphen_values = true)]
    scale: Option<[f64; 2]>,
    /// The stored value that means no data, where the files do not say.
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    no_data: Option<f64>,
    /// The projection, where the files do not say: EPSG:3067, or a PROJ string.
    #[arg(long, value_name = "CRS", allow_hyphen_values = true)]
    crs: Option<String>,
    /// The quantity of an ODIM file to read, such as DBZH, where it holds several.
    #[arg(long, value_name = "NAME")]
    quantity: Option<String>,
    /// Take cells of a lower quality index than this, 0 to 1, as no data.
    #[arg(long, value_name = "LEAST")]
    quality: Option<f32>,
    /// Cut out a square: longitude and latitude of its centre in degrees, side in km.
    #[arg(long, value_name = "LON,LAT,KM", allow_hyphen_values = true)]
    around: Option<Around>,
}

impl RadarPick {
    /// What was said, for the reader.
    pub(crate) fn options(&self) -> RadarOptions {
        RadarOptions {
            unit: self.unit,
            z_r: self.zr.unwrap_or_default(),
            scale: self.scale,
            no_data: self.no_data,
            crs: self.crs.clone(),
            quantity: self.quantity.clone(),
            least_quality: self.quality,
            around: self.around,
        }
    }
}

/// Two numbers as people write them: `0.5,-32`.
fn pair(text: &str) -> Result<[f64; 2], String> {
    let number = |t: &str| t.trim().parse::<f64>().ok().filter(|v| v.is_finite());
    let both = text.split_once(',').and_then(|(a, b)| number(a).zip(number(b)));
    both.map(|(a, b)| [a, b]).ok_or_else(|| format!("'{text}' is not two numbers such as 0.5,-32"))
}

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

#[derive(Args, Debug)]
pub(crate) struct ReplayArgs {
    /// Film, or folder of .npz films.
    pub(crate) input: String,
    /// Folder to write.
    pub(crate) output: PathBuf,
    /// Forecast from every N-th frame.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) every: u32,
    /// Forecast from this frame only, counted from 0.
    #[arg(long, value_name = "K", conflicts_with = "every")]
    pub(crate) at: Option<usize>,
    /// Print scores.json on stdout instead of the table.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) pick: Pick,
}

#[derive(Args, Debug)]
pub(crate) struct BenchArgs {
    /// Film to measure with.
    #[arg(default_value = "sim:fire")]
    pub(crate) input: String,
    /// Measure the network alone: every engine and precision that is here, on each --grid.
    #[arg(long, conflicts_with = "input")]
    pub(crate) matrix: bool,
    /// Sides of the made-up films of --matrix, in px.
    #[arg(
        long,
        value_name = "PX,…",
        value_delimiter = ',',
        default_value = "64,128,256",
        requires = "matrix",
        value_parser = clap::value_parser!(u32).range(32..=4096)
    )]
    pub(crate) grid: Vec<u32>,
    /// Forecasts to make, after one that is not counted.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) rounds: u32,
    /// Print JSON on stdout instead of the table.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) pick: Pick,
}

#[derive(Args, Debug)]
pub(crate) struct WeatherArgs {
    /// Table of readings, .csv or .csv.gz; a store of sensor nodes; or a film of radar frames.
    pub(crate) input: PathBuf,
    /// Latitude and longitude of the station or place in degrees, north and east positive.
    #[arg(long, value_name = "LAT,LON", allow_hyphen_values = true)]
    pub(crate) at: Option<String>,
    /// What the table's columns are called.
    #[arg(long, value_parser = choices::format(), default_value = "emberline")]
    pub(crate) format: Format,
    /// Which station or node, where there are several.
    #[arg(long, value_name = "NAME")]
    pub(crate) station: Option<String>,
    /// Zone of times without an offset: an IANA name, or a rule such as EST5EDT,M3.2.0,M11.1.0.
    #[arg(long, value_name = "ZONE")]
    pub(crate) zone: Option<String>,
    /// Hours before the last reading whose alarms are told, and that the picture shows.
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=8760))]
    pub(crate) hours: u32,
    /// What fire weather keeps from one run to the next: read where it is there, written at the end.
    #[arg(long, value_name = "FILE.json", requires = "at")]
    pub(crate) fwi_state: Option<PathBuf>,
    /// Also draw the hours and the outlook.
    #[arg(long, value_name = "FILE.png")]
    pub(crate) picture: Option<PathBuf>,
    /// Print JSON on stdout instead of text.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) radar: WeatherRadar,
    #[command(flatten)]
    pub(crate) pick: Pick,
}

/// Of radar frames: what is asked of them.
#[derive(Args, Clone, Debug, PartialEq)]
#[command(next_help_heading = "Rain from radar frames")]
pub(crate) struct WeatherRadar {
    /// An area instead of a place: GeoJSON with one polygon, longitude and latitude.
    #[arg(long, value_name = "FILE", conflicts_with = "at")]
    pub(crate) area: Option<PathBuf>,
    /// What counts as rain, mm/h: a rate whose chance the model tells.
    #[arg(long, value_name = "MM_H", default_value_t = 0.1)]
    pub(crate) rate: f32,
    /// Earlier forecasts of the place to make and to hold against what came.
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u32).range(0..=288))]
    pub(crate) checks: u32,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelsWhat {
    /// Lists the models that can be asked for by name.
    List,
    /// Tells what a model takes and gives, and how good it was.
    Info {
        /// Name or folder.
        model: String,
        /// Print the card as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Builds TensorRT's engines of a model ahead of time, and replays its golden clips on them.
    Prepare {
        /// Name or folder.
        model: String,
        /// Precisions to build [default: all that the model's card names].
        #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
        precision: Vec<String>,
        /// Build for a CUDA graph, as `forecast --cuda-graph` asks for.
        #[arg(long)]
        cuda_graph: bool,
        /// Build for this core of a Jetson's deep learning accelerator.
        #[arg(long, value_name = "CORE")]
        dla: Option<u32>,
        /// Print the checks as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Checks hashes and replays the model's golden clips on every engine of this machine.
    Verify {
        /// Name or folder.
        model: String,
        /// Print the checks as JSON.
        #[arg(long)]
        json: bool,
    },
}
