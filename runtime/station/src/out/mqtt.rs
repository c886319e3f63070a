//! MQTT: what the station says, to a broker that comes and goes (3.1.1; QoS 1, one message in flight, in order).

use std::collections::{BTreeMap, VecDeque};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use emberline_vision::pipeline::Stop;
use rumqttc::{AsyncClient, Event, LastWill, MqttOptions, Outgoing, Packet, QoS};
use serde_json::{Value, json};

use super::MQTT;
use super::discovery;
use super::line::{Line, again};
use crate::alert::Phase;
use crate::config::MqttConfig;
use crate::health::Health;
use crate::outbox::{Outbox, Reader};
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
/// Largest packet, bytes: a forecast with its fronts.
const PACKET: usize = 1 << 20;

/// The thread of the broker.
pub(crate) struct MqttWorker {
    pub(crate) config: MqttConfig,
    /// The station's name, and those of its alerts' rules.
    pub(crate) station: String,
    pub(crate) alerts: Vec<String>,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) shown: Arc<dyn Shown>,
    pub(crate) line: Arc<Line>,
    pub(crate) stop: Stop,
}

/// Something to publish.
#[derive(Debug)]
struct Parcel {
    topic: String,
    retain: bool,
    payload: Vec<u8>,
    /// Its number, where it is of the outbox.
    seq: Option<u64>,
}

/// A parcel that is on its way.
#[derive(Debug)]
struct Flight {
    /// The number of its packet, once it has one.
    packet: Option<u16>,
    seq: Option<u64>,
    since: Instant,
}

/// What is to be sent on a line that stands.
struct Queue {
    parcels: VecDeque<Parcel>,
    /// What was last said under a retained topic.
    retained: BTreeMap<String, Vec<u8>>,
    looked: Option<Instant>,
    /// When the whole of the health was sent, and what it came to.
    status: Option<(Instant, Vec<String>)>,
    born: Option<Instant>,
}

impl MqttWorker {
    /// Sends until it is stopped.
    pub(crate) fn run(self) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = match runtime {
            Ok(runtime) => runtime,
            Err(cause) => return self.line.down(format!("no runtime for it: {cause}")),
        };
        let mut faults = 0;
        while !self.stop.is_set() {
            let mut stood = false;
            let ended = runtime.block_on(self.session(&mut stood));
            let Err(why) = ended else { return };
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
        Ok(options)
    }

