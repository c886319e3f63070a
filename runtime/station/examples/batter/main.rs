//! Batters what reads bytes from outside: the splitter of JPEG streams, the configuration, and cameras by RTSP.
//!
//! ```text
//! cargo run --release --example batter -- [BYTES [SEED [WHAT]]]
//! ```
//!
//! BYTES bytes (a million) of each; WHAT is streams, configurations or rtsp, all where it is left out. Streams: bytes
//! of chance, bytes that look like markers, and pictures with headers, damaged; each is pushed whole and in reads of
//! random lengths, and both must give the same. A picture that comes out begins and ends as a JPEG does.
//! Configurations: a long one, damaged; what is refused is told on one line without the password, and what is taken
//! is written out and read again as the same. RTSP: a camera of this machine that plays films of `tests/golden` and
//! spoils its answers, their descriptions, the lengths of its packets and what is in them; no panic that comes
//! through, no wait past its time, no memory that grows, one line for each end, and the whole picture from what is whole.
#![allow(clippy::unwrap_used)] // an example: a panic is the finding

mod configurations;
mod damage;
#[cfg(feature = "video")]
mod film;
#[cfg(feature = "video")]
mod rtsp;
#[cfg(feature = "video")]
mod rtsp_camera;
#[cfg(feature = "video")]
mod rtsp_packets;
mod streams;

use fastrand::Rng;

fn main() {
    let mut args = std::env::args().skip(1);
    let mut number = |usual: u64| args.next().map_or(usual, |arg| arg.parse().unwrap());
    let (bytes, seed) = (number(1_000_000), number(1));
    let what = args.next();
    let wants = |name: &str| what.as_deref().is_none_or(|what| what == name);
    println!("seed            {seed}");
    if wants("streams") {
        streams::batter(&mut Rng::with_seed(seed), bytes);
    }
    if wants("configurations") {
        configurations::batter(&mut Rng::with_seed(seed), bytes);
    }
    #[cfg(feature = "video")]
    if wants("rtsp") {
        rtsp::batter(&mut Rng::with_seed(seed), bytes);
    }
}
