//! The image: the node's ELF file as the bytes that lie in flash, with its settings and its names.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::failed::{Failed, at};

const SETTINGS: usize = 0x7fc0;
const SETTINGS_MAGIC: u32 = 0x656d_6273;
const FLASH_END: u32 = 0x0100_0000;

/// The node's program.
#[derive(Clone, Debug)]
pub struct Image {
    flash: Vec<u8>,
    used: usize,
    static_ram: usize,
    symbols: Vec<(String, u32)>,
}

impl Image {
    /// Where `tests/node` leaves the ELF file, or what `EMBERLINE_NODE_ELF` says.
    pub fn path() -> PathBuf {
        env::var_os("EMBERLINE_NODE_ELF").map_or_else(
            || {
                Path::new(env!("CARGO_MANIFEST_DIR"))
                    .join("../target/thumbv7m-none-eabi/release/emberline-lm3s6965")
            },
            PathBuf::from,
        )
    }

    /// The image that was built last.
    ///
    /// # Errors
    /// [`Failed::NoImage`] when none was, [`Failed::BadImage`].
    pub fn built() -> Result<Self, Failed> {
        let path = Self::path();
        let elf = fs::read(&path).map_err(|_| Failed::NoImage(path.clone()))?;
        Self::from_elf(&elf).map_err(|what| Failed::BadImage { path, what })
    }

    fn from_elf(elf: &[u8]) -> Result<Self, &'static str> {
        if elf.get(..6) != Some(b"\x7fELF\x01\x01") {
            return Err("not a 32-bit little-endian ELF file");
        }
        let mut image =
            Self { flash: Vec::new(), used: 0, static_ram: 0, symbols: symbols(elf).ok_or("cut")? };
        for i in 0..half(elf, 0x2c).ok_or("cut short")? {
            let header = word(elf, 0x1c).ok_or("cut short")? + 32 * i;
            let field = |n: u32| word(elf, header + 4 * n).ok_or("cut short");
            let [kind, offset, in_memory, at, in_file, size] =
                [field(0)?, field(1)?, field(2)?, field(3)?, field(4)?, field(5)?];
            if kind != 1 || size == 0 {
                continue; // nothing that is loaded
            }
            if in_memory >= 0x2000_0000 {
                image.static_ram += size as usize;
            }
            if in_file > 0 && at < FLASH_END {
                let bytes = elf.get(offset as usize..(offset + in_file) as usize).ok_or("cut")?;
                let (from, to) = (at as usize, (at + in_file) as usize);
                image.used += bytes.len();
                image.flash.resize(image.flash.len().max(to), 0xff);
                image.flash[from..to].copy_from_slice(bytes);
            }
        }
        if image.flash.len() < SETTINGS + 20 || image.word_at(SETTINGS) != SETTINGS_MAGIC {
            return Err("no settings where they should lie: not this node's image");
        }
        Ok(image)
    }

    /// The bytes of the flash from its begin on; what is not written is 0xff, as in an erased chip.
    pub fn flash(&self) -> &[u8] {
        &self.flash
    }

    /// Bytes of flash that are used, settings included.
    pub fn flash_used(&self) -> usize {
        self.used
    }

    /// Bytes of RAM for what lives for ever.
    pub fn static_ram(&self) -> usize {
        self.static_ram
    }

    /// The address of a name: the first that contains `part`.
    ///
    /// # Errors
    /// [`Failed::NoSymbol`].
    pub fn address_of(&self, part: &str) -> Result<u32, Failed> {
        let found = self.symbols.iter().find(|(name, _)| name.contains(part));
        found.map(|(_, address)| *address).ok_or_else(|| Failed::NoSymbol(part.into()))
    }

    /// Sets a word of the settings, counted from their magic.
    pub(crate) fn set(&mut self, place: usize, value: u32) {
        self.put(SETTINGS + 4 * place, &value.to_le_bytes());
    }

    /// Changes bytes of the program: how a test makes it hang, or gives it a stack that is too small.
    pub fn put(&mut self, at: usize, bytes: &[u8]) {
        self.flash[at..at + bytes.len()].copy_from_slice(bytes);
    }

    /// Writes the bytes of the flash.
    ///
    /// # Errors
    /// [`Failed::Io`].
    pub fn write(&self, path: &Path) -> Result<(), Failed> {
        fs::write(path, &self.flash).map_err(at(path.display().to_string()))
    }

    fn word_at(&self, place: usize) -> u32 {
        word(&self.flash, place as u32).unwrap_or(0)
    }
}

fn half(bytes: &[u8], at: u32) -> Option<u32> {
    let [a, b] = bytes.get(at as usize..)?.first_chunk()?;
    Some(u32::from(u16::from_le_bytes([*a, *b])))
}

fn word(bytes: &[u8], at: u32) -> Option<u32> {
    bytes.get(at as usize..)?.first_chunk().map(|word| u32::from_le_bytes(*word))
}

/// Names of the program, without the marks of the assembler.
fn symbols(elf: &[u8]) -> Option<Vec<(String, u32)>> {
    let section = |i: u32, n: u32| word(elf, word(elf, 0x20)? + 40 * i + 4 * n);
    let mut names = Vec::new();
    for i in 0..half(elf, 0x30)? {
        if section(i, 1)? != 2 {
            continue; // no table of symbols
        }
        let strings = section(section(i, 6)?, 4)?;
        let (start, size) = (section(i, 4)?, section(i, 5)?);
        for at in (start..start + size).step_by(16) {
            let name = elf.get((strings + word(elf, at)?) as usize..)?;
            let name = String::from_utf8_lossy(name.split(|b| *b == 0).next()?);
            if !name.is_empty() && !name.starts_with('$') {
                names.push((name.into_owned(), word(elf, at + 4)?));
            }
        }
    }
    Some(names)
}
