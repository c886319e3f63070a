//! H.265: what the units of a stream are, and what its parameter sets say.

use rusty_h265::nal::unescape;
use rusty_h265::ps::parse_sps;

use super::bits::Bits;
use super::sequence::{Chroma, Entry, Sequence, Unit};

/// What a unit is; `None` where it is empty.
pub(super) fn unit(unit: &[u8]) -> Option<Unit> {
    let kind = unit.first()? >> 1 & 0x3f;
    let layer = (unit.first()? & 1) << 5 | unit.get(1)? >> 3;
    if layer != 0 {
        return Some(Unit::Other);
    }
    Some(match kind {
        0..=21 => {
            let mut bits = Bits::of(unit.get(..unit.len().min(16))?, 2);
            let first = bits.flag() == Some(true);
            if (16..=23).contains(&kind) {
                bits.flag();
            }
            let entry = match kind {
                19 | 20 => Entry::Clean,
                16..=18 | 21 => Entry::Open,
                8 | 9 => Entry::LeadsOpen,
                _ => Entry::No,
            };
            Unit::Slice { first, entry, set: bits.golomb() }
        }
        33 => Unit::Sequence,
        34 => {
            let mut bits = Bits::of(unit.get(..unit.len().min(16))?, 2);
            match (bits.golomb(), bits.golomb()) {
                (Some(number), Some(sequence)) => Unit::Pictures { number, sequence },
                _ => Unit::Parameters,
            }
        }
        32 => Unit::Parameters,
        _ => Unit::Other,
    })
}

/// What a sequence parameter set says; `None` where it cannot be read.
pub(super) fn sequence(unit: &[u8]) -> Option<Sequence> {
    let sps = parse_sps(&unescape(unit.get(2..)?).data).ok()?;
    let (width, height) = sps.output_size();
    let chroma = match sps.chroma_format_idc {
        0 => Chroma::None,
        1 => Chroma::Quarter,
        2 => Chroma::Half,
        _ => Chroma::Full,
    };
    let [left, _, top, _] = sps.conf_win.map(|n| n as usize);
    let vui = sps.vui.as_ref();
    // The library keeps 0 for "not told"; it would be red, green and blue, which is never 4:2:0.
    let told = |n: u8| if n == 0 { 2 } else { n };
    Some(Sequence {
        number: u32::from(sps.id),
        height: height as usize,
        width: width as usize,
        top: top * usize::from(sps.sub_height_c),
        left: left * usize::from(sps.sub_width_c),
        profile: sps.ptl.profile(),
        chroma,
        bits: u32::from(sps.bit_depth_luma.max(sps.bit_depth_chroma)),
        interlaced: false,
        pixel: vui
            .map(|v| (u32::from(v.sar_width), u32::from(v.sar_height)))
            .filter(|&(w, h)| w > 0 && h > 0),
        matrix: vui.map_or(2, |v| told(v.matrix_coeffs)),
        transfer: vui.map_or(2, |v| told(v.transfer_characteristics)),
        full_range: vui.and_then(|v| v.video_full_range_flag.then_some(true)),
    })
}
