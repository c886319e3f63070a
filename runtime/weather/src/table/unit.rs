//! Units: how a number in a cell becomes one of ours, and how people write each unit.

/// What a unit measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dimension {
    Temperature,
    Share,
    Speed,
    Angle,
    Pressure,
    Depth,
    DepthRate,
}

/// How a cell becomes a value: `factor · cell + offset`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Unit {
    factor: f64,
    offset: f64,
}

impl Unit {
    /// The value in our unit.
    pub(super) fn convert(self, cell: f64) -> f64 {
        self.factor * cell + self.offset
    }

    /// The same unit for cells that hold `1 / tenths` of it: 10 for tenths of a degree.
    pub(super) const fn in_parts(self, parts: f64) -> Self {
        Self { factor: self.factor / parts, offset: self.offset }
    }
}

const fn times(factor: f64) -> Unit {
    Unit { factor, offset: 0.0 }
}

/// Our own unit of any dimension: °C, %, m/s, degrees, hPa, mm, mm/h.
pub(super) const OURS: Unit = times(1.0);
pub(super) const FAHRENHEIT: Unit = Unit { factor: 1.0 / 1.8, offset: -32.0 / 1.8 };
pub(super) const KELVIN: Unit = Unit { factor: 1.0, offset: -273.15 };
/// Of humidity: 1 for 100 %.
pub(super) const FRACTION: Unit = times(100.0);
pub(super) const KM_H: Unit = times(1.0 / 3.6);
/// By definition 1852 m an hour.
pub(super) const KNOT: Unit = times(1852.0 / 3600.0);
/// By definition 1609.344 m an hour.
pub(super) const MPH: Unit = times(0.44704);
const FOOT_S: Unit = times(0.3048);
pub(super) const INCH: Unit = times(25.4);
pub(super) const CENTIMETRE: Unit = times(10.0);
/// Tens of degrees, as Canada writes directions.
const TENS: Unit = times(10.0);
const PASCAL: Unit = times(0.01);
pub(super) const KILOPASCAL: Unit = times(10.0);
/// Conventional inch of mercury at 0 °C.
pub(super) const INCH_HG: Unit = times(33.863_89);
/// Conventional millimetre of mercury at 0 °C.
const MILLIMETRE_HG: Unit = times(1.333_224);

/// How people write a unit, in small letters, without spaces, dots, underlines and hyphens before a letter.
type Spellings = (Dimension, Unit, &'static [&'static str]);

const UNITS: [Spellings; 22] = [
    (
        Dimension::Temperature,
        OURS,
        &["c", "°c", "degc", "celsius", "degreesc", "degreescelsius", "degcelsius", "gradc", "cel"],
    ),
    (
        Dimension::Temperature,
        FAHRENHEIT,
        &["f", "°f", "degf", "fahrenheit", "degreesf", "degreesfahrenheit", "degfahrenheit"],
    ),
    (Dimension::Temperature, KELVIN, &["k", "kelvin", "degk"]),
    (Dimension::Share, OURS, &["%", "percent", "pct", "prozent", "%rh", "rh%", "perc", "p"]),
    (Dimension::Share, FRACTION, &["fraction", "frac", "0-1", "0..1", "1", "ratio"]),
    (
        Dimension::Speed,
        OURS,
        &[
            "m/s",
            "ms",
            "mps",
            "ms-1",
            "m/sec",
            "meters/second",
            "metres/second",
            "meter/s",
            "meterspersecond",
            "metrespersecond",
            "m/second",
            "msec",
            "meter/second",
            "ms^-1",
        ],
    ),
    (
        Dimension::Speed,
        KM_H,
        &[
            "km/h",
            "kmh",
            "kph",
            "km/hr",
            "kmhr",
            "kmph",
            "kmh-1",
            "kilometers/hour",
            "kilometres/hour",
            "km/std",
            "kilometersperhour",
            "kilometresperhour",
            "kmperhour",
        ],
    ),
    (Dimension::Speed, KNOT, &["kt", "kts", "kn", "knot", "knots", "knoten"]),
    (
        Dimension::Speed,
        MPH,
        &["mph", "mi/h", "mi/hr", "mih", "miles/hour", "milesperhour", "miles/hr", "mile/hour"],
    ),
    (Dimension::Speed, FOOT_S, &["ft/s", "fts", "fps", "feet/second"]),
    (
        Dimension::Angle,
        OURS,
        &["°", "deg", "degree", "degrees", "degt", "degtrue", "°true", "grad", "ø", "degreestrue"],
    ),
    (Dimension::Angle, TENS, &["10sdeg", "10'sdeg", "10deg", "tensofdegrees", "10'sofdegrees"]),
    (
        Dimension::Pressure,
        OURS,
        &["hpa", "mb", "mbar", "mbars", "millibar", "millibars", "hectopascal", "hectopascals"],
    ),
    (Dimension::Pressure, PASCAL, &["pa", "pascal", "pascals"]),
    (Dimension::Pressure, KILOPASCAL, &["kpa", "kilopascal", "kilopascals"]),
    (
        Dimension::Pressure,
        INCH_HG,
        &["inhg", "in", "inch", "inches", "inchhg", "incheshg", "inchesofmercury", "\"hg", "in/hg"],
    ),
    (Dimension::Pressure, MILLIMETRE_HG, &["mmhg", "torr"]),
    (
        Dimension::Depth,
        OURS,
        &[
            "mm",
            "millimeter",
            "millimeters",
            "millimetre",
            "millimetres",
            "l/m2",
            "l/m²",
            "kg/m2",
            "kg/m²",
            "kgm-2",
            "lm2",
        ],
    ),
    (Dimension::Depth, CENTIMETRE, &["cm", "centimeter", "centimeters", "centimetres"]),
    (Dimension::Depth, INCH, &["in", "inch", "inches", "\"", "''", "″"]),
    (
        Dimension::DepthRate,
        OURS,
        &["mm/h", "mmh", "mm/hr", "mmhr", "mmph", "mmh-1", "mm/hour", "mmhour", "millimeters/hour"],
    ),
    (
        Dimension::DepthRate,
        INCH,
        &["in/h", "inh", "in/hr", "inhr", "inph", "in/hour", "inches/hour"],
    ),
];

