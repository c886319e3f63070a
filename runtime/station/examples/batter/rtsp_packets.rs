//! Packets of a film by RTP, with sender reports among them, framed as they go over TCP.

use fastrand::Rng;

use super::damage::damage;
use super::film::{Coding, Film};

/// Ticks of the stream between two pictures: fifteen a second.
const STEP: u32 = 6_000;
const SSRC: u32 = 0x0bad_cafe;
/// What 1970 is by the clock of NTP, seconds.
const NTP_1970: u64 = 2_208_988_800;

/// What is spoiled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Spoils {
    /// Nothing.
    #[default]
    Nothing,
    /// Heads of answers and descriptions of streams.
    Answers,
    /// Units, before they are put into packets.
    Units,
    /// Packets, whose lengths are told right.
    Packets,
    /// Heads of packets, whose lengths are told right.
    Heads,
    /// Which packets come, and in which order.
    Order,
    /// What tells lengths and channels.
    Frames,
    /// Reports.
    Reports,
    /// Anything of what is sent, whatever it is.
    Line,
}

impl Spoils {
    /// All that spoil anything.
    pub(super) const ALL: [Self; 8] = [
        Self::Answers,
        Self::Units,
        Self::Packets,
        Self::Heads,
        Self::Order,
        Self::Frames,
        Self::Reports,
        Self::Line,
    ];
}

/// A film that is sent over and over.
#[derive(Debug)]
pub(super) struct Packets {
    film: Film,
    pub(super) spoils: Spoils,
    /// One packet of so many is spoiled.
    one_of: u32,
    /// Bytes of a packet's payload, at most.
    most: usize,
    /// Whether parameter sets come in the stream, too.
    sets_inside: bool,
    next: usize,
    sequence: u16,
    ticks: u32,
    octets: u32,
}

impl Packets {
    pub(super) fn new(film: Film, spoils: Spoils, sets_inside: bool, random: &mut Rng) -> Self {
        Self {
            film,
            spoils,
            one_of: [5, 30, 200][random.usize(..3)],
            most: [60, 200, 1_400][random.usize(..3)],
            sets_inside,
            next: 0,
            sequence: random.u16(..),
            ticks: random.u32(..),
            octets: 0,
        }
    }

    /// The next picture as it goes over the line.
    pub(super) fn picture(&mut self, random: &mut Rng) -> Vec<u8> {
        let k = self.next % self.film.pictures.len();
        let mut units = self.film.pictures[k].clone();
        if k == 0 && self.sets_inside {
            units.splice(0..0, self.film.sets.iter().cloned());
        }
        for unit in &mut units {
            if self.hits(Spoils::Units, random) {
                damage(random, unit);
            }
        }
        units.retain(|unit| unit.len() > 2);
        let payloads = self.payloads(&units, random);
        let mut packets = Vec::new();
        for (n, payload) in payloads.iter().enumerate() {
            packets.push((0_u8, self.packet(payload, n + 1 == payloads.len())));
        }
        if self.next.is_multiple_of(5) {
            packets.push((1, self.report()));
        }
        self.next += 1;
        self.ticks = self.ticks.wrapping_add(STEP);
        self.sent(packets, random)
    }

    fn hits(&self, spoils: Spoils, random: &mut Rng) -> bool {
        self.spoils == spoils && random.u32(..self.one_of) == 0
    }

    /// Units as payloads: several in one, one in one, one in several.
    fn payloads(&self, units: &[Vec<u8>], random: &mut Rng) -> Vec<Vec<u8>> {
        let is_h264 = self.film.coding == Coding::H264;
        let mut out = Vec::new();
        let mut rest = units;
        while let Some(unit) = rest.first() {
            let together = rest.iter().scan(2, |sum, unit| {
                *sum += unit.len() + 2;
                (*sum <= self.most).then_some(())
            });
            let together = together.count();
            if together > 1 && random.bool() {
                let mut payload = if is_h264 { vec![0x78] } else { vec![48 << 1, 1] };
                for unit in &rest[..together] {
                    payload.extend((unit.len() as u16).to_be_bytes());
                    payload.extend(unit);
                }
                out.push(payload);
                rest = &rest[together..];
                continue;
            }
            rest = &rest[1..];
            if unit.len() <= self.most {
                out.push(unit.clone());
                continue;
            }
            let head = if is_h264 { 1 } else { 2 };
            let pieces: Vec<&[u8]> = unit[head..].chunks(self.most).collect();
            for (n, piece) in pieces.iter().enumerate() {
                let ends = u8::from(n == 0) << 7 | u8::from(n + 1 == pieces.len()) << 6;
                let mut payload = match is_h264 {
                    true => vec![unit[0] & 0xe0 | 28, ends | unit[0] & 0x1f],
                    false => vec![unit[0] & 0x81 | 49 << 1, unit[1], ends | unit[0] >> 1 & 0x3f],
                };
                payload.extend(*piece);
                out.push(payload);
            }
        }
        out
    }

