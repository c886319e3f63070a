//! `emberline drone`: a film of a flight in, a folder of the ground and its forecast out.

use anyhow::anyhow;
use emberline::drone::telemetry::{Mount, Options as TelemetryOptions};
use emberline::drone::{CameraFile, FlyOptions, Ground, HeightFile, SurveyOptions, fly};

use super::outcome::Outcome;
use super::screen::{print, progress, say};
use super::typed::options;
use crate::cli::{DroneArgs, Steady};
use crate::spell::spelled;

/// Runs the verb.
pub(crate) fn run(args: &DroneArgs) -> anyhow::Result<Outcome> {
    let numbers = [
        (args.pose_offset, "--pose-offset", -86_400.0..=86_400.0),
        (args.yaw_offset, "--yaw-offset", -360.0..=360.0),
        (args.ground_m.unwrap_or(0.0), "--ground-m", -500.0..=9000.0),
        (args.cell.unwrap_or(1.0), "--cell", 0.05..=1000.0),
    ];
    for (value, name, range) in numbers {
        if !range.contains(&value) {
            return Err(anyhow!(
                "{name} {value}: give a number from {} to {}",
                range.start(),
                range.end()
            ));
        }
    }
    let words = |why: emberline::drone::Refusal| anyhow!("{}", spelled(&why.to_string()));
    let camera = match &args.camera {
        Some(path) => CameraFile::read(path).map_err(words)?,
        None => CameraFile::default(),
    };
    let is_none = args.pose.as_ref().is_some_and(|p| p.as_os_str() == "none");
    if args.pose.is_none() && !camera.stands_still() && !args.film.starts_with("sim:drone") {
        return Err(anyhow!(
            "{}: nothing says where the camera was; give --pose FILE, a --camera file with a [mast] or four \
             [[point]]s, or --pose none to work in pixels",
            args.film
        ));
    }
    if camera.stands_still() && args.pose.is_some() {
        return Err(anyhow!(
            "a camera that stands still has no flight; leave out --pose, or [mast] and [[point]]s"
        ));
    }
    let unused = [
        (args.hfov.is_some(), "--hfov"),
        (args.ground_m.is_some(), "--ground-m"),
        (args.dem.is_some(), "--dem"),
        (args.cell.is_some(), "--cell"),
        (args.nadir, "--nadir"),
        (args.mount.is_some(), "--mount"),
        (args.yaw_offset != 0.0, "--yaw-offset"),
        (args.pose_offset != 0.0, "--pose-offset"),
    ];
    if let Some((_, name)) = unused.iter().find(|(is_given, _)| is_none && *is_given) {
        return Err(anyhow!(
            "--pose none works in pixels, where {name} means nothing; leave one of them out"
        ));
    }
    let ground = match &args.dem {
        Some(path) => Ground::Model(HeightFile::read(path).map_err(words)?),
        None => Ground::Level(args.ground_m),
    };
    let asked = FlyOptions {
        pipeline: options(&args.pick),
        every_s: args.every,
        pose: args.pose.clone().filter(|_| !is_none),
        telemetry: TelemetryOptions {
            system: args.system,
            gimbal: None,
            yaw: args.yaw.into(),
            mount: mount(args)?,
            ..TelemetryOptions::default()
        },
        pose_offset_s: args.pose_offset,
        start_utc: args.start_utc,
        survey: SurveyOptions {
            camera,
            hfov_deg: args.hfov,
            ground,
            cell_m: args.cell,
            step_s: 0.0,
            is_steady: args.steady == Steady::Auto,
            yaw_offset_deg: args.yaw_offset,
            is_nadir: args.nadir,
            kept_steps: None,
        },
        cot: args.tak.name_for(&args.film),
        is_forecast: !args.no_forecast,
        is_forced: args.force,
    };
    let bar = progress(0, "frames");
    let done = fly(&args.film, &args.output, &asked, &mut |done, of| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let done = done.map_err(|why| anyhow!("{}", spelled(&why.to_string())))?;
    let facts = &done.survey.facts;
    let counts = facts.frames;
    say(&format!(
        "frames: {}, {} of them on the map of the ground; a step of {} s, cells of {} {}",
        counts.all,
        counts.first + counts.steadied,
        facts.step_s,
        facts.cell_m,
        if facts.crs.is_some() { "m" } else { "pixels" }
    ));
    if let Some(forecast) = &done.forecast {
        say(&format!(
            "model: {}, {}",
            forecast.model.folder().card.id(),
            forecast.model.folder().origin
        ));
        say(&format!("engine: {}", forecast.model.why()));
        say(&forecast.summary.to_string());
        for warning in &forecast.provenance.warnings {
            say(&format!("note: {warning}"));
        }
    } else {
        for note in &done.notes {
            say(&format!("note: {}", spelled(note)));
        }
    }
    if args.json {
        print(&std::fs::read_to_string(args.output.join("drone.json"))?)?;
    } else {
        print(&args.output.display().to_string())?;
    }
    super::forecast::send(&args.tak, done.forecast.as_ref().and_then(|f| f.events.as_ref()))?;
    // A forecast that was asked for and not made is a check that failed.
    Ok(if done.forecast.is_some() || args.no_forecast { Outcome::Done } else { Outcome::Short })
}

/// Angles of a camera that is fixed to the body.
fn mount(args: &DroneArgs) -> anyhow::Result<Option<Mount>> {
    let Some(angles) = &args.mount else { return Ok(None) };
    match angles[..] {
        [yaw_deg, pitch_deg, roll_deg] => Ok(Some(Mount { yaw_deg, pitch_deg, roll_deg })),
        _ => Err(anyhow!("--mount: give three angles, YAW,PITCH,ROLL, such as 0,-90,0")),
    }
}
