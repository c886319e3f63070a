//! Counts: what a telemetry held, by what became of it.

use std::fmt;

/// What became of messages, sets, rows or pictures of a telemetry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Bytes seen.
    pub bytes: u64,
    /// Messages, sets, rows or pictures that were sound.
    pub read: u64,
    /// Of those: nothing here for a pose, or of a form that is not known.
    pub of_no_use: u64,
    /// Checksums that did not hold.
    pub bad_checksum: u64,
    /// Bytes between messages that belong to none.
    pub garbage_bytes: u64,
    /// Rows, pictures and sets that could not be read.
    pub bad: u64,
    /// Transport packets that were lost or came twice.
    pub lost: u64,
    /// Messages of other vehicles.
    pub other_vehicle: u64,
    /// Places left out because the receiver had no fix, or told 0, 0.
    pub no_fix: u64,
    /// Values that say themselves that they are not known, or cannot be.
    pub no_value: u64,
    /// Angles against the vehicle's heading that was not known at their time.
    pub no_heading: u64,
    /// Samples whose time never became known.
    pub no_time: u64,
    /// Samples that nobody took in time.
    pub dropped: u64,
}

impl Counts {
    /// Each that is not nothing, with its name.
    pub fn told(&self) -> impl Iterator<Item = (&'static str, u64)> {
        [
            ("bytes", self.bytes),
            ("read", self.read),
            ("of no use", self.of_no_use),
            ("bad checksums", self.bad_checksum),
            ("bytes of garbage", self.garbage_bytes),
            ("bad", self.bad),
            ("packets lost", self.lost),
            ("of other vehicles", self.other_vehicle),
            ("without a fix", self.no_fix),
            ("values not known", self.no_value),
            ("without a heading", self.no_heading),
            ("without a time", self.no_time),
            ("dropped", self.dropped),
        ]
        .into_iter()
        .filter(|(_, n)| *n > 0)
    }

    /// The sum of two.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            bytes: self.bytes + other.bytes,
            read: self.read + other.read,
            of_no_use: self.of_no_use + other.of_no_use,
            bad_checksum: self.bad_checksum + other.bad_checksum,
            garbage_bytes: self.garbage_bytes + other.garbage_bytes,
            bad: self.bad + other.bad,
            lost: self.lost + other.lost,
            other_vehicle: self.other_vehicle + other.other_vehicle,
            no_fix: self.no_fix + other.no_fix,
            no_value: self.no_value + other.no_value,
            no_heading: self.no_heading + other.no_heading,
            no_time: self.no_time + other.no_time,
            dropped: self.dropped + other.dropped,
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (k, (name, n)) in self.told().enumerate() {
            write!(f, "{}{n} {name}", if k == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}
