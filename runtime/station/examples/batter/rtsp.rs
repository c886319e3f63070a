//! The feed of a camera by RTSP, held to what it promises while the camera spoils what it says.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use emberline_station::camera::{Feed, Got, open};
use emberline_station::config::{CameraConfig, CameraFrom, Login, PasswordFrom, Transport, When};
use emberline_station::sun::Site;
use emberline_vision::frame::Kind;
use fastrand::Rng;

use super::film::Film;
use super::rtsp_camera::{RtspCamera, Step};
use super::rtsp_packets::{Packets, Spoils};

const FILMS: [&str; 4] = ["baseline.mp4", "high.mp4", "hevc.mp4", "hevc10.mp4"];
const PASSWORD: &str = "s3cr3t";
/// How long the feed is asked to wait, and how long it may take to give back, on a machine that others load.
const WAIT: Duration = Duration::from_millis(1);
const LATE: Duration = Duration::from_secs(8);
/// A camera that has hung up is known to be gone by then.
const GONE: Duration = Duration::from_secs(20);
/// What memory may grow by after the first tenth, MB.
const GROWS_MAX: u64 = 32;

/// Panics that there were, by their places: those that were caught below the feed, too.
static PANICS: Mutex<BTreeMap<String, u64>> = Mutex::new(BTreeMap::new());

#[derive(Debug, Default)]
struct Figures {
    fed: u64,
    sessions: u64,
    pictures: u64,
    spoiled: u64,
    behind: u64,
    longest: Duration,
    /// Panics that came through the feed.
    panics: u64,
    /// Bytes by what is spoiled.
    spoils: BTreeMap<String, u64>,
    /// Ends, by their words.
    ends: BTreeMap<String, u64>,
}

/// Memory of this program that is held, bytes.
fn held() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    let pages = pages.and_then(|text| text.split(' ').nth(1)?.parse::<u64>().ok());
    pages.unwrap_or(0) * 4096
}

/// Why a session ended, without what is its own.
fn words(why: &str) -> String {
    let why = why.split_once(": ").map_or(why, |(_, why)| why);
    let why = why.split([':', '(']).next().unwrap_or("").trim();
    why.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).collect()
}

/// Feeds `bytes` bytes to feeds of cameras by RTSP.
pub(super) fn batter(random: &mut Rng, bytes: u64) {
    set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, ToString::to_string);
        // Of a library, from its name on.
        let library =
            place.rsplit_once("/registry/src/").and_then(|(_, path)| path.split_once('/'));
        let place = library.map_or(&*place, |(_, path)| path);
        let mut panics = PANICS.lock().unwrap_or_else(PoisonError::into_inner);
        let times = panics.entry(place.to_owned()).or_default();
        *times += 1;
        // One of a place is told, without its trace: what a trace needs would stay in memory.
        if *times == 1 {
            eprintln!("{panic}");
        }
    }));
    let films = FILMS.map(Film::read);
    let room = tempfile::tempdir().unwrap();
    let file = room.path().join("password");
    std::fs::write(&file, PASSWORD).unwrap();
    let login = Login { user: "viewer".to_owned(), password: PasswordFrom::File(file) };
    let mut figures = Figures::default();
    // What is held after each tenth.
    let mut tenths = Vec::new();
    while figures.fed < bytes {
        session(&films, &login, &mut Rng::with_seed(random.u64(..)), &mut figures);
        if figures.fed / (bytes / 10).max(1) > tenths.len() as u64 {
            tenths.push(held());
        }
    }
    drop(std::panic::take_hook());
    println!("rtsp            {} bytes\n  sessions      {}", figures.fed, figures.sessions);
    println!("  pictures      {}\n  spoiled       {}", figures.pictures, figures.spoiled);
    println!("  behind        {}", figures.behind);
    println!("  longest       {:.2} s", figures.longest.as_secs_f64());
    let tenths: Vec<u64> = tenths.iter().map(|held| held >> 20).collect();
    println!("  memory        {tenths:?} MB after each tenth");
    for (what, fed) in &figures.spoils {
        println!("  {fed:<13} bytes with damage to: {what}");
    }
    for (end, times) in &figures.ends {
        println!("  {times:<13} {end}");
    }
    for (place, times) in &*PANICS.lock().unwrap() {
        println!("  {times:<13} caught: a panic at {place}");
    }
    assert_eq!(figures.panics, 0, "panics that came through the feed");
    if let [first, .., last] = tenths[..] {
        assert!(last <= first + GROWS_MAX, "memory grows");
    }
}

