//! Quantities as a person writes them: "30d", "50GB", "5%".

use std::time::Duration;

/// Units of time and their seconds.
const TIMES: [(&str, f64); 5] =
    [("s", 1.0), ("min", 60.0), ("h", 3600.0), ("d", 86_400.0), ("w", 604_800.0)];
/// Units of size and their bytes; those of disks, which count in thousands.
const SIZES: [(&str, f64); 4] = [("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12)];

/// A number above 0 with one of `units`, times the unit.
fn measure(text: &str, units: &[(&str, f64)]) -> Option<f64> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
    let unit = text[number.len()..].trim();
    let times = units.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?.1;
    let value = number.trim().parse::<f64>().ok()? * times;
    (value.is_finite() && value > 0.0).then_some(value)
}

/// A span of time such as `30d`; `None` of anything else.
pub(super) fn span(text: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(measure(text, &TIMES)?).ok()
}

/// The same, or none at all, such as `0s`.
pub(super) fn any_span(text: &str) -> Option<Duration> {
    let is_none = TIMES.iter().any(|(unit, _)| text.trim() == format!("0{unit}"));
    if is_none { Some(Duration::ZERO) } else { span(text) }
}

/// Bytes such as `50GB`; `None` of anything else.
pub(super) fn bytes(text: &str) -> Option<u64> {
    measure(text, &SIZES).filter(|bytes| *bytes < 1e18).map(|bytes| bytes as u64)
}

/// A share in 0..1 such as `5%`; `None` of anything else.
pub(super) fn share(text: &str) -> Option<f64> {
    measure(text, &[("%", 0.01)]).filter(|share| *share < 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_need_their_unit() {
        for (text, want_s) in [
            ("30d", Some(2_592_000.0)),
            ("0.5 h", Some(1800.0)),
            ("90s", Some(90.0)),
            ("5min", Some(300.0)),
            ("30", None),
            ("5m", None),
            ("-1d", None),
            ("0d", None),
            ("1e300w", None),
            ("d", None),
            ("", None),
        ] {
            assert_eq!(span(text).map(|s| s.as_secs_f64()), want_s, "{text}");
        }
        assert_eq!((any_span("0s"), any_span("0")), (Some(Duration::ZERO), None));
        assert_eq!(any_span("1h"), span("60min"));
        for (text, want) in [
            ("50GB", Some(50_000_000_000)),
            ("1.5 mb", Some(1_500_000)),
            ("50", None),
            ("1e9TB", None),
            ("GB", None),
        ] {
            assert_eq!(bytes(text), want, "{text}");
        }
        for (text, want) in [("5%", Some(0.05)), ("100%", None), ("5", None), ("-5%", None)] {
            assert_eq!(share(text), want, "{text}");
        }
    }
}
