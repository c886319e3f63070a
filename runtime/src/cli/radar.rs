//! What can be typed about radar files.

use clap::Args;

use emberline::radar::{Around, NameTime, NoData, RadarOptions, RadarUnit, ZR};

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
    /// The stored value that means no data, where the files do not say: -9999; several: -999,-99; none where
    /// what the files call no data was seen and is dry.
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    no_data: Option<NoData>,
    /// The projection, where the files do not say: EPSG:3067, or a PROJ string.
    #[arg(long, value_name = "CRS", allow_hyphen_values = true)]
    crs: Option<String>,
    /// The quantity of an ODIM file, such as DBZH, or the variable of a NetCDF file to read, where it holds several.
    #[arg(long, value_name = "NAME")]
    quantity: Option<String>,
    /// Take cells of a lower quality index than this, 0 to 1, as no data.
    #[arg(long, value_name = "LEAST")]
    quality: Option<f32>,
    /// Which of two times in a file's name is the frame's, where they hold two.
    #[arg(long, value_name = "WHICH")]
    name_time: Option<Which>,
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
            no_data: self.no_data.clone(),
            crs: self.crs.clone(),
            quantity: self.quantity.clone(),
            least_quality: self.quality,
            name_time: self.name_time.map(|which| match which {
                Which::First => NameTime::First,
                Which::Last => NameTime::Last,
            }),
            around: self.around,
        }
    }
}

/// A place among two.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    /// The one that comes first in the name, as the time of issue does.
    First,
    /// The one that comes last, as the time that a forecast is valid at does.
    Last,
}

/// Two numbers as people write them: `0.5,-32`.
fn pair(text: &str) -> Result<[f64; 2], String> {
    let number = |t: &str| t.trim().parse::<f64>().ok().filter(|v| v.is_finite());
    let both = text.split_once(',').and_then(|(a, b)| number(a).zip(number(b)));
    both.map(|(a, b)| [a, b]).ok_or_else(|| format!("'{text}' is not two numbers such as 0.5,-32"))
}