/// The unit of `dimension` that people write as `text`.
pub(super) fn spelled(dimension: Dimension, text: &str) -> Option<Unit> {
    let bare = bare(text);
    let found =
        UNITS.iter().find(|(d, _, names)| *d == dimension && names.contains(&bare.as_str()));
    found.map(|(_, unit, _)| *unit)
}

/// Whether `text` is a unit of anything that stations measure, so that a row of such is a row of units.
pub(super) fn is_unit(text: &str) -> bool {
    /// Of what is not read here.
    const OTHERS: [&str; 22] = [
        "ts", "rn", "volts", "volt", "v", "w/m2", "w/m²", "wm-2", "watts/m2", "mv", "nmi", "ft",
        "m", "sec", "s", "min", "hr", "mo", "dy", "yr", "text", "code",
    ];
    let bare = bare(text);
    !bare.is_empty()
        && (OTHERS.contains(&bare.as_str())
            || UNITS.iter().any(|(.., names)| names.contains(&bare.as_str())))
}

/// Small letters without what people put between.
fn bare(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            ' ' | '.' | '_' | '\u{a0}' | '*' => {}
            '℃' => out += "°c",
            '℉' => out += "°f",
            'º' | '˚' => out.push('°'),
            _ => out.extend(c.to_lowercase()),
        }
    }
    // `0..1` and `ms-1` keep their signs; `deg-c` has none.
    match out.as_str() {
        "01" => "0..1".into(),
        "deg-c" => "degc".into(),
        "deg-f" => "degf".into(),
        _ => out,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_known_as_people_write_them() {
        for (dimension, text, cell, want) in [
            (Dimension::Temperature, "Deg C", 18.4, 18.4),
            (Dimension::Temperature, "℉", 212.0, 100.0),
            (Dimension::Temperature, "K", 300.0, 26.85),
            (Dimension::Speed, "meters/second", 3.0, 3.0),
            (Dimension::Speed, "km/hr", 36.0, 10.0),
            (Dimension::Speed, "m s-1", 3.0, 3.0),
            (Dimension::Pressure, "in Hg", 29.92126, 1013.25),
            (Dimension::Pressure, "in", 29.92126, 1013.25),
            (Dimension::Pressure, "mmHg", 760.0, 1013.25),
            (Dimension::Depth, "in", 0.5, 12.7),
            (Dimension::DepthRate, "in/hr", 0.5, 12.7),
            (Dimension::Share, "0..1", 0.5, 50.0),
        ] {
            let got = spelled(dimension, text).map(|u| u.convert(cell));
            assert!(got.is_some_and(|v| (v - want).abs() < 1e-3), "{text}: {got:?}");
        }
        assert_eq!(spelled(Dimension::Temperature, "%"), None);
        assert!(is_unit("meters/second") && is_unit("Volts") && !is_unit("Avg") && !is_unit(""));
    }
}
