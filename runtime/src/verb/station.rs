//! `emberline run`, `alerts`, `pause`, `cameras` and `config`: the station, what it tells, its rest, what it may see
//! through, and the file that says what it is.

use std::io::{BufRead as _, IsTerminal as _, Read as _};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::anyhow;
use emberline::station::alert::{Phase, known};
use emberline::station::config::{Config, ConfigError};
use emberline::station::{Station, discovery, password, pause};
use jiff::{Timestamp, Unit};

use super::outcome::Outcome;
use super::screen::{print, say};
use crate::cli::{AlertsArgs, CamerasArgs, ConfigWhat, PauseArgs, RunArgs};
use crate::signals;
use crate::spell::spelled;

/// Where a simulated station keeps what it makes unless told.
const SIM_DATA: &str = "emberline-station";

/// What `typed` means: a file, or a simulator.
pub(super) fn read(typed: &str) -> Result<Config, ConfigError> {
    if typed.starts_with("sim:") {
        return Config::simulated(typed, Path::new(SIM_DATA));
    }
    Config::read(Path::new(typed))
}

/// Runs the station until a signal ends it.
pub(crate) fn run(args: &RunArgs) -> anyhow::Result<Outcome> {
    let wanted = || {
        let mut config = read(&args.config)?;
        if let Some(data) = &args.data {
            config.data.clone_from(data);
        }
        if let Some(listen) = args.listen {
            config.web.listen = listen;
        }
        Ok(config)
    };
    let station = Station::open(wanted()?, spelled, signals::stop())?;
    print(&format!("http://{}/", station.address()?))?;
    // At a terminal, SIGHUP says that it is gone, and ends the station as it ends everything there.
    let asked = (!std::io::stderr().is_terminal()).then(signals::reload);
    station.run(&mut || {
        let asked = asked.as_ref()?.swap(false, Ordering::Relaxed);
        asked.then(&wanted)
    })?;
    Ok(Outcome::Done)
}

/// Finds cameras of the local network.
pub(crate) fn cameras(args: &CamerasArgs) -> anyhow::Result<Outcome> {
    let span = Duration::from_secs_f64(args.span.min(600.0));
    let found = discovery::discover(discovery::ALL, args.from, span).map_err(|cause| {
        anyhow!("{cause}: is this machine in a network? Give its own address there with --from")
    })?;
    for camera in &found {
        let name = if camera.name.is_empty() { "tells no name" } else { &camera.name };
        print(&format!("{}  {name}  {}", camera.host, camera.services.join(" ")))?;
    }
    if found.is_empty() {
        say(
            "no camera answered: switch ONVIF on in the camera, or look up its rtsp:// address on its page",
        );
        return Ok(Outcome::Short);
    }
    say(
        "the rtsp:// address of a camera is on its own page; give it as from = in the station's file",
    );
    Ok(Outcome::Done)
}

/// Lists the alerts of a station, or says that one is known.
pub(crate) fn alerts(args: &AlertsArgs) -> anyhow::Result<Outcome> {
    let config = read(&args.config)?;
    let data = args.data.as_ref().unwrap_or(&config.data);
    let all = match known::read(data) {
        Ok(all) => all,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
            let fix = "give the folder of a station that has had an alert with --data";
            anyhow::bail!("{}: no alerts are kept here; {fix}", data.display());
        }
        Err(cause) => anyhow::bail!("{}: its alerts cannot be read: {cause}", data.display()),
    };
    let (Some(id), Some(by)) = (&args.acknowledge, &args.by) else {
        for alert in &all {
            print(&format!("{}  {}  {}", alert.raised, alert.id, alert.words()))?;
        }
        if all.is_empty() {
            print(&format!("{}: no alerts", config.name))?;
        }
        return Ok(Outcome::Done);
    };
    let open = |phase| phase != Phase::Closed;
    let Some(alert) = all.iter().find(|alert| alert.id == *id && open(alert.phase)) else {
        let fix = format!("‹emberline alerts {}› lists those that are", args.config);
        anyhow::bail!("{id}: no alert of this id is open; {fix}");
    };
    known::say(data, id, by).map_err(|cause| anyhow!("{}: {cause}", data.display()))?;
    print(&format!("{}: known to {by}", alert.words()))?;
    Ok(Outcome::Done)
}

/// Pauses a station, or ends its pause.
pub(crate) fn pause(args: &PauseArgs) -> anyhow::Result<Outcome> {
    let config = read(&args.config)?;
    let data = args.data.as_ref().unwrap_or(&config.data);
    let failed = |cause: std::io::Error| {
        anyhow!(
            "{}: {cause}; give the folder of a station that has run with --data",
            data.display()
        )
    };
    let line = match args.span {
        None => match pause::end(data).map_err(failed)? {
            true => format!("{}: the pause is over", config.name),
            false => format!("{}: there was no pause", config.name),
        },
        Some(span_s) => {
            let span = Duration::from_secs_f64(span_s);
            anyhow::ensure!(
                span <= pause::LONGEST,
                "a pause is at most 168 hours: give a shorter --for"
            );
            let until = Timestamp::now().checked_add(span)?.round(Unit::Second)?;
            pause::begin(data, until).map_err(failed)?;
            format!(
                "{}: paused until {until}; ‹emberline pause {} --over› ends it sooner",
                config.name, args.config
            )
        }
    };
    print(&line)?;
    Ok(Outcome::Done)
}

/// A password that somebody types twice, unseen; or the first line of standard input.
fn asked_password() -> anyhow::Result<String> {
    if !std::io::stdin().is_terminal() {
        let mut line = String::new();
        std::io::stdin().lock().take(4096).read_line(&mut line)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let first = rpassword::prompt_password("password: ")?;
    anyhow::ensure!(
        rpassword::prompt_password("once more: ")? == first,
        "the two are not the same: begin again"
    );
    Ok(first)
}

/// Checks or shows a configuration.
pub(crate) fn config(what: &ConfigWhat) -> anyhow::Result<Outcome> {
    match what {
        ConfigWhat::Check { config } => {
            let read = read(config)?;
            let count = |n: usize, what: &str| match n {
                0 => None,
                1 => Some(format!("1 {what}")),
                n => Some(format!("{n} {what}s")),
            };
            let all = [count(read.cameras.len(), "camera"), count(read.radars.len(), "radar")];
            let all: Vec<String> = all.into_iter().flatten().collect();
            print(&format!("{config}: right: {}", all.join(", ")))?;
        }
        ConfigWhat::Password => {
            let hash = password::hash(&asked_password()?);
            print(&hash.map_err(|cause| anyhow!("{cause}: type another one"))?)?;
        }
        ConfigWhat::Schema => print(&serde_json::to_string_pretty(&Config::schema())?)?,
        ConfigWhat::Show { config } => print(&read(config)?.to_toml())?,
    }
    Ok(Outcome::Done)
}
