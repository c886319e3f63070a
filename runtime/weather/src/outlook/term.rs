//! A term of the outlook: a reading some hours ago, a difference of two, or a wave of the day.
//!
//! Written as `temp_c[0] - temp_c[-3]`, `temp_c[L-24] - temp_c[-24]` (`L` is the hour forecast) or
//! `cos1`; the Python side, `terms.py` in `export/`, has the grammar.

use super::hours::{Element, Hours};

/// One term at one lead.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Term {
    /// Cosine of so many waves a day of mean solar time.
    Cos(f64),
    /// Sine of so many.
    Sin(f64),
    /// An element so many hours ago.
    Value(Place),
    /// The first less the second.
    Change(Place, Place),
}

/// An element, and how many hours ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) element: Element,
    pub(super) back_h: usize,
}

impl Term {
    /// Reads a term for `lead_h`; `None` when it cannot be, or would look into the future.
    pub(super) fn parse(text: &str, lead_h: usize) -> Option<Self> {
        let wave = |name: &str| text.strip_prefix(name)?.parse::<u8>().ok();
        if let Some(n) = wave("cos") {
            return Some(Self::Cos(f64::from(n)));
        }
        if let Some(n) = wave("sin") {
            return Some(Self::Sin(f64::from(n)));
        }
        match text.split_once(" - ") {
            Some((a, b)) => Some(Self::Change(Place::parse(a, lead_h)?, Place::parse(b, lead_h)?)),
            None => Place::parse(text, lead_h).map(Self::Value),
        }
    }

    /// Its value `back` hours before the end of `hours`, NaN where a reading is missing.
    pub(super) fn value(self, hours: &Hours, back: usize) -> f64 {
        let get = |p: Place| hours.get(p.element, back + p.back_h);
        let angle = |n: f64| std::f64::consts::TAU * n * hours.solar_h(back) / 24.0;
        match self {
            Self::Cos(n) => angle(n).cos(),
            Self::Sin(n) => angle(n).sin(),
            Self::Value(p) => get(p),
            Self::Change(p, minus) => get(p) - get(minus),
        }
    }

    /// The readings that it needs.
    pub(super) fn places(self) -> impl Iterator<Item = Place> {
        let (a, b) = match self {
            Self::Cos(_) | Self::Sin(_) => (None, None),
            Self::Value(p) => (Some(p), None),
            Self::Change(p, minus) => (Some(p), Some(minus)),
        };
        a.into_iter().chain(b)
    }
}

impl Place {
    fn parse(text: &str, lead_h: usize) -> Option<Self> {
        let (name, at) = text.strip_suffix(']')?.split_once('[')?;
        let (lead, rest) = match at.strip_prefix('L') {
            Some(rest) => (i64::try_from(lead_h).ok()?, rest),
            None => (0, at),
        };
        let shift: i64 = if rest.is_empty() { 0 } else { rest.parse().ok()? };
        let back_h = usize::try_from(lead.checked_add(shift)?.checked_neg()?).ok()?;
        Some(Self { element: Element::of(name)?, back_h })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_read_or_refused() {
        let place = |element, back_h| Place { element, back_h };
        let temp = |back| place(Element::Temp, back);
        for (text, want) in [
            ("cos1", Some(Term::Cos(1.0))),
            ("sin2", Some(Term::Sin(2.0))),
            ("temp_c[0]", Some(Term::Value(temp(0)))),
            ("wind_u[0] - wind_u[-3]", {
                Some(Term::Change(place(Element::East, 0), place(Element::East, 3)))
            }),
            ("temp_c[L-24] - temp_c[-24]", Some(Term::Change(temp(18), temp(24)))),
            ("temp_c[L]", None),
            ("temp_c[1]", None),
            ("temp_c[-9223372036854775808]", None),
            ("rain_mm[0]", None),
            ("temp_c", None),
            ("tan1", None),
            ("", None),
        ] {
            assert_eq!(Term::parse(text, 6), want, "{text}");
        }
    }
}
