//! Fire weather of a station, in words.

use emberline::weather::fire_weather::{DC_SETTLES_DAYS, Litter, Origin};
use emberline::weather::report::{FireReport, StartReport};
use emberline_fwi::Codes;

/// A paragraph for a person.
pub(super) fn text(fire: &FireReport) -> String {
    let (Codes { ffmc, dmc, dc }, i) = (fire.codes, fire.indices);
    let StartReport { start, days_ago } = fire.start;
    let mut out = format!(
        "fire weather of noon on {} ({}; FF scale {})\n  FFMC {ffmc:.1}  DMC {dmc:.1}  \
         DC {dc:.1}  ISI {:.1}  BUI {:.1}  FWI {:.1}  DSR {:.2}\n",
        fire.date,
        fire.noon_by,
        (fire.ff_scale.constant() * 1e5).round() / 1e5,
        i.isi,
        i.bui,
        i.fwi,
        i.dsr
    );
    if let Some(Litter { time, ffmc, .. }) = fire.hourly_ffmc {
        out += &format!("  hourly FFMC {ffmc:.1} at {time}\n");
    }
    let age = days_ago.unwrap_or(0);
    out += &format!("  {start}, {} ago", days(i64::from(age)));
    if start.origin != Origin::Given && age < DC_SETTLES_DAYS {
        out += &format!("; DC settles in about {DC_SETTLES_DAYS} days");
    }
    out += &format!(
        "\n  {} counted since, {} carried over without one\n",
        noons(start.noons),
        days(i64::from(start.carried))
    );
    match fire.days_old {
        old @ 2.. => out += &format!("  that noon is {old} days old: none since can be used\n"),
        _ if fire.gap_days > 0 => {
            let gap = days(i64::from(fire.gap_days));
            out += &format!("  the codes were carried over {gap} just before that noon\n");
        }
        _ => {}
    }
    out
}

fn days(n: i64) -> String {
    format!("{n} day{}", if n == 1 { "" } else { "s" })
}

fn noons(n: u32) -> String {
    format!("{n} noon{}", if n == 1 { "" } else { "s" })
}
