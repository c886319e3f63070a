//! Plans: what an emulated node is made of.

use std::path::{Path, PathBuf};

use crate::{failed::Failed, image::Image};

/// A chip or contact that a node may have, as a bit of the node's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Fitted {
    /// Thermometer, in QEMU.
    Tmp105 = 1 << 0,
    /// Temperature and humidity, played.
    Sht4x = 1 << 1,
    /// Pressure and humidity, played.
    Bme280 = 1 << 2,
    /// Thermal array, played.
    Amg8833 = 1 << 3,
    /// Clock, in QEMU.
    Ds1338 = 1 << 4,
    /// Rain contact.
    Rain = 1 << 5,
    /// Anemometer and vane.
    Wind = 1 << 6,
}

const ALL: u32 = 0b111_1111;
const PLAYED: u32 = Fitted::Sht4x as u32 | Fitted::Bme280 as u32 | Fitted::Amg8833 as u32;
const MEMORY: u32 = 1 << 7;

/// What a node is made of. A plan that says nothing has everything fitted, 32 KiB of memory, a reading
/// each 10 s and a clock that is right.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) room: PathBuf,
    pub(crate) node_id: u32,
    pub(crate) rtc_base: String,
    pub(crate) reboots: bool,
    pub(crate) played_memory: bool,
    pub(crate) memory_bytes: u32,
    pub(crate) image: Option<Image>,
    /// Chips that the settings name but that are not there.
    pub(crate) missing: u32,
    reading_ms: u32,
    fitted: u32,
}

impl Plan {
    /// A node whose sockets and memory lie in the folder `room`, which is made. Keep its path short: a
    /// socket's may have 107 bytes.
    pub fn new(room: &Path) -> Self {
        Self {
            room: room.to_path_buf(),
            node_id: 0x51,
            rtc_base: "utc".into(),
            reboots: true,
            played_memory: false,
            memory_bytes: 32_768,
            image: None,
            missing: 0,
            reading_ms: 10_000,
            fitted: ALL,
        }
    }

    /// The node's number.
    #[must_use]
    pub fn node_id(self, node_id: u32) -> Self {
        Self { node_id, ..self }
    }

    /// Milliseconds between readings, 100 or more.
    #[must_use]
    pub fn reading_ms(self, reading_ms: u32) -> Self {
        Self { reading_ms, ..self }
    }

    /// Size of the memory: 4,096 holds 56 readings, 32,768 holds 504.
    #[must_use]
    pub fn memory_bytes(self, memory_bytes: u32) -> Self {
        Self { memory_bytes, ..self }
    }

    /// The memory is one that the bench plays, [`crate::Chips::memory`], so that it can fail.
    #[must_use]
    pub fn played_memory(self) -> Self {
        Self { played_memory: true, ..self }
    }

    /// Fits these and nothing else.
    #[must_use]
    pub fn only(self, fitted: &[Fitted]) -> Self {
        Self { fitted: fitted.iter().fold(0, |set, chip| set | *chip as u32), ..self }
    }

    /// The settings say that this is fitted, but it is not plugged in. For what QEMU emulates.
    #[must_use]
    pub fn missing(self, chip: Fitted) -> Self {
        Self { missing: self.missing | chip as u32, ..self }
    }

    /// What the clock tells when the power comes: `utc`, or a time as `2026-07-15T12:00:00`.
    #[must_use]
    pub fn rtc_base(self, base: &str) -> Self {
        Self { rtc_base: base.into(), ..self }
    }

    /// QEMU ends where the node would restart.
    #[must_use]
    pub fn without_reboots(self) -> Self {
        Self { reboots: false, ..self }
    }

    /// Another image than the one that was built last: one that a test has changed.
    #[must_use]
    pub fn image(self, image: Image) -> Self {
        Self { image: Some(image), ..self }
    }

    /// The image with this plan's settings.
    pub(crate) fn set_up(&self) -> Result<Image, Failed> {
        if !(100..=3_600_000).contains(&self.reading_ms) {
            let given = self.reading_ms;
            return Err(Failed::Setting(format!("a reading each {given} ms: 100 to 3,600,000")));
        }
        if ![4_096, 32_768, 65_536].contains(&self.memory_bytes) {
            let given = self.memory_bytes;
            return Err(Failed::Setting(format!("memory of {given} bytes: 4096, 32768 or 65536")));
        }
        let mut image = match &self.image {
            Some(image) => image.clone(),
            None => Image::built()?,
        };
        let tunnelled = PLAYED | if self.played_memory { MEMORY } else { 0 };
        for (i, word) in
            [self.reading_ms, self.fitted, tunnelled, self.memory_bytes].into_iter().enumerate()
        {
            image.set(i + 1, word);
        }
        Ok(image)
    }
}
