//! Spans of time as a person types them: 60, 60s, 5min, 1h.

/// Units of time and their seconds.
const UNITS: [(&str, f64); 5] =
    [("ms", 0.001), ("s", 1.0), ("min", 60.0), ("h", 3600.0), ("", 1.0)];

/// Seconds of a span such as 60, 60s, 5min or 1h.
pub(super) fn seconds(typed: &str) -> Result<f64, String> {
    let refused = || "give a time above 0 such as 60s, 5min or 1h".to_owned();
    let digits = typed.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = typed[digits.len()..].trim();
    let unit_s = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(refused)?.1;
    let number: f64 = digits.trim().parse().map_err(|_| refused())?;
    let span_s = number * unit_s;
    if span_s.is_finite() && span_s > 0.0 { Ok(span_s) } else { Err(refused()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_with_their_unit() {
        for (typed, want) in [
            ("60", Some(60.0)),
            ("60s", Some(60.0)),
            ("0.5 s", Some(0.5)),
            ("250ms", Some(0.25)),
            ("5min", Some(300.0)),
            ("1h", Some(3600.0)),
            ("5m", None),
            ("0", None),
            ("-1s", None),
            ("inf", None),
            ("", None),
            ("s", None),
        ] {
            assert_eq!(seconds(typed).ok(), want, "{typed}");
        }
    }
}
