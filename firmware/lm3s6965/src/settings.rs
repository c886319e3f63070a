//! Settings: what an installer may change in flash without building anew.
//!
//! Five words at 0x7fc0: magic, milliseconds between readings, chips that are fitted, chips that are
//! behind the tunnel, bytes of the memory. Chips are bits, see [`Chips`]. Words that are no settings (an
//! erased flash) count as [`DEFAULT`].

use emberline_node::driver::Part;

const MAGIC: u32 = 0x656d_6273;

/// Chips as bits of a word.
pub(crate) type Chips = u32;
pub(crate) const TMP105: Chips = 1 << 0;
pub(crate) const SHT4X: Chips = 1 << 1;
pub(crate) const BME280: Chips = 1 << 2;
pub(crate) const AMG8833: Chips = 1 << 3;
pub(crate) const DS1338: Chips = 1 << 4;
pub(crate) const RAIN: Chips = 1 << 5;
pub(crate) const WIND: Chips = 1 << 6;
/// The memory is always fitted; the bit counts for the tunnel only.
pub(crate) const MEMORY: Chips = 1 << 7;

/// A reading each 10 s, everything fitted, what QEMU lacks behind the tunnel, an AT24C256.
pub(crate) const DEFAULT: [u32; 5] =
    [MAGIC, 10_000, 0b111_1111, SHT4X | BME280 | AMG8833, Part::AT24C256.capacity];

/// The settings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// Milliseconds between readings.
    pub(crate) reading_ms: u64,
    /// What should answer, and is a fault if it does not.
    pub(crate) fitted: Chips,
    /// What is behind the tunnel.
    pub(crate) tunnelled: Chips,
    /// The log's memory.
    pub(crate) memory: Part,
}

impl Settings {
    /// What the words in flash mean.
    pub(crate) fn of(words: [u32; 5]) -> Self {
        let [magic, reading_ms, ..] = words;
        let given = magic == MAGIC && (100..=3_600_000).contains(&reading_ms);
        let [_, reading_ms, fitted, tunnelled, capacity] = if given { words } else { DEFAULT };
        let reading_ms = u64::from(reading_ms);
        Self { reading_ms, fitted, tunnelled, memory: Part { capacity } }
    }

    /// Whether a chip is fitted.
    pub(crate) fn has(&self, chip: Chips) -> bool {
        self.fitted & chip != 0
    }
}
