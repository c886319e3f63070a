//! Peers: whom TLS is spoken with, and how what is said of them is worded.

/// Whom TLS is spoken with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    /// A camera; `is_https` where its own address is one of `https://`, and else it sends to one.
    Camera {
        /// Whether it is.
        is_https: bool,
    },
    /// An MQTT broker.
    Broker,
    /// The server of a webhook.
    Server,
}

impl Peer {
    /// Its word.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Camera { .. } => "camera",
            Self::Broker => "broker",
            Self::Server => "server",
        }
    }

    /// What stands before `certificate_sha256 =` in what is to be written.
    pub(super) fn write(self) -> &'static str {
        match self {
            Self::Camera { is_https: false } => "write from = \"https://…\" and",
            _ => "write",
        }
    }

    /// Its port, unless told.
    pub(super) fn port(self) -> u16 {
        match self {
            Self::Broker => 8883,
            _ => 443,
        }
    }

    /// How its address begins without TLS.
    pub(super) fn plain(self) -> &'static str {
        match self {
            Self::Broker => "mqtt://",
            _ => "http://",
        }
    }

    /// What is too old where it speaks TLS in no way that is safe.
    pub(super) fn is_old(self) -> &'static str {
        match self {
            Self::Camera { .. } => "firmware",
            _ => "software",
        }
    }
}
