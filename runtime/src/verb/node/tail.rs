//! `emberline node tail`: the last lines of a store, and those that follow.

use std::time::Duration;

use emberline::node::day::{self, Lines};
use emberline::node::line::{Line, Reading};
use emberline::node::outbox::Cursor;
use emberline::node::store::View;

use crate::cli::node::TailArgs;
use crate::verb::outcome::Outcome;
use crate::verb::screen::print;

/// Runs the verb.
pub(super) fn run(args: &TailArgs) -> anyhow::Result<Outcome> {
    let view = View::open(&args.store)?;
    let nodes = super::nodes(&view, args.node.as_deref())?;
    let mut cursor = Cursor::default();
    for node in &nodes {
        let folder = view.folder(*node);
        // The newest files first, until there are enough lines.
        let mut last: Vec<(Line, String)> = Vec::new();
        for name in day::names(&folder)?.iter().rev() {
            let mut file = Vec::new();
            for stored in Lines::open(&folder.join(name), 0)? {
                let stored = stored?;
                file.extend(stored.line.map(|line| (line, stored.text)));
            }
            file.append(&mut last);
            last = file;
            if last.len() >= args.lines {
                break;
            }
        }
        for (line, text) in last.iter().skip(last.len().saturating_sub(args.lines)) {
            show(args, &view, line, text)?;
        }
    }
    if !args.follow {
        return Ok(Outcome::Done);
    }
    for node in &nodes {
        cursor.take(&view, *node)?;
    }
    loop {
        std::thread::sleep(Duration::from_millis(500));
        // A node that was never heard of may come.
        let nodes = super::nodes(&view, args.node.as_deref())?;
        for node in nodes {
            for (line, text) in cursor.take(&view, node)?.lines {
                show(args, &view, &line, &text)?;
            }
        }
    }
}

fn show(args: &TailArgs, view: &View, line: &Line, text: &str) -> anyhow::Result<()> {
    if args.json {
        return print(text);
    }
    let names = view.names();
    let words = match line {
        Line::Reading(r) => {
            let when = match r.time {
                Some(time) => time.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
                None => "time not known      ".to_owned(),
            };
            format!("{when} {} #{} {}", names.call(r.node), r.seq, values(r))
        }
        Line::Gap(g) => format!(
            "{} {} readings {} to {} are missing",
            g.received.strftime("%Y-%m-%d %H:%M:%SZ"),
            names.call(g.node),
            g.first_seq,
            g.last_seq
        ),
        Line::Start(s) => format!(
            "{} {} start {} ({}), firmware {}",
            s.received.strftime("%Y-%m-%d %H:%M:%SZ"),
            names.call(s.node),
            s.boot,
            s.reset_cause,
            s.firmware
        ),
        Line::Fault(f) => format!(
            "{} {} {}",
            f.received.strftime("%Y-%m-%d %H:%M:%SZ"),
            names.call(f.node),
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
