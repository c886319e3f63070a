//! The feed of a camera by RTSP.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use emberline_vision::frame::{Pixels, TimeSource};
use emberline_vision::grid::Grid;
use emberline_vision::note::Note;
use emberline_vision::source::{StreamDecoder, StreamFault};
use jiff::Timestamp;
use retina::client::{Credentials, SessionGroup};
use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;
use tokio::time::timeout;
use url::Url;

use super::super::feed::{Feed, Got, Shot};
use super::super::stream_facts::StreamFacts;
use super::backlog::{Backlog, Coded};
use super::clock::{CameraClock, Told};
use super::fault;
use super::picker::Picker;
use super::session::{ANSWER, Item, Session, Target};
use crate::config::{CameraConfig, CameraFrom};
use crate::source::Fault;

/// A camera that sends reports, but no picture for so long, or none to begin with, is opened again.
const NO_PICTURE: Duration = Duration::from_secs(30);
const NO_KEY: Duration = Duration::from_secs(60);
/// Longest wait for a camera to end a session.
const TEARDOWN: Duration = Duration::from_secs(1);
/// Items that are taken from the socket at a time.
const ITEMS: usize = 256;
/// Pictures in the decoder whose times are kept; more are never held back.
const STAMPS: usize = 64;
/// The camera's clock and this machine's tell times that do not go together.
const APART_S: f64 = 0.5;

type Opening = Pin<Box<dyn Future<Output = Result<Session, Fault>> + Send>>;

/// How far a session has come.
enum Stage {
    Opening(Opening),
    Playing(Box<Playing>),
    Ended,
}

/// A session that plays.
struct Playing {
    session: Session,
    decoder: StreamDecoder,
    /// When anything came last, and when a coded picture did.
    heard: Instant,
    sent: Instant,
    /// Since when a key picture is waited for.
    waits: Option<Instant>,
}

/// When a coded picture came.
#[derive(Clone, Copy)]
struct Stamp {
    came: Instant,
    came_utc: Timestamp,
    stream_s: f64,
}

/// A picture that was picked.
struct Picked {
    pixels: Option<Pixels>,
    stamp: Stamp,
    false_colour: bool,
    doubtful_range: Option<f64>,
}

/// Pictures of a camera by RTSP.
pub(in super::super) struct RtspFeed {
    name: String,
    host: String,
    config: CameraConfig,
    runtime: Option<Runtime>,
    stage: Stage,
    group: Arc<SessionGroup>,
    backlog: Backlog,
    picker: Picker,
    clock: CameraClock,
    /// Trouble with the clock that was logged.
    told_trouble: bool,
    /// Who told the time of the last picture, and how far from this machine's clock, seconds.
    told: Option<(TimeSource, f64)>,
    stamps: BTreeMap<i64, Stamp>,
    keys: u64,
    /// The largest share of values, percent, outside the range that is assumed.
    outside: Option<f64>,
}

impl RtspFeed {
    /// Prepares to ask the camera; it is asked as its pictures are waited for.
    pub(in super::super) fn open(config: &CameraConfig) -> Result<Self, Fault> {
        let refused = |why: &str| Fault { refused: true, why: why.to_owned() };
        let CameraFrom::Rtsp { address, transport } = &config.from else {
            return Err(refused("no camera by RTSP"));
        };
        // No message repeats the address: it may hold a password.
        let url = Url::parse(address).ok().filter(|url| url.has_host());
        let url = url.ok_or_else(|| {
            refused("its address is none: give it as rtsp://192.0.2.21:554/stream in from")
        })?;
        let host = match (url.host_str(), url.port()) {
            (Some(host), port) => format!("{host}:{}", port.unwrap_or(554)),
            (None, _) => return Err(refused("its address names no host")),
        };
        let login = match &config.login {
            None => None,
            Some(login) => {
                let password = login.password().map_err(|why| Fault { refused: true, why })?;
                let (username, password) = (login.user.clone(), password.letters().to_owned());
                Some(Credentials { username, password })
            }
        };
        let runtime = Builder::new_current_thread().enable_io().enable_time().build();
        let runtime = runtime.map_err(|e| fault::passing(&host, &format!("no sockets: {e}")))?;
        let group = Arc::new(SessionGroup::default());
        let target = Target {
            url,
            host: host.clone(),
            transport: *transport,
            login,
            group: Arc::clone(&group),
        };
        Ok(Self {
            name: config.name.clone(),
            host,
            config: config.clone(),
            runtime: Some(runtime),
            stage: Stage::Opening(Box::pin(super::session::open(target))),
            group,
            backlog: Backlog::default(),
            picker: Picker::new(Duration::from_secs_f64(config.every_s)),
            clock: CameraClock::default(),
            told_trouble: false,
            told: None,
            stamps: BTreeMap::new(),
            keys: 0,
            outside: None,
        })
    }

