//! The log: readings in a ring of memory until the gateway has them, over reboots and power cuts.
//!
//! Reading `seq` has one slot of the ring. When the ring is full the oldest reading is overwritten,
//! acknowledged or not. Whatever was written before a power cut is there after it; the reading that was
//! being written is not, and its slot is read as empty.

use core::fmt;

use emberline_wire::Reading;

use crate::{
    journal::{Journal, State},
    memory::Memory,
    record,
    shape::Shape,
    slot::SLOT,
};

/// The journal is written at least each time that so many readings were appended or acknowledged.
const LAZY: u32 = 32;
/// After so many slots without a newer reading there is none: more than [`LAZY`] and a few torn slots.
const SEARCH: u32 = 64;

/// Why the log could not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogError<E> {
    /// The memory failed.
    Memory(E),
    /// The memory is too small for a log, or its erase unit is not a multiple of 64 bytes.
    Unfit {
        /// What it has, bytes.
        capacity: u32,
        /// What the smallest log needs, bytes.
        needs: u32,
    },
}

impl<E> From<E> for LogError<E> {
    fn from(error: E) -> Self {
        Self::Memory(error)
    }
}

impl<E: fmt::Display> fmt::Display for LogError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory(error) => write!(f, "memory of the log: {error}"),
            Self::Unfit { capacity, needs } => {
                write!(f, "memory of the log: {capacity} bytes, at least {needs} are needed")
            }
        }
    }
}

impl<E: fmt::Debug + fmt::Display> core::error::Error for LogError<E> {}

/// Readings in memory.
#[derive(Debug)]
pub struct Log<M> {
    memory: M,
    shape: Shape,
    journal: Journal,
    state: State,
    next: u32,
    overwritten: u32,
}

impl<M: Memory> Log<M> {
    /// Finds what earlier starts left, and counts this start. `fresh` becomes the log's number if the
    /// memory is empty: a board takes it from a noise source or from its own number and a clock.
    ///
    /// Reads the journal and at least 64 slots: 0.4 s on an I2C bus of 100 kHz.
    ///
    /// # Errors
    /// [`LogError::Memory`] when the memory fails, [`LogError::Unfit`] when it is too small.
    pub fn open(mut memory: M, fresh: u32) -> Result<Self, LogError<M::Error>> {
        let capacity = memory.capacity();
        let shape = Shape::new(memory.kind(), capacity)
            .map_err(|needs| LogError::Unfit { capacity, needs })?;
        let (journal, found) = Journal::open(&mut memory, &shape)?;
        let state = found.unwrap_or(State::fresh(fresh));
        let next = state.next;
        let mut log = Self { memory, shape, journal, state, next, overwritten: 0 };
        if found.is_some() {
            log.find_end()?;
        }
        log.state.boot = log.state.boot.saturating_add(1);
        log.save()?;
        Ok(log)
    }

    /// Gives the memory back.
    pub fn into_memory(self) -> M {
        self.memory
    }

    /// The log's number.
    pub fn id(&self) -> u32 {
        self.state.log
    }

    /// Starts since the log began, this one included.
    pub fn boot(&self) -> u32 {
        self.state.boot
    }

    /// The number of the next reading, or a lower one if a torn slot must be passed over.
    pub fn next_seq(&self) -> u32 {
        self.next
    }

    /// Everything up to here is at the gateway; 0 if nothing is.
    pub fn acked(&self) -> u32 {
        self.state.acked
    }

    /// The oldest reading that is kept and not acknowledged; [`Self::next_seq`] if there is none.
    pub fn oldest_seq(&self) -> u32 {
        self.shape.kept_from(self.next).max(self.state.acked + 1)
    }

    /// Readings that were overwritten before they were acknowledged, since this start.
    pub fn overwritten(&self) -> u32 {
        self.overwritten
    }

    /// How many readings the memory holds.
    pub fn capacity(&self) -> u32 {
        self.shape.ring
    }

    /// Tips of the bucket since the log began.
    pub fn rain_tips(&self) -> u32 {
        self.state.rain_tips
    }

    /// Keeps the number of tips. Call it at each tip: one is 0.1 to 0.5 mm, so that is seldom enough.
    ///
    /// # Errors
    /// When the memory fails; the number is then kept with the next reading.
    pub fn set_rain_tips(&mut self, tips: u32) -> Result<(), M::Error> {
        self.state.rain_tips = tips;
        self.save()
    }

    /// Keeps a reading and gives its number; log, number and start are filled in here.
    ///
    /// # Errors
    /// When the memory fails; the reading may then be lost.
    pub fn append(&mut self, reading: Reading) -> Result<u32, M::Error> {
        let oldest = self.oldest_seq();
        let mut seq = self.next;
        if self.shape.erases {
            // A torn slot cannot be written again before its unit is erased: its number is passed over.
            while !self.shape.opens_unit(seq) && self.slot(seq)? != [0xff; SLOT] {
                seq += 1;
            }
            if self.shape.opens_unit(seq) {
                self.memory.erase(self.shape.ring_at(seq))?;
            }
        }
        let (log, boot) = (self.state.log, self.state.boot);
        let slot = record::to_slot(&Reading { log, seq, boot, ..reading });
        self.memory.write(self.shape.ring_at(seq), &slot)?;
        self.next = seq + 1;
        self.overwritten = self.overwritten.saturating_add(self.oldest_seq() - oldest);
        if self.next - self.state.next >= LAZY {
            self.save()?;
        }
        Ok(seq)
    }

