//! Fields of a subtitle: a number behind a name, or several in brackets.

/// The number behind a name and `:`, `(` or blanks, as in `[latitude : 40.1]`. The name stands alone: `alt` is not
/// found in `rel_alt`.
pub(crate) fn number(text: &str, name: &str) -> Option<f64> {
    Some(leading(behind(text, name)?)?.0)
}

/// A number of metres behind a name, as in `H 6.00m`; metres a second are none.
pub(crate) fn metres(text: &str, name: &str) -> Option<f64> {
    places(text, name).find_map(|rest| {
        let rest = rest.trim_start();
        let (value, n) = leading(rest)?;
        let unit = rest[n..].strip_prefix('m')?;
        (!unit.starts_with(['/', '.'])).then_some(value)
    })
}

/// The number behind a name as it was written.
pub(crate) fn written<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let rest = behind(text, name)?;
    let (_, n) = leading(rest)?;
    Some(&rest[..n])
}

/// Three numbers in brackets behind a name, as in `GPS (8.1, 47.2, 19)`; degree signs and units are passed over.
pub(crate) fn three(text: &str, name: &str) -> Option<[f64; 3]> {
    let inside = places(text, name).find_map(|rest| {
        let inside = rest.trim_start().strip_prefix('(')?;
        Some(inside.split_once(')')?.0)
    })?;
    let mut parts = inside.split(',').map(|part| leading(part.trim()).map(|n| n.0));
    let mut next = || parts.next().flatten();
    Some([next()?, next()?, next()?])
}

/// A local time of day such as `2024-03-08 10:12:34.123` or `2017.08.05 14:11:51`, as ISO 8601 has it.
pub(crate) fn local_time(text: &str) -> Option<String> {
    text.match_indices(' ').find_map(|(at, _)| {
        let date = text[..at].rsplit(|c: char| c.is_whitespace() || c == '>').next()?;
        let mut parts = date.split(['-', '.', '/']);
        let mut part = || parts.next().filter(|p| p.len() <= 4)?.parse::<u16>().ok();
        let (year, month, day) = (part()?, part()?, part()?);
        let time = text[at + 1..].trim_start();
        let clock = time.get(..8).filter(|_| year >= 1000)?;
        // A point or a comma, 3 or 6 digits, and 3 more behind another comma.
        let fraction: String = time[8..]
            .strip_prefix(['.', ','])
            .map(|f| f.chars().take_while(|c| c.is_ascii_digit() || *c == ',').collect::<String>())
            .unwrap_or_default()
            .replace(',', "");
        let fraction = fraction.get(..fraction.len().min(9)).unwrap_or_default();
        let point = if fraction.is_empty() { "" } else { "." };
        let text = format!("{year:04}-{month:02}-{day:02}T{clock}{point}{fraction}");
        text.parse::<jiff::civil::DateTime>().ok().map(|_| text)
    })
}

/// What stands behind a name that a number follows.
fn behind<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    places(text, name).find_map(|rest| {
        let rest = rest.trim_start().trim_start_matches([':', '(']).trim_start();
        leading(rest).map(|_| rest)
    })
}

/// What stands behind each place of a name that is no part of a longer one.
fn places<'a>(text: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    text.match_indices(name).filter_map(move |(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        (!is_part(before) && !is_part(after)).then(|| &text[at + name.len()..])
    })
}

/// The number at the beginning of a text, and its bytes.
fn leading(text: &str) -> Option<(f64, usize)> {
    let n = text
        .char_indices()
        .find(|(k, c)| !(c.is_ascii_digit() || *c == '.' || *k == 0 && matches!(c, '-' | '+')))
        .map_or(text.len(), |(k, _)| k);
    Some((text[..n].trim_end_matches('.').parse().ok().filter(|v: &f64| v.is_finite())?, n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_behind_their_own_names() {
        let text = "[latitude : 47.1] [longtitude: -8.25] [rel_alt: 1.3 abs_alt: 420.5] BAROMETER:1.9 \
                    D 24.18m, H 6.00m, H.S 0.10m/s G.PRY (-51.1°, 0.0°, -58.9°) GPS(8.2, 47.1, 19)";
        for (name, want) in [
            ("latitude", Some(47.1)),
            ("longtitude", Some(-8.25)),
            ("longitude", None),
            ("rel_alt", Some(1.3)),
            ("abs_alt", Some(420.5)),
            ("alt", None),
            ("BAROMETER", Some(1.9)),
        ] {
            assert_eq!(number(text, name), want, "{name}");
        }
        for (text, want) in
            [(text, Some(6.0)), ("H: 2.0", None), ("H 2.0m/s", None), ("D 1m H -3m", Some(-3.0))]
        {
            assert_eq!(metres(text, "H"), want, "{text}");
        }
        assert_eq!(three(text, "G.PRY"), Some([-51.1, 0.0, -58.9]));
        assert_eq!(three(text, "GPS"), Some([8.2, 47.1, 19.0]));
        assert_eq!(three("GPS (n/a, n/a, 0)", "GPS"), None);
    }

    #[test]
    fn local_times_are_written_in_many_ways() {
        for (text, want) in [
            ("DiffTime : 33ms\n2024-01-18 10:23:26.397\n[iso", Some("2024-01-18T10:23:26.397")),
            ("x 2019-09-15 10:48:52,123,456 y", Some("2019-09-15T10:48:52.123456")),
            ("HOME(1,2) 2017.08.05 14:11:51\n", Some("2017-08-05T14:11:51")),
            ("HOME(1,2) 2017.8.5 14:11:51\n", Some("2017-08-05T14:11:51")),
            ("2017.08.05 14:11:51,393,525,393,525\n", Some("2017-08-05T14:11:51.393525393")),
            ("2024-13-18 10:23:26", None),
            ("no time at all, 12:00", None),
        ] {
            assert_eq!(local_time(text).as_deref(), want, "{text}");
        }
    }
}
