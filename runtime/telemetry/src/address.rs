//! Addresses of telemetry that comes while it is used.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Where telemetry comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// Datagrams to this address of this machine.
    Udp(SocketAddr),
    /// A serial line.
    Serial {
        /// Its device.
        device: String,
        /// Bits a second.
        baud: u32,
    },
}

/// Why a text is no address, and what to write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is no address of telemetry: write udp:14550, udp:0.0.0.0:14550 or serial:/dev/ttyACM0:57600"
)]
pub struct AddressError {
    text: String,
}

impl std::str::FromStr for Address {
    type Err = AddressError;

    /// `udp:14550` listens on this machine itself only; `udp:0.0.0.0:14550` to the network.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let wrong = || AddressError { text: text.to_owned() };
        if let Some(rest) = text.strip_prefix("udp:") {
            if let Ok(port) = rest.parse::<u16>() {
                return Ok(Self::Udp(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)));
            }
            return rest.parse().map(Self::Udp).map_err(|_| wrong());
        }
        let (device, baud) = text
            .strip_prefix("serial:")
            .and_then(|rest| rest.rsplit_once(':'))
            .filter(|(device, _)| !device.is_empty())
            .ok_or_else(wrong)?;
        let baud = baud.parse().ok().filter(|b| *b > 0).ok_or_else(wrong)?;
        Ok(Self::Serial { device: device.to_owned(), baud })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_is_on_this_machine_only_unless_told() {
        let udp = |text: &str| Some(Address::Udp(text.parse().unwrap()));
        let serial = |device: &str, baud| Some(Address::Serial { device: device.to_owned(), baud });
        for (text, want) in [
            ("udp:14550", udp("127.0.0.1:14550")),
            ("udp:0.0.0.0:14550", udp("0.0.0.0:14550")),
            ("udp:[::1]:14550", udp("[::1]:14550")),
            ("serial:/dev/ttyACM0:57600", serial("/dev/ttyACM0", 57_600)),
            ("serial:COM3:115200", serial("COM3", 115_200)),
            ("udp:host:14550", None),
            ("udp:99999", None),
            ("serial:/dev/ttyACM0", None),
            ("serial:/dev/ttyACM0:0", None),
            ("tcp:14550", None),
        ] {
            assert_eq!(text.parse().ok(), want, "{text}");
        }
    }
}
