//! Settings: what is fitted to this node, and how often it works.

use emberline_node::{
    driver::{FlashPart, Part},
    input::{Anemometer, Divider, Vane},
};

/// Time from one reading to the next, ms. The watchdog lets two of them fail.
pub(crate) const READING_MS: u64 = 60_000;

/// When the line listens.
#[derive(Clone, Copy, PartialEq)]
#[allow(dead_code)] // one of the two is chosen below
pub(crate) enum Listen {
    /// Always: 1.7 mA (docs/node-power.md), and the gateway may send requests at any time.
    Always,
    /// From a reading on until nothing was received or sent for this long, ms. The gateway's acks and
    /// requests come then.
    AfterReading {
        /// Longer than the gateway takes to put a reading on its disk.
        quiet_ms: u64,
    },
}
/// When this node's line listens.
pub(crate) const LISTEN: Listen = Listen::AfterReading { quiet_ms: 400 };

/// Where the log is kept. The node never takes another memory than this one.
#[derive(Clone, Copy)]
#[allow(dead_code)] // one of the two is chosen below
pub(crate) enum Keep {
    /// NOR flash on the pins of the kit's own chip.
    Flash(FlashPart),
    /// FRAM or EEPROM on the I2C bus.
    Bytes {
        /// Its address.
        address: u8,
        /// Its size.
        part: Part,
    },
}
/// This node's memory: the flash chip on Nordic's nRF52840-DK.
pub(crate) const KEEP: Keep = Keep::Flash(FlashPart::MX25R64);

/// A thermal array.
#[derive(Clone, Copy, PartialEq)]
#[allow(dead_code)] // one of the three is chosen below
pub(crate) enum Thermal {
    /// None is fitted.
    None,
    /// 8×8 pixels.
    Amg8833,
    /// 32×24 pixels, as words; takes 20 mA throughout.
    Mlx90640,
}
/// This node's thermal array.
pub(crate) const THERMAL: Thermal = Thermal::None;

/// Whether a DS1338 or DS1307 is fitted.
pub(crate) const CLOCK: bool = false;

/// The cups.
pub(crate) const CUPS: Anemometer = Anemometer::DAVIS_6410;
/// The vane.
pub(crate) const VANE: Vane = Vane::DAVIS_6410;
/// Where the vane's own north points, degrees clockwise from true north.
pub(crate) const VANE_NORTH_DEG: f32 = 0.0;

/// Highest voltage that the converter tells from more, mV: 0.6 V · 6, less one step.
const CONVERTER_MV: u32 = 3_599;
/// From the battery to the converter's pin.
pub(crate) const BATTERY: Divider =
    Divider { upper_kohm: 1_000, lower_kohm: 1_000, full_mv: CONVERTER_MV };
