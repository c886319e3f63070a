//! Side by side, in one run: the network on every engine that is here, and what stands around it.
//!
//! `cargo bench --bench engines` prints medians of interleaved rounds, and each as a ratio to tract; last
//! fire-v2 with the tracker that feeds it as a ratio to fire-v1, both on tract.
//! Not included: reading the film, writing products (see `emberline bench`).

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::time::Instant;

use emberline::clip::Clip;
use emberline::engine::{EngineKind, EngineOptions};
use emberline::front::Front;
use emberline::model::{Model, RunOptions, inside};
use emberline::motion::farneback::advection_speed_px;
use emberline::source::{SourceOptions, read_film};
use emberline::tracker::Tracker;

const ROUNDS: usize = 15;

fn median_ms(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2] * 1e3
}

fn timed(act: impl FnOnce()) -> f64 {
    let start = Instant::now();
    act();
    start.elapsed().as_secs_f64()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = inside("fire-v1")?;
    let mut models: Vec<Model> = Vec::new();
    for kind in EngineKind::ALL {
        let options = EngineOptions { threads: NonZeroUsize::new(1), ..EngineOptions::of(kind) };
        match Model::open(folder.clone(), &options) {
            Ok(model) => models.push(model),
            Err(error) => println!("{}: not run: {error}", kind.name()),
        }
    }
    let default = inside("fire-v2")?;
    let alone =
        EngineOptions { threads: NonZeroUsize::new(1), ..EngineOptions::of(EngineKind::Tract) };
    let default = Model::open(default, &alone)?;
    println!("median of {ROUNDS} rounds on one core, every frame new, ms (ratio to tract)");
    for [height, width] in [[64, 64], [128, 128], [256, 256], [480, 640]] {
        let address = format!("sim:fire?height={height}&width={width}");
        let film = read_film(&address, &SourceOptions::default())?;
        let clip = Clip::ending(&film, 19, &folder.card.want(None))?;
        let burning = clip.observed.fire().expect("the built-in model forecasts fire");
        let front = Front::of(&burning.burnt);
        let now = burning.now();
        let carried = || advection_speed_px(&clip.frames, &now, &front.distance_px);
        let mut spent = vec![Vec::new(); models.len()];
        let (mut front, mut flow, mut track) = (Vec::new(), Vec::new(), Vec::new());
        let of_default = Clip::ending(&film, 19, &default.folder().card.want(None))?;
        let mut tracked = Vec::new();
        for round in 0..=ROUNDS {
            for (model, seconds) in models.iter().zip(&mut spent) {
                model.network().forget();
                let run = RunOptions::leads(folder.card.output.leads);
                let (_, stages) =
                    model.forecast(&clip, run, &mut |_, _| ControlFlow::Continue(()))?;
                if round > 0 {
                    seconds.push(stages.model);
                }
            }
            default.network().forget();
            let run = RunOptions::leads(default.folder().card.output.leads);
            let (_, stages) =
                default.forecast(&of_default, run, &mut |_, _| ControlFlow::Continue(()))?;
            front.push(timed(|| drop(Front::of(&burning.burnt))));
            flow.push(timed(|| drop(carried())));
            // One frame after nineteen.
            let mut tracker = Tracker::follow(&film.view(), 18, film.step_s());
            let fed = timed(|| tracker.feed(&film.frames[19]));
            track.push(fed);
            tracked.push(stages.model + fed);
        }
        let tract = median_ms(spent[0].clone());
        print!("{height} × {width}:");
        for (model, seconds) in models.iter().zip(spent) {
            let ms = median_ms(seconds);
            print!("  {} {ms:.1} ({:.2})", model.engine().name(), ms / tract);
        }
        let [front, flow, track] = [front, flow, track].map(median_ms);
        let tracked = median_ms(tracked);
        println!(
            "  front {front:.2} ({:.3})  carried speed {flow:.1} ({:.2})  tracker, a frame {track:.2} ({:.3})  \
             fire-v2 and tracker {tracked:.1} ({:.2})",
            front / tract,
            flow / tract,
            track / tract,
            tracked / tract
        );
    }
    Ok(())
}
