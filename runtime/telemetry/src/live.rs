//! Live telemetry: a socket or a serial line that is listened to, and what has come over it.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::net::UdpSocket;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use emberline_georeference::pose::Sample;

use crate::address::Address;
use crate::clock::Clock;
use crate::counts::Counts;
use crate::lines;
use crate::mavlink::Mavlink;
use crate::note::Note;
use crate::options::Options;

/// Samples that are kept for whoever takes them; the oldest go first.
const MOST_SAMPLES: usize = 16_384;
/// Bad lines that are told.
const MOST_TOLD: usize = 3;
/// Bytes of the longest datagram.
const DATAGRAM: usize = 65_536;
/// How long one read waits, and how long a line that is gone is left alone.
const READ_WAIT: Duration = Duration::from_millis(100);
const LINE_WAIT: Duration = Duration::from_secs(2);

/// Why telemetry cannot be listened to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LiveError {
    /// The port is taken, or the address is none of this machine's.
    #[error("udp:{at}: {source}: name another port, or stop the program that has it")]
    Udp {
        /// As asked.
        at: std::net::SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The line is not there or may not be opened.
    #[error("serial:{device}:{baud}: {source}")]
    Serial {
        /// As asked.
        device: String,
        /// As asked.
        baud: u32,
        /// Why.
        source: serialport::Error,
    },
    /// No thread is to be had.
    #[error("listening: {0}")]
    Thread(io::Error),
}

/// How live telemetry fares.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct LiveState {
    /// What has come.
    pub counts: Counts,
    /// What a person should know.
    pub notes: Vec<Note>,
    /// When something sound came last.
    pub heard: Option<Instant>,
    /// Why nothing comes: the line is gone, say.
    pub fault: Option<String>,
}

/// Telemetry that is listened to until this is dropped. It never talks.
#[derive(Debug)]
pub struct Live {
    shared: Arc<Shared>,
    at: Option<std::net::SocketAddr>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    over: AtomicBool,
    inside: Mutex<Inside>,
}

#[derive(Debug, Default)]
struct Inside {
    samples: VecDeque<Sample>,
    dropped: u64,
    state: LiveState,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }
}

impl Live {
    /// Begins to listen.
    ///
    /// # Errors
    /// [`LiveError`].
    pub fn open(address: &Address, options: Options) -> Result<Self, LiveError> {
        let shared = Arc::new(Shared::default());
        let inner = Arc::clone(&shared);
        let (at, work): (_, Box<dyn FnOnce() + Send>) = match address {
            Address::Udp(at) => {
                let at = *at;
                let udp = |source| LiveError::Udp { at, source };
                let socket = UdpSocket::bind(at).map_err(udp)?;
                socket.set_read_timeout(Some(READ_WAIT)).map_err(udp)?;
                let bound = socket.local_addr().map_err(udp)?;
                (Some(bound), Box::new(move || datagrams(&socket, &inner, options)))
            }
            Address::Serial { device, baud } => {
                let (device, baud) = (device.clone(), *baud);
                let line = line(&device, baud).map_err(|source| LiveError::Serial {
                    device: device.clone(),
                    baud,
                    source,
                })?;
                (None, Box::new(move || serial(line, &device, baud, &inner, options)))
            }
        };
        let thread = std::thread::Builder::new()
            .name("telemetry".to_owned())
            .spawn(work)
            .map_err(LiveError::Thread)?;
        Ok(Self { shared, at, thread: Some(thread) })
    }

    /// The address that datagrams come to.
    #[must_use]
    pub fn local_address(&self) -> Option<std::net::SocketAddr> {
        self.at
    }

    /// Samples in UTC that have come since the last call.
    #[must_use]
    pub fn take(&self) -> Vec<Sample> {
        self.shared.lock().samples.drain(..).collect()
    }

