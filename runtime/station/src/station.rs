//! The station: starts everything in its order, watches over it, and ends it in order.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use emberline_vision::pipeline::{Spell, Stop};
use jiff::Timestamp;

use crate::camera::{self, Camera, Worker};
use crate::config::{Config, ForecastConfig};
use crate::forecaster::Forecaster;
use crate::health::Health;
use crate::nodes::{Nodes, NodesWorker};
use crate::radar::{Radar, RadarWorker};
use crate::source::Source;
use crate::store::{LockError, Store};
use crate::systemd::{Notice, tell, watchdog};
use crate::weather::{Weather, WeatherWorker};
use crate::web::{self, Shown};

/// Folder of the nodes' store below the data folder.
const NODES: &str = "nodes";
/// Pause between two looks at what is due.
const LOOK: Duration = Duration::from_millis(50);
/// Between two clearings of the store.
const TIDY: Duration = Duration::from_secs(60);
/// Between two lines for systemd.
const STATUS: Duration = Duration::from_secs(10);
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
    /// The system gives no thread.
    #[error("no thread for {what}: {cause}; stop other programs")]
    Thread {
        /// For what.
        what: String,
        /// Why.
        cause: std::io::Error,
    },
}

/// A station that is ready: its data folder is locked, its page has an address.
pub struct Station {
    config: Config,
    cameras: Arc<[Arc<Camera>]>,
    radars: Vec<Arc<Radar>>,
    nodes: Option<Arc<Nodes>>,
    weather: Arc<Weather>,
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
    promised: ForecastConfig,
    sources: Arc<[Arc<dyn Source>]>,
    nodes: Option<Arc<Nodes>>,
    weather: Arc<Weather>,
    store: Arc<Store>,
    began: Instant,
}

impl Shown for View {
    fn health(&self) -> Health {
        let sources = self.sources.iter().map(|source| &**source);
        let (now, utc) = (self.began.elapsed(), Timestamp::now());
        let nodes = self.nodes.as_ref().map(|nodes| nodes.health(now, utc));
        Health::of(&self.name, sources, self.store.facts(), &self.promised, now, utc)
            .with(nodes, self.weather.health(utc))
    }

    fn newest(&self, source: &str) -> Option<PathBuf> {
        self.sources.iter().find(|s| s.name() == source)?.newest_forecast()?.folder
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
        let cameras = config.cameras.iter().map(|c| Arc::new(Camera::new(c.clone()))).collect();
        let radars = config.radars.iter().map(|r| Arc::new(Radar::new(r.clone()))).collect();
        let store_of_nodes = config.data.join(NODES);
        let nodes = config.nodes.clone().map(|nodes| Arc::new(Nodes::new(nodes, store_of_nodes)));
        let weather = Arc::default();
        Ok(Self {
            config,
            cameras,
            radars,
            nodes,
            weather,
            store,
            listener,
            began: Instant::now(),
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

    /// Runs until it is stopped.
    ///
    /// # Errors
    /// [`StationError::Thread`] when the system gives no threads; what has begun is ended.
    pub fn run(self) -> Result<(), StationError> {
        let Self { config, cameras, radars, nodes, weather, store, listener, began, spell, stop } =
            self;
        let sources = cameras.iter().map(|camera| Arc::clone(camera) as Arc<dyn Source>);
        let sources = sources.chain(radars.iter().map(|radar| Arc::clone(radar) as _)).collect();
        let sources: Arc<[Arc<dyn Source>]> = sources;
        let view = Arc::new(View {
            name: config.name.clone(),
            promised: config.forecast.clone(),
            sources: Arc::clone(&sources),
            nodes: nodes.clone(),
            weather: Arc::clone(&weather),
            store: Arc::clone(&store),
            began,
        });
        // The page first: it must be there to tell what is wrong.
        let mut threads = Threads { running: Vec::new(), stop: stop.clone() };
        let (shown, ends): (Arc<dyn Shown>, _) = (Arc::clone(&view) as _, stop.clone());
        threads.start("page", move || web::serve(&listener, &shown, &ends))?;
        for camera in cameras.iter() {
            let open = camera::open(camera.config());
            let worker = Worker { camera: Arc::clone(camera), open, stop: stop.clone(), began };
            threads.start(&format!("camera {}", camera.name()), move || worker.run())?;
        }
        for radar in radars {
            let name = format!("radar {}", radar.name());
            let worker = RadarWorker::new(radar, stop.clone(), began);
            threads.start(&name, move || worker.run())?;
        }
        if let Some(nodes) = nodes.clone() {
            let worker = NodesWorker { nodes, spell, stop: stop.clone(), began };
            threads.start("nodes", move || worker.run())?;
        }
        if let Some(of) = config.weather.clone() {
            let (place, data) = ([config.lat, config.lon], config.data.clone());
            let (store, stop) = (Arc::clone(&store), stop.clone());
            let worker =
                WeatherWorker { weather, config: of, nodes, place, data, store, spell, stop };
            threads.start("weather", move || worker.run())?;
        }
        tell(Notice::Ready);
        let mut forecaster = Forecaster::new(
            &config,
            Arc::clone(&sources),
            Arc::clone(&store),
            spell,
            stop.clone(),
            began,
        );
        let beat = watchdog().map(|within| within / 4);
        let (mut tidied, mut told, mut beaten) = (None, None, None);
        while !stop.is_set() {
            forecaster.turn();
            if is_due(&mut tidied, TIDY) {
                store.tidy(forecaster.believed());
            }
            if is_due(&mut told, STATUS) {
                tell(Notice::Status(&view.health().line()));
            }
            // Sources that are gone do not stop it: to start the program again brings none back. A thread
            // that hangs does.
            let now = began.elapsed();
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
        drop(threads);
        tracing::info!("{}: stopped", config.name);
        Ok(())
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

/// The threads of a station; dropping them stops them and waits for their end.
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
