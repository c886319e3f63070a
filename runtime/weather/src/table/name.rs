//! Names: what a column holds, read from the words and the unit in its name.
//!
//! `Outdoor Temperature (°F)`, `AirTC_Avg` with `Deg C` below, `windspeedmph`, `Temp, °C (LGR S/N: 1)` and
//! `temp_c` are all taken apart the same way: brackets and endings give the unit, the other words the
//! quantity. What is no outdoor weather of the moment (indoor, chill, soil, daily maxima, flags) is known as
//! such.

use super::meaning::{Meaning, TimePart, Weather};
use super::unit::{self, Dimension, FAHRENHEIT, OURS, Unit};
use super::words::{FUSED, HIGH, LOW, NOT_OURS, NOT_OURS_STEMS, TIME, TIME_BESIDE};
use crate::rain_kind::RainKind;

/// What the column called `name` holds; `below` is what a row of units has for it.
pub(super) fn meaning(name: &str, below: Option<&str>) -> Meaning {
    let meaning = by_words(name, below);
    let Meaning::Weather { what, unit, rank } = meaning else { return meaning };
    // Our own names are meant for us: they go before all that only look like the same.
    let is_own = what.names().contains(&name.trim().to_lowercase().as_str());
    Meaning::Weather { what, unit, rank: if is_own { 0 } else { rank + NOT_OWN } }
}

/// What every name but our own comes behind.
const NOT_OWN: u8 = 16;

fn by_words(name: &str, below: Option<&str>) -> Meaning {
    let apart = Apart::of(name);
    let fused: String = apart.words.concat();
    let lower = name.trim().to_lowercase();
    if let Some((_, what, unit)) = FUSED.iter().find(|(n, ..)| *n == lower) {
        let rank = if let Weather::Rain(kind) = what { rank_of_rain(*kind) } else { 0 };
        return Meaning::Weather { what: *what, unit: Some(*unit), rank };
    }
    if let Some(meaning) = place(&apart, &fused) {
        return meaning;
    }
    let units: Vec<&str> =
        below.into_iter().chain(apart.units.iter().map(String::as_str)).collect();
    weather(&apart.words, &units)
}

/// A name taken apart.
struct Apart {
    /// Its words, small letters.
    words: Vec<String>,
    /// What may be its unit: in brackets, or behind a comma, colon or dash.
    units: Vec<String>,
}

impl Apart {
    fn of(name: &str) -> Self {
        let mut base = String::new();
        let mut units = Vec::new();
        let mut inner: Option<String> = None;
        for c in
            name.trim_matches(|c: char| matches!(c, '#' | ':' | '\u{feff}' | ' ' | '"')).chars()
        {
            match (c, &mut inner) {
                ('(' | '[', None) => inner = Some(String::new()),
                (')' | ']', Some(text)) => {
                    units.push(std::mem::take(text));
                    inner = None;
                    base.push(' ');
                }
                (c, Some(text)) => text.push(c),
                (c, None) => base.push(c),
            }
        }
        if let Some(text) = inner {
            base += &text; // never closed
        }
        for mark in [", ", " - ", ":", ";"] {
            if let Some((before, after)) = base.clone().split_once(mark)
                && !before.trim().is_empty()
            {
                units.push(after.trim().to_owned());
                base = before.to_owned();
            }
        }
        Self { words: words(&base), units }
    }
}

