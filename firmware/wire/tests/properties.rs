//! What holds for every message and for every row of bytes.

use emberline_wire::*;
use proptest::prelude::*;

prop_compose! {
    fn wind()(vector_m_s_e2: u16, from_deg: Option<u16>, scalar_m_s_e2: u16, gust_m_s_e2: u16) -> Wind {
        Wind { vector_m_s_e2, from_deg, scalar_m_s_e2, gust_m_s_e2 }
    }
}

prop_compose! {
    fn reading()(
        [log, seq, boot]: [u32; 3],
        uptime_ms: u64,
        [rtc_unix_s, pressure_pa, rain_tips]: [Option<u32>; 3],
        temp_c_e2: Option<i16>,
        [rh_percent_e2, battery_mv]: [Option<u16>; 2],
        wind in proptest::option::of(wind()),
    ) -> Reading {
        Reading {
            log, seq, boot, uptime_ms, rtc_unix_s, temp_c_e2, rh_percent_e2, pressure_pa, wind,
            rain_tips, battery_mv,
        }
    }
}

fn message() -> impl Strategy<Value = Message> {
    prop_oneof![
        reading().prop_map(Message::Reading),
        any::<[u32; 3]>().prop_map(|[log, first_seq, last_seq]| Message::Gap(Gap {
            log,
            first_seq,
            last_seq
        })),
        any::<(u32, u32, u8)>().prop_map(|(log, seq, window)| Message::Ack(Ack {
            log,
            seq,
            window
        })),
        any::<(u16, u8, u16, [Option<i16>; PART])>().prop_map(|(image, subpage, first, values)| {
            let content = ThermalContent::Mlx90640Words;
            Message::Thermal(ThermalPart::new(image, content, subpage, [24, 32], first, &values))
        }),
        any::<u64>().prop_map(|unix_ms| Message::SetClock(SetClock { unix_ms })),
        any::<(u16, u32, u64, Option<u32>)>().prop_map(|(token, boot, uptime_ms, rtc_unix_s)| {
            Message::Clock(Clock { token, boot, uptime_ms, rtc_unix_s })
        }),
    ]
}

fn decode(bytes: &[u8]) -> Vec<Result<Message, BadFrame>> {
    let mut decoder = Decoder::new();
    bytes.iter().filter_map(|byte| decoder.push(*byte)).collect()
}

/// `body` with a right checksum, as a frame.
fn framed(body: &[u8]) -> Vec<u8> {
    let mut raw = body.to_vec();
    raw.extend(CHECKSUM.checksum(body).to_le_bytes());
    let mut frame = vec![0; cobs::max_encoding_length(raw.len()) + 1];
    let len = cobs::encode(&raw, &mut frame);
    frame.truncate(len + 1);
    frame
}

proptest! {
    /// A sender that is wrong but whose checksum is right.
    #[test]
    fn what_is_accepted_can_be_sent(
        tag in prop_oneof![0..12_u8, any::<u8>()],
        rest in proptest::collection::vec(any::<u8>(), 0..MAX_BODY - 1),
    ) {
        let body: Vec<u8> = [tag].into_iter().chain(rest).collect();
        if let Some(Ok(message)) = decode(&framed(&body)).pop() {
            prop_assert_eq!(decode(Frame::new(&message).bytes()), [Ok(message)]);
        }
    }

    #[test]
    fn what_is_sent_arrives(messages in proptest::collection::vec(message(), 0..20)) {
        let bytes: Vec<u8> =
            messages.iter().flat_map(|m| Frame::new(m).bytes().to_vec()).collect();
        let got: Vec<_> = decode(&bytes).into_iter().map(Result::unwrap).collect();
        prop_assert_eq!(got, messages);
    }

    #[test]
    fn noise_before_a_zero_does_not_reach_the_next_frame(
        noise in proptest::collection::vec(any::<u8>(), 0..400),
        message in message(),
    ) {
        let mut bytes = noise;
        bytes.push(0);
        bytes.extend(Frame::new(&message).bytes());
        prop_assert_eq!(decode(&bytes).pop(), Some(Ok(message)));
    }

    #[test]
    fn every_frame_is_counted_once(bytes in proptest::collection::vec(0..4_u8, 0..2_000)) {
        let mut decoder = Decoder::new();
        let got = bytes.iter().filter_map(|byte| decoder.push(*byte)).count();
        let counters = decoder.counters();
        prop_assert_eq!(got as u32, counters.good + counters.bad());
    }
}
