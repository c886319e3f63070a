//! MQTT: what the station says, to a broker that comes and goes (3.1.1; QoS 1, one message in flight, in order).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use emberline_vision::pipeline::Stop;
use rumqttc::{
    AsyncClient, Event, LastWill, MqttOptions, Outgoing, Packet, QoS, TlsConfiguration, Transport,
};
use serde_json::{Value, json};

use super::MQTT;
use super::discovery::{self, Told};
use super::line::{Line, again};
use super::pictures::Pictures;
use super::queue::{Of, Parcel, Queue};
use crate::alert::{Alerts, Phase};
use crate::config::MqttConfig;
use crate::health::Health;
use crate::outbox::{Outbox, Reader};
use crate::tls::{self, Peer, TlsFault};
use crate::web::Shown;

/// A message is acknowledged by then, or the line is cut and built anew.
const ACKNOWLEDGED: Duration = Duration::from_secs(10);
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// A station that stops waits so long for its last word to arrive, and so long again for the end of the line.
const LEAVES: Duration = Duration::from_secs(2);
/// Longest time between two tries to connect.
const LONGEST: Duration = Duration::from_secs(60);
/// Between two looks at the outbox, the station's health and its stop.
const LOOK: Duration = Duration::from_millis(100);
const HEALTH: Duration = Duration::from_secs(2);
/// The whole of the station's health is sent as often, and when what it comes to has changed.
const STATUS: Duration = Duration::from_secs(60);
/// Home Assistant may be born as often: a forged birth costs little.
const BIRTHS: Duration = Duration::from_secs(10);
/// Largest packet, bytes: a picture, or a forecast with its fronts.
const PACKET: usize = 1 << 20;
/// Who says that Home Assistant is born in more bytes than that is not listened to for so long.
const DEAF: Duration = Duration::from_secs(3600);

/// The thread of the broker.
pub(crate) struct MqttWorker {
    pub(crate) config: MqttConfig,
    /// The station's name.
    pub(crate) station: String,
    pub(crate) alerts: Arc<Alerts>,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) shown: Arc<dyn Shown>,
    pub(crate) line: Arc<Line>,
    pub(crate) stop: Stop,
}

/// A parcel that is on its way.
#[derive(Debug)]
struct Flight {
    /// The number of its packet, once it has one.
    packet: Option<u16>,
    of: Of,
    since: Instant,
}

/// What is known from one connection to the next.
#[derive(Debug, Default)]
struct Kept {
    pictures: Pictures,
    /// What Home Assistant was told of.
    told: Told,
    /// Since when births are not listened to.
    deaf: Option<Instant>,
}

/// One connection.
#[derive(Debug)]
struct Session<'a> {
    kept: &'a mut Kept,
    queue: Queue,
    reader: Reader,
    flight: Option<Flight>,
    /// When the station's health was looked at; when the whole of it was sent, and what it came to.
    looked: Option<Instant>,
    status: Option<(Instant, Vec<String>)>,
    born: Option<Instant>,
    /// Whether the broker has taken it, and since when it is to end.
    stood: bool,
    leaving: Option<Instant>,
}

