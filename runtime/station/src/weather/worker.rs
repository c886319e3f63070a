//! The thread of the weather: works it out when readings have come, and stores it.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use emberline_gateway::id::NodeId;
use emberline_gateway::weather_input::weather_input;
use emberline_vision::pipeline::{Spell, Stop};
use emberline_weather::report::{Input, WeatherOptions, report};
use emberline_weather::table::{TableError, TableOptions};
use jiff::Timestamp;

use super::weather::Weather;
use crate::alert::{Alerts, Moment};
use crate::config::WeatherConfig;
use crate::nodes::Nodes;
use crate::source::Fault;
use crate::store::Store;

/// Between two looks at whether readings have come.
const LOOK: Duration = Duration::from_millis(500);
/// A table of this age, unchanged, is whole.
const RESTS: Duration = Duration::from_secs(2);
/// A table that could not be read is tried again after this, though it has not changed.
const AGAIN: Duration = Duration::from_secs(60);
/// Hours of alarms that are told, and that the picture shows.
const HOURS: u32 = 48;
/// Name of what a table gives; what nodes give has their names behind it.
const NAME: &str = "weather";

/// A table as it was looked at.
type Seen = (u64, SystemTime);

/// What is remembered of the table.
#[derive(Debug, Default)]
struct Table {
    seen: Option<(Seen, Instant)>,
    /// As it was when it was last read, when that was, and whether it went well.
    read: Option<(Seen, Instant, bool)>,
}

/// The thread of a station's weather.
pub struct WeatherWorker {
    /// What is filled.
    pub weather: Arc<Weather>,
    /// Where readings come from.
    pub config: WeatherConfig,
    /// The same, of nodes.
    pub nodes: Option<Arc<Nodes>>,
    /// Latitude and longitude, degrees.
    pub place: [f64; 2],
    /// Folder of what is kept from one run to the next.
    pub data: PathBuf,
    /// Where reports go.
    pub store: Arc<Store>,
    /// Who is told of them.
    pub alerts: Arc<Alerts>,
    /// When the station began.
    pub began: Instant,
    /// How settings are typed.
    pub spell: Spell,
    /// Ends it.
    pub stop: Stop,
}

impl std::fmt::Debug for WeatherWorker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WeatherWorker").field("config", &self.config).finish_non_exhaustive()
    }
}

impl WeatherWorker {
    /// Works until it is stopped.
    pub fn run(self) {
        let every_s = self.config.every_s;
        if let Some(path) = &self.config.table {
            self.weather.expect(NAME, &path.display().to_string(), every_s, true);
        }
        let mut table = Table::default();
        let mut nodes: BTreeMap<NodeId, (u64, Instant)> = BTreeMap::new();
        while !self.stop.is_set() {
            self.look_at_table(&mut table);
            self.look_at_nodes(&mut nodes);
            std::thread::sleep(LOOK);
        }
    }

    /// Reads the table where it has changed and rests.
    fn look_at_table(&self, table: &mut Table) {
        let Some(path) = &self.config.table else { return };
        let about = std::fs::metadata(path).and_then(|m| Ok((m.len(), m.modified()?)));
        let seen = match about {
            Ok(seen) => seen,
            Err(cause) => {
                *table = Table::default();
                let why = format!("{}: {cause}", path.display());
                return self.weather.lost(NAME, Fault { refused: false, why });
            }
        };
        let since = match table.seen {
            Some((was, since)) if was == seen => since,
            _ => {
                table.seen = Some((seen, Instant::now()));
                return;
            }
        };
        let every = Duration::from_secs_f64(self.config.every_s);
        let is_due = match table.read {
            None => true,
            Some((was, at, _)) if was != seen => at.elapsed() >= every.min(AGAIN),
            Some((_, at, went_well)) => !went_well && at.elapsed() >= AGAIN,
        };
        if !is_due || since.elapsed() < RESTS {
            return;
        }
        let options = TableOptions {
            station: self.config.station.clone(),
            zone: self.config.zone.clone(),
            longitude_deg: Some(self.place[1]),
            ..TableOptions::default()
        };
        let input = || Input::from_table(path, &options).map_err(|e: TableError| e.to_string());
        let went_well = self.report(NAME, &input);
        table.read = Some((seen, Instant::now(), went_well));
    }

    /// Works out the weather of nodes that have sent readings.
    fn look_at_nodes(&self, made: &mut BTreeMap<NodeId, (u64, Instant)>) {
        let Some(nodes) = &self.nodes else { return };
        let every = Duration::from_secs_f64(self.config.every_s);
        for (node, readings) in nodes.counts() {
            let last = made.get(&node).copied();
            let is_due = match last {
                None => readings > 0,
                Some((then, at)) => readings > then && at.elapsed() >= every,
            };
            if !is_due || self.stop.is_set() {
                continue;
            }
            let (name, asked) = (format!("{NAME}-{node}"), node.to_string());
            self.weather.expect(&name, &format!("node {node}"), self.config.every_s, false);
            self.report(&name, &|| {
                weather_input(nodes.root(), Some(&asked)).map_err(|e| e.to_string())
            });
            made.insert(node, (readings, Instant::now()));
        }
    }

    /// Makes the report of an input and stores it; whether it went well. A fault of the reader itself is one of the
    /// readings.
    fn report(&self, name: &str, input: &dyn Fn() -> Result<Input, String>) -> bool {
        let made = catch_unwind(AssertUnwindSafe(|| self.try_report(name, input)));
        let made = made.unwrap_or_else(|_| Err("its reader failed: please report it".to_owned()));
        let Err(why) = made else { return true };
        self.weather.lost(name, Fault { refused: true, why: (self.spell)(&why) });
        false
    }

    fn try_report(
        &self,
        name: &str,
        input: &dyn Fn() -> Result<Input, String>,
    ) -> Result<(), String> {
        let input = input()?;
        let kept = self.data.join(NAME);
        std::fs::create_dir_all(&kept).map_err(|e| format!("{}: {e}", kept.display()))?;
        let picture = kept.join(format!("{name}.png"));
        let options = WeatherOptions {
            place: Some(self.place),
            station: self.config.station.clone(),
            zone: self.config.zone.clone(),
            hours: HOURS,
            fwi_state: Some(kept.join(format!("{name}.json"))),
            now: Some(Timestamp::now()),
            picture: Some(picture.clone()),
            ..WeatherOptions::default()
        };
        let report = report(input, &options).map_err(|e| e.to_string())?;
        let json = serde_json::to_vec_pretty(&report).map_err(|e| e.to_string())?;
        let mut files = vec![("weather.json", json)];
        files.extend(std::fs::read(&picture).ok().map(|png| ("weather.png", png)));
        // What cannot be stored is told all the same: the store says what ails it.
        let _ = self.store.put(name, report.now.time, &files);
        let at = Moment { now: self.began.elapsed(), utc: Timestamp::now() };
        self.alerts.weather(name, &report, at);
        let notes = report.notes.iter().map(|note| (self.spell)(&note.to_string())).collect();
        self.weather.reported(name, &report, notes);
        Ok(())
    }
}
