//! AMG8833, played: 8×8 pixels. Source: Panasonic, *Infrared array sensor Grid-EYE, AMG88 series*.

use super::Chip;

/// The chip.
#[derive(Clone, Debug)]
pub struct Amg8833 {
    /// What it sees, °C, row by row from the top left. Each read adds a quarter of a degree to one pixel
    /// and takes it back, as noise does; [`Self::frozen`] stops that.
    pub pixels_c: [f64; 64],
    /// It gives the same image again and again.
    pub frozen: bool,
    /// It keeps no setting: another chip at its address.
    pub another: bool,
    settings: [u8; 3],
    pointer: u8,
    reads: u32,
}

impl Default for Amg8833 {
    fn default() -> Self {
        Self {
            pixels_c: [22.0; 64],
            frozen: false,
            another: false,
            settings: [0; 3],
            pointer: 0,
            reads: 0,
        }
    }
}

impl Chip for Amg8833 {
    fn write(&mut self, bytes: &[u8]) -> bool {
        let [register, values @ ..] = bytes else { return true };
        self.pointer = *register;
        if let ([value], Some(setting)) = (values, self.settings.get_mut(usize::from(*register))) {
            *setting = if self.another { 0 } else { *value };
        }
        true
    }

    fn read(&mut self, out: &mut [u8]) -> bool {
        self.reads += u32::from(!self.frozen);
        for (i, byte) in out.iter_mut().enumerate() {
            let register = usize::from(self.pointer) + i;
            *byte = match register {
                0..=2 => self.settings[register],
                0x80..=0xff => {
                    let pixel = (register - 0x80) / 2;
                    let noise = if pixel == 0 { f64::from(self.reads & 1) } else { 0.0 };
                    let quarters = (self.pixels_c[pixel] * 4.0 + noise).round() as i16;
                    (quarters & 0xfff).to_le_bytes()[register & 1]
                }
                _ => 0,
            };
        }
        true
    }
}