/// The words of a name, small letters: `outTemp`, `WS_ms_Avg` and `rain24h` are several.
fn words(base: &str) -> Vec<String> {
    let chars: Vec<char> = base.chars().collect();
    let mut out: Vec<String> = Vec::new();
    let mut word = String::new();
    for (i, &c) in chars.iter().enumerate() {
        let (before, after) = (i.checked_sub(1).map(|j| chars[j]), chars.get(i + 1));
        let is_start = match before {
            Some(b) if b.is_lowercase() && c.is_uppercase() => true,
            Some(b) if b.is_alphabetic() && c.is_ascii_digit() => true,
            Some(b) if b.is_uppercase() && c.is_uppercase() => {
                after.is_some_and(|a| a.is_lowercase())
            }
            _ => false,
        };
        let is_part = c.is_alphanumeric() || matches!(c, '%' | '°' | '℃' | '℉');
        if (is_start || !is_part) && !word.is_empty() {
            out.push(std::mem::take(&mut word));
        }
        if is_part {
            word.extend(c.to_lowercase());
        }
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

/// Time, station and place, by the whole name.
fn place(apart: &Apart, fused: &str) -> Option<Meaning> {
    let in_utc =
        |text: &str| matches!(text.trim().to_lowercase().as_str(), "utc" | "gmt" | "z" | "zulu");
    let is_utc = apart.units.iter().any(|u| in_utc(u))
        || apart.words.iter().any(|w| in_utc(w))
        || fused.ends_with("utc");
    let part = |part| Some(Meaning::Time { part, is_utc });
    match fused {
        "year" | "yr" | "yyyy" | "yy" | "jahr" | "år" => return part(TimePart::Year),
        "month" | "mon" | "mo" | "monat" => return part(TimePart::Month),
        "day" | "dy" | "dd" | "tag" => return part(TimePart::Day),
        "doy" | "jday" | "julian" | "julianday" | "dayofyear" | "yday" => {
            return part(TimePart::DayOfYear);
        }
        "hour" | "hr" | "hh" | "stunde" | "hourutc" => return part(TimePart::Hour),
        "minute" | "minutes" | "mn" => return part(TimePart::Minute),
        "timezone" | "tz" | "utcoffset" | "timezoneoffset" => return Some(Meaning::Zone),
        "lat" | "latitude" => return Some(Meaning::Latitude),
        "lon" | "long" | "longitude" | "lng" => return Some(Meaning::Longitude),
        "station" | "stationid" | "stationname" | "stid" | "stationsid" | "observationstation"
        | "site" | "callsign" | "siteid" => return Some(Meaning::Station),
        "start" | "stop" => return Some(Meaning::Other),
        _ => {}
    }
    let is_of = |words: &[&str], word: &String| words.contains(&word.as_str());
    let all_of_time = apart.words.iter().all(|w| is_of(TIME, w) || is_of(TIME_BESIDE, w));
    let is_time = all_of_time && apart.words.iter().any(|w| is_of(TIME, w));
    if is_time { part(TimePart::Any) } else { None }
}

/// A quantity of weather, by its words.
fn weather(words: &[String], units: &[&str]) -> Meaning {
    let has = |set: &[&str]| words.iter().any(|w| set.contains(&w.as_str()));
    let stem = |stems: &[&str]| words.iter().any(|w| stems.iter().any(|s| w.starts_with(s)));
    let is_wind =
        stem(&["wind", "vind", "viento", "wsp"]) || has(&["ws", "wnd", "wspd", "ff", "anemometer"]);
    let of_sea = has(&["sea"]) && !has(&["level"]);
    let within = words.first().is_some_and(|w| w == "in") && words.len() > 1;
    if has(NOT_OURS) || stem(NOT_OURS_STEMS) || has(LOW) || of_sea || within {
        return Meaning::Other;
    }
    let is_gust =
        stem(&["gust", "byvind", "böe", "rafale", "racha", "windgust", "windspitze", "windbö"])
            || has(&["gst", "wpgt", "fx"]);
    let is_rain = stem(&["rain", "precip"]);
    let long = ["daily", "weekly", "monthly", "yearly", "annual", "normal", "normals"];
    if !is_rain && has(&long) {
        return Meaning::Other;
    }
    let is_high = has(HIGH);
    let is_of_day = has(&["daily", "day", "today", "24h", "monthly", "yearly"]);
    let dir = [
        "dir",
        "direction",
        "wdir",
        "drct",
        "wd",
        "bearing",
        "from",
        "windrichtung",
        "vindriktning",
    ];
    let what = if stem(&["dew", "dwp", "taupunkt", "daggpunkt"]) || has(&["td", "tdew"]) {
        Weather::DewPoint
    } else if has(&dir) || stem(&["winddir", "direc"]) {
        if is_gust || is_high || has(&["mean_wave", "current"]) {
            return Meaning::Other;
        }
        Weather::WindFrom
    } else if is_gust || is_wind && is_high {
        if is_of_day {
            return Meaning::Other;
        }
        Weather::Gust
    } else if is_wind {
        Weather::Wind
    } else if is_high {
        return Meaning::Other;
    } else if stem(&[
        "rain",
        "precip",
        "regen",
        "niederschlag",
        "nederbörd",
        "lluvia",
        "pluie",
        "neerslag",
    ]) || has(&["prec", "prcp", "ppt", "pcp", "pcpn", "chuva", "pioggia"])
    {
        return rain(words, units);
    } else if stem(&[
        "humid",
        "hum",
        "relhum",
        "relh",
        "rhum",
        "luftfeucht",
        "luftfukt",
        "humedad",
        "umidit",
    ]) || has(&["rh", "hurs"])
    {
        if has(&["absolute", "abs"]) {
            return Meaning::Other;
        }
        Weather::Humidity
    } else if stem(&["press", "baro", "luftdruck", "lufttryck", "presi", "altimeter"])
        || has(&["bp", "pres", "mslp", "slp", "qnh", "qfe", "bar", "alti"])
    {
        Weather::Pressure
    } else if stem(&["temp", "lufttemp", "drybulb", "tempér"])
        || has(&["ta", "tair", "tc", "tf", "tmp", "atmp", "airt", "tas"])
        || words.iter().all(|w| ["t", "air", "2m", "avg", "out"].contains(&w.as_str()))
            && has(&["t"])
    {
        if has(&["p"]) {
            return Meaning::Other;
        }
        Weather::Temp
    } else {
        return Meaning::Unknown;
    };
    let unit = unit_of(what, words, units);
    let has_unit = unit_in(what.dimension(), words, units).is_some();
    Meaning::Weather { what, unit, rank: rank(what, words, has_unit) }
}

/// Which of several columns of one thing is the better one.
fn rank(what: Weather, words: &[String], has_unit: bool) -> u8 {
    let has = |set: &[&str]| words.iter().any(|w| set.contains(&w.as_str()));
    let height = words
        .iter()
        .any(|w| w.len() > 1 && w.ends_with('m') && w[..w.len() - 1].parse::<u8>().is_ok());
    let usual = if what == Weather::Temp { "2m" } else { "10m" };
    let is_other_height = u8::from(height && !has(&[usual]));
    is_other_height
        + match what {
            Weather::Pressure if has(&["absolute", "abs", "station"]) => 0,
            Weather::Pressure
                if has(&["sea", "msl", "mslp", "slp", "rel", "relative", "alti", "qnh"]) =>
            {
                2
            }
            Weather::Pressure => 1,
            // Degrees go before compass words.
            Weather::WindFrom => u8::from(!has(&["deg", "degrees", "degree", "°"]) && !has_unit),
            _ => 0,
        }
}

/// A column of rain: which kind of sum it is.
fn rain(words: &[String], units: &[&str]) -> Meaning {
    let has = |set: &[&str]| words.iter().any(|w| set.contains(&w.as_str()));
    let pair =
        |a: &str, b: &[&str]| words.windows(2).any(|p| p[0] == a && b.contains(&p[1].as_str()));
    let stem = |stems: &[&str]| words.iter().any(|w| stems.iter().any(|s| w.starts_with(s)));
    let hours = ["h", "hr", "hrs", "hour", "hours"];
    let rate = unit_in(Dimension::DepthRate, words, units);
    let is_total_of_ours = words.len() > 2 && words[0] == "rain" && words[1] == "total";
    let kind = if has(&["rate", "intensity", "rainrate"]) || rate.is_some() {
        RainKind::Rate
    } else if has(&["24h", "24hr", "24hrs"]) || pair("24", &hours) {
        RainKind::Rolling24h
    } else if has(&["daily", "day", "today", "midnight", "9am", "dailyrain"]) {
        RainKind::SinceMidnight
    } else if has(&["3h", "6h", "12h", "48h", "72h", "3hr", "6hr", "12hr"])
        || ["2", "3", "6", "9", "12", "15", "18", "21", "48"].iter().any(|n| pair(n, &hours))
    {
        return Meaning::Other;
    } else if has(&["hourly", "hour", "1h", "1hr", "01h", "60min", "lasthour"]) || pair("1", &hours)
    {
        RainKind::SinceHour
    } else if stem(&[
        "accum", "cumul", "week", "month", "year", "annual", "season", "lifetime", "counter",
    ]) || has(&["ytd", "event", "storm"])
        || is_total_of_ours
    {
        RainKind::Total
    } else if has(&["total", "sum", "since"]) {
        RainKind::Unknown
    } else {
        RainKind::Increment
    };
    let what = Weather::Rain(kind);
    // A column called a rate may have its unit told as a depth: per hour is then meant.
    let unit = rate.or_else(|| unit_in(Dimension::Depth, words, units));
    // What an event is differs from maker to maker: the worst of the totals.
    let is_event = has(&["event", "storm"]) && kind == RainKind::Total;
    Meaning::Weather { what, unit, rank: rank_of_rain(kind) + 3 * u8::from(is_event) }
}

/// Which kind of rain is the better one to read.
fn rank_of_rain(kind: RainKind) -> u8 {
    match kind {
        RainKind::Increment => 0,
        RainKind::SinceMidnight => 1,
        RainKind::Total => 2,
        RainKind::SinceHour => 3,
        RainKind::Rolling24h => 4,
        RainKind::Unknown => 6,
        RainKind::Rate => 7,
    }
}

/// The unit of a column; humidity is in percent and a direction in degrees unless something else is said.
fn unit_of(what: Weather, words: &[String], units: &[&str]) -> Option<Unit> {
    // What is plainly another unit is not taken for the usual one.
    let others = ["10", "ten", "rad", "sector", "g/m", "g/kg"];
    let is_other = units.iter().any(|u| others.iter().any(|o| u.to_lowercase().contains(o)));
    let is_usual = matches!(what, Weather::Humidity | Weather::WindFrom) && !is_other;
    let usual = is_usual.then_some(OURS);
    unit_in(what.dimension(), words, units).or(usual)
}

fn unit_in(dimension: Dimension, words: &[String], units: &[&str]) -> Option<Unit> {
    if let Some(unit) = units.iter().find_map(|text| unit::spelled(dimension, text)) {
        return Some(unit);
    }
    if dimension == Dimension::Temperature {
        if words.iter().any(|w| w == "tc") {
            return Some(OURS);
        }
        if words.iter().any(|w| w == "tf") {
            return Some(FAHRENHEIT);
        }
    }
    // The last words first: `rain in mm` is in mm.
    for end in (1..=words.len()).rev() {
        for start in (1.max(end.saturating_sub(3))..end).rev() {
            let text = words[start..end].concat();
            // One letter is a unit only where it stands last, or before `avg`.
            let one_letter = text.chars().count() == 1 && text != "%";
            let is_last =
                words[end..].iter().all(|w| ["avg", "mean", "smp", "inst"].contains(&w.as_str()));
            if let Some(unit) = unit::spelled(dimension, &text).filter(|_| !one_letter || is_last) {
                return longer(dimension, words, end).or(Some(unit));
            }
        }
    }
    None
}

/// The unit of two or three words that ends there, as `km h` does where `h` alone is none.
fn longer(dimension: Dimension, words: &[String], end: usize) -> Option<Unit> {
    let from = 1.max(end.saturating_sub(3));
    (from..end.saturating_sub(1))
        .find_map(|start| unit::spelled(dimension, &words[start..end].concat()))
}

#[cfg(test)]
mod tests {
    use super::super::unit::{FRACTION, KELVIN, KILOPASCAL};
    use super::*;
    use crate::table::unit::{INCH, INCH_HG, KM_H};

    const INC: Weather = Weather::Rain(RainKind::Increment);
    const DAY: Weather = Weather::Rain(RainKind::SinceMidnight);
    const HOUR: Weather = Weather::Rain(RainKind::SinceHour);
    const RATE: Weather = Weather::Rain(RainKind::Rate);
    const TOTAL: Weather = Weather::Rain(RainKind::Total);
    const R24: Weather = Weather::Rain(RainKind::Rolling24h);

    #[test]
    fn weather_and_units_are_read_from_names() {
        use Weather::*;
        for (name, below, what, unit) in [
            ("temp_c", None, Temp, Some(OURS)),
            ("temp_k", None, Temp, Some(KELVIN)),
            ("temp", None, Temp, None),
            ("Outdoor Temperature (°F)", None, Temp, Some(FAHRENHEIT)),
            ("Outdoor Temperature(℃)", None, Temp, Some(OURS)),
            ("AirTC_Avg", Some("Deg C"), Temp, Some(OURS)),
            ("Temp, °C (LGR S/N: 10, SEN S/N: 11)", None, Temp, Some(OURS)),
            ("Temp - °C", None, Temp, Some(OURS)),
            ("t_2m:C", None, Temp, Some(OURS)),
            ("temperature_2m (°C)", None, Temp, Some(OURS)),
            ("outTemp", None, Temp, None),
            ("Average temperature [°C]", None, Temp, Some(OURS)),
            ("tempf", None, Temp, Some(FAHRENHEIT)),
            ("temperature_C", None, Temp, Some(OURS)),
            ("air_temp_set_1", Some("Celsius"), Temp, Some(OURS)),
            ("dewpoint_c", None, DewPoint, Some(OURS)),
            ("RH", None, Humidity, Some(OURS)),
            ("rh_fraction", None, Humidity, Some(FRACTION)),
            ("Hum - %", None, Humidity, Some(OURS)),
            ("relative_humidity_2m:p", None, Humidity, Some(OURS)),
            ("WS_ms_Avg", None, Wind, Some(OURS)),
            ("Wind(m/s)", None, Wind, Some(OURS)),
            ("wind_km_h", None, Wind, Some(KM_H)),
            ("Avg Wind Speed - km/h", None, Wind, Some(KM_H)),
            ("wind_avg_m_s", None, Wind, Some(OURS)),
            ("wind_ms", None, Wind, Some(OURS)),
            ("WS_ms_Max", None, Gust, Some(OURS)),
            ("High Wind Speed - km/h", None, Gust, Some(KM_H)),
            ("Gust(m/s)", None, Gust, Some(OURS)),
            ("Prevailing Wind Direction", None, WindFrom, Some(OURS)),
            ("wind_dir_deg", None, WindFrom, Some(OURS)),
            ("Wind Dir (10s deg)", None, WindFrom, unit::spelled(Dimension::Angle, "10s deg")),
            ("Wind Direction (sectors)", None, WindFrom, None),
            ("wind_from_deg", None, WindFrom, Some(OURS)),
            ("BP_mbar", None, Pressure, Some(OURS)),
            ("pressure_kpa", None, Pressure, Some(KILOPASCAL)),
            ("Barometer - in Hg", None, Pressure, Some(INCH_HG)),
            ("REL Pressure(hPa)", None, Pressure, Some(OURS)),
            ("rain_mm", None, INC, Some(OURS)),
            ("Rain_mm_Tot", None, INC, Some(OURS)),
            ("Precipitation amount [mm]", None, INC, Some(OURS)),
            ("rain", None, INC, None),
            ("rain_in", None, INC, Some(INCH)),
            ("dailyrainin", None, DAY, Some(INCH)),
            ("Rain - in", None, INC, Some(INCH)),
            ("Daily Rain(mm)", None, DAY, Some(OURS)),
            ("rain_day_in", None, DAY, Some(INCH)),
            ("Hourly Rain (in)", None, HOUR, Some(INCH)),
            ("precip_1h:mm", None, HOUR, Some(OURS)),
            ("precip_accum_24_hour_set_1", Some("Millimeters"), R24, Some(OURS)),
            ("rain_24h_mm", None, R24, Some(OURS)),
            ("precip_accum_set_1", Some("Millimeters"), TOTAL, Some(OURS)),
            ("rain_total_mm", None, TOTAL, Some(OURS)),
            ("Event Rain (in)", None, TOTAL, Some(INCH)),
            ("Total Rain (mm)", None, Rain(RainKind::Unknown), Some(OURS)),
            ("Rain Rate(mm/hr)", None, RATE, Some(OURS)),
            ("rain_rate_mm_h", None, RATE, Some(OURS)),
            ("rain_mm_h", None, RATE, Some(OURS)),
        ] {
            match meaning(name, below) {
                Meaning::Weather { what: got, unit: of, .. } => {
                    assert_eq!((got, of), (what, unit), "{name}")
                }
                other => panic!("{name}: {other:?}"),
            }
        }
    }

    #[test]
    fn what_is_no_weather_of_the_moment_is_not_taken_for_it() {
        for name in [
            "temp_indoor_c",
            "wind_chill_c",
            "MonthlyMeanTemperature",
            "Feels Like (°F)",
            "High Temp - °C",
            "Low Temp - °C",
            "Max Daily Gust (mph)",
            "inTemp",
            "Indoor Humidity(%)",
            "soil_temperature_0_to_7cm (°C)",
            "PTemp_C_Avg",
            "BattV_Min",
            "gust_dir_deg",
            "High Wind Direction",
            "Heat Index - °C",
            "fuel_temp_c",
            "CH1 Temperature(℃)",
            "precip_accum_six_hour_qc",
            "temperature_Quality_Code",
            "precipitation_6_hour",
            "snow_depth (m)",
            "Wind Run - km",
            "precipitation_probability (%)",
        ] {
            assert_eq!(meaning(name, None), Meaning::Other, "{name}");
        }
        for name in ["RECORD", "wxcodes", "millis", "Kvalitet", "foo"] {
            assert_eq!(meaning(name, None), Meaning::Unknown, "{name}");
        }
    }

    #[test]
    fn times_and_places_are_known() {
        let any = |is_utc| Meaning::Time { part: TimePart::Any, is_utc };
        for (name, want) in [
            ("time", any(false)),
            ("time_utc", any(true)),
            ("Time [UTC]", any(true)),
            ("Tid (UTC)", any(true)),
            ("Date & Time", any(false)),
            ("Date Time, GMT-07:00", any(false)),
            ("TIMESTAMP", any(false)),
            ("dateutc", any(true)),
            ("local_date_time_full[80]", any(false)),
            ("last_changed", any(false)),
            ("_time", any(false)),
            ("MESS_DATUM", any(false)),
            ("yr", Meaning::time(TimePart::Year)),
            ("Hour", Meaning::time(TimePart::Hour)),
            ("Station_ID", Meaning::Station),
            ("timezone", Meaning::Zone),
            ("long", Meaning::Longitude),
        ] {
            assert_eq!(meaning(name, None), want, "{name}");
        }
    }
}
