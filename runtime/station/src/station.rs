//! The station: starts everything in its order, watches over it, and ends it in order.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use emberline_vision::frame::Pixels;
use emberline_vision::pipeline::{Spell, Stop};
use jiff::Timestamp;

use crate::alert::{self, Alert, AlertError, Alerts, Moment, Rule};
use crate::alert_file::Sender;
use crate::config::{Config, ConfigError, Drawn, ForecastConfig};
use crate::forecaster::Forecaster;
use crate::health::Health;
use crate::machine::{Machine, MachineFacts};
use crate::nodes::{Nodes, NodesWorker};
use crate::out::{self, FilesWorker, Line, MqttWorker, WebhookWorker};
use crate::outbox::Outbox;
use crate::pause::Pause;
use crate::source::{Fronts, Source};
use crate::sources::Sources;
use crate::store::{LockError, Store};
use crate::systemd::{Notice, tell, watchdog};
use crate::weather::{Weather, WeatherWorker};
use crate::web::{self, Shown, Site};

/// Folder of the nodes' store below the data folder.
const NODES: &str = "nodes";
/// Folder of what waits to be sent.
const OUTBOX: &str = "outbox";
/// Pause between two looks at what is due.
const LOOK: Duration = Duration::from_millis(50);
/// Between two clearings of the store.
const TIDY: Duration = Duration::from_secs(60);
/// Between two writings of what cameras have seen: so much a power cut loses.
const KEEP: Duration = Duration::from_secs(60);
/// Between two looks at whether a frame is to be kept.
const FRAMES: Duration = Duration::from_millis(500);
/// Between two lines for systemd.
const STATUS: Duration = Duration::from_secs(10);
/// Between two looks at whether there is a pause.
const PAUSE: Duration = Duration::from_millis(500);
/// A source's thread that has not looked up for so long hangs.
const HANGS: Duration = Duration::from_secs(60);

/// Why a station does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StationError {
    /// Its data folder is not to be had.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// Its page has no address.
    #[error("{listen}: {cause}; free it, or give another one with ‹listen›")]
    Listen {
        /// The address.
        listen: SocketAddr,
        /// Why.
        cause: std::io::Error,
    },
    /// The outbox cannot be opened.
    #[error("{folder}: {cause}; see to it that the data folder can be written")]
    Outbox {
        /// Its folder.
        folder: String,
        /// Why.
        cause: std::io::Error,
    },
    /// The system gives no thread.
    #[error("no thread for {what}: {cause}; stop other programs")]
    Thread {
        /// For what.
        what: String,
        /// Why.
        cause: std::io::Error,
    },
}

/// A configuration that was asked for again: `None` while nobody has.
pub type Reread<'a> = dyn FnMut() -> Option<Result<Config, ConfigError>> + 'a;

/// A station that is ready: its data folder is locked, its page has an address.
pub struct Station {
    config: Config,
    sources: Sources,
    nodes: Option<Arc<Nodes>>,
    weather: Arc<Weather>,
    alerts: Arc<Alerts>,
    outbox: Arc<Outbox>,
    store: Arc<Store>,
    listener: TcpListener,
    began: Instant,
    spell: Spell,
    stop: Stop,
}

impl std::fmt::Debug for Station {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Station").field("config", &self.config).finish_non_exhaustive()
    }
}

/// What the page shows of a station.
struct View {
    name: String,
    /// Degrees north and east.
    place: [f64; 2],
    data: PathBuf,
    sender: Sender,
    sources: Sources,
    nodes: Option<Arc<Nodes>>,
    weather: Arc<Weather>,
    alerts: Arc<Alerts>,
    outbox: Arc<Outbox>,
    /// The lines to receivers.
    lines: Vec<Arc<Line>>,
    store: Arc<Store>,
    began: Instant,
    shown: Mutex<Changing>,
}

/// What may change while it runs.
#[derive(Debug)]
struct Changing {
    /// What forecasts were to be.
    promised: ForecastConfig,
    /// How many cameras and radars there should be.
    sources: usize,
    /// When a pause ends, since the station began.
    paused_until: Option<Duration>,
    /// Why a new configuration was not taken.
    trouble: Option<String>,
    machine: MachineFacts,
}

impl View {
    fn changing(&self) -> MutexGuard<'_, Changing> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl View {
    fn source(&self, name: &str) -> Option<Arc<dyn Source>> {
        self.sources.all().into_iter().find(|source| source.name() == name)
    }
}

