//! Choices: what a person may type for a value of the library, and what help says about each.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use emberline::engine::EngineKind;
use emberline::frame::Kind;
use emberline::source::{Palette, VideoDecoder};
use emberline::weather::rain_kind::RainKind;
use emberline::weather::table::Format;

/// A word, what it stands for, and what help says about it.
type Choice<T> = (&'static str, T, &'static str);

const KINDS: [Choice<Kind>; 4] = [
    ("thermal", Kind::Thermal, "Intensity, larger is hotter; any camera span"),
    ("mask", Kind::Mask, "0 unburnt, anything else burning or burnt"),
    ("rgb", Kind::Rgb, "8-bit colour, red first"),
    ("rain", Kind::Rain, "Rain rate: the 8-bit code of the contract, or mm/h with NaN for no data"),
];

const ENGINES: [Choice<EngineKind>; 5] = [
    ("auto", EngineKind::Auto, "The fastest that starts here: cuda, ort-cpu, then tract"),
    ("tract", EngineKind::Tract, "Inside this program, on the processor"),
    ("ort-cpu", EngineKind::OrtCpu, "ONNX Runtime on the processor"),
    ("cuda", EngineKind::Cuda, "ONNX Runtime on an NVIDIA card"),
    (
        "tensorrt",
        EngineKind::Tensorrt,
        "ONNX Runtime with TensorRT (builds an engine for minutes at first)",
    ),
];

const DECODERS: [Choice<VideoDecoder>; 2] = [
    ("builtin", VideoDecoder::Builtin, "This program: H.264 and H.265 in MP4"),
    ("ffmpeg", VideoDecoder::Ffmpeg, "The program ffmpeg, which must be on the path"),
];

const FORMATS: [Choice<Format>; 21] = [
    (
        "emberline",
        Format::Emberline,
        "Names with units: `temp_c`, `wind_km_h`, `pressure_hpa` …; time in `time` or `time_utc`",
    ),
    (
        "nyc-flights",
        Format::NycFlights,
        "`weather.csv` of nycflights13: °F, mph, inches, hPa; time in `time_hour`",
    ),
    ("cffdrs", Format::Cffdrs, "Tables of cffdrs: `yr`, `mon`, `day`, °C, %, km/h, mm"),
    ("meteostat", Format::Meteostat, "Meteostat, hourly, also without a header: °C, km/h, mm, UTC"),
    ("weewx", Format::Weewx, "Rows of weewx's archive: units by `usUnits`"),
    ("iem", Format::Iem, "ASOS of the Iowa Environmental Mesonet: `tmpf`, `sknt`, `p01i`"),
    ("ndbc", Format::Ndbc, "NDBC standard meteorological data: °C, m/s, hPa, UTC"),
    ("dwd", Format::Dwd, "DWD's Climate Data Center: `TT_TU`, `FF_10`, `R1`, UTC"),
    ("bom", Format::Bom, "Observations of the Bureau of Meteorology"),
    ("smhi", Format::Smhi, "SMHI's open data"),
    ("synoptic", Format::Synoptic, "Synoptic and RAWS downloads: units in the second row"),
    ("ghcnh", Format::Ghcnh, "NOAA's GHCNh: °C, m/s, mm, UTC"),
    ("isd", Format::Isd, "NOAA's Integrated Surface Database: coded cells, UTC"),
    ("isd-lite", Format::IsdLite, "NOAA's ISD-Lite: numbers without a header, tenths, UTC"),
    ("metar", Format::Metar, "METAR reports, one a line"),
    ("rtl433", Format::Rtl433, "rtl_433, JSON or CSV: rain since the gauge began"),
    ("wrcc", Format::Wrcc, "RAWS of the Western Regional Climate Center"),
    ("knmi", Format::Knmi, "KNMI's hourly tables: tenths, UTC"),
    ("meteo-france", Format::MeteoFrance, "Météo-France's hourly tables: °C, m/s, mm, UTC"),
    ("weatherlink-us", Format::WeatherlinkUs, "WeatherLink's text export in °F, mph, inches"),
    ("weatherlink-api", Format::WeatherlinkApi, "WeatherLink v2, JSON: °F, mph, inches of mercury"),
];

const RAINS: [Choice<RainKind>; 6] = [
    ("increment", RainKind::Increment, "Rain since the last row"),
    (
        "since-midnight",
        RainKind::SinceMidnight,
        "Rain since the day began: it falls back once a day",
    ),
    ("rolling-24h", RainKind::Rolling24h, "Rain of the last 24 hours"),
    ("since-hour", RainKind::SinceHour, "Rain since the last hourly report, as airports tell it"),
    ("total", RainKind::Total, "A total of the year, of the event or of the gauge's life"),
    ("rate", RainKind::Rate, "A rate, in mm or inches an hour"),
];

/// Kinds of film.
pub(super) fn kind() -> impl TypedValueParser<Value = Kind> {
    choice(&KINDS)
}

/// Engines.
pub(super) fn engine() -> impl TypedValueParser<Value = EngineKind> {
    choice(&ENGINES)
}

/// Palettes of thermal films.
pub(super) fn palette() -> impl TypedValueParser<Value = Palette> {
    PossibleValuesParser::new(Palette::ALL.map(Palette::name)).try_map(|typed| {
        let found = Palette::ALL.into_iter().find(|palette| palette.name() == typed);
        found.ok_or("not a palette")
    })
}

/// What decodes videos.
pub(super) fn decoder() -> impl TypedValueParser<Value = VideoDecoder> {
    choice(&DECODERS)
}

/// Formats of station tables.
pub(super) fn format() -> impl TypedValueParser<Value = Format> {
    choice(&FORMATS)
}

/// What the numbers of rain are.
pub(super) fn rain() -> impl TypedValueParser<Value = RainKind> {
    choice(&RAINS)
}

fn choice<T: Copy + Send + Sync>(all: &'static [Choice<T>]) -> impl TypedValueParser<Value = T> {
    let words = all.iter().map(|(word, _, help)| PossibleValue::new(*word).help(*help));
    PossibleValuesParser::new(words).try_map(|typed| {
        let found = all.iter().find(|(word, ..)| *word == typed);
        found.map(|(_, value, _)| *value).ok_or("not a choice")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_that_products_and_cards_use() {
        for (word, kind, _) in KINDS {
            assert_eq!(word, kind.to_string());
        }
        for (word, engine, _) in ENGINES {
            assert_eq!(word, engine.name());
        }
        for (word, format, _) in FORMATS {
            assert_eq!(word, format.word());
        }
        assert_eq!(FORMATS.map(|(_, format, _)| format), Format::ALL);
        let typed: Vec<EngineKind> = ENGINES.iter().skip(1).map(|(_, e, _)| *e).collect();
        assert_eq!(typed, EngineKind::ALL);
    }
}