    /// Reading `seq`, if it is there.
    ///
    /// # Errors
    /// When the memory fails.
    pub fn get(&mut self, seq: u32) -> Result<Option<Reading>, M::Error> {
        let slot = self.slot(seq)?;
        let ours = |reading: &Reading| reading.seq == seq && reading.log == self.state.log;
        Ok(record::from_slot(&slot).filter(ours))
    }

    /// Everything up to and including `seq` is at the gateway; gives whether that is news. The journal
    /// is written only now and then: after a reboot a few readings may be sent that are there already.
    ///
    /// # Errors
    /// When the memory fails; the ack counts until the next reboot all the same.
    pub fn ack(&mut self, seq: u32) -> Result<bool, M::Error> {
        if seq <= self.state.acked || seq >= self.next {
            return Ok(false);
        }
        let save = seq / LAZY != self.state.acked / LAZY;
        self.state.acked = seq;
        if save {
            self.save()?;
        }
        Ok(true)
    }

    /// Readings that came after the journal was last written.
    fn find_end(&mut self) -> Result<(), M::Error> {
        let mut seq = self.next;
        while seq - self.next < SEARCH.min(self.shape.ring) {
            if let Some(reading) = self.get(seq)? {
                self.next = seq + 1;
                let tips = reading.rain_tips.unwrap_or(0);
                self.state.rain_tips = self.state.rain_tips.max(tips);
            }
            seq += 1;
        }
        Ok(())
    }

    fn slot(&mut self, seq: u32) -> Result<[u8; SLOT], M::Error> {
        let mut bytes = [0; SLOT];
        self.memory.read(self.shape.ring_at(seq), &mut bytes)?;
        Ok(bytes)
    }

    fn save(&mut self) -> Result<(), M::Error> {
        self.state.next = self.next;
        self.journal.save(&mut self.memory, &self.shape, &mut self.state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{
        Kind,
        fake::{Fake, NoPower},
    };

    fn fram() -> Fake {
        Fake::new(Kind::Bytes, (8 + 8) * SLOT)
    }

    fn open(memory: &mut Fake) -> Log<&mut Fake> {
        Log::open(memory, 7).unwrap()
    }

    #[test]
    fn readings_tips_and_starts_survive_a_reboot() {
        let mut memory = fram();
        let mut log = open(&mut memory);
        for _ in 0..5 {
            log.append(Reading { temp_c_e2: Some(2_150), ..Reading::default() }).unwrap();
        }
        log.set_rain_tips(41).unwrap();
        log.ack(2).unwrap();
        let mut log = Log::open(&mut memory, 99).unwrap();
        assert_eq!((log.id(), log.boot(), log.next_seq(), log.rain_tips()), (7, 2, 6, 41));
        let reading = log.get(5).unwrap().unwrap();
        assert_eq!((reading.seq, reading.boot, reading.temp_c_e2), (5, 1, Some(2_150)));
    }

    #[test]
    fn the_oldest_are_overwritten_and_counted() {
        let mut memory = fram();
        let mut log = open(&mut memory);
        for _ in 0..11 {
            log.append(Reading::default()).unwrap();
        }
        assert_eq!((log.overwritten(), log.oldest_seq(), log.next_seq()), (3, 4, 12));
        assert_eq!(log.get(3).unwrap(), None);
        assert_eq!(log.get(4).unwrap().unwrap().seq, 4);
        log.ack(11).unwrap();
        log.append(Reading::default()).unwrap();
        assert_eq!(log.overwritten(), 3); // it was acknowledged
    }

    #[test]
    fn an_ack_of_what_never_was_is_ignored() {
        let mut memory = fram();
        let mut log = open(&mut memory);
        log.append(Reading::default()).unwrap();
        for (seq, news) in [(0, false), (2, false), (u32::MAX, false), (1, true), (1, false)] {
            assert_eq!(log.ack(seq), Ok(news), "{seq}");
        }
    }

    #[test]
    fn acks_are_written_seldom() {
        let mut memory = Fake::new(Kind::Bytes, 32_768);
        let mut log = open(&mut memory);
        for _ in 0..320 {
            let seq = log.append(Reading::default()).unwrap();
            log.ack(seq).unwrap();
        }
        assert!(memory.writes <= 320 + 1 + 20, "{} writes", memory.writes);
    }

    #[test]
    fn a_memory_too_small_is_refused() {
        let mut memory = Fake::new(Kind::Bytes, 256); // an AT24C02
        let error = Log::open(&mut memory, 7).err();
        assert_eq!(error, Some(LogError::<NoPower>::Unfit { capacity: 256, needs: 768 }));
    }

    #[test]
    fn another_logs_readings_are_not_ours() {
        let mut memory = fram();
        let mut log = open(&mut memory);
        log.append(Reading::default()).unwrap();
        memory.bytes[..8 * SLOT].fill(0); // the journal is gone
        let mut log = Log::open(&mut memory, 8).unwrap();
        assert_eq!((log.id(), log.next_seq()), (8, 1));
        assert_eq!(log.get(1).unwrap(), None);
    }
}