/// A camera from the first request to its end.
fn session(films: &[Film], login: &Login, random: &mut Rng, figures: &mut Figures) {
    let spoils = match random.u32(..24) {
        0 => Spoils::Nothing,
        _ => Spoils::ALL[random.usize(..Spoils::ALL.len())],
    };
    let film = films[random.usize(..films.len())].clone();
    let packets = Packets::new(film, spoils, random.bool(), random);
    let asks = random.u32(..8) == 0;
    let camera = RtspCamera::new(packets, asks, random.fork());
    let config = CameraConfig {
        name: "film".to_owned(),
        from: CameraFrom::Rtsp {
            address: format!("rtsp://{}/film", camera.address()),
            transport: Transport::Tcp,
        },
        login: asks.then(|| login.clone()),
        kind: if random.bool() { Kind::Thermal } else { Kind::Rgb },
        every_s: 0.0,
        step_s: 1.0,
        look: When::Always,
        site: Site::default(),
        ground: None,
    };
    let mut feed = open(&config)().unwrap();
    let (mut camera, mut over) = (Some(camera), Instant::now());
    let (mut written, mut pictures, mut is_quiet) = (0, 0, true);
    let end = loop {
        // What was sent has been read before there is more.
        if is_quiet && let Some(on) = &mut camera {
            over = Instant::now();
            if on.step() == Step::Over {
                written = on.written;
                camera = None;
            }
        }
        assert!(over.elapsed() < GONE, "{spoils:?}: no end");
        let got = next(&mut *feed, figures);
        is_quiet = matches!(got, Ok(Got::Nothing));
        match got {
            Ok(Got::Shot(_)) => pictures += 1,
            Ok(Got::Spoiled(why)) => {
                assert!(!why.contains('\n') && !why.contains(PASSWORD), "{why}");
                figures.spoiled += 1;
            }
            Ok(Got::Behind(behind)) => figures.behind += behind,
            Ok(Got::Nothing) => {}
            Err(why) => break why,
        }
    };
    written += camera.as_ref().map_or(0, |camera| camera.written);
    figures.fed += written;
    *figures.spoils.entry(format!("{spoils:?}").to_lowercase()).or_default() += written;
    assert!(!end.contains('\n') && !end.contains(PASSWORD), "{end}");
    assert!(spoils != Spoils::Nothing || pictures > 0, "no picture of a whole film: {end}");
    *figures.ends.entry(words(&end)).or_default() += 1;
    figures.pictures += pictures;
    figures.sessions += 1;
    drop(camera);
    let began = Instant::now();
    drop(feed);
    figures.longest = figures.longest.max(began.elapsed());
}

/// What comes next; a panic is the end of the session, as a camera's thread takes it.
fn next(feed: &mut dyn Feed, figures: &mut Figures) -> Result<Got, String> {
    let began = Instant::now();
    let got = catch_unwind(AssertUnwindSafe(|| feed.next(WAIT)));
    let took = began.elapsed();
    figures.longest = figures.longest.max(took);
    assert!(took < LATE, "a wait of {took:?}");
    match got {
        Ok(got) => got.map_err(|fault| fault.why),
        Err(_) => {
            figures.panics += 1;
            Err("film: a panic".to_owned())
        }
    }
}
