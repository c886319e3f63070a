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

#[cfg(unix)]
#[test]
fn called_off_by_a_signal_nothing_is_left_and_the_sender_sees_it() {
    use std::os::unix::process::ExitStatusExt as _;
    for (name, number) in [("INT", 2), ("TERM", 15)] {
        let room = Room::new();
        let mut command = room.command();
        // Long enough that the signal finds it at work.
        let film = "sim:fire?height=256&width=256&frames=400";
        command.args(["replay", film, "out", "--engine", "tract", "--leads", "60"]);
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        // The output is begun once the film is read.
        let began = Instant::now();
        while room.hidden().is_empty() && began.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let sent = std::process::Command::new("sh")
            .args(["-c", &format!("kill -{name} {}", child.id())])
            .status()
            .expect("a shell");
        assert!(sent.success(), "{name}");
        let status = child.wait().expect("it ends");
        assert_eq!(status.signal(), Some(number), "{name}: {status}");
        assert!(!room.path("out").exists(), "{name}");
        assert_eq!(room.hidden(), Vec::<String>::new(), "{name}");
    }
}
