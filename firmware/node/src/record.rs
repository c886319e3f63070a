//! Records: a reading as it lies in memory, in a fixed place for each value.
//!
//! The layout is the node's own and not that of the wire, so that either can change without the other.

use emberline_wire::{Reading, Wind};

use crate::slot::{Reader, SLOT, Writer};

/// First byte of a record, version 1. Another layout gets another number.
const KIND: u8 = 1;

/// The slot that keeps `reading`. Uptimes over 2⁴⁸ ms (8,900 years) are cut off.
pub(crate) fn to_slot(reading: &Reading) -> [u8; SLOT] {
    let wind = reading.wind.unwrap_or_default();
    let present = [
        reading.rtc_unix_s.is_some(),
        reading.temp_c_e2.is_some(),
        reading.rh_percent_e2.is_some(),
        reading.pressure_pa.is_some(),
        reading.wind.is_some(),
        wind.from_deg.is_some(),
        reading.rain_tips.is_some(),
        reading.battery_mv.is_some(),
    ];
    let bits = (0..8).fold(0, |bits, i| bits | u8::from(present[i]) << i);
    let [u0, u1, u2, u3, u4, u5, ..] = reading.uptime_ms.to_le_bytes();

    let mut slot = Writer::new(KIND);
    slot.put(reading.log.to_le_bytes());
    slot.put(reading.seq.to_le_bytes());
    slot.put(reading.boot.to_le_bytes());
    slot.put([u0, u1, u2, u3, u4, u5]);
    slot.put([bits]);
    slot.put(reading.rtc_unix_s.unwrap_or(0).to_le_bytes());
    slot.put(reading.temp_c_e2.unwrap_or(0).to_le_bytes());
    slot.put(reading.rh_percent_e2.unwrap_or(0).to_le_bytes());
    slot.put(reading.pressure_pa.unwrap_or(0).to_le_bytes());
    slot.put(wind.vector_m_s_e2.to_le_bytes());
    slot.put(wind.from_deg.unwrap_or(0).to_le_bytes());
    slot.put(wind.scalar_m_s_e2.to_le_bytes());
    slot.put(wind.gust_m_s_e2.to_le_bytes());
    slot.put(reading.rain_tips.unwrap_or(0).to_le_bytes());
    slot.put(reading.battery_mv.unwrap_or(0).to_le_bytes());
    slot.sealed()
}

/// The reading that a slot keeps, if it keeps one.
pub(crate) fn from_slot(slot: &[u8; SLOT]) -> Option<Reading> {
    let mut slot = Reader::new(KIND, slot)?;
    let (log, seq, boot) = (slot.u32(), slot.u32(), slot.u32());
    let [u0, u1, u2, u3, u4, u5] = slot.take();
    let [bits] = slot.take();
    let present = |i: u8| bits & 1 << i != 0;
    // Fields of the struct are read in the order of the slot.
    Some(Reading {
        log,
        seq,
        boot,
        uptime_ms: u64::from_le_bytes([u0, u1, u2, u3, u4, u5, 0, 0]),
        rtc_unix_s: Some(slot.u32()).filter(|_| present(0)),
        temp_c_e2: Some(i16::from_le_bytes(slot.take())).filter(|_| present(1)),
        rh_percent_e2: Some(slot.u16()).filter(|_| present(2)),
        pressure_pa: Some(slot.u32()).filter(|_| present(3)),
        wind: Some(Wind {
            vector_m_s_e2: slot.u16(),
            from_deg: Some(slot.u16()).filter(|_| present(5)),
            scalar_m_s_e2: slot.u16(),
            gust_m_s_e2: slot.u16(),
        })
        .filter(|_| present(4)),
        rain_tips: Some(slot.u32()).filter(|_| present(6)),
        battery_mv: Some(slot.u16()).filter(|_| present(7)),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_reading_comes_back_and_a_flipped_bit_does_not(
            [log, seq, boot]: [u32; 3],
            uptime_ms in 0..1_u64 << 48,
            [rtc_unix_s, pressure_pa, rain_tips]: [Option<u32>; 3],
            temp_c_e2: Option<i16>,
            [rh_percent_e2, battery_mv, from_deg]: [Option<u16>; 3],
            wind: Option<[u16; 3]>,
            flip in 0..SLOT * 8,
        ) {
            let wind = wind.map(|[vector_m_s_e2, scalar_m_s_e2, gust_m_s_e2]| {
                Wind { vector_m_s_e2, from_deg, scalar_m_s_e2, gust_m_s_e2 }
            });
            let reading = Reading {
                log, seq, boot, uptime_ms, rtc_unix_s, temp_c_e2, rh_percent_e2, pressure_pa, wind,
                rain_tips, battery_mv,
            };
            let mut slot = to_slot(&reading);
            prop_assert_eq!(from_slot(&slot), Some(reading));
            slot[flip / 8] ^= 1 << (flip % 8);
            prop_assert_eq!(from_slot(&slot), None);
        }
    }

    #[test]
    fn erased_and_empty_memory_hold_no_reading() {
        assert_eq!(from_slot(&[0xff; SLOT]), None);
        assert_eq!(from_slot(&[0; SLOT]), None);
    }
}
