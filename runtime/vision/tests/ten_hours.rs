//! Ten hours of a stream in constant memory: from a live source through ring and tracker into clips.
//!
//! The clock is set and not waited for. Alone in its program, so that no other test's memory counts.

use emberline_vision::clip::{ClipOptions, Watched};
use emberline_vision::frame::{Elapsed, Frame, FrameTime, Kind, Pixels, TimeSource};
use emberline_vision::grid::Grid;
use emberline_vision::source::{About, Deadline, LiveSource, Next, Source};
use jiff::{SignedDuration, Timestamp};
use ndarray::Array3;

/// Rows and columns.
const SHAPE: (usize, usize) = (48, 64);
/// A frame every two seconds, for ten hours.
const STEP_S: f64 = 2.0;
const FRAMES: usize = 10 * 3600 / 2;
/// A clip after so many frames: every 20 s.
const CLIP_EVERY: usize = 10;
/// How far the memory of the process may move once it is warm.
const FLAT_KIB: u64 = 4 << 10;

/// Frame `i`: a fire that grows across the view within ten minutes, again and again.
fn frame(i: usize, start: Timestamp) -> Frame {
    let front = 2 + i % 300 / 6;
    let (h, w) = SHAPE;
    let grey = Array3::from_shape_fn((h, w, 1), |(y, x, _)| {
        if x < front && y.abs_diff(h / 2) < 12 { 210 } else { 30 + ((x + y + i) % 16) as u8 }
    });
    let elapsed = Elapsed::counted(i, STEP_S);
    let since = SignedDuration::from_secs(i as i64 * STEP_S as i64);
    let utc = start.checked_add(since).ok();
    Frame::new(Pixels::U8(grey), FrameTime { elapsed, utc, source: TimeSource::CameraClock })
}

/// Memory of this process that is in use, KiB.
fn memory_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells of processes");
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).expect("its memory");
    line.trim().trim_end_matches(" kB").trim().parse().expect("a number")
}

#[test]
#[cfg(target_os = "linux")]
fn ten_hours_of_a_stream_run_in_constant_memory() {
    let start: Timestamp = "2026-08-01T00:00:00Z".parse().expect("a time");
    let grid = Grid::new(SHAPE.0, SHAPE.1);
    let options = ClipOptions::fire(10, Some(10.0));
    let about = About::camera("mast", Kind::Thermal, grid.clone());
    let (sender, mut source) = LiveSource::new(about, 8);
    let mut watched = Watched::new(Kind::Thermal, Some(grid), options, STEP_S);
    let (mut clips, mut least, mut most) = (0, u64::MAX, 0);
    for i in 0..FRAMES {
        sender.push(frame(i, start));
        let Next::Frame(frame) = source.next(Deadline::NEVER).expect("a frame") else {
            panic!("frame {i} was pushed");
        };
        watched.push(frame).expect("it follows");
        if i % CLIP_EVERY != 0 || i < 60 {
            continue;
        }
        let clip = watched.clip().expect("frames").expect("a clip");
        clips += 1;
        assert_eq!((clip.pixels.len(), clip.picked.last()), (10, Some(&i)));
        assert_eq!(clip.end_s(), i as f64 * STEP_S);
        assert_eq!(clip.end_utc, start.checked_add(SignedDuration::from_secs(2 * i as i64)).ok());
        // Warm after a twentieth of the way.
        if i >= FRAMES / 20 {
            let now = memory_kib();
            (least, most) = (least.min(now), most.max(now));
        }
    }
    drop(sender);
    assert!(matches!(source.next(Deadline::NEVER).expect("the end"), Next::End));
    assert_eq!(source.dropped(), 0);
    assert!(clips > 1700, "{clips}");
    println!("{clips} clips of {FRAMES} frames: {least} to {most} KiB");
    assert!(most - least <= FLAT_KIB, "{least} to {most} KiB");
}