    fn packet(&mut self, payload: &[u8], last: bool) -> Vec<u8> {
        let mut packet = vec![0x80, 96 | u8::from(last) << 7];
        packet.extend(self.sequence.to_be_bytes());
        packet.extend(self.ticks.to_be_bytes());
        packet.extend(SSRC.to_be_bytes());
        packet.extend(payload);
        self.sequence = self.sequence.wrapping_add(1);
        self.octets = self.octets.wrapping_add(payload.len() as u32);
        packet
    }

    /// What the camera's clock shows.
    fn report(&self) -> Vec<u8> {
        let now = jiff::Timestamp::now().as_nanosecond() as u128;
        let ntp = (u128::from(NTP_1970) << 32) + (now << 32) / 1_000_000_000;
        let mut report = vec![0x80, 200, 0, 6];
        report.extend(SSRC.to_be_bytes());
        report.extend((ntp as u64).to_be_bytes());
        report.extend(self.ticks.to_be_bytes());
        report.extend(u32::from(self.sequence).to_be_bytes());
        report.extend(self.octets.to_be_bytes());
        // Who it is, as cameras add it.
        report.extend([0x81, 202, 0, 3]);
        report.extend(SSRC.to_be_bytes());
        report.extend(*b"\x01\x03cam\0\0\0");
        report
    }

    /// Packets behind their channel and length.
    fn sent(&mut self, mut packets: Vec<(u8, Vec<u8>)>, random: &mut Rng) -> Vec<u8> {
        let mut out = Vec::new();
        if self.hits(Spoils::Order, random) {
            let (one, other) = (random.usize(..packets.len()), random.usize(..packets.len()));
            match random.usize(..3) {
                0 => packets.swap(one, other),
                1 => drop(packets.remove(one)),
                _ => packets.push(packets[one].clone()),
            }
        }
        for (channel, mut packet) in packets {
            let is_report = channel == 1;
            let spoiled = self.hits(Spoils::Packets, random)
                || is_report && self.spoils == Spoils::Reports && random.bool();
            if spoiled {
                damage(random, &mut packet);
            }
            if self.hits(Spoils::Heads, random) && !packet.is_empty() {
                let at = random.usize(..packet.len().min(16));
                packet[at] ^= 1 << random.usize(..8);
            }
            let length = packet.len().min(65_535) as u16;
            let mut frame = vec![b'$', channel];
            frame.extend(length.to_be_bytes());
            if self.hits(Spoils::Frames, random) {
                match random.usize(..4) {
                    0 => frame[1] = random.u8(..),
                    1 => frame[2..].copy_from_slice(&random.u16(..).to_be_bytes()),
                    2 => frame[2..].copy_from_slice(&(length ^ 1 << random.u16(..6)).to_be_bytes()),
                    _ => damage(random, &mut frame),
                }
            }
            out.extend(frame);
            out.extend(packet);
        }
        if self.hits(Spoils::Line, random) {
            damage(random, &mut out);
        }
        out
    }

    /// What is said of the film: its description.
    pub(super) fn description(&self) -> String {
        use base64::Engine as _;
        let base64 = |set: &Vec<u8>| base64::prelude::BASE64_STANDARD.encode(set);
        let sets: Vec<String> = self.film.sets.iter().map(base64).collect();
        let (name, told) = match self.film.coding {
            Coding::H264 => {
                let level: String =
                    self.film.sets[0][1..4].iter().map(|byte| format!("{byte:02x}")).collect();
                let sets = sets.join(",");
                (
                    "H264",
                    format!(
                        "packetization-mode=1;profile-level-id={level};sprop-parameter-sets={sets}"
                    ),
                )
            }
            Coding::H265 => (
                "H265",
                format!("sprop-vps={};sprop-sps={};sprop-pps={}", sets[0], sets[1], sets[2]),
            ),
        };
        format!(
            "v=0\r\no=- 7 1 IN IP4 127.0.0.1\r\ns=film\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\na=range:npt=now-\r\n\
             a=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 {name}/90000\r\na=fmtp:96 {told}\r\n\
             a=control:trackID=0\r\nm=audio 0 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=control:trackID=1\r\n"
        )
    }

    /// Where the stream begins, as the answer to PLAY tells it.
    pub(super) fn begins(&self) -> String {
        format!("seq={};rtptime={}", self.sequence, self.ticks)
    }
}
