//! The log: what the library reports while it runs, one record a line on stderr, as text or as JSON.
//!
//! `EMBERLINE_LOG=json` asks for JSON: an object a line, with `timestamp`, `level`, `message`, `target` and
//! the record's own fields.

use std::fmt;
use std::io::{self, Write};

use anyhow::Context as _;
use jiff::Timestamp;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::{Format, Writer};
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::{LookupSpan, Registry};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer, fmt as lines};

use crate::spell::spelled;

/// The variable of the environment that names the form of a record.
const FORM: &str = "EMBERLINE_LOG";
/// Whose records appear: the program's and its library's, not those of the crates below.
const OURS: &str = "emberline";

/// Whether a record in text begins with the time: those of a verb that runs for months do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stamp {
    /// It is the message alone.
    None,
    /// It begins with the time in UTC, to the second.
    Utc,
}

/// Begins to write the records of this process.
///
/// # Errors
/// When [`FORM`] names no form that there is, or when records are written already.
pub(crate) fn start(stamp: Stamp) -> anyhow::Result<()> {
    let form = std::env::var(FORM).unwrap_or_default();
    let lines = match form.as_str() {
        "" | "text" => lines::layer().event_format(Text { stamp }).with_writer(Spelled).boxed(),
        "json" => json().with_writer(Spelled).boxed(),
        _ => anyhow::bail!("{FORM}={form}: no such form of records; write json, or leave it out"),
    };
    let ours = Targets::new().with_target(OURS, LevelFilter::INFO);
    tracing_subscriber::registry().with(lines.with_filter(ours)).try_init().context("the log")
}

/// Records as JSON.
fn json() -> lines::Layer<Registry, lines::format::JsonFields, Format<lines::format::Json, Utc>> {
    lines::layer().json().flatten_event(true).with_timer(Utc)
}

/// The time of a record, UTC, to the second.
struct Utc;

impl FormatTime for Utc {
    fn format_time(&self, out: &mut Writer<'_>) -> fmt::Result {
        write!(out, "{}", Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ"))
    }
}

/// Records as text: the message, and nothing of its fields.
struct Text {
    stamp: Stamp,
}

impl<S, N> FormatEvent<S, N> for Text
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut out: Writer<'_>,
        event: &tracing::Event<'_>,
    ) -> fmt::Result {
        if self.stamp == Stamp::Utc {
            Utc.format_time(&mut out)?;
            out.write_char(' ')?;
        }
        let mut message = Message { out, result: Ok(()) };
        event.record(&mut message);
        message.result?;
        writeln!(message.out)
    }
}

/// Writes the message of a record.
struct Message<'a> {
    out: Writer<'a>,
    result: fmt::Result,
}

impl tracing::field::Visit for Message<'_> {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.result = write!(self.out, "{value:?}");
        }
    }
}

/// Stderr, with what the library names as this command line spells it.
#[derive(Clone, Copy)]
struct Spelled;

impl<'a> MakeWriter<'a> for Spelled {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        Self
    }
}

impl Write for Spelled {
    /// Writes one whole record. A reader of stderr that went away is no reason to stop.
    fn write(&mut self, record: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(record);
        let text = spelled(&text);
        emberline::station::recent::take(&text);
        let _ = io::stderr().lock().write_all(text.as_bytes());
        Ok(record.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
