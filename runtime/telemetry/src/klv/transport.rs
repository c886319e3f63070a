//! Transport: packets of 188 bytes, which of them carry metadata, and packs from those.

use std::collections::BTreeMap;

use super::pack::{Pack, Packs, pts};
use super::section::{Sections, programmes, streams};
use crate::counts::Counts;

/// Bytes of a packet, and the first of each.
const PACKET: usize = 188;
const SYNC: u8 = 0x47;
/// The stream that says which programmes there are.
const FIRST_TABLE: u16 = 0;
/// Programmes and streams that are followed.
const MOST: usize = 64;
/// Kinds of streams: metadata in access units, private data, and video.
const ACCESS_UNITS: u8 = 0x15;
const PRIVATE: u8 = 0x06;
const VIDEO: [u8; 4] = [0x01, 0x02, 0x1B, 0x24];

/// What a transport stream gives.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Given<'a> {
    /// A pack of a stream that may hold metadata; of access units or not.
    Metadata { stream: u16, in_units: bool, pack: Pack<'a> },
    /// The time of a pack of a video stream, ticks.
    Video { pts: u64 },
}

/// A stream that is followed.
#[derive(Debug)]
enum Followed {
    Programme(Sections),
    Metadata { in_units: bool, packs: Packs },
    Video,
}

/// Whether this is the beginning of a transport stream: three packets in a row, from one of the first bytes on.
pub(crate) fn is_transport(bytes: &[u8]) -> bool {
    (0..PACKET).any(|k| (0..3).all(|n| bytes.get(k + n * PACKET) == Some(&SYNC)))
}

/// Takes a transport stream apart.
#[derive(Debug)]
pub(crate) struct Transport {
    waiting: Vec<u8>,
    in_step: bool,
    first_table: Sections,
    followed: BTreeMap<u16, (Followed, Option<u8>)>,
}

impl Transport {
    pub(crate) fn new() -> Self {
        Self {
            waiting: Vec::new(),
            in_step: false,
            first_table: Sections::default(),
            followed: BTreeMap::new(),
        }
    }

    /// Bytes of the stream, cut anywhere.
    pub(crate) fn push(
        &mut self,
        bytes: &[u8],
        counts: &mut Counts,
        mut take: impl FnMut(Given<'_>, &mut Counts),
    ) {
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.extend_from_slice(bytes);
        let mut at = 0;
        while let Some(packet) = waiting[at..].first_chunk::<PACKET>() {
            // Out of step, a packet is believed where another follows it.
            let next = waiting.get(at + PACKET);
            if packet[0] != SYNC || !self.in_step && next.is_some_and(|b| *b != SYNC) {
                counts.lost += u64::from(self.in_step);
                self.in_step = false;
                counts.garbage_bytes += 1;
                at += 1;
                continue;
            }
            if !self.in_step && next.is_none() {
                break;
            }
            self.in_step = true;
            self.packet(packet, counts, &mut take);
            at += PACKET;
        }
        waiting.drain(..at);
        self.waiting = waiting;
    }

    /// Nothing more comes.
    pub(crate) fn finish(
        &mut self,
        counts: &mut Counts,
        mut take: impl FnMut(Given<'_>, &mut Counts),
    ) {
        if let Some(packet) = self.waiting.first_chunk::<PACKET>().filter(|p| p[0] == SYNC) {
            let packet = *packet;
            self.packet(&packet, counts, &mut take);
        }
        self.waiting.clear();
        for (&stream, (followed, _)) in &mut self.followed {
            if let Followed::Metadata { in_units, packs } = followed {
                let in_units = *in_units;
                let mut given =
                    |pack: Pack<'_>| take(Given::Metadata { stream, in_units, pack }, counts);
                let bad = packs.finish(&mut given);
                counts.bad += bad;
            }
        }
    }

    /// Bytes that wait for the rest of their packet.
    pub(crate) fn bytes_waiting(&self) -> usize {
        self.waiting.len()
    }

    fn packet(
        &mut self,
        packet: &[u8; PACKET],
        counts: &mut Counts,
        take: &mut impl FnMut(Given<'_>, &mut Counts),
    ) {
        let [_, flags, low, control, ..] = *packet;
        let pid = u16::from(flags & 0x1F) << 8 | u16::from(low);
        let starts = flags & 0x40 != 0;
        if flags & 0x80 != 0 {
            counts.bad += 1;
            return;
        }
        let more = if control & 0x20 != 0 { 1 + usize::from(packet[4]) } else { 0 };
        let Some(payload) = packet.get(4 + more..).filter(|_| control & 0x10 != 0) else { return };
        if pid == FIRST_TABLE {
            let mut found = Vec::new();
            counts.bad_checksum +=
                self.first_table.push(payload, starts, |s| found.extend(programmes(s)));
            for pid in found {
                self.follow(pid, || Followed::Programme(Sections::default()));
            }
            return;
        }
        let Some((followed, last)) = self.followed.get_mut(&pid) else { return };
        let counter = control & 0x0F;
        let before = last.replace(counter);
        if before == Some(counter) {
            // Sent twice, as is allowed.
            return;
        }
        if before.is_some_and(|b| (b + 1) & 0x0F != counter) {
            counts.lost += 1;
            match followed {
                Followed::Programme(sections) => sections.stop(),
                Followed::Metadata { packs, .. } => counts.bad += u64::from(packs.stop()),
                Followed::Video => {}
            }
        }
        let mut found = Vec::new();
        match followed {
            Followed::Programme(sections) => {
                counts.bad_checksum += sections.push(payload, starts, |s| found.extend(streams(s)));
            }
            Followed::Metadata { in_units, packs } => {
                let in_units = *in_units;
                let mut given =
                    |pack: Pack<'_>| take(Given::Metadata { stream: pid, in_units, pack }, counts);
                let bad = packs.push(payload, starts, &mut given);
                counts.bad += bad;
            }
            Followed::Video => {
                if let Some(pts) = pts(payload).filter(|_| starts) {
                    take(Given::Video { pts }, counts);
                }
            }
        }
        for (kind, pid) in found {
            match kind {
                ACCESS_UNITS | PRIVATE => self.follow(pid, || Followed::Metadata {
                    in_units: kind == ACCESS_UNITS,
                    packs: Packs::default(),
                }),
                kind if VIDEO.contains(&kind) => self.follow(pid, || Followed::Video),
                _ => {}
            }
        }
    }

    fn follow(&mut self, pid: u16, how: impl FnOnce() -> Followed) {
        if self.followed.len() < MOST {
            self.followed.entry(pid).or_insert_with(|| (how(), None));
        }
    }
}
