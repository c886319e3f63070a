//! Sections: the tables of a transport stream that say which streams it holds, over several packets.

/// Bytes of the longest section of these tables.
const MOST: usize = 1024;

/// A section that is being gathered from packets of one stream.
#[derive(Debug, Default)]
pub(crate) struct Sections {
    bytes: Vec<u8>,
    running: bool,
}

impl Sections {
    /// Takes the payload of a packet; gives each whole section whose checksum holds to `take`. Says how many did
    /// not hold.
    pub(crate) fn push(
        &mut self,
        payload: &[u8],
        starts: bool,
        mut take: impl FnMut(&[u8]),
    ) -> u64 {
        let mut bad = 0;
        if !starts {
            if self.running {
                self.bytes.extend_from_slice(payload);
                bad += self.drain(&mut take);
            }
            return bad;
        }
        let Some((&pointer, rest)) = payload.split_first() else { return 0 };
        let Some((tail, new)) = rest.split_at_checked(pointer.into()) else { return 1 };
        if self.running {
            self.bytes.extend_from_slice(tail);
            bad += self.drain(&mut take);
        }
        self.bytes.clear();
        self.bytes.extend_from_slice(new);
        self.running = true;
        bad + self.drain(&mut take)
    }

    fn drain(&mut self, take: &mut impl FnMut(&[u8])) -> u64 {
        let mut bad = 0;
        while let [table, high, low, ..] = self.bytes[..] {
            let total = 3 + (usize::from(high & 0x0F) << 8 | usize::from(low));
            // 0xFF fills up the packet.
            if table == 0xFF || total > MOST {
                bad += u64::from(table != 0xFF);
                self.stop();
                return bad;
            }
            if self.bytes.len() < total {
                return bad;
            }
            match crc(&self.bytes[..total]) {
                0 => take(&self.bytes[..total - 4]),
                _ => bad += 1,
            }
            self.bytes.drain(..total);
        }
        bad
    }

    /// A packet was lost: what has been gathered is worth nothing.
    pub(crate) fn stop(&mut self) {
        self.bytes.clear();
        self.running = false;
    }
}

/// CRC-32 of MPEG-2; 0 over a section with its own at the end.
pub(crate) fn crc(bytes: &[u8]) -> u32 {
    bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte) << 24, |crc, _| {
            crc << 1 ^ if crc & 1 << 31 == 0 { 0 } else { 0x04C1_1DB7 }
        })
    })
}

/// Ids of the streams that carry the tables of programmes, from the first table.
pub(crate) fn programmes(section: &[u8]) -> impl Iterator<Item = u16> + '_ {
    let is_table = section.first() == Some(&0);
    let entries = section.get(8..).filter(|_| is_table).unwrap_or_default();
    entries.chunks_exact(4).filter_map(|e| {
        let programme = u16::from_be_bytes([e[0], e[1]]);
        (programme != 0).then(|| u16::from_be_bytes([e[2], e[3]]) & 0x1FFF)
    })
}

/// Kind and id of each stream of a programme, from its table.
pub(crate) fn streams(section: &[u8]) -> Vec<(u8, u16)> {
    let mut out = Vec::new();
    let Some(head) = section.get(..12).filter(|s| s[0] == 2) else { return out };
    let info = usize::from(head[10] & 0x0F) << 8 | usize::from(head[11]);
    let mut rest = section.get(12 + info..).unwrap_or_default();
    while let [kind, high, low, more_high, more_low, ..] = *rest {
        out.push((kind, u16::from_be_bytes([high, low]) & 0x1FFF));
        let more = usize::from(more_high & 0x0F) << 8 | usize::from(more_low);
        rest = rest.get(5 + more..).unwrap_or_default();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_over_two_packets_and_a_spoilt_one() {
        // Oracle: CRC-32/MPEG-2 of the text 123456789, as catalogues of checksums have it.
        assert_eq!(crc(b"123456789"), 0x0376_E6E7);
        let mut table =
            vec![2, 0xB0, 18, 0, 1, 0xC1, 0, 0, 0xE1, 0, 0xF0, 0, 0x15, 0xE1, 0x31, 0xF0, 0];
        let sum = crc(&table);
        table.extend(sum.to_be_bytes());
        for (cut, spoil, want) in [(20, 0, 1), (5, 0, 1), (2, 0, 1), (5, 1, 0)] {
            let mut spoilt = table.clone();
            spoilt[6] ^= spoil;
            let (mut all, mut got) = (Sections::default(), Vec::new());
            let first = [&[0], &spoilt[..cut]].concat();
            let mut bad = all.push(&first, true, |s| got.push(streams(s)));
            bad +=
                all.push(&[&spoilt[cut..], &[0xFF; 9]].concat(), false, |s| got.push(streams(s)));
            assert_eq!((got.len(), bad), (want, 1 - want as u64), "{cut}");
            assert!(got.iter().all(|s| *s == [(0x15, 0x131)]));
        }
    }
}