    /// Takes what comes within `wait`, or has come already where that is over.
    fn receive(&mut self, wait: Duration) -> Result<(), Fault> {
        let Self { runtime: Some(runtime), stage, host, .. } = self else { return Ok(()) };
        let items = match stage {
            Stage::Opening(opening) => {
                let opened = runtime.block_on(async { timeout(wait, guarded(opening)).await });
                let Ok(opened) = opened else { return Ok(()) };
                *stage = Stage::Ended;
                let session = opened.unwrap_or_else(|| Err(fault::of_reader(host)))?;
                let decoder = StreamDecoder::new(session.codec, self.config.kind)
                    .map_err(|why| fault::refused(&self.host, &why))?;
                let now = Instant::now();
                let (heard, sent, waits) = (now, now, Some(now));
                self.stage =
                    Stage::Playing(Box::new(Playing { session, decoder, heard, sent, waits }));
                return Ok(());
            }
            Stage::Playing(playing) => {
                let received = pin!(received(&mut playing.session, wait));
                let items = runtime.block_on(guarded(received));
                items.unwrap_or_else(|| Err(fault::of_reader(host)))
            }
            Stage::Ended => return Err(fault::passing(&self.host, "the stream ended")),
        };
        self.take_in(items?)
    }

    /// Takes in what came, and minds the deadlines.
    fn take_in(&mut self, items: Vec<Item>) -> Result<(), Fault> {
        let Stage::Playing(playing) = &mut self.stage else { return Ok(()) };
        let now = Instant::now();
        if !items.is_empty() {
            playing.heard = now;
        }
        for item in items {
            match item {
                Item::Picture(coded) => {
                    playing.sent = now;
                    let key = playing.decoder.is_key(&coded.bytes);
                    self.backlog.push(Coded { key, ..coded });
                }
                Item::Report { stream_s, camera_s, came } => {
                    self.clock.report(stream_s, camera_s, came);
                }
                Item::Other => {}
            }
        }
        let fix = "look after the camera and its line";
        if now.saturating_duration_since(playing.heard) >= ANSWER {
            let why = format!("nothing came for {} s: {fix}", ANSWER.as_secs());
            return Err(fault::passing(&self.host, &why));
        }
        let no_picture = NO_PICTURE.max(Duration::from_secs_f64(3.0 * self.config.every_s));
        if now.saturating_duration_since(playing.sent) >= no_picture {
            let why = format!("no picture came for {} s: {fix}", no_picture.as_secs());
            return Err(fault::passing(&self.host, &why));
        }
        if playing.waits.is_some_and(|since| now.saturating_duration_since(since) >= NO_KEY) {
            let why = format!(
                "no key picture came for {} s: set the camera's key-frame interval to 2 s",
                NO_KEY.as_secs()
            );
            return Err(fault::passing(&self.host, &why));
        }
        Ok(())
    }

    /// Decodes one picture; what comes of it, where that is of use to anyone.
    fn decode(&mut self, coded: Coded) -> Result<Option<Got>, Fault> {
        let Stage::Playing(playing) = &mut self.stage else { return Ok(None) };
        let Playing { decoder, waits, .. } = &mut **playing;
        if coded.loss && !decoder.is_waiting() {
            // What follows is predicted from what was lost.
            decoder.restart();
            self.stamps.clear();
            self.backlog.put_back(Coded { loss: false, ..coded });
            return Ok(Some(Got::Spoiled("packets of its stream were lost".to_owned())));
        }
        let Coded { came, came_utc, stream_s, .. } = coded;
        self.stamps.insert(coded.ticks, Stamp { came, came_utc, stream_s });
        while self.stamps.len() > STAMPS {
            self.stamps.pop_first();
        }
        self.keys += u64::from(coded.key);
        let (stamps, picker, newer) =
            (&mut self.stamps, &mut self.picker, !self.backlog.is_empty());
        let mut picked: Option<Picked> = None;
        let took = decoder.decode(&coded.bytes, coded.ticks, &mut |ticks, picture| {
            let Some(stamp) = stamps.remove(&ticks) else { return };
            if picker.picks(stamp.came, newer) {
                picked = Some(Picked {
                    pixels: picture.pixels(),
                    stamp,
                    false_colour: picture.is_false_colour(),
                    doubtful_range: picture.doubtful_range(),
                });
            }
        });
        *waits = match decoder.is_waiting() {
            true => waits.or(Some(Instant::now())),
            false => None,
        };
        let notes = decoder.notes();
        match (took, picked) {
            (Ok(_), Some(picked)) => self.shot(picked, notes).map(Some),
            (Ok(_), None) => Ok(None),
            (Err(StreamFault::Unread(why)), _) => Err(fault::refused(&self.host, &why)),
            (Err(StreamFault::Spoiled(why)), _) => Ok(Some(Got::Spoiled(why))),
            (Err(_), _) => Ok(Some(Got::Spoiled("it cannot be decoded".to_owned()))),
        }
    }

