//! Feeds readers with spoilt telemetry, and prints what became of it.
//!
//! `cargo run --release -p emberline-telemetry --example spoil -- BYTES SEED`

mod blows;
mod seeds;

use std::time::Instant;

fn main() {
    let mut words = std::env::args().skip(1).map(|w| w.parse::<u64>().ok());
    let (Some(Some(bytes)), Some(Some(seed))) = (words.next(), words.next()) else {
        eprintln!("error: spoil BYTES SEED");
        std::process::exit(2);
    };
    let began = Instant::now();
    let tally = blows::batter(bytes, seed);
    println!("{tally}");
    println!("{:.0} s, most memory {}", began.elapsed().as_secs_f64(), most_memory());
}

/// The most memory that this program has had, as Linux tells it.
fn most_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    line.map_or_else(|| "not known".to_owned(), |l| l.trim().to_owned())
}
