//! Frames: a message as the bytes that go over the line.

use crc::{CRC_32_ISCSI, Crc, NoTable};

use crate::Message;

/// Most bytes of a message before checksum and byte stuffing.
pub const MAX_BODY: usize = 124;
const MAX_RAW: usize = MAX_BODY + 4;
/// Most bytes of a frame on the line, its closing zero included.
pub const MAX_FRAME: usize = cobs::max_encoding_length(MAX_RAW) + 1;

/// CRC-32C, bit by bit: no table in flash. A table of 1 KiB would make it about 6 times faster.
pub const CHECKSUM: Crc<u32, NoTable> = Crc::<u32, NoTable>::new(&CRC_32_ISCSI);

/// One message as bytes, its closing zero included.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    bytes: [u8; MAX_FRAME],
    len: usize,
}

impl Frame {
    /// The bytes of `message`.
    pub fn new(message: &Message) -> Self {
        let mut raw = [0; MAX_RAW];
        // Every message fits, as the test beside this shows for the longest of each kind.
        let body = postcard::to_slice(message, &mut raw[..MAX_BODY]).map_or(0, |body| body.len());
        debug_assert!(body > 0, "a message longer than MAX_BODY");
        let crc = CHECKSUM.checksum(&raw[..body]);
        raw[body..body + 4].copy_from_slice(&crc.to_le_bytes());
        let mut bytes = [0; MAX_FRAME];
        let stuffed = cobs::encode(&raw[..body + 4], &mut bytes);
        Self { bytes, len: stuffed + 1 } // the zero is there already
    }

    /// What to put on the line.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::*;

    /// The checksum's own test value, from the catalogue of CRC algorithms (CRC-32/ISCSI).
    #[test]
    fn the_checksum_is_crc_32c() {
        assert_eq!(CHECKSUM.checksum(b"123456789"), 0xe306_9283);
    }

    #[test]
    fn the_longest_message_of_each_kind_fits() {
        let (u32m, u64m) = (u32::MAX, u64::MAX);
        let wind = Wind {
            vector_m_s_e2: u16::MAX,
            from_deg: Some(u16::MAX),
            scalar_m_s_e2: u16::MAX,
            gust_m_s_e2: u16::MAX,
        };
        let firmware = Firmware { major: 255, minor: 255, patch: 255 };
        let longest = [
            Message::Hello(Hello {
                protocol: 255,
                node_id: u32m,
                log: u32m,
                boot: u32m,
                uptime_ms: u64m,
                firmware,
                reset_cause: ResetCause::Panic,
                sensors: Sensors::from_bits(u16::MAX),
                acked_seq: u32m,
                oldest_seq: u32m,
                next_seq: u32m,
            }),
            Message::Reading(Reading {
                log: u32m,
                seq: u32m,
                boot: u32m,
                uptime_ms: u64m,
                rtc_unix_s: Some(u32m),
                temp_c_e2: Some(i16::MIN),
                rh_percent_e2: Some(u16::MAX),
                pressure_pa: Some(u32m),
                wind: Some(wind),
                rain_tips: Some(u32m),
                battery_mv: Some(u16::MAX),
            }),
            Message::Gap(Gap { log: u32m, first_seq: u32m, last_seq: u32m }),
            Message::Thermal(ThermalPart::new(
                u16::MAX,
                ThermalContent::Mlx90640Calibration,
                255,
                [255, 255],
                u16::MAX,
                &[Some(i16::MIN); PART],
            )),
            Message::Status(Status {
                uptime_ms: u64m,
                stored: u32m,
                overwritten: u32m,
                bad_frames: u32m,
                sensor_errors: u32m,
                memory_errors: u32m,
                failed: Sensors::from_bits(u16::MAX),
                retry_ms: u16::MAX,
            }),
            Message::Ack(Ack { log: u32m, seq: u32m, window: 255 }),
            Message::SetClock(SetClock { unix_ms: u64m }),
            Message::ClockRequest(ClockRequest { token: u16::MAX }),
            Message::Clock(Clock {
                token: u16::MAX,
                boot: u32m,
                uptime_ms: u64m,
                rtc_unix_s: Some(u32m),
            }),
            Message::Fault(ChipFault {
                chip: Chip::Ds1338,
                address: 255,
                fault: Fault::ClockImplausible { unix_s: u32m },
            }),
        ];
        for message in longest {
            let mut raw = [0; 512];
            let body = postcard::to_slice(&message, &mut raw).unwrap().len();
            assert!(body <= MAX_BODY, "{body} bytes: {message:?}");
            let frame = Frame::new(&message);
            assert_eq!(frame.bytes().iter().position(|b| *b == 0), Some(frame.bytes().len() - 1));
        }
    }
}