    /// The picture that was picked, with its time.
    fn shot(&mut self, picked: Picked, mut notes: Vec<Note>) -> Result<Got, Fault> {
        let Picked { pixels, stamp, false_colour, doubtful_range } = picked;
        if false_colour {
            let why = "its heat is in false colour: set the camera's palette to grey (white hot)";
            return Err(fault::refused(&self.host, why));
        }
        let Some(pixels) = pixels else {
            return Ok(Got::Spoiled("the decoder gave less than a picture".to_owned()));
        };
        self.outside = self.outside.into_iter().chain(doubtful_range).reduce(f64::max);
        notes.extend(self.outside.map(|percent| Note::RangeDoubtful { percent }));
        let told = self.clock.told(stamp.stream_s, stamp.came_utc);
        let new_scene = self.other_clock(&told, stamp.came_utc);
        self.tell_trouble();
        let [height, width, _] = pixels.shape();
        Ok(Got::Shot(Box::new(Shot {
            pixels: Arc::new(pixels),
            grid: Grid::new(height, width),
            taken: told.taken,
            time_source: told.source,
            new_scene,
            stream: Some(StreamFacts {
                keys: self.keys,
                late_s: told.late_s,
                clock_offset_s: self.clock.offset_s(),
                clock_trouble: self.clock.trouble().map(|trouble| trouble.to_string()),
                notes: notes.into(),
            }),
        })))
    }

    /// Whether this picture's time is by another clock than the last one's, so that they do not follow.
    fn other_clock(&mut self, told: &Told, came: Timestamp) -> bool {
        let apart_s = told.taken.duration_since(came).as_secs_f64();
        let before = self.told.replace((told.source, apart_s));
        let Some((source, before_s)) = before.filter(|(source, _)| *source != told.source) else {
            return false;
        };
        let whose = if source == TimeSource::Host { "the camera's" } else { "this machine's" };
        tracing::info!("{}: times of its frames are {whose} from now on", self.name);
        (apart_s - before_s).abs() > APART_S
    }

    /// Logs trouble with the camera's clock, once.
    fn tell_trouble(&mut self) {
        let trouble = self.clock.trouble();
        if let Some(trouble) = trouble.filter(|_| !self.told_trouble) {
            tracing::warn!("{}: {trouble}", self.name);
        }
        self.told_trouble = trouble.is_some();
    }
}

/// What comes of it; none where the library that reads the camera's words fails on them, as it does on a description
/// whose `m=` line ends too soon.
async fn guarded<T>(mut asked: impl Future<Output = T> + Unpin) -> Option<T> {
    poll_fn(|cx| {
        let polled = catch_unwind(AssertUnwindSafe(|| Pin::new(&mut asked).poll(cx)));
        polled.map_or(Poll::Ready(None), |polled| polled.map(Some))
    })
    .await
}

/// What comes within `wait`, and all that has come by then.
async fn received(session: &mut Session, wait: Duration) -> Result<Vec<Item>, Fault> {
    let mut items = Vec::new();
    if wait.is_zero() {
        // The sockets are looked at once.
        yield_now().await;
    } else {
        match timeout(wait, session.next()).await {
            Err(_) => return Ok(items),
            Ok(item) => items.push(item?),
        }
    }
    while items.len() < ITEMS {
        match session.ready().await? {
            Some(item) => items.push(item),
            None => break,
        }
    }
    Ok(items)
}

impl Feed for RtspFeed {
    fn next(&mut self, wait: Duration) -> Result<Got, Fault> {
        let until = Instant::now() + wait;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            self.receive(if self.backlog.is_empty() { left } else { Duration::ZERO })?;
            let behind = self.backlog.catch_up(Instant::now());
            if behind > 0 {
                if let Stage::Playing(playing) = &mut self.stage {
                    playing.decoder.restart();
                }
                self.stamps.clear();
                return Ok(Got::Behind(behind));
            }
            if let Some(coded) = self.backlog.pop()
                && let Some(got) = self.decode(coded)?
            {
                return Ok(got);
            }
            if Instant::now() >= until {
                return Ok(Got::Nothing);
            }
        }
    }
}

impl Drop for RtspFeed {
    /// Ends the session as cameras want it: some go on sending, and let in only so many.
    fn drop(&mut self) {
        let Some(runtime) = self.runtime.take() else { return };
        {
            let _inside = runtime.enter();
            self.stage = Stage::Ended;
        }
        let _ = runtime.block_on(async { timeout(TEARDOWN, self.group.await_teardown()).await });
        runtime.shutdown_background();
    }
}