impl MqttWorker {
    /// Sends until it is stopped.
    pub(crate) fn run(self) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = match runtime {
            Ok(runtime) => runtime,
            Err(cause) => return self.line.down(format!("no runtime for it: {cause}")),
        };
        let (mut kept, mut faults) = (Kept::default(), 0);
        while !self.stop.is_set() {
            let mut session = Session::new(&mut kept, Reader::new(self.outbox.arrived(MQTT)));
            // What a broker sends may be anything: no fault of the reader ends this thread.
            let talks = || runtime.block_on(self.talk(&mut session));
            let ended = catch_unwind(AssertUnwindSafe(talks));
            let ended =
                ended.unwrap_or_else(|_| Err("what the broker sends cannot be read".to_owned()));
            let Err(why) = ended else { return };
            let (stood, flight) = (session.stood, session.flight.take());
            if flight.is_some_and(|flight| flight.of == Of::Picture) {
                kept.pictures.spare(Instant::now());
            }
            self.line.note(kept.note());
            self.line.down(why);
            faults = if stood { 1 } else { faults + 1 };
            let until = Instant::now() + again(faults, LONGEST, fastrand::f64());
            while !self.stop.is_set() && Instant::now() < until {
                std::thread::sleep(LOOK);
            }
        }
    }

    fn topic(&self, below: &str) -> String {
        format!("emberline/{}/{below}", self.station)
    }

    fn options(&self) -> Result<MqttOptions, String> {
        let client = format!("emberline-{}", self.station);
        let mut options = MqttOptions::new(client, &self.config.host, self.config.port);
        options.set_keep_alive(KEEP_ALIVE).set_clean_session(true).set_inflight(1);
        options.set_max_packet_size(PACKET, PACKET);
        let will = LastWill::new(self.topic("available"), "offline", QoS::AtLeastOnce, true);
        options.set_last_will(will);
        if let Some(login) = &self.config.login {
            options.set_credentials(&login.user, login.password()?.letters());
        }
        if let Some(certificate) = &self.config.certificate {
            let tls = Arc::new(tls::config(certificate, Peer::Broker)?);
            options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(tls)));
        }
        Ok(options)
    }

    /// Talks until the connection breaks (why) or the station stops.
    async fn talk(&self, session: &mut Session<'_>) -> Result<(), String> {
        let (client, mut events) = AsyncClient::new(self.options()?, 16);
        events.network_options.set_connection_timeout(5);
        loop {
            // The wait for an event is never broken off: half a packet would be lost.
            let mut poll = pin!(events.poll());
            let event = loop {
                match tokio::time::timeout(LOOK, poll.as_mut()).await {
                    Ok(Ok(event)) => break event,
                    Ok(Err(cause)) => {
                        if is_too_large(&cause) && session.stood {
                            session.kept.deaf = Some(Instant::now());
                        }
                        return Err(words(&cause));
                    }
                    Err(_) if session.stood => {
                        self.fill(session);
                        let more = self.depart(&client, session)?;
                        let leaving = session.leaving;
                        if !more || leaving.is_some_and(|at| at.elapsed() > LEAVES) {
                            let _ = client.try_disconnect();
                        }
                        if leaving.is_some_and(|at| at.elapsed() > 2 * LEAVES) {
                            return Ok(());
                        }
                    }
                    Err(_) if self.stop.is_set() => return Ok(()),
                    Err(_) => {}
                }
            };
            match event {
                Event::Incoming(Packet::ConnAck(_)) => {
                    session.stood = true;
                    self.line.up();
                    session.queue.say(self.topic("available"), b"online".to_vec());
                    session.forget();
                    if self.config.home_assistant && !session.kept.is_deaf() {
                        let asked = client.try_subscribe(discovery::BIRTH, QoS::AtMostOnce);
                        asked.map_err(|cause| cause.to_string())?;
                    }
                }
                Event::Outgoing(Outgoing::Publish(packet)) => {
                    if let Some(flight) = &mut session.flight {
                        flight.packet.get_or_insert(packet);
                    }
                }
                Event::Incoming(Packet::PubAck(ack)) => {
                    let landed = session.flight.take_if(|flight| flight.packet == Some(ack.pkid));
                    if let Some(Of::Outbox(seq)) = landed.map(|flight| flight.of) {
                        self.outbox.has_arrived(MQTT, seq);
                    }
                }
                Event::Incoming(Packet::Publish(said)) => {
                    let is_birth =
                        said.topic == discovery::BIRTH && *said.payload == *discovery::BORN;
                    if is_birth && session.born.is_none_or(|at| at.elapsed() >= BIRTHS) {
                        session.born = Some(Instant::now());
                        session.forget();
                    }
                }
                Event::Outgoing(Outgoing::Disconnect) => return Ok(()),
                _ => {}
            }
            if session.stood {
                self.fill(session);
                // Without that word the broker would tell the will.
                if !self.depart(&client, session)? {
                    let _ = client.try_disconnect();
                }
            }
        }
    }

    /// Queues what has changed in the station's health; on leaving, that it stops.
    fn fill(&self, session: &mut Session<'_>) {
        let Session { kept, queue, looked, status: said, leaving, .. } = session;
        if self.stop.is_set() {
            if leaving.is_none() {
                *leaving = Some(Instant::now());
                queue.clear();
                queue.say(self.topic("available"), b"stopped".to_vec());
            }
            return;
        }
        if looked.is_some_and(|at| at.elapsed() < HEALTH) {
            return;
        }
        *looked = Some(Instant::now());
        self.line.note(kept.note());
        let health = self.shown.health();
        if self.config.home_assistant {
            let config = kept.told.config(&health, &self.alerts.names(), self.config.pictures);
            queue.change(discovery::topic(&self.station), &config);
        }
        for source in &health.sources {
            let said = json!({"state": source.state, "why": source.why});
            queue.change(self.topic(&format!("source/{}", source.name)), &said);
            if self.config.pictures
                && let Some(folder) = self.shown.newest(&source.name)
            {
                kept.pictures.look(&source.name, folder);
            }
        }
        let open = health.alerts.iter().filter(|alert| alert.phase != Phase::Closed);
        let open: Vec<&str> = open.map(|alert| alert.rule.as_str()).collect();
        queue.change(self.topic("alerts"), &json!({"open": open}));
        let is_due = said
            .as_ref()
            .is_none_or(|(at, reasons)| at.elapsed() >= STATUS || *reasons != health.reasons);
        if is_due {
            *said = Some((Instant::now(), health.reasons.clone()));
            queue.say(self.topic("status"), status(&health).to_string().into_bytes());
        }
    }

    /// Sends what is next, where nothing is on its way; false when all is said and the station stops.
    fn depart(&self, client: &AsyncClient, session: &mut Session<'_>) -> Result<bool, String> {
        if let Some(flight) = &session.flight {
            return match flight.since.elapsed() < ACKNOWLEDGED {
                true => Ok(true),
                false => Err("the broker acknowledges nothing".to_owned()),
            };
        }
        let parcel = match session.queue.next() {
            Some(parcel) => Some(parcel),
            None if self.stop.is_set() => return Ok(false),
            None => {
                let next = session.reader.next(&self.outbox);
                let next = next.map_err(|cause| format!("the outbox cannot be read: {cause}"))?;
                let message = next.map(|message| Parcel {
                    topic: self.topic(&message.topic),
                    retain: message.topic != crate::alert::TOPIC,
                    payload: message.flat().to_string().into_bytes(),
                    of: Of::Outbox(message.seq),
                });
                // A picture waits until all messages have arrived.
                message.or_else(|| {
                    let (source, payload) = session.kept.pictures.next(Instant::now())?;
                    let topic = self.topic(&format!("picture/{source}"));
                    Some(Parcel { topic, retain: true, payload, of: Of::Picture })
                })
            }
        };
        let Some(Parcel { topic, retain, payload, of }) = parcel else { return Ok(true) };
        let sent = client.try_publish(topic, QoS::AtLeastOnce, retain, payload);
        sent.map_err(|cause| cause.to_string())?;
        session.flight = Some(Flight { packet: None, of, since: Instant::now() });
        Ok(true)
    }
}

