//! H.264: what the units of a stream are, and what its parameter sets say.
//!
//! Cameras write wrong levels and broken ends of parameter sets; what is there is read as far as it
//! goes, and the decoder has the last word.

use super::bits::{Bits, BitsOut};
use super::sequence::{Chroma, Entry, Sequence, Unit};

/// Profiles whose parameter sets tell the colour format.
const WITH_CHROMA: [u32; 13] = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];
/// Widths and heights of pixels by their number in the standard.
const PIXELS: [(u32, u32); 17] = [
    (0, 0),
    (1, 1),
    (12, 11),
    (10, 11),
    (16, 11),
    (40, 33),
    (24, 11),
    (20, 11),
    (32, 11),
    (80, 33),
    (18, 11),
    (15, 11),
    (64, 33),
    (160, 99),
    (4, 3),
    (3, 2),
    (2, 1),
];

/// What a unit is; `None` where it is empty.
pub(super) fn unit(unit: &[u8]) -> Option<Unit> {
    let kind = unit.first()? & 0x1f;
    Some(match kind {
        1..=5 => {
            // Its first block, its type, and the number of its parameter set.
            let mut bits = Bits::of(unit.get(..unit.len().min(24))?, 1);
            let numbers = [bits.golomb(), bits.golomb(), bits.golomb()];
            let entry = if kind == 5 { Entry::Clean } else { Entry::No };
            Unit::Slice { first: numbers[0] == Some(0), entry, set: numbers[2] }
        }
        7 => Unit::Sequence,
        8 => {
            let mut bits = Bits::of(unit.get(..unit.len().min(24))?, 1);
            match (bits.golomb(), bits.golomb()) {
                (Some(number), Some(sequence)) => Unit::Pictures { number, sequence },
                _ => Unit::Parameters,
            }
        }
        _ => Unit::Other,
    })
}

/// What a sequence parameter set says; `None` where it cannot be read up to the size.
pub(super) fn sequence(unit: &[u8]) -> Option<Sequence> {
    read(unit).map(|(sequence, _)| sequence)
}

/// The parameter set `unit` without what it cuts off, for a decoder that would cut wrongly.
pub(super) fn uncropped(unit: &[u8]) -> Option<Vec<u8>> {
    let (_, (from, to)) = read(unit)?;
    let mut bits = Bits::of(unit, 1);
    let mut out = BitsOut::default();
    while let Some(bit) = bits.flag() {
        if bits.read() <= from || bits.read() > to {
            out.flag(bit);
        } else if bits.read() == from + 1 {
            out.flag(false);
        }
    }
    Some(out.unit(unit.get(..1)?))
}

/// The sequence, and between which bits it says what is cut off.
fn read(unit: &[u8]) -> Option<(Sequence, (usize, usize))> {
    let mut bits = Bits::of(unit, 1);
    let profile = bits.number(8)?;
    bits.number(16)?;
    let number = bits.golomb()?;
    let (mut chroma, mut depth) = (Chroma::Quarter, 8);
    if WITH_CHROMA.contains(&profile) {
        chroma = match bits.golomb()? {
            0 => Chroma::None,
            1 => Chroma::Quarter,
            2 => Chroma::Half,
            3 => {
                bits.flag()?;
                Chroma::Full
            }
            _ => return None,
        };
        depth = 8 + bits.golomb()?.max(bits.golomb()?);
        bits.flag()?;
        if bits.flag()? {
            for list in 0..if chroma == Chroma::Full { 12 } else { 8 } {
                if bits.flag()? {
                    skip_scaling(&mut bits, if list < 6 { 16 } else { 64 })?;
                }
            }
        }
    }
    bits.golomb()?;
    match bits.golomb()? {
        0 => {
            bits.golomb()?;
        }
        1 => {
            bits.flag()?;
            bits.signed_golomb()?;
            bits.signed_golomb()?;
            for _ in 0..bits.golomb()? {
                bits.signed_golomb()?;
            }
        }
        _ => {}
    }
    bits.golomb()?;
    bits.flag()?;
    let columns = bits.golomb()? as usize;
    let rows = bits.golomb()? as usize;
    let interlaced = !bits.flag()?;
    if interlaced {
        bits.flag()?;
    }
    bits.flag()?;
    let fields = 1 + usize::from(interlaced);
    let width = columns.checked_add(1)?.checked_mul(16)?;
    let height = rows.checked_add(1)?.checked_mul(16 * fields)?;
    let (across, down) = match chroma {
        Chroma::None | Chroma::Full => (1, fields),
        Chroma::Half => (2, fields),
        Chroma::Quarter => (2, 2 * fields),
    };
    let from = bits.read();
    let mut cut = [0usize; 4];
    if bits.flag()? {
        for (side, unit) in cut.iter_mut().zip([across, across, down, down]) {
            *side = (bits.golomb()? as usize).checked_mul(unit)?;
        }
    }
    let to = bits.read();
    let [left, right, top, bottom] = cut;
    let mut sequence = Sequence {
        number,
        height: height.checked_sub(top.checked_add(bottom)?)?,
        width: width.checked_sub(left.checked_add(right)?)?,
        top,
        left,
        profile: profile as u8,
        chroma,
        bits: depth,
        interlaced,
        pixel: None,
        matrix: 2,
        transfer: 2,
        full_range: None,
    };
    usability(&mut bits, &mut sequence);
    Some((sequence, (from, to)))
}

/// The part about shape and colours of pixels, as far as it goes.
fn usability(bits: &mut Bits, out: &mut Sequence) -> Option<()> {
    if !bits.flag()? {
        return None;
    }
    if bits.flag()? {
        let pixel = match bits.number(8)? as usize {
            255 => (bits.number(16)?, bits.number(16)?),
            known => PIXELS.get(known).copied().unwrap_or_default(),
        };
        out.pixel = Some(pixel).filter(|&(w, h)| w > 0 && h > 0);
    }
    if bits.flag()? {
        bits.flag()?;
    }
    if bits.flag()? {
        bits.number(3)?;
        out.full_range = Some(bits.flag()?);
        if bits.flag()? {
            bits.number(8)?;
            let [transfer, matrix] = [bits.number(8)?, bits.number(8)?];
            (out.transfer, out.matrix) = (transfer as u8, matrix as u8);
        }
    }
    Some(())
}

fn skip_scaling(bits: &mut Bits, entries: usize) -> Option<()> {
    let (mut last, mut next) = (8i32, 8i32);
    for _ in 0..entries {
        if next != 0 {
            next = (last + bits.signed_golomb()?).rem_euclid(256);
        }
        if next != 0 {
            last = next;
        }
    }
    Some(())
}
