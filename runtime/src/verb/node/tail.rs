//! `emberline node tail`: the last lines of a store, and those that follow.

use std::time::Duration;

use emberline::node::line::{Line, Reading};
use emberline::node::node_settings::Settings;
use emberline::node::store::{StoredLine, View};
use emberline::node::tail::Tail;

use crate::cli::node::TailArgs;
use crate::verb::outcome::Outcome;
use crate::verb::screen::print;

/// Time between two looks whether something new is stored.
const LOOK: Duration = Duration::from_millis(500);

/// Runs the verb.
pub(super) fn run(args: &TailArgs) -> anyhow::Result<Outcome> {
    let view = View::open(&args.store)?;
    let mut tail = Tail::new(&view, args.node.clone());
    for node in tail.nodes()? {
        for line in tail.last(node, args.lines)? {
            show(args, view.settings(), &line)?;
        }
    }
    if !args.follow {
        return Ok(Outcome::Done);
    }
    tail.skip_stored()?;
    loop {
        std::thread::sleep(LOOK);
        for line in tail.new_lines()? {
            show(args, view.settings(), &line)?;
        }
    }
}

fn show(args: &TailArgs, settings: &Settings, stored: &StoredLine) -> anyhow::Result<()> {
    if args.json {
        return print(&stored.text);
    }
    let call = |node| settings.call(node);
    let words = match &stored.line {
        Line::Reading(r) => {
            let when = match r.time {
                Some(time) => time.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
                None => "time not known      ".to_owned(),
            };
            format!("{when} {} #{} {}", call(r.node), r.seq, values(r))
        }
        Line::Gap(g) => format!(
            "{} {} readings {} to {} are missing",
            g.received.strftime("%Y-%m-%d %H:%M:%SZ"),
            call(g.node),
            g.first_seq,
            g.last_seq
        ),
        Line::Start(s) => format!(
            "{} {} start {} ({}), firmware {}",
            s.received.strftime("%Y-%m-%d %H:%M:%SZ"),
            call(s.node),
            s.boot,
            s.reset_cause,
            s.firmware
        ),
        Line::Fault(f) => format!(
            "{} {} {}",
            f.received.strftime("%Y-%m-%d %H:%M:%SZ"),
            call(f.node),
            match (&f.what, &f.chip) {
                (Some(what), _) => what.clone(),
                (None, Some(chip)) => format!("{chip} answers again"),
                (None, None) => "every chip answers again".to_owned(),
            }
        ),
        Line::Clock(_) | Line::Unknown => return Ok(()),
    };
    print(&words)
}

/// What was measured, in words; `–` is a sensor that failed.
fn values(r: &Reading) -> String {
    let mut parts = Vec::new();
    let mut add = |value: Option<String>, unit: &str| {
        parts.push(format!("{}{unit}", value.unwrap_or_else(|| "–".to_owned())));
    };
    add(r.temp_c.map(|v| format!("{v:.1}")), " °C");
    add(r.rh_percent.map(|v| format!("{v:.0}")), " %");
    add(r.pressure_pa.map(|v| format!("{:.1}", f64::from(v) / 100.0)), " hPa");
    add(r.wind_m_s.map(|v| format!("{v:.1}")), " m/s");
    if let Some(deg) = r.wind_from_deg {
        add(Some(deg.to_string()), "°");
    }
    if let Some(gust) = r.gust_m_s {
        add(Some(format!("gust {gust:.1}")), " m/s");
    }
    if let Some(tips) = r.rain_tips {
        add(Some(tips.to_string()), " tips");
    }
    if let Some(volt) = r.battery_v {
        add(Some(format!("{volt:.2}")), " V");
    }
    parts.join("  ")
}
