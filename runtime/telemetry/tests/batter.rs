//! Spoilt telemetry ends in no panic, in no memory without bounds and in no number that is none. The long form is
//! the example of the same name.

#[path = "../examples/spoil/blows.rs"]
mod blows;
#[path = "../examples/spoil/seeds.rs"]
mod seeds;

#[test]
fn spoilt_telemetry_is_read_or_refused() {
    let tally = blows::batter(4_000_000, 7);
    assert_eq!(tally.not_finite, 0);
    assert!(tally.read > 200 && tally.refused > 50 && tally.samples > 10_000, "{tally}");
    let c = tally.counts;
    assert!(
        c.bad_checksum > 100 && c.garbage_bytes > 1000 && c.bad > 100 && c.lost > 10,
        "{tally}"
    );
}

#[test]
fn sound_telemetry_of_each_kind_is_read() {
    for (k, seed) in seeds::all().iter().enumerate() {
        let got = emberline_telemetry::read_bytes(
            std::path::Path::new("seed"),
            seed,
            emberline_telemetry::Options::default(),
        );
        let got = got.unwrap_or_else(|e| panic!("{k}: {e}"));
        assert!(!got.samples.is_empty() && got.counts.bad_checksum == 0, "{k}: {got:?}");
        assert_eq!(got.counts.garbage_bytes + got.counts.bad, 0, "{k}: {}", got.counts);
    }
}

#[test]
fn a_listener_outlives_spoilt_datagrams() {
    let state = blows::batter_listener(2000, 3);
    assert!(state.fault.is_none() && state.heard.is_some(), "{state:?}");
    assert!(
        state.counts.read > 0 && state.counts.bad + state.counts.garbage_bytes > 0,
        "{state:?}"
    );
}
