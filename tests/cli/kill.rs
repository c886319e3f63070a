//! Killed at any moment, the program leaves no output, the old one, or the new one whole.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::room::{Room, whole};

const FILM: &str = "sim:fire?height=32&width=32&frames=12";
const KILLS: u32 = 100;

#[test]
fn killed_at_random_moments_there_is_no_half_output() {
    let room = Room::new();
    let start = |out: &str| {
        let mut command = room.command();
        command.args(["forecast", FILM, out, "--engine", "tract"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("the program starts")
    };
    let began = Instant::now();
    assert!(start("out").wait().expect("it ends").success());
    let usual = began.elapsed();
    fs::remove_dir_all(room.path("out")).expect("a whole output");

    // Numbers that look random and are the same each time (Knuth's constants).
    let mut random = 7u64;
    let mut done = 0;
    for kill in 0..KILLS {
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // Most of the kills fall into the second half, where files are written.
        let share = 0.4 + 0.7 * f64::from((random >> 40) as u32) / f64::from(1u32 << 24);
        let mut child = start("out");
        std::thread::sleep(Duration::from_secs_f64(usual.as_secs_f64() * share));
        let _ = child.kill();
        let finished = child.wait().expect("it ends").success();
        let out = room.path("out");
        if finished {
            done += 1;
            assert!(out.is_dir(), "kill {kill}");
        }
        if out.exists() {
            whole(&out);
            // In the second half an older output lies there already.
            if kill < KILLS / 2 {
                fs::remove_dir_all(&out).expect("a whole output");
            }
        }
    }
    println!("{KILLS} kills, {done} came too late");
    assert!(done < KILLS, "every kill came too late");
    // The next run removes what the killed ones left.
    assert!(start("out").wait().expect("it ends").success());
    whole(&room.path("out"));
    assert_eq!(room.hidden(), Vec::<String>::new());
}
