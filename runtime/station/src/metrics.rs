//! Metrics: the station's health in the text format that Prometheus reads (version 0.0.4).

use std::fmt::Write as _;

use crate::alert::Phase;
use crate::health::Health;
use crate::source::State;

/// What a metric is.
#[derive(Clone, Copy)]
enum Type {
    Counter,
    Gauge,
}

/// Text that grows.
struct Text(String);

impl Text {
    /// A metric and its samples: labels with their values, and the number.
    fn metric(
        &mut self,
        name: &str,
        kind: Type,
        help: &str,
        samples: impl IntoIterator<Item = (Vec<(&'static str, String)>, f64)>,
    ) {
        let kind = match kind {
            Type::Counter => "counter",
            Type::Gauge => "gauge",
        };
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for (labels, value) in samples {
            let quoted = |(label, value): &(&str, String)| {
                let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
                format!("{label}=\"{value}\"")
            };
            let labels: Vec<String> = labels.iter().map(quoted).collect();
            let labels =
                if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
            let _ = writeln!(self.0, "{name}{labels} {value}");
        }
    }
}

/// The metrics of a station in this health.
#[must_use]
pub fn text(health: &Health) -> String {
    let mut out = Text(String::new());
    let build = ("version", env!("CARGO_PKG_VERSION").to_owned());
    let help = "What runs.";
    out.metric("emberline_build_info", Type::Gauge, help, [(vec![build], 1.0)]);
    let sources = || health.sources.iter().map(|s| (("source", s.name.clone()), s));
    let help = "Frames that came in.";
    let samples = sources().map(|(of, s)| (vec![of], s.frames as f64));
    out.metric("emberline_frames_total", Type::Counter, help, samples);
    let help = "Frames that were lost.";
    let samples = sources().flat_map(|(of, s)| {
        s.dropped
            .iter()
            .map(move |(why, n)| (vec![of.clone(), ("reason", (*why).to_owned())], *n as f64))
    });
    out.metric("emberline_frames_dropped_total", Type::Counter, help, samples);
    let help = "Age of the newest frame.";
    let samples = sources().filter_map(|(of, s)| Some((vec![of], s.frame_age_s?)));
    out.metric("emberline_frame_age_seconds", Type::Gauge, help, samples);
    let help = "Time since the picture changed.";
    let samples = sources().filter_map(|(of, s)| Some((vec![of], s.change_age_s?)));
    out.metric("emberline_frame_change_age_seconds", Type::Gauge, help, samples);
    let help = "1 for the state that the source is in.";
    let samples = sources().flat_map(|(of, s)| {
        State::ALL.into_iter().map(move |state| {
            let labels = vec![of.clone(), ("state", state.name().to_owned())];
            (labels, f64::from(u8::from(s.state == state.name())))
        })
    });
    out.metric("emberline_source_state", Type::Gauge, help, samples);
    let help = "How often the source was opened again.";
    let samples = sources().map(|(of, s)| (vec![of], s.reconnects as f64));
    out.metric("emberline_source_reconnects_total", Type::Counter, help, samples);
    let help = "How often the camera was moved.";
    let samples = sources().map(|(of, s)| (vec![of], s.moves as f64));
    out.metric("emberline_camera_moves_total", Type::Counter, help, samples);
    let help = "How far the camera's clock is ahead of this machine's.";
    let samples = sources().filter_map(|(of, s)| Some((vec![of], s.clock_offset_s?)));
    out.metric("emberline_camera_clock_offset_seconds", Type::Gauge, help, samples);
    let help = "Age of the newest forecast.";
    let samples = sources().filter_map(|(of, s)| Some((vec![of], s.forecast_age_s?)));
    out.metric("emberline_forecast_age_seconds", Type::Gauge, help, samples);
    let help = "Forecasts made.";
    let samples = sources().map(|(of, s)| (vec![of], s.forecasts as f64));
    out.metric("emberline_forecasts_total", Type::Counter, help, samples);
    let help = "Forecasts withheld.";
    let samples = sources().flat_map(|(of, s)| {
        s.withheld
            .iter()
            .map(move |(why, n)| (vec![of.clone(), ("reason", (*why).to_owned())], *n as f64))
    });
    out.metric("emberline_forecasts_withheld_total", Type::Counter, help, samples);
    readings(&mut out, health);
    let store = &health.store;
    let help = "Bytes of all forecasts kept.";
    out.metric("emberline_store_bytes", Type::Gauge, help, [(vec![], store.bytes as f64)]);
    let help = "Bytes free on the disk.";
    let free = store.free_bytes.map(|bytes| (vec![], bytes as f64));
    out.metric("emberline_store_free_bytes", Type::Gauge, help, free);
    let help = "Age of the oldest forecast kept.";
    let oldest = store.oldest_s.map(|age_s| (vec![], age_s));
    out.metric("emberline_store_oldest_seconds", Type::Gauge, help, oldest);
    let help = "Forecasts deleted.";
    let samples =
        store.deleted.iter().map(|(why, n)| (vec![("reason", (*why).to_owned())], *n as f64));
    out.metric("emberline_store_deleted_total", Type::Counter, help, samples);
    let help = "Forecasts that could not be written.";
    let errors = [(vec![("reason", "write".to_owned())], store.errors as f64)];
    out.metric("emberline_store_errors_total", Type::Counter, help, errors);
    let machine = &health.machine;
    let help = "Temperature of the hottest part that has a sensor.";
    let samples = machine.temp_c.map(|temp_c| (vec![], temp_c));
    out.metric("emberline_machine_temperature_celsius", Type::Gauge, help, samples);
    let help = "Memory that the program may still take.";
    let samples = machine.available_bytes.map(|bytes| (vec![], bytes as f64));
    out.metric("emberline_memory_available_bytes", Type::Gauge, help, samples);
    let help = "Memory that the program holds.";
    let samples = machine.resident_bytes.map(|bytes| (vec![], bytes as f64));
    out.metric("process_resident_memory_bytes", Type::Gauge, help, samples);
    let help = "Files and sockets that the program has open.";
    let samples = machine.open_files.map(|open| (vec![], open as f64));
    out.metric("process_open_fds", Type::Gauge, help, samples);
    let help = "1 when something that should be seen or kept is not.";
    let blind = f64::from(u8::from(health.blind));
    out.metric("emberline_blind", Type::Gauge, help, [(vec![], blind)]);
    told(&mut out, health);
    let help = "Seconds until a pause ends; 0 when there is none.";
    let paused = [(vec![], health.paused_s.unwrap_or(0.0))];
    out.metric("emberline_paused_seconds", Type::Gauge, help, paused);
    out.0
}

/// Those of alerts and of what is told to others.
fn told(out: &mut Text, health: &Health) {
    let help = "Alerts that are open: raised, and known to nobody yet, or acknowledged.";
    let samples = [Phase::Raised, Phase::Acknowledged].map(|phase| {
        let count = health.alerts.iter().filter(|alert| alert.phase == phase).count();
        (vec![("phase", phase.name().to_owned())], count as f64)
    });
    out.metric("emberline_alerts_open", Type::Gauge, help, samples);
    let lines = || health.lines.iter().map(|l| (("receiver", l.receiver.to_owned()), l));
    if health.lines.is_empty() {
        return;
    }
    let help = "Messages that have not arrived at the receiver yet.";
    let waiting = health.outbox.waiting.iter();
    let samples = waiting.map(|(of, n)| (vec![("receiver", of.clone())], *n as f64));
    out.metric("emberline_outbox_messages", Type::Gauge, help, samples);
    let help = "Messages that were deleted before they had arrived.";
    let lost = [(vec![], health.outbox.lost as f64)];
    out.metric("emberline_outbox_lost_total", Type::Counter, help, lost);
    let help = "1 while the receiver can be reached.";
    let samples = lines().map(|(of, line)| (vec![of], f64::from(u8::from(line.stands))));
    out.metric("emberline_receiver_up", Type::Gauge, help, samples);
    let help = "Messages that the receiver did not want, or that became too old.";
    let samples = lines().map(|(of, line)| (vec![of], line.refused as f64));
    out.metric("emberline_receiver_refused_total", Type::Counter, help, samples);
}

/// Those of nodes and weather, where there are any.
fn readings(out: &mut Text, health: &Health) {
    if let Some(all) = &health.nodes {
        let nodes = || all.nodes.iter().map(|n| (("node", n.name.clone()), n));
        let help = "Age of the newest reading of the node.";
        let samples = nodes().filter_map(|(of, n)| Some((vec![of], n.reading_age_s?)));
        out.metric("emberline_node_reading_age_seconds", Type::Gauge, help, samples);
        let help = "Readings of the node that were stored.";
        let samples = nodes().map(|(of, n)| (vec![of], n.readings as f64));
        out.metric("emberline_node_readings_total", Type::Counter, help, samples);
        let help = "1 while the port is open.";
        let samples = all.ports.iter();
        let samples =
            samples.map(|p| (vec![("port", p.port.clone())], f64::from(u8::from(p.open))));
        out.metric("emberline_node_port_open", Type::Gauge, help, samples);
    }
    if !health.weather.is_empty() {
        let weather = || health.weather.iter().map(|w| (("source", w.name.clone()), w));
        let help = "Age of the newest reading that the weather is worked out from.";
        let samples = weather().filter_map(|(of, w)| Some((vec![of], w.reading_age_s?)));
        out.metric("emberline_weather_reading_age_seconds", Type::Gauge, help, samples);
        let help = "Times that the weather was worked out.";
        let samples = weather().map(|(of, w)| (vec![of], w.reports as f64));
        out.metric("emberline_weather_reports_total", Type::Counter, help, samples);
    }
}
