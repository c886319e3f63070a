//! Retention: which forecasts must go, oldest first, and for which reason.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::kept::Kept;
use crate::config::KeepConfig;

/// The indices into `kept`, which is oldest first, of what must go, each with the limit that says so.
///
/// `now` is the wall clock where that can be believed: without it nothing goes by its age. `lacking` bytes
/// must become free. The newest forecast of a camera stays, whatever the limits.
pub(super) fn doomed(
    kept: &[Kept],
    now: Option<Timestamp>,
    lacking: u64,
    keep: &KeepConfig,
) -> Vec<(usize, &'static str)> {
    let newest: BTreeMap<&str, usize> =
        kept.iter().enumerate().map(|(i, k)| (k.camera.as_str(), i)).collect();
    let mut bytes: u64 = kept.iter().map(|k| k.bytes).sum();
    let (mut lacking, mut out) = (lacking, Vec::new());
    for (i, old) in kept.iter().enumerate() {
        if newest.get(old.camera.as_str()) == Some(&i) {
            continue;
        }
        let age_s = now.map_or(0.0, |now| now.duration_since(old.issued).as_secs_f64());
        let why = match () {
            () if age_s > keep.max_age.as_secs_f64() => "age",
            () if bytes > keep.max_bytes => "bytes",
            () if lacking > 0 => "free",
            () => continue,
        };
        bytes -= old.bytes;
        lacking = lacking.saturating_sub(old.bytes);
        out.push((i, why));
    }
    out
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::SignedDuration;

    use super::*;
    use crate::config::MinFree;

    #[test]
    fn the_oldest_go_first_and_the_newest_of_a_camera_stays() {
        let start: Timestamp = "2026-08-01T00:00:00Z".parse().unwrap();
        let at = |hour: i64| start.saturating_add(SignedDuration::from_hours(hour)).unwrap();
        // Ten of `north`, an hour apart; one of `south` that is the oldest of all.
        let mut kept: Vec<Kept> = vec![Kept {
            issued: at(-9),
            camera: "south".to_owned(),
            bytes: 100,
            folder: "s".into(),
        }];
        kept.extend((0..10).map(|h| Kept {
            issued: at(h),
            camera: "north".to_owned(),
            bytes: 100,
            folder: h.to_string().into(),
        }));
        let keep = |hours: u64, max_bytes: u64| KeepConfig {
            max_age: Duration::from_secs(hours * 3600),
            max_bytes,
            min_free: MinFree::Bytes(0),
            whole_every: Duration::ZERO,
        };
        let many = |range: std::ops::RangeInclusive<usize>, why: &'static str| {
            range.map(|i| (i, why)).collect::<Vec<_>>()
        };
        for (what, now, lacking, keep, want) in [
            ("within all limits", Some(at(9)), 0, keep(100, 5000), vec![]),
            ("age", Some(at(9)), 0, keep(5, 5000), many(1..=4, "age")),
            ("age, but what hour it is nobody knows", None, 0, keep(5, 5000), vec![]),
            ("a clock set back", Some(at(-50_000)), 0, keep(5, 5000), vec![]),
            ("a clock far ahead", Some(at(50_000)), 0, keep(5, 5000), many(1..=9, "age")),
            ("bytes", Some(at(9)), 0, keep(100, 850), many(1..=3, "bytes")),
            ("a disk that fills", Some(at(9)), 150, keep(100, 5000), many(1..=2, "free")),
            (
                "a disk that others have filled",
                Some(at(9)),
                9999,
                keep(100, 5000),
                many(1..=9, "free"),
            ),
        ] {
            assert_eq!(doomed(&kept, now, lacking, &keep), want, "{what}");
        }
        let two = doomed(&kept, Some(at(9)), 450, &keep(7, 5000));
        assert_eq!(two, [(1, "age"), (2, "age"), (3, "free"), (4, "free"), (5, "free")]);
    }
}