impl Shown for View {
    fn health(&self) -> Health {
        let sources = self.sources.all();
        let (now, utc) = (self.began.elapsed(), Timestamp::now());
        let changing = self.changing();
        let of = sources.iter().map(|source| &**source);
        let nodes = self.nodes.as_ref().map(|nodes| nodes.health(now, utc));
        let left = changing.paused_until.and_then(|until| until.checked_sub(now));
        Health::of(&self.name, of, self.store.facts(), &changing.promised, now, utc)
            .with(nodes, self.weather.health(utc))
            .expecting(changing.sources)
            .on(changing.machine)
            .telling(self.alerts.all(), self.outbox.facts())
            .reaching(self.lines.iter().map(|line| line.health()).collect())
            .paused(left)
            .noting(changing.trouble.clone())
    }

    fn newest(&self, source: &str) -> Option<PathBuf> {
        self.source(source)?.newest_forecast()?.folder
    }

    fn forecasts(&self, source: &str, most: usize) -> Vec<(Timestamp, PathBuf)> {
        self.store.forecasts(source, most)
    }

    fn picture(&self, source: &str) -> Option<(Timestamp, Arc<Pixels>)> {
        self.source(source)?.picture()
    }

    fn fronts(&self, source: &str) -> Option<Arc<Fronts>> {
        let source = self.source(source)?;
        source.newest_forecast()?.fronts.filter(|fronts| source.fits(fronts))
    }

    fn rules(&self) -> Vec<Rule> {
        self.alerts.rules()
    }

    fn place(&self) -> [f64; 2] {
        self.place
    }

    fn data(&self) -> &Path {
        &self.data
    }

    fn sender(&self) -> &Sender {
        &self.sender
    }

    fn acknowledge(&self, id: &str, by: &str) -> Result<Alert, AlertError> {
        self.alerts.acknowledge(id, by, Timestamp::now())
    }

    fn draw(&self, drawn: &Drawn) -> Result<(), String> {
        self.alerts.draw(drawn, Timestamp::now())
    }

    fn erase(&self, name: &str) -> Result<(), String> {
        self.alerts.erase(name, Timestamp::now())
    }
}

impl Station {
    /// Locks the data folder, looks through the store and takes the page's address; `spell` words what the
    /// library says, `stop` ends the station.
    ///
    /// # Errors
    /// [`StationError`] says what is taken and by whom.
    pub fn open(config: Config, spell: Spell, stop: Stop) -> Result<Self, StationError> {
        let store = Arc::new(Store::open(&config.data, &config.keep)?);
        let listen = config.web.listen;
        let listener =
            web::listen(listen).map_err(|cause| StationError::Listen { listen, cause })?;
        let began = Instant::now();
        let folder = config.data.join(OUTBOX);
        let outbox = Outbox::open(&folder).map_err(|cause| StationError::Outbox {
            folder: folder.display().to_string(),
            cause,
        })?;
        let outbox = Arc::new(outbox);
        let receivers = [
            (out::MQTT, config.mqtt.is_some()),
            (out::WEBHOOK, config.webhook.is_some()),
            (out::FILES, config.files.alerts),
        ];
        let asked = receivers.iter().filter(|(_, is_asked)| *is_asked);
        outbox.serve(&asked.map(|(name, _)| *name).collect::<Vec<_>>());
        let alerts = Alerts::open(&config, Arc::clone(&outbox), Timestamp::now());
        let alerts = Arc::new(alerts);
        let sources = Sources::new(began, &config.data);
        let store_of_nodes = config.data.join(NODES);
        let nodes = config.nodes.clone().map(|nodes| Arc::new(Nodes::new(nodes, store_of_nodes)));
        let weather = Arc::default();
        Ok(Self {
            config,
            sources,
            nodes,
            weather,
            alerts,
            outbox,
            store,
            listener,
            began,
            spell,
            stop,
        })
    }

