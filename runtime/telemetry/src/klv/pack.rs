//! Packs: the packetized elementary stream of one metadata stream, put together from packets.

/// Bytes of the longest pack that is gathered.
const MOST: usize = 1 << 20;
/// Ticks a second of the film's own time, and where it begins again from 0.
const TICKS: f64 = 90_000.0;

/// A pack that is being gathered.
#[derive(Debug, Default)]
pub(crate) struct Packs {
    bytes: Vec<u8>,
    running: bool,
}

/// A whole pack.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pack<'a> {
    /// Ticks of its time, 33 bits.
    pub(crate) pts: Option<u64>,
    pub(crate) payload: &'a [u8],
}

impl Packs {
    /// Takes the payload of a packet; gives each whole pack to `take`. Says how many were spoilt.
    pub(crate) fn push(
        &mut self,
        payload: &[u8],
        starts: bool,
        mut take: impl FnMut(Pack<'_>),
    ) -> u64 {
        let mut bad = 0;
        if starts {
            bad += self.finish(&mut take);
            self.running = true;
        }
        if !self.running {
            return bad;
        }
        self.bytes.extend_from_slice(payload);
        if self.bytes.len() > MOST {
            self.stop();
            return bad + 1;
        }
        if let Some(total) = total(&self.bytes).filter(|total| self.bytes.len() >= *total) {
            self.bytes.truncate(total);
            bad += self.finish(&mut take);
        }
        bad
    }

    /// Nothing more of this pack comes.
    pub(crate) fn finish(&mut self, take: &mut impl FnMut(Pack<'_>)) -> u64 {
        let gathered = std::mem::take(&mut self.running);
        let whole = total(&self.bytes).is_none_or(|total| self.bytes.len() >= total);
        let read = read(&self.bytes).filter(|_| whole);
        let bad = u64::from(gathered && read.is_none());
        if let Some(pack) = read.filter(|_| gathered) {
            take(pack);
        }
        self.bytes.clear();
        bad
    }

    /// A packet was lost: what has been gathered is worth nothing. Says whether there was something.
    pub(crate) fn stop(&mut self) -> bool {
        self.bytes.clear();
        std::mem::take(&mut self.running)
    }
}

/// Bytes of the pack that begins here, where it says.
fn total(bytes: &[u8]) -> Option<usize> {
    let length = u16::from_be_bytes([*bytes.get(4)?, *bytes.get(5)?]);
    (length > 0).then(|| 6 + usize::from(length))
}

fn read(bytes: &[u8]) -> Option<Pack<'_>> {
    let payload = bytes.get(9 + usize::from(*bytes.get(8)?)..)?;
    bytes.starts_with(&[0, 0, 1]).then(|| Pack { pts: pts(bytes), payload })
}

/// The time of the pack that begins here.
pub(crate) fn pts(bytes: &[u8]) -> Option<u64> {
    let [0, 0, 1, _, _, _, _, flags, _, a, b, c, d, e, ..] = *bytes else { return None };
    let [a, b, c, d, e] = [a, b, c, d, e].map(u64::from);
    let ticks = (a >> 1 & 7) << 30 | b << 22 | c >> 1 << 15 | d << 7 | e >> 1;
    (flags & 0x80 != 0).then_some(ticks)
}

/// The film's own time in seconds: ticks of 33 bits, unwrapped.
#[derive(Debug, Default)]
pub(crate) struct FilmClock {
    last: Option<u64>,
}

impl FilmClock {
    /// Seconds of these ticks; they begin again after 26.5 hours, and that is followed.
    pub(crate) fn seconds(&mut self, ticks: u64) -> f64 {
        const ROUND: i64 = 1 << 33;
        let last = self.last.unwrap_or(ticks) as i64;
        let step = (ticks as i64 - last).rem_euclid(ROUND);
        let step = if step > ROUND / 2 { step - ROUND } else { step };
        let now = (last + step).max(0);
        self.last = Some(now as u64);
        now as f64 / TICKS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_films_time_goes_on_over_its_end() {
        let mut clock = FilmClock::default();
        let end = (1_u64 << 33) - 90_000;
        let times: Vec<f64> =
            [end, 0, 90_000, 45_000].map(|t| clock.seconds(t) - end as f64 / TICKS).to_vec();
        assert_eq!(times, [0.0, 1.0, 2.0, 1.5]);
    }

    #[test]
    fn a_pack_ends_by_its_length_or_when_the_next_begins() {
        let head =
            |length: u8| [0, 0, 1, 0xFC, 0, length, 0x80, 0x80, 5, 0x21, 0, 5, 0xBF, 0x21, 7];
        for (what, length, second_starts, want, bad) in
            [("by length", 9, false, 1, 0), ("open", 0, true, 1, 0), ("cut off", 99, true, 0, 1)]
        {
            let (mut all, mut got) = (Packs::default(), Vec::new());
            let mut take = |p: Pack<'_>| got.push((p.pts, p.payload.to_vec()));
            let mut spoilt = all.push(&head(length), true, &mut take);
            if second_starts {
                spoilt += all.push(&head(0), true, &mut take);
            }
            assert_eq!(spoilt, bad, "{what}");
            // Ticks by hand from the five bytes: 0x21 00 05 BF 21 → (2 << 15) + (0xBF << 7) + 0x10.
            assert_eq!(got, vec![(Some(90_000), vec![7]); want], "{what}");
        }
    }
}
