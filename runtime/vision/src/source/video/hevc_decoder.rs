//! rusty_h265: decodes H.265, Main and Main 10.

use rusty_h265::{Decoder as RustyH265, Frame};

use super::decoder::{Decoder, Take};
use super::planes::Planes;

/// A decoder of H.265.
pub(super) struct HevcDecoder {
    decoder: RustyH265,
    planes: [Vec<u8>; 3],
}

impl HevcDecoder {
    pub(super) fn new() -> Self {
        Self { decoder: RustyH265::new(), planes: Default::default() }
    }

    fn hand_over(&mut self, take: &mut Take<'_>) {
        while let Ok(frame) = self.decoder.next_frame() {
            self.planes = eight_bit(&frame);
            let [y, u, v] = &self.planes;
            let [height, width] = [frame.height, frame.width];
            take(Planes {
                height,
                width,
                y,
                u,
                v,
                strides: [width, width.div_ceil(2)],
                limited_601: None,
            });
        }
    }
}

/// The planes of a picture without what is cut off, rounded to 8 bit.
fn eight_bit(frame: &Frame) -> [Vec<u8>; 3] {
    let picture = &frame.picture;
    let (left, top, width, height) = picture.crop;
    let plane = |k: usize| {
        let (half, bits) = match k {
            0 => (1, picture.bit_depth_luma),
            _ => (2, picture.bit_depth_chroma),
        };
        if picture.planes[k].data.is_empty() {
            return Vec::new();
        }
        let shift = bits.saturating_sub(8);
        let round = (1u32 << shift) >> 1;
        let narrow = |v: &u16| ((u32::from(*v) + round) >> shift).min(255) as u8;
        let (from, n) = (left / half, width.div_ceil(half));
        (top / half..top / half + height.div_ceil(half))
            .flat_map(|r| picture.planes[k].row(r)[from..from + n].iter().map(narrow))
            .collect()
    };
    [plane(0), plane(1), plane(2)]
}

impl Decoder for HevcDecoder {
    fn decode(&mut self, units: &[u8], entry: bool, take: &mut Take<'_>) -> Result<(), String> {
        let before = self.decoder.stats;
        self.decoder.push_annexb(units, None).map_err(|e| e.to_string())?;
        let after = self.decoder.stats;
        // It would go on from grey where a picture is missing that others are predicted from.
        if after.errors > before.errors || !entry && after.generated_refs > before.generated_refs {
            return Err("a picture that it is predicted from is missing".into());
        }
        self.hand_over(take);
        Ok(())
    }

    fn drain(&mut self, take: &mut Take<'_>) -> Result<(), String> {
        let before = self.decoder.stats.errors;
        self.decoder.flush();
        if self.decoder.stats.errors > before {
            return Err("its last picture is damaged".into());
        }
        self.hand_over(take);
        Ok(())
    }
}