    /// One connection, until it breaks (why) or the station stops.
    async fn session(&self, stood: &mut bool) -> Result<(), String> {
        let (client, mut events) = AsyncClient::new(self.options()?, 16);
        events.network_options.set_connection_timeout(5);
        let mut reader = Reader::new(self.outbox.arrived(MQTT));
        let mut queue = Queue::new();
        let mut flight: Option<Flight> = None;
        let mut leaving: Option<Instant> = None;
        loop {
            // The wait for an event is never broken off: half a packet would be lost.
            let mut poll = pin!(events.poll());
            let event = loop {
                match tokio::time::timeout(LOOK, poll.as_mut()).await {
                    Ok(event) => break event.map_err(|cause| words(&cause))?,
                    Err(_) if *stood => {
                        self.fill(&mut queue, &mut leaving);
                        let more = self.depart(&client, &mut queue, &mut reader, &mut flight)?;
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
                    *stood = true;
                    self.line.up();
                    queue.say(self.topic("available"), b"online".to_vec());
                    self.birth(&mut queue);
                    if self.config.home_assistant {
                        let asked = client.try_subscribe(discovery::BIRTH, QoS::AtMostOnce);
                        asked.map_err(|cause| cause.to_string())?;
                    }
                }
                Event::Outgoing(Outgoing::Publish(packet)) => {
                    if let Some(flight) = &mut flight {
                        flight.packet.get_or_insert(packet);
                    }
                }
                Event::Incoming(Packet::PubAck(ack)) => {
                    let landed = flight.take_if(|flight| flight.packet == Some(ack.pkid));
                    if let Some(seq) = landed.and_then(|flight| flight.seq) {
                        self.outbox.has_arrived(MQTT, seq);
                    }
                }
                Event::Incoming(Packet::Publish(said)) => {
                    let is_birth =
                        said.topic == discovery::BIRTH && *said.payload == *discovery::BORN;
                    if is_birth && queue.born.is_none_or(|at| at.elapsed() >= BIRTHS) {
                        queue.born = Some(Instant::now());
                        self.birth(&mut queue);
                    }
                }
                Event::Outgoing(Outgoing::Disconnect) => return Ok(()),
                _ => {}
            }
            if *stood {
                self.fill(&mut queue, &mut leaving);
                // Without that word the broker would tell the will.
                if !self.depart(&client, &mut queue, &mut reader, &mut flight)? {
                    let _ = client.try_disconnect();
                }
            }
        }
    }

    /// All that a hub must know which was just born.
    fn birth(&self, queue: &mut Queue) {
        if self.config.home_assistant {
            let config = discovery::config(&self.shown.health(), &self.alerts);
            queue.say(discovery::topic(&self.station), config.to_string().into_bytes());
        }
        queue.forget();
    }

    /// Queues what has changed in the station's health; on leaving, that it stops.
    fn fill(&self, queue: &mut Queue, leaving: &mut Option<Instant>) {
        if self.stop.is_set() {
            if leaving.is_none() {
                *leaving = Some(Instant::now());
                queue.parcels.clear();
                queue.say(self.topic("available"), b"stopped".to_vec());
            }
            return;
        }
        if queue.looked.is_some_and(|at| at.elapsed() < HEALTH) {
            return;
        }
        queue.looked = Some(Instant::now());
        let health = self.shown.health();
        for source in &health.sources {
            let said = json!({"state": source.state, "why": source.why});
            queue.change(self.topic(&format!("source/{}", source.name)), &said);
        }
        let open = health.alerts.iter().filter(|alert| alert.phase != Phase::Closed);
        let open: Vec<&str> = open.map(|alert| alert.rule.as_str()).collect();
        queue.change(self.topic("alerts"), &json!({"open": open}));
        let is_due = queue
            .status
            .as_ref()
            .is_none_or(|(at, reasons)| at.elapsed() >= STATUS || *reasons != health.reasons);
        if is_due {
            queue.status = Some((Instant::now(), health.reasons.clone()));
            queue.say(self.topic("status"), status(&health).to_string().into_bytes());
        }
    }

    /// Sends what is next, where nothing is on its way; false when all is said and the station stops.
    fn depart(
        &self,
        client: &AsyncClient,
        queue: &mut Queue,
        reader: &mut Reader,
        flight: &mut Option<Flight>,
    ) -> Result<bool, String> {
        if let Some(flight) = flight {
            return match flight.since.elapsed() < ACKNOWLEDGED {
                true => Ok(true),
                false => Err("the broker acknowledges nothing".to_owned()),
            };
        }
        let parcel = match queue.parcels.pop_front() {
            Some(parcel) => Some(parcel),
            None if self.stop.is_set() => return Ok(false),
            None => {
                let next = reader.next(&self.outbox);
                let next = next.map_err(|cause| format!("the outbox cannot be read: {cause}"))?;
                next.map(|message| Parcel {
                    topic: self.topic(&message.topic),
                    retain: message.topic != crate::alert::TOPIC,
                    payload: message.flat().to_string().into_bytes(),
                    seq: Some(message.seq),
                })
            }
        };
        let Some(Parcel { topic, retain, payload, seq }) = parcel else { return Ok(true) };
        let sent = client.try_publish(topic, QoS::AtLeastOnce, retain, payload);
        sent.map_err(|cause| cause.to_string())?;
        *flight = Some(Flight { packet: None, seq, since: Instant::now() });
        Ok(true)
    }
}

impl Queue {
    fn new() -> Self {
        let (parcels, retained, looked, status, born) = Default::default();
        Self { parcels, retained, looked, status, born }
    }

    /// Queues what a broker is to keep.
    fn say(&mut self, topic: String, payload: Vec<u8>) {
        self.parcels.push_back(Parcel { topic, retain: true, payload, seq: None });
    }

    /// The same, where it is not what was said last.
    fn change(&mut self, topic: String, said: &Value) {
        let payload = said.to_string().into_bytes();
        if self.retained.get(&topic) != Some(&payload) {
            self.retained.insert(topic.clone(), payload.clone());
            self.say(topic, payload);
        }
    }

    /// All is said again.
    fn forget(&mut self) {
        self.retained.clear();
        (self.looked, self.status) = (None, None);
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

/// Why a line broke, and what to do.
fn words(cause: &rumqttc::ConnectionError) -> String {
    use rumqttc::{ConnectReturnCode as Code, ConnectionError as E};
    match cause {
        E::ConnectionRefused(Code::BadUserNamePassword | Code::NotAuthorized) => {
            "the broker refuses the user or password: correct mqtt.user and its password".to_owned()
        }
        E::ConnectionRefused(code) => format!("the broker refuses: {code:?}"),
        E::Io(cause) => format!("the broker cannot be reached: {cause}"),
        E::NetworkTimeout | E::FlushTimeout => "the broker does not answer".to_owned(),
        _ => format!("the line broke: {cause}"),
    }
}
