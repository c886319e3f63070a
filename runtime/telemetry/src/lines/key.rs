//! Keys of pose lines, and which one was meant.

/// What a value of a pose line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Time,
    FilmTime,
    Lat,
    Lon,
    Msl,
    AboveGround,
    AboveTakeoff,
    Ellipsoid,
    Yaw,
    Pitch,
    Roll,
    Quaternion,
    Qw,
    Qx,
    Qy,
    Qz,
    Hfov,
    Vfov,
    HorizontalAccuracy,
    VerticalAccuracy,
    YawAccuracy,
}

/// Every key as it is written.
const ALL: [(&str, Key); 21] = [
    ("t", Key::Time),
    ("time_s", Key::FilmTime),
    ("lat", Key::Lat),
    ("lon", Key::Lon),
    ("alt_msl_m", Key::Msl),
    ("alt_agl_m", Key::AboveGround),
    ("alt_takeoff_m", Key::AboveTakeoff),
    ("alt_hae_m", Key::Ellipsoid),
    ("yaw_deg", Key::Yaw),
    ("pitch_deg", Key::Pitch),
    ("roll_deg", Key::Roll),
    ("q", Key::Quaternion),
    ("qw", Key::Qw),
    ("qx", Key::Qx),
    ("qy", Key::Qy),
    ("qz", Key::Qz),
    ("hfov_deg", Key::Hfov),
    ("vfov_deg", Key::Vfov),
    ("h_acc_m", Key::HorizontalAccuracy),
    ("v_acc_m", Key::VerticalAccuracy),
    ("yaw_acc_deg", Key::YawAccuracy),
];
/// Words of others for what only one key can be.
const OTHERS: [(&str, &str); 9] = [
    ("latitude", "lat"),
    ("longitude", "lon"),
    ("lng", "lon"),
    ("time", "t"),
    ("timestamp", "t"),
    ("yaw", "yaw_deg"),
    ("pitch", "pitch_deg"),
    ("roll", "roll_deg"),
    ("hfov", "hfov_deg"),
];

impl Key {
    /// The key that is written so, or what to write instead.
    pub(crate) fn of(name: &str) -> Result<Self, String> {
        match ALL.iter().find(|(n, _)| *n == name) {
            Some((_, key)) => Ok(*key),
            None => Err(advice(name)),
        }
    }

    /// As it is written.
    pub(crate) fn name(self) -> &'static str {
        ALL.iter().find(|(_, key)| *key == self).map_or("", |(name, _)| name)
    }
}

/// What to write instead of a key that is none: the one that is meant where that is certain.
fn advice(name: &str) -> String {
    let shown: String = name.chars().take(40).collect();
    let low = name.trim().to_ascii_lowercase();
    if low.starts_with("alt") || low.starts_with("height") || low.starts_with("elev") {
        return format!(
            "`{shown}` does not say from where it counts: write alt_msl_m, alt_agl_m, alt_takeoff_m or alt_hae_m"
        );
    }
    let other = OTHERS.iter().find(|(n, _)| *n == low).map(|(_, key)| *key);
    let mut near =
        ALL.iter().map(|(n, _)| (strsim::damerau_levenshtein(n, &low), *n)).collect::<Vec<_>>();
    near.sort_unstable();
    // Certain: one letter of a name of some length, and no other key as near.
    let nearest = match near[..] {
        [(d, n), (next, _), ..] if d <= 1 + n.len() / 8 && d < next && n.len() > 4 => Some(n),
        _ => None,
    };
    match other.or(nearest) {
        Some(meant) => format!("`{shown}` is no key: write {meant}"),
        None => {
            let all: Vec<&str> = ALL.iter().map(|(n, _)| *n).collect();
            format!("`{shown}` is no key; keys are {}", all.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_that_was_meant_is_named_only_where_it_is_certain() {
        for (name, want) in [
            ("latitude", "write lat"),
            ("yaw_dge", "write yaw_deg"),
            ("alt_mls_m", "alt_msl_m, alt_agl_m"), // which height is never guessed
            ("alt_m", "alt_msl_m, alt_agl_m"),
            ("Pitch", "write pitch_deg"),
            ("la", "keys are"),
            ("battery", "keys are"),
        ] {
            let got = Key::of(name).unwrap_err();
            assert!(got.contains(want), "{name}: {got}");
        }
        for (name, key) in ALL {
            assert_eq!((Key::of(name), key.name()), (Ok(key), name));
        }
    }
}