    /// The address of its page.
    ///
    /// # Errors
    /// What the system says.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Runs until it is stopped. `reread` is asked again and again whether there is another configuration; one
    /// that is wrong changes nothing.
    ///
    /// # Errors
    /// [`StationError::Thread`] when the system gives no threads; what has begun is ended.
    pub fn run(self, reread: &mut Reread<'_>) -> Result<(), StationError> {
        let Self {
            mut config,
            sources,
            nodes,
            weather,
            alerts,
            outbox,
            store,
            listener,
            began,
            spell,
            stop,
        } = self;
        let line = |is_there: bool, name| is_there.then(|| Arc::new(Line::new(name)));
        let mqtt_line = line(config.mqtt.is_some(), out::MQTT);
        let webhook_line = line(config.webhook.is_some(), out::WEBHOOK);
        let files_line = line(config.files.alerts, out::FILES);
        let view = Arc::new(View {
            name: config.name.clone(),
            place: [config.lat, config.lon],
            data: config.data.clone(),
            sender: Sender::of(&config),
            sources,
            nodes: nodes.clone(),
            weather: Arc::clone(&weather),
            alerts: Arc::clone(&alerts),
            outbox: Arc::clone(&outbox),
            lines: mqtt_line.iter().chain(&webhook_line).chain(&files_line).cloned().collect(),
            store: Arc::clone(&store),
            began,
            shown: Mutex::new(Changing {
                promised: config.forecast.clone(),
                sources: config.cameras.len() + config.radars.len(),
                paused_until: None,
                trouble: None,
                machine: MachineFacts::default(),
            }),
        });
        // The page first: it must be there to tell what is wrong.
        let (shown, ends): (Arc<dyn Shown>, _) = (Arc::clone(&view) as _, stop.clone());
        let mut threads = Threads { running: Vec::new(), stop: stop.clone() };
        let listen = listener.local_addr().unwrap_or(config.web.listen);
        let site = Site::new(&config.name, listen, &config.web, &config.users, Arc::clone(&shown));
        threads.start("page", move || web::serve(listener, site, &ends))?;
        if let (Some(config_of), Some(line)) = (config.mqtt.clone(), mqtt_line) {
            let worker = MqttWorker {
                config: config_of,
                station: config.name.clone(),
                alerts: Arc::clone(&alerts),
                outbox: Arc::clone(&outbox),
                shown,
                line,
                stop: stop.clone(),
            };
            threads.start("mqtt", move || worker.run())?;
        }
        if let (Some(config), Some(line)) = (config.webhook.clone(), webhook_line) {
            let (outbox, stop) = (Arc::clone(&outbox), stop.clone());
            let worker = WebhookWorker { config, outbox, line, stop };
            threads.start("webhook", move || worker.run())?;
        }
        if let Some(line) = files_line {
            let worker = FilesWorker {
                folder: config.data.join(&config.files.folder),
                data: config.data.clone(),
                sender: Sender::of(&config),
                outbox: Arc::clone(&outbox),
                store: Arc::clone(&store),
                line,
                stop: stop.clone(),
            };
            threads.start("files", move || worker.run())?;
        }
        if let Some(nodes) = nodes.clone() {
            let worker = NodesWorker { nodes, spell, stop: stop.clone(), began };
            threads.start("nodes", move || worker.run())?;
        }
        if let Some(of) = config.weather.clone() {
            let (place, data) = ([config.lat, config.lon], config.data.clone());
            let (store, alerts, stop) = (Arc::clone(&store), Arc::clone(&alerts), stop.clone());
            let worker = WeatherWorker {
                weather,
                config: of,
                nodes,
                place,
                data,
                store,
                alerts,
                began,
                spell,
                stop,
            };
            threads.start("weather", move || worker.run())?;
        }
        view.sources
            .change(&config)
            .map_err(|(what, cause)| StationError::Thread { what, cause })?;
        tell(Notice::Ready);
        let mut forecaster = Forecaster::new(
            &config,
            view.sources.all(),
            (Arc::clone(&store), Arc::clone(&alerts), config.mqtt.is_some().then_some(outbox)),
            spell,
            stop.clone(),
            began,
        );
        let mut machine = Machine::new();
        let mut pause = Pause::new(&config.data);
        let beat = watchdog().map(|within| within / 4);
        let (mut tidied, mut told, mut beaten, mut asked) = (None, None, None, None);
        let (mut kept, mut framed) = (Some(Instant::now()), None);
        while !stop.is_set() {
            if let Some(read) = reread() {
                tell(Notice::Reloading);
                reload(&mut config, read, &view, &mut forecaster);
                tell(Notice::Ready);
            }
            if is_due(&mut asked, PAUSE) {
                let now = began.elapsed();
                alert::known::take(&config.data, &alerts, Timestamp::now());
                let left = pause.left(now, Timestamp::now());
                let until = left.map(|left| now + left);
                let before = std::mem::replace(&mut view.changing().paused_until, until);
                match (before.is_some(), left) {
                    (false, Some(left)) => {
                        tracing::info!("{}: paused for {:.0} s", config.name, left.as_secs_f64());
                    }
                    (true, None) => tracing::info!("{}: the pause is over", config.name),
                    _ => {}
                }
            }
            view.changing().machine = machine.look(began.elapsed());
            let is_paused = view.changing().paused_until.is_some();
            alerts.pause(is_paused);
            match machine.refuses(&config.budget) {
                _ if is_paused => forecaster.rest(),
                Some((reason, why)) => forecaster.hold(reason, &why),
                None => forecaster.turn(),
            }
            if is_due(&mut tidied, TIDY) {
                store.tidy(forecaster.believed());
            }
            if is_due(&mut framed, FRAMES) {
                view.sources.keep_frames(&store);
            }
            if is_due(&mut kept, KEEP) {
                view.sources.keep();
            }
            if is_due(&mut told, STATUS) {
                let health = view.health();
                tell(Notice::Status(&health.line()));
                let at = Moment { now: began.elapsed(), utc: Timestamp::now() };
                alerts.blind(health.blind.then_some(&*health.reasons), at);
            }
            // Sources that are gone do not stop it: to start the program again brings none back. A thread
            // that hangs does.
            let now = began.elapsed();
            let sources = view.sources.all();
            let hangs = sources.iter().find(|source| now.saturating_sub(source.alive()) > HANGS);
            if let Some(beat) = beat
                && hangs.is_none()
                && is_due(&mut beaten, beat)
            {
                tell(Notice::Watchdog);
            }
            thread::sleep(LOOK);
        }
        tell(Notice::Stopping);
        view.sources.keep();
        view.sources.end();
        drop(threads);
        tracing::info!("{}: stopped", config.name);
        Ok(())
    }
}

