//! Words of a PROJ string: `+lat_0=52.5`, with numbers as people write them (`25E`, `52d30'N`).

use std::collections::BTreeMap;

/// The words of a PROJ string by name; of a word that stands twice the first counts, as in PROJ.
#[derive(Clone, Debug)]
pub(super) struct Words<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Words<'a> {
    pub(super) fn of(proj: &'a str) -> Self {
        let mut words = BTreeMap::new();
        for word in proj.split_whitespace().map(|w| w.strip_prefix('+').unwrap_or(w)) {
            let (name, value) = word.split_once('=').unwrap_or((word, ""));
            words.entry(name).or_insert(value);
        }
        Self(words)
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        self.0.get(name).copied()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().map(|(name, value)| (*name, *value))
    }

    /// A number, or an angle in degrees; `None` where it is not said.
    pub(super) fn number(&self, name: &str) -> Result<Option<f64>, String> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let number = angle(text).filter(|v| v.is_finite());
        number.map(Some).ok_or_else(|| format!("+{name}={text} is no number"))
    }

    /// The same, or what stands for it where it is not said.
    pub(super) fn or(&self, name: &str, otherwise: f64) -> Result<f64, String> {
        self.number(name).map(|n| n.unwrap_or(otherwise))
    }
}

/// `52.5`, `52.5N`, `25E`, `52d30'`, `0.9r` (radians).
fn angle(text: &str) -> Option<f64> {
    if let Ok(plain) = text.parse() {
        return Some(plain);
    }
    let (text, sign) = match text.strip_suffix(['E', 'e', 'N', 'n']) {
        Some(rest) => (rest, 1.0),
        None => text.strip_suffix(['W', 'w', 'S', 's']).map_or((text, 1.0), |rest| (rest, -1.0)),
    };
    if let Some(radians) = text.strip_suffix(['r', 'R']) {
        return radians.parse::<f64>().ok().map(|v| sign * v.to_degrees());
    }
    let (text, sign) = text.strip_prefix('-').map_or((text, sign), |rest| (rest, -sign));
    let mut parts = text.split(['d', 'D', '°', '\'', '"']);
    let (mut sum, mut share) = (0.0, 1.0);
    for part in parts.by_ref().take(3) {
        if !part.is_empty() {
            sum += part.parse::<f64>().ok().filter(|v| *v >= 0.0)? * share;
        }
        share /= 60.0;
    }
    let rest = parts.all(str::is_empty);
    (rest && text.starts_with(|c: char| c.is_ascii_digit() || c == '.')).then_some(sign * sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, want) in [
            ("52.5", Some(52.5)),
            ("-1e3", Some(-1000.0)),
            ("25E", Some(25.0)),
            ("90N", Some(90.0)),
            ("7.5W", Some(-7.5)),
            ("52d30'", Some(52.5)),
            ("-52d30'36\"", Some(-52.51)),
            ("10d42'S", Some(-10.7)),
            ("", None),
            ("x", None),
            ("N", None),
            ("1d2'3\"4", None),
            ("52d-3", None),
        ] {
            let got = angle(text);
            let near = got.zip(want).is_some_and(|(a, b)| (a - b).abs() < 1e-12);
            assert!(near || got == want, "{text}: {got:?}");
        }
        let radians = angle("0.5r").unwrap();
        assert!((radians - 0.5f64.to_degrees()).abs() < 1e-12);
        let words = Words::of("+proj=stere +lat_0=90 lat_0=10 +no_defs");
        assert_eq!((words.get("lat_0"), words.has("no_defs")), (Some("90"), true));
    }
}
