//! Ages and sizes in words: as exact as a person needs, so that a page stands still while nothing happens.

/// An age in seconds.
pub(super) fn age(age_s: Option<f64>) -> String {
    let Some(age_s) = age_s else { return "none yet".to_owned() };
    match age_s {
        s if s < 15.0 => "just now".to_owned(),
        s if s < 60.0 => format!("{:.0} s ago", (s / 15.0).floor() * 15.0),
        s if s < 5400.0 => format!("{:.0} min ago", s / 60.0),
        s if s < 172_800.0 => format!("{:.0} h ago", s / 3600.0),
        s => format!("{:.0} days ago", s / 86_400.0),
    }
}

/// A lead in seconds.
pub(super) fn lead(lead_s: f64) -> String {
    match lead_s {
        s if s <= 0.0 => "now".to_owned(),
        s if s < 120.0 && s.fract() != 0.0 => format!("in {s:.1} s"),
        s if s < 120.0 => format!("in {s:.0} s"),
        s => format!("in {:.0} min", s / 60.0),
    }
}

/// Bytes.
pub(super) fn size(bytes: u64) -> String {
    match bytes as f64 {
        b if b < 1e3 => format!("{b} B"),
        b if b < 1e6 => format!("{:.0} kB", b / 1e3),
        b if b < 1e9 => format!("{:.0} MB", b / 1e6),
        b => format!("{:.1} GB", b / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_as_exact_as_a_person_needs() {
        for (age_s, want) in [
            (None, "none yet"),
            (Some(-2.0), "just now"),
            (Some(14.9), "just now"),
            (Some(44.0), "30 s ago"),
            (Some(61.0), "1 min ago"),
            (Some(3600.0), "60 min ago"),
            (Some(7200.0), "2 h ago"),
            (Some(4e5), "5 days ago"),
        ] {
            assert_eq!(age(age_s), want, "{age_s:?}");
        }
        for (lead_s, want) in
            [(0.0, "now"), (0.5, "in 0.5 s"), (90.0, "in 90 s"), (600.0, "in 10 min")]
        {
            assert_eq!(lead(lead_s), want);
        }
        assert_eq!(
            [size(10), size(1_500), size(2_000_000), size(3_210_000_000)],
            ["10 B", "2 kB", "2 MB", "3.2 GB"]
        );
    }
}
