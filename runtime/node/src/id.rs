//! Numbers of nodes and logs: 32 bits, written as eight hexadecimal digits as on a node's label.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A number of 32 bits that people read as eight hexadecimal digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hex(pub u32);

/// The number of a node, unique among those of a gateway.
pub type NodeId = Hex;
/// The number of a node's log: a new one when its memory was empty.
pub type LogId = Hex;

impl Hex {
    /// This number.
    #[must_use]
    pub fn new(number: u32) -> Self {
        Self(number)
    }
}

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

/// A text is no number of a node.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is no number of a node: up to eight hexadecimal digits, as 5a3f19c2")]
pub struct NoNumber {
    /// The text.
    pub text: String,
}

impl FromStr for Hex {
    type Err = NoNumber;

    /// One to eight hexadecimal digits, with or without `0x`.
    fn from_str(text: &str) -> Result<Self, NoNumber> {
        let digits = text.strip_prefix("0x").unwrap_or(text);
        let plain =
            (1..=8).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit());
        let number = plain.then(|| u32::from_str_radix(digits, 16).ok()).flatten();
        number.map(Self).ok_or_else(|| NoNumber { text: text.to_owned() })
    }
}

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_it_is_written() {
        for (text, want) in
            [("51", Some(0x51)), ("0x00000051", Some(0x51)), ("FFFFFFFF", Some(u32::MAX))]
        {
            assert_eq!(text.parse::<Hex>().ok().map(|h| h.0), want);
        }
        for bad in ["", "0x", "123456789", "+1", "ridge", "5 1"] {
            assert!(bad.parse::<Hex>().is_err_and(|e| e.to_string().contains("5a3f19c2")), "{bad}");
        }
        assert_eq!(serde_json::to_string(&Hex(0x51)).unwrap(), "\"00000051\"");
        assert_eq!(serde_json::from_str::<Hex>("\"00000051\"").unwrap(), Hex(0x51));
    }
}
