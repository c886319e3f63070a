//! Retention: what must go, oldest first and evidence last, and for which reason.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::kept::{Kept, What};
use crate::config::KeepConfig;

/// The indices into `kept`, which is oldest first, of what must go, each with the limit that says so.
///
/// `now` is the wall clock where that can be believed: without it nothing goes by its age. `lacking` bytes
/// must become free. The newest forecast of a camera stays, whatever the limits. Evidence has an age of its own, and
/// goes for want of space when nothing else is left to go.
pub(super) fn doomed(
    kept: &[Kept],
    now: Option<Timestamp>,
    lacking: u64,
    keep: &KeepConfig,
) -> Vec<(usize, &'static str)> {
    let forecasts = kept.iter().enumerate().filter(|(_, k)| k.what != What::Frame);
    let newest: BTreeMap<&str, usize> = forecasts.map(|(i, k)| (k.camera.as_str(), i)).collect();
    let mut bytes: u64 = kept.iter().map(|k| k.bytes).sum();
    let (mut lacking, mut out) = (lacking, Vec::new());
    let is_evidence = |(_, k): &(usize, &Kept)| k.what == What::Evidence;
    let all = || kept.iter().enumerate();
    let evidence_last = all().filter(|k| !is_evidence(k)).chain(all().filter(is_evidence));
    for (i, old) in evidence_last {
        if newest.get(old.camera.as_str()) == Some(&i) {
            continue;
        }
        let age_s = now.map_or(0.0, |now| now.duration_since(old.issued).as_secs_f64());
        let max_age = match old.what {
            What::Evidence => keep.evidence_age,
            What::Forecast | What::Frame => keep.max_age,
        };
        let why = match () {
            () if age_s > max_age.as_secs_f64() => "age",
            () if bytes > keep.max_bytes => "bytes",
            () if lacking > 0 => "free",
            () => continue,
        };
        bytes -= old.bytes;
        lacking = lacking.saturating_sub(old.bytes);
        out.push((i, why));
    }
    out.sort_unstable();
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
            what: What::Forecast,
            issued: at(-9),
            camera: "south".to_owned(),
            bytes: 100,
            path: "s".into(),
        }];
        kept.extend((0..10).map(|h| Kept {
            what: What::Forecast,
            issued: at(h),
            camera: "north".to_owned(),
            bytes: 100,
            path: h.to_string().into(),
        }));
        let keep = |hours: u64, max_bytes: u64| KeepConfig {
            max_age: Duration::from_secs(hours * 3600),
            max_bytes,
            min_free: MinFree::Bytes(0),
            whole_every: Duration::ZERO,
            frames_every: None,
            evidence_age: Duration::from_secs(20 * 3600),
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
        // The second of `north` is evidence, its last is a frame and is not spared.
        (kept[2].what, kept[10].what) = (What::Evidence, What::Frame);
        for (what, now, lacking, keep, want) in [
            ("it outlives its like", Some(at(9)), 0, keep(5, 5000), vec![1, 3, 4]),
            ("and ends in the end", Some(at(22)), 0, keep(100, 5000), vec![2]),
            ("others go first", Some(at(9)), 250, keep(100, 5000), vec![1, 3, 4]),
            (
                "it goes where nothing else is left",
                Some(at(9)),
                850,
                keep(100, 5000),
                vec![1, 2, 3, 4, 5, 6, 7, 8, 10],
            ),
        ] {
            let gone: Vec<usize> =
                doomed(&kept, now, lacking, &keep).into_iter().map(|(i, _)| i).collect();
            assert_eq!(gone, want, "{what}");
        }
    }
}