    /// How it fares.
    #[must_use]
    pub fn state(&self) -> LiveState {
        let inside = self.shared.lock();
        let mut state = inside.state.clone();
        state.counts.dropped += inside.dropped;
        state
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// What listens: MAVLink and pose lines, told apart by content.
#[derive(Debug)]
struct Ears {
    mavlink: Mavlink,
    lines: Counts,
    /// The first bad lines, each with its number.
    bad: Vec<(u64, String)>,
    out: Vec<Sample>,
}

impl Ears {
    fn new(options: Options) -> Self {
        Self {
            mavlink: Mavlink::new(options),
            lines: Counts::default(),
            bad: Vec::new(),
            out: Vec::new(),
        }
    }

    fn datagram(&mut self, bytes: &[u8]) {
        if !bytes.trim_ascii_start().starts_with(b"{") {
            self.mavlink.push_datagram(bytes, &mut self.out);
            return;
        }
        self.lines.bytes += bytes.len() as u64;
        for text in String::from_utf8_lossy(bytes).lines().filter(|l| !l.trim().is_empty()) {
            let why = match lines::line(text) {
                Ok(line) if line.clock == Clock::Utc => {
                    self.lines.read += 1;
                    self.out.push(line.sample);
                    continue;
                }
                Ok(_) => "time_s counts from a film's start: write t, live".to_owned(),
                Err(why) => why.to_string(),
            };
            self.lines.bad += 1;
            if self.bad.len() < MOST_TOLD {
                self.bad.push((self.lines.read + self.lines.bad, why));
            }
        }
    }

    /// Hands over what has come.
    fn tell(&mut self, shared: &Shared, fault: Option<String>) {
        let counts = self.mavlink.counts().with(self.lines);
        let mut inside = shared.lock();
        if counts.read > inside.state.counts.read {
            inside.state.heard = Some(Instant::now());
        }
        inside.state.counts = counts;
        inside.state.notes = self.mavlink.notes();
        if self.lines.bad > 0 {
            let (count, first) = (self.lines.bad, self.bad.clone());
            inside.state.notes.push(Note::BadRows { count, first });
        }
        inside.state.fault = fault;
        inside.samples.extend(self.out.drain(..));
        let over = inside.samples.len().saturating_sub(MOST_SAMPLES);
        inside.samples.drain(..over);
        inside.dropped += over as u64;
    }
}

fn datagrams(socket: &UdpSocket, shared: &Shared, options: Options) {
    let (mut ears, mut bytes) = (Ears::new(options), vec![0; DATAGRAM]);
    while !shared.is_over() {
        match socket.recv_from(&mut bytes) {
            Ok((n, _)) => {
                ears.datagram(&bytes[..n]);
                ears.tell(shared, None);
            }
            Err(e) if is_wait(&e) => {}
            Err(e) => {
                ears.tell(shared, Some(e.to_string()));
                std::thread::sleep(READ_WAIT);
            }
        }
    }
}

/// Opens a line.
fn line(device: &str, baud: u32) -> Result<Box<dyn serialport::SerialPort>, serialport::Error> {
    serialport::new(device, baud).timeout(READ_WAIT).open()
}

/// Reads a line, and opens it again when it has gone.
fn serial(
    first: Box<dyn serialport::SerialPort>,
    device: &str,
    baud: u32,
    shared: &Shared,
    options: Options,
) {
    let mut ears = Ears::new(options);
    let mut bytes = [0; 4096];
    let mut port = Some(first);
    let mut tried = Instant::now();
    while !shared.is_over() {
        let Some(open) = &mut port else {
            std::thread::sleep(READ_WAIT);
            if tried.elapsed() >= LINE_WAIT {
                tried = Instant::now();
                port = line(device, baud).ok();
            }
            continue;
        };
        let gone = match open.read(&mut bytes) {
            Ok(0) => "the line has ended".to_owned(),
            Ok(n) => {
                ears.mavlink.push(&bytes[..n], &mut ears.out);
                ears.tell(shared, None);
                continue;
            }
            Err(e) if is_wait(&e) => continue,
            Err(e) => e.to_string(),
        };
        ears.tell(shared, Some(format!("{device}: {gone}; it is opened again when it is back")));
        port = None;
        tried = Instant::now();
    }
}

fn is_wait(e: &io::Error) -> bool {
    use io::ErrorKind as K;
    matches!(e.kind(), K::WouldBlock | K::TimedOut | K::Interrupted)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Waits until the listener says so, for ten seconds at most.
    fn until(live: &Live, met: impl Fn(&LiveState) -> bool) -> LiveState {
        let began = Instant::now();
        loop {
            let state = live.state();
            if met(&state) {
                return state;
            }
            assert!(began.elapsed() < Duration::from_secs(10), "{state:?}");
            std::thread::yield_now();
        }
    }

    #[test]
    fn datagrams_of_any_content_are_taken_or_counted() {
        let live = Live::open(&"udp:0".parse().unwrap(), Options::default()).unwrap();
        let to = live.local_address().unwrap();
        assert!(to.ip().is_loopback());
        let from = UdpSocket::bind("127.0.0.1:0").unwrap();
        let good = "{\"t\":\"2026-08-02T14:31:07Z\",\"lat\":40.1,\"lon\":-105.2}";
        let of_film = "{\"time_s\":1,\"lat\":40.1,\"lon\":-105.2}";
        for datagram in [
            format!("{good}\n{good}").as_bytes(),
            of_film.as_bytes(),
            b"{broken",
            b"",
            &[0xFD; 300],
            &[0xFF; 60_000],
        ] {
            from.send_to(datagram, to).unwrap();
        }
        let state = until(&live, |s| s.counts.garbage_bytes > 59_000);
        assert_eq!((state.counts.read, state.counts.bad), (2, 2));
        assert!(state.heard.is_some() && state.fault.is_none());
        assert_eq!(live.take().len(), 2);
        assert!(live.take().is_empty());
        assert!(
            Live::open(&format!("udp:{}", to.port()).parse().unwrap(), Options::default()).is_err()
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_line_is_listened_to() {
        use ::mavlink::dialects::common::{self as m, MavMessage as M};
        use serialport::SerialPort;
        use std::io::Write;

        let (mut vehicle, ours) = serialport::TTYPort::pair().unwrap();
        let name = ours.name().unwrap();
        let live = Live::open(&format!("serial:{name}:57600").parse().unwrap(), Options::default())
            .unwrap();
        assert_eq!(live.local_address(), None);
        let boot = 1000;
        let autopilot = m::MavAutopilot::MAV_AUTOPILOT_PX4;
        for message in [
            M::HEARTBEAT(m::HEARTBEAT_DATA { autopilot, ..Default::default() }),
            M::GLOBAL_POSITION_INT(m::GLOBAL_POSITION_INT_DATA {
                time_boot_ms: boot,
                lat: 401_000_000,
                lon: -1_052_000_000,
                ..Default::default()
            }),
            M::SYSTEM_TIME(m::SYSTEM_TIME_DATA {
                time_unix_usec: 1_785_681_000_000_000,
                time_boot_ms: boot,
            }),
        ] {
            let mut bytes = b"noise".to_vec();
            let header = ::mavlink::MavHeader { system_id: 1, component_id: 1, sequence: 0 };
            ::mavlink::write_v2_msg(&mut bytes, header, &message).unwrap();
            vehicle.write_all(&bytes).unwrap();
        }
        let state = until(&live, |s| s.counts.read == 3);
        assert_eq!((state.counts.garbage_bytes, state.fault), (15, None));
        let [sample] = live.take()[..] else { panic!("one sample") };
        assert_eq!((sample.time_s, sample.place.unwrap().lat_deg), (1_785_681_000.0, 40.1));
        // The line is pulled out.
        drop((vehicle, ours));
        let fault = until(&live, |s| s.fault.is_some()).fault.unwrap();
        assert!(fault.contains(&name) && fault.contains("opened again"), "{fault}");
    }

    #[test]
    fn nobody_who_takes_costs_no_memory() {
        let shared = Shared::default();
        let mut ears = Ears::new(Options::default());
        for _ in 0..3 {
            ears.out = vec![Sample::default(); MOST_SAMPLES / 2];
            ears.tell(&shared, None);
        }
        let inside = shared.lock();
        assert_eq!((inside.samples.len(), inside.dropped), (MOST_SAMPLES, MOST_SAMPLES as u64 / 2));
    }
}
