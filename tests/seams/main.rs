//! The seams: a family of networks and a live source that the library has never seen, added here
//! without touching any of its rooms.

mod identity;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use emberline::clip::{Clip, Ring, RingBounds};
use emberline::engine::{EngineKind, EngineOptions};
use emberline::frame::{Elapsed, Frame, FrameTime, Kind, Pixels, TimeSource};
use emberline::grid::Grid;
use emberline::model::{self, Family, Model, ModelError, RunOptions};
use emberline::pipeline::{self, PipelineOptions, Reach, Stop};
use emberline::product;
use emberline::source::{About, Deadline, LiveSource, Next, Source as _, SourceOptions};
use ndarray::{Array3, Axis};

use identity::Identity;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/seams/identity-v1");
/// The registry of this test: one line.
const FAMILIES: [&dyn Family; 1] = [&Identity];

fn toy() -> Result<Model, ModelError> {
    let folder = model::open(Path::new(FOLDER), &FAMILIES)?;
    Model::open_with(folder, &EngineOptions::of(EngineKind::Tract), &FAMILIES)
}

/// Second `k` of a film: a bright spot that moves one pixel right a second.
fn frame(k: usize) -> Frame {
    let spot = |(y, x, _): (usize, usize, usize)| {
        let far = y.abs_diff(40) + x.abs_diff(10 + k % 60);
        if far < 6 { 200 } else { 40 }
    };
    let time = FrameTime::since_first(Elapsed::counted(k, 1.0), TimeSource::Host);
    Frame::new(Pixels::U8(Array3::from_shape_fn((80, 90, 1), spot)), time)
}

fn ring(frames: usize) -> Ring {
    Ring::new(Kind::Thermal, None, RingBounds { frames, bytes: 1 << 20 })
}

fn clip(model: &Model, frames: usize) -> Clip {
    let mut ring = ring(16);
    (0..frames).for_each(|k| ring.push(frame(k)).expect("a frame like the others"));
    let view = ring.view().expect("frames");
    Clip::ending(view, frames - 1, &model.folder().card.want(None)).expect("a clip")
}

#[test]
fn a_family_of_one_folder_forecasts_with_members_tiles_rollout_and_products() {
    let model = toy().expect("the toy model");
    let clip = clip(&model, 5);
    let run = RunOptions { leads: 6, members: 3, seed: 2 };
    let (forecast, _) =
        model.forecast(&clip, run, &mut |_, _| ControlFlow::Continue(())).expect("a forecast");
    // 80 x 90 cells are four tiles of 64, and 6 leads are two windows of 4.
    assert_eq!(forecast.frames.dim(), (3, 6, 80, 90));
    assert_eq!((forecast.members(), forecast.rollout_from_lead), (3, Some(5)));
    let last = clip.frames.index_axis(Axis(0), 2);
    for m in 0..3 {
        // Noise is the seed times the member, a hundredth of it is added in each window.
        for (lead, windows) in [(0, 1.0), (3, 1.0), (4, 2.0)] {
            let lead = forecast.member(m).index_axis(Axis(0), lead).to_owned();
            let want = last.mapv(|v| (v + 0.02 * m as f32 * windows).min(1.0));
            let most = (&lead - &want).fold(0f32, |a, d| a.max(d.abs()));
            assert!(most < 1e-5, "member {m}, {windows} windows: {most}");
        }
    }
    let options = options();
    let room = tempfile::tempdir().expect("a folder");
    let opened = pipeline::open("sim:fire?height=40&width=48&frames=4", &options).expect("a film");
    let from =
        pipeline::provenance(&model, &opened.film, &clip, &forecast, Default::default(), &options);
    let out = room.path().join("out");
    product::write_all(&out, &clip, &forecast, &from).expect("products");
    assert!(out.join("forecast.gif").is_file() && out.join("overlay.png").is_file());
    let checks = model.replay_golden().expect("a golden clip");
    assert!(checks.len() == 1 && checks[0].passed(), "{checks:?}");
    assert!(
        model.estimate(&clip).is_err_and(|e| e.to_string().contains("estimates no parameters"))
    );
}

#[test]
fn a_family_that_nobody_registered_is_refused_in_one_line() {
    let refused = model::open(Path::new(FOLDER), &model::FAMILIES).expect_err("no such family");
    let line = refused.to_string();
    assert!(line.contains("family identity: this emberline knows physicnet"), "{line}");
    assert!(!line.contains('\n'), "{line}");
}

/// A camera that sends a frame a second for a minute, a second here being a fiftieth of one.
#[test]
fn a_camera_of_a_thread_feeds_a_ring_and_forecasts_as_it_goes() {
    const SECOND: Duration = Duration::from_millis(20);
    let about = About::camera("a thread", Kind::Thermal, Grid::new(80, 90));
    let (sender, mut source) = LiveSource::new(about, 4);
    let camera = thread::spawn(move || {
        for k in 0..60 {
            sender.push(frame(k));
            thread::sleep(SECOND);
        }
    });
    let model = toy().expect("the toy model");
    let mut ring = ring(8);
    let (mut seen, mut forecasts, mut waits) = (0, 0, 0);
    loop {
        match source.next(Deadline::at(Instant::now() + SECOND / 4)).expect("a live camera") {
            Next::Frame(frame) => {
                ring.push(frame).expect("a later frame like the others");
                seen += 1;
                let (view, newest) = ring.view().zip(ring.newest()).expect("a frame");
                let want = model.folder().card.want(Some(1.0));
                if let Ok(clip) = Clip::ending(view, newest, &want) {
                    let run = RunOptions::leads(1);
                    model.forecast(&clip, run, &mut |_, _| ControlFlow::Continue(())).expect("one");
                    forecasts += 1;
                }
            }
            Next::NotYet => waits += 1,
            Next::End => break,
        }
    }
    camera.join().expect("a camera that ends");
    assert_eq!(seen as u64 + source.dropped(), 60);
    assert!(
        forecasts + 5 >= seen / 2 && waits > 0 && ring.view().is_some_and(|v| v.frames.len() <= 8)
    );
}

/// A worker that panics ends alone: whoever waits for it hears, and all others go on.
#[test]
fn a_panic_in_one_worker_leaves_the_others_alone() {
    let (to_main, from_workers) = mpsc::channel();
    let bad = thread::spawn(|| {
        let folder = model::open(Path::new(FOLDER), &FAMILIES).expect("the toy model");
        assert_eq!(folder.card.name, "another", "this worker fails on purpose");
    });
    let good = thread::spawn(move || {
        let model = toy().expect("the toy model");
        let clip = clip(&model, 4);
        let run = RunOptions::leads(2);
        let made = model.forecast(&clip, run, &mut |_, _| ControlFlow::Continue(()));
        to_main.send(made.is_ok()).expect("the main thread");
    });
    assert!(bad.join().is_err());
    assert_eq!(from_workers.recv_timeout(Duration::from_secs(60)), Ok(true));
    good.join().expect("a worker that ends");
}

/// What a caller that has no flags asks for.
fn options() -> PipelineOptions {
    PipelineOptions {
        model: None,
        source: SourceOptions::default(),
        engine: EngineOptions::of(EngineKind::Tract),
        reach: Reach::Usual,
        every_s: None,
        members: 1,
        seed: 0,
        spell: str::to_owned,
        stop: Stop::default(),
    }
}