impl<'a> Session<'a> {
    fn new(kept: &'a mut Kept, reader: Reader) -> Self {
        Self {
            kept,
            queue: Queue::default(),
            reader,
            flight: None,
            looked: None,
            status: None,
            born: None,
            stood: false,
            leaving: None,
        }
    }

    /// All that a broker keeps, or that a hub must know which was just born, is said again.
    fn forget(&mut self) {
        self.queue.forget();
        self.kept.pictures.forget();
        (self.looked, self.status) = (None, None);
    }
}

impl Kept {
    fn is_deaf(&self) -> bool {
        self.deaf.is_some_and(|since| since.elapsed() < DEAF)
    }

    /// What is to know of the line.
    fn note(&self) -> Option<String> {
        let birth = discovery::BIRTH;
        if self.is_deaf() {
            return Some(format!(
                "somebody said over 1 MB under {birth}, and births of Home Assistant are not heard \
                 for an hour: if it is kept, delete it (mosquitto_pub -t {birth} -r -n)"
            ));
        }
        let spared = "the line broke under a picture: none is sent for ten minutes";
        self.pictures.is_spared(Instant::now()).then(|| spared.to_owned())
    }
}

/// What the broker is told of the station's health: no address and no file of it.
fn status(health: &Health) -> Value {
    let sources: Vec<Value> = health
        .sources
        .iter()
        .map(|s| json!({"name": s.name, "sort": s.sort, "state": s.state, "frame_age_s": s.frame_age_s, "forecast_age_s": s.forecast_age_s}))
        .collect();
    json!({
        "blind": health.blind,
        "reasons": health.reasons,
        "paused_s": health.paused_s,
        "up_s": health.up_s,
        "sources": sources,
        "store_bytes": health.store.bytes,
        "free_bytes": health.store.free_bytes,
        "outbox_newest": health.outbox.newest,
        "outbox_lost": health.outbox.lost,
    })
}

/// Whether the broker sent more at a time than is taken.
fn is_too_large(cause: &rumqttc::ConnectionError) -> bool {
    use rumqttc::{ConnectionError as E, Error, StateError};
    matches!(cause, E::MqttState(StateError::Deserialization(Error::PayloadSizeLimitExceeded(_))))
}

/// Why a line broke, and what to do.
fn words(cause: &rumqttc::ConnectionError) -> String {
    use rumqttc::{ConnectReturnCode as Code, ConnectionError as E, StateError, TlsError};
    if let E::Io(cause) | E::Tls(TlsError::Io(cause)) | E::MqttState(StateError::Io(cause)) = cause
        && let Some(fault) = TlsFault::of_stream(cause, Peer::Broker)
    {
        return fault.why;
    }
    match cause {
        E::ConnectionRefused(Code::BadUserNamePassword | Code::NotAuthorized) => {
            "the broker refuses the user or password: correct mqtt.user and its password".to_owned()
        }
        E::ConnectionRefused(code) => format!("the broker refuses: {code:?}"),
        E::Io(cause) => format!("the broker cannot be reached: {cause}"),
        E::Tls(TlsError::DNSName(_)) => {
            "its host has no name that a certificate can have: give its address".to_owned()
        }
        E::Tls(TlsError::Io(cause)) => format!("TLS with the broker broke off: {cause}"),
        E::NetworkTimeout | E::FlushTimeout => "the broker does not answer".to_owned(),
        _ => format!("the line broke: {cause}"),
    }
}
