//! Sets of ST 0601: the tags that a pose needs, as they were sent.

use super::ber;
use super::value::{signed, unsigned};

/// Tags whose value is kept; those of corners are counted from the first.
pub(crate) const OFFSETS: u32 = 26;
pub(crate) const CORNERS: u32 = 82;
/// The checksum, which ends a set: a tag, a length and two bytes.
const CHECKSUM: [u8; 2] = [1, 2];

/// What a set says; what it does not say or calls out of range is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Set {
    /// Tag 2, seconds since 1970.
    pub(crate) time_s: Option<f64>,
    pub(crate) heading_deg: Option<f64>,
    pub(crate) pitch_deg: Option<f64>,
    pub(crate) roll_deg: Option<f64>,
    pub(crate) lat_deg: Option<f64>,
    pub(crate) lon_deg: Option<f64>,
    pub(crate) msl_m: Option<f64>,
    pub(crate) ellipsoid_m: Option<f64>,
    pub(crate) hfov_deg: Option<f64>,
    pub(crate) vfov_deg: Option<f64>,
    pub(crate) azimuth_deg: Option<f64>,
    pub(crate) elevation_deg: Option<f64>,
    /// The sensor's roll; without it 0.
    pub(crate) sensor_roll_deg: Option<f64>,
    pub(crate) centre_lat_deg: Option<f64>,
    pub(crate) centre_lon_deg: Option<f64>,
    /// Offsets of the corners from the centre, latitude and longitude in turn.
    pub(crate) offsets_deg: [Option<f64>; 8],
    /// Corners, latitude and longitude in turn.
    pub(crate) corners_deg: [Option<f64>; 8],
    /// Tag 136.
    pub(crate) leap_s: Option<i64>,
    /// Values out of range, or of a width that the standard does not have.
    pub(crate) no_value: u64,
}

/// Why a set is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadSet {
    /// Its checksum does not hold, or is not there.
    Checksum,
    /// A tag or length runs over its end.
    Form,
}

/// Reads a set: `whole` from its key to its last byte, of which `value` are the bytes behind the length.
pub(crate) fn read(whole: &[u8], value: &[u8]) -> Result<Set, BadSet> {
    let (summed, told) = whole.split_last_chunk::<2>().ok_or(BadSet::Checksum)?;
    let sum = summed.iter().enumerate().fold(0_u16, |sum, (k, byte)| {
        sum.wrapping_add(if k.is_multiple_of(2) { u16::from(*byte) << 8 } else { u16::from(*byte) })
    });
    if !summed.ends_with(&CHECKSUM) || u16::from_be_bytes(*told) != sum {
        return Err(BadSet::Checksum);
    }
    let mut set = Set::default();
    // Full range where it is there, whichever comes first.
    let (mut pitch_90, mut roll_91) = (None, None);
    let mut rest = value;
    while !rest.is_empty() {
        let (tag, n) = ber::tag(rest).ok_or(BadSet::Form)?;
        rest = &rest[n..];
        let (length, n) = ber::length(rest).ok().flatten().ok_or(BadSet::Form)?;
        let b = rest.get(n..).and_then(|r| r.get(..length)).ok_or(BadSet::Form)?;
        rest = &rest[n + length..];
        let (slot, value) = match tag {
            2 => (
                &mut set.time_s,
                <[u8; 8]>::try_from(b).ok().map(|b| u64::from_be_bytes(b) as f64 / 1e6),
            ),
            5 => (&mut set.heading_deg, unsigned::<2>(b, 0.0, 360.0)),
            6 => (&mut set.pitch_deg, signed::<2>(b, 20.0)),
            7 => (&mut set.roll_deg, signed::<2>(b, 50.0)),
            13 => (&mut set.lat_deg, signed::<4>(b, 90.0)),
            14 => (&mut set.lon_deg, signed::<4>(b, 180.0)),
            15 => (&mut set.msl_m, unsigned::<2>(b, -900.0, 19_000.0)),
            16 => (&mut set.hfov_deg, unsigned::<2>(b, 0.0, 180.0)),
            17 => (&mut set.vfov_deg, unsigned::<2>(b, 0.0, 180.0)),
            18 => (&mut set.azimuth_deg, unsigned::<4>(b, 0.0, 360.0)),
            19 => (&mut set.elevation_deg, signed::<4>(b, 180.0)),
            20 => (&mut set.sensor_roll_deg, unsigned::<4>(b, 0.0, 360.0)),
            23 => (&mut set.centre_lat_deg, signed::<4>(b, 90.0)),
            24 => (&mut set.centre_lon_deg, signed::<4>(b, 180.0)),
            OFFSETS..=33 => (&mut set.offsets_deg[(tag - OFFSETS) as usize], signed::<2>(b, 0.075)),
            75 => (&mut set.ellipsoid_m, unsigned::<2>(b, -900.0, 19_000.0)),
            CORNERS..=89 => {
                let k = (tag - CORNERS) as usize;
                let half = if k.is_multiple_of(2) { 90.0 } else { 180.0 };
                (&mut set.corners_deg[k], signed::<4>(b, half))
            }
            90 => (&mut pitch_90, signed::<4>(b, 90.0)),
            91 => (&mut roll_91, signed::<4>(b, 90.0)),
            136 if (1..=4).contains(&b.len()) => {
                let sign = if b[0] & 0x80 == 0 { 0 } else { -1 };
                set.leap_s = Some(b.iter().fold(sign, |v, byte| v << 8 | i64::from(*byte)));
                continue;
            }
            _ => continue,
        };
        *slot = value;
        set.no_value += u64::from(value.is_none());
    }
    set.pitch_deg = pitch_90.or(set.pitch_deg);
    set.roll_deg = roll_91.or(set.roll_deg);
    Ok(set)
}