/// Takes another configuration over `config`, where it is right; what needs a restart stays and is told.
fn reload(
    config: &mut Config,
    read: Result<Config, ConfigError>,
    view: &View,
    forecaster: &mut Forecaster,
) {
    let new = match read {
        Ok(new) => new,
        Err(cause) => {
            tracing::warn!("the new configuration is not taken, the old one goes on: {cause}");
            view.changing().trouble = Some(format!("the old configuration goes on: {cause}"));
            return;
        }
    };
    let fixed = [
        ("name", new.name != config.name),
        ("data", new.data != config.data),
        ("nodes", new.nodes != config.nodes),
        ("weather", new.weather != config.weather),
        ("mqtt", new.mqtt != config.mqtt),
        ("webhook", new.webhook != config.webhook),
        ("web", new.web != config.web),
        ("user", new.users != config.users),
        ("files", new.files != config.files),
    ];
    let fixed: Vec<&str> =
        fixed.iter().filter(|(_, differs)| *differs).map(|(key, _)| *key).collect();
    let trouble = (!fixed.is_empty())
        .then(|| format!("a new {} needs a restart; the old one goes on", fixed.join(" and ")));
    if let Some(trouble) = &trouble {
        tracing::warn!("{trouble}");
    }
    let old = config.clone();
    *config = Config {
        name: old.name,
        data: old.data,
        nodes: old.nodes,
        weather: old.weather,
        mqtt: old.mqtt,
        webhook: old.webhook,
        users: old.users,
        files: old.files,
        web: old.web,
        ..new
    };
    view.changing().sources = config.cameras.len() + config.radars.len();
    let began = view.sources.change(config);
    match &began {
        Ok(began) if began.is_empty() => {
            tracing::info!("a new configuration; no source begins anew")
        }
        Ok(began) => tracing::info!("a new configuration; begun: {}", began.join(", ")),
        Err((source, cause)) => tracing::warn!("{source}: no thread for it: {cause}"),
    }
    view.store.limits(&config.keep);
    view.alerts.change(config, Timestamp::now());
    forecaster.change(config, view.sources.all());
    let mut changing = view.changing();
    (changing.promised, changing.trouble) = (config.forecast.clone(), trouble);
}

/// The threads of page, nodes and weather; dropping them stops them and waits for their end.
struct Threads {
    running: Vec<JoinHandle<()>>,
    stop: Stop,
}

impl Threads {
    fn start(
        &mut self,
        what: &str,
        work: impl FnOnce() + Send + 'static,
    ) -> Result<(), StationError> {
        let thread = thread::Builder::new().name(what.to_owned()).spawn(work);
        let what = what.to_owned();
        self.running.push(thread.map_err(|cause| StationError::Thread { what, cause })?);
        Ok(())
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.stop.set();
        for thread in self.running.drain(..) {
            // A thread that panicked has said so.
            let _ = thread.join();
        }
    }
}

/// Whether `every` has passed since `last`, which is now then.
fn is_due(last: &mut Option<Instant>, every: Duration) -> bool {
    let due = last.is_none_or(|at: Instant| at.elapsed() >= every);
    if due {
        *last = Some(Instant::now());
    }
    due
}
