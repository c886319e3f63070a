//! Prints the samples of any telemetry as JSON, one a line, and what else there is to say on standard error.
//!
//! `cargo run --release -p emberline-telemetry --example samples -- FILE [--yaw earth|vehicle] [--mount YAW,PITCH,ROLL]`
//!
//! An address such as `udp:14550` or `serial:/dev/ttyACM0:57600` in place of the file is listened to for `--seconds`.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use emberline_georeference::pose::Sample;
use emberline_telemetry::{Address, Live, Mount, Options, Yaw, read};
use serde_json::{Value, json};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let (mut file, mut options, mut seconds) = (None, Options::default(), 10);
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} what?"));
        match word.as_str() {
            "--yaw" => {
                options.yaw = match value()?.as_str() {
                    "earth" => Yaw::Earth,
                    "vehicle" => Yaw::Vehicle,
                    other => return Err(format!("--yaw earth or vehicle, not {other}")),
                }
            }
            "--mount" => {
                let all: Vec<f64> = value()?.split(',').filter_map(|v| v.parse().ok()).collect();
                let [yaw_deg, pitch_deg, roll_deg] = all[..] else {
                    return Err("--mount YAW,PITCH,ROLL in degrees".to_owned());
                };
                options.mount = Some(Mount { yaw_deg, pitch_deg, roll_deg });
            }
            "--seconds" => seconds = value()?.parse().map_err(|_| "--seconds of whole numbers")?,
            _ => file = Some(PathBuf::from(word)),
        }
    }
    let file = file.ok_or("which file?")?;
    if let Some(Ok(address)) = file.to_str().map(str::parse::<Address>) {
        return listen(&address, options, Duration::from_secs(seconds));
    }
    let telemetry = read(&file, options).map_err(|e| e.to_string())?;
    let mut out = BufWriter::new(io::stdout().lock());
    for sample in &telemetry.samples {
        writeln!(out, "{}", line(sample)).map_err(|e| e.to_string())?;
    }
    for corners in &telemetry.corners {
        let places = corners.places.map(|p| [p.lat_deg, p.lon_deg]);
        let line = json!({"time_s": corners.time_s, "pts_s": corners.pts_s, "corners": places});
        writeln!(out, "{line}").map_err(|e| e.to_string())?;
    }
    for time in &telemetry.film_times {
        let line = json!({"pts_s": time.pts_s, "utc_s": time.utc_s});
        writeln!(out, "{line}").map_err(|e| e.to_string())?;
    }
    out.flush().map_err(|e| e.to_string())?;
    eprintln!("{}, {:?}: {}", telemetry.kind.name(), telemetry.clock, telemetry.counts);
    telemetry.notes.iter().for_each(|note| eprintln!("{note}"));
    Ok(())
}

/// Prints samples as they come.
fn listen(address: &Address, options: Options, time: Duration) -> Result<(), String> {
    let live = Live::open(address, options).map_err(|e| e.to_string())?;
    if let Some(at) = live.local_address() {
        eprintln!("udp:{at}");
    }
    let began = Instant::now();
    while began.elapsed() < time {
        let mut out = io::stdout().lock();
        for sample in live.take() {
            writeln!(out, "{}", line(&sample)).map_err(|e| e.to_string())?;
        }
        out.flush().map_err(|e| e.to_string())?;
        std::thread::sleep(Duration::from_millis(10));
    }
    let state = live.state();
    eprintln!("{}", state.counts);
    state.notes.iter().for_each(|note| eprintln!("{note}"));
    Ok(())
}

/// What a sample says, without what it does not.
fn line(s: &Sample) -> Value {
    let angles = s.rotation.map(|r| r.yaw_pitch_roll_deg());
    let mut line = json!({
        "time_s": s.time_s,
        "lat": s.place.map(|p| p.lat_deg),
        "lon": s.place.map(|p| p.lon_deg),
        "alt_msl_m": s.heights.msl_m,
        "alt_agl_m": s.heights.above_ground_m,
        "alt_takeoff_m": s.heights.above_takeoff_m,
        "alt_hae_m": s.heights.ellipsoid_m,
        "yaw_deg": angles.map(|a| a[0]),
        "pitch_deg": angles.map(|a| a[1]),
        "roll_deg": angles.map(|a| a[2]),
        "q": s.rotation.map(|r| r.body_quaternion()),
        "hfov_deg": s.lens.hfov_deg,
        "vfov_deg": s.lens.vfov_deg,
        "h_acc_m": s.accuracy.horizontal_m,
        "v_acc_m": s.accuracy.vertical_m,
    });
    if let Value::Object(members) = &mut line {
        members.retain(|_, v| !v.is_null());
    }
    line
}
