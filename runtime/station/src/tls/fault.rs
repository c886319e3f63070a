//! Faults of TLS: why it does not come about, in one line with what to do.

use std::io;

use rustls::{AlertDescription, CertificateError};

use super::peer::Peer;
use super::trust::Untrusted;

/// Why there is no TLS with somebody.
#[derive(Debug, thiserror::Error)]
#[error("{why}")]
pub(crate) struct TlsFault {
    /// Whether somebody must do something first.
    pub(crate) refused: bool,
    /// What is wrong, and what to do.
    pub(crate) why: String,
}

impl TlsFault {
    /// What an error of a stream with TLS means; none where it is not one of TLS.
    pub(crate) fn of_stream(cause: &io::Error, peer: Peer) -> Option<Self> {
        let error = cause.get_ref().and_then(|cause| cause.downcast_ref())?;
        Some(Self::of(error, peer))
    }

    /// What an error of TLS with `peer` means.
    pub(super) fn of(error: &rustls::Error, peer: Peer) -> Self {
        use AlertDescription as Alert;
        use rustls::Error::{AlertReceived, InvalidCertificate, InvalidMessage, PeerIncompatible};
        let refused = |why: String| Self { refused: true, why };
        let plain = peer.plain();
        match error {
            InvalidCertificate(CertificateError::Other(other))
                if let Some(Untrusted(why)) = other.0.downcast_ref() =>
            {
                refused(why.clone())
            }
            InvalidMessage(_) => {
                let port = peer.port();
                let why = format!(
                    "it does not speak TLS: correct the port ({port} unless told), or give {plain}"
                );
                Self { refused: false, why }
            }
            PeerIncompatible(_)
            | AlertReceived(
                Alert::HandshakeFailure | Alert::ProtocolVersion | Alert::InsufficientSecurity,
            ) => {
                let is_old = peer.is_old();
                refused(format!(
                    "it speaks TLS in no way that is safe today (1.2 or 1.3): renew its {is_old}, \
                     or give {plain} within a network of your own"
                ))
            }
            AlertReceived(Alert::CertificateRequired | Alert::BadCertificate) => refused(
                "it asks for a certificate of this station, which has none: switch that off"
                    .to_owned(),
            ),
            error => Self { refused: false, why: format!("TLS with it broke off: {error}") },
        }
    }
}

#[cfg(test)]
mod tests {
    use rustls::{InvalidMessage, PeerIncompatible};

    use super::*;

    #[test]
    fn faults_are_worded_for_whom_they_are_of() {
        let camera = Peer::Camera { is_https: true };
        let no_tls = || rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType);
        let old = || rustls::Error::PeerIncompatible(PeerIncompatible::NoCipherSuitesInCommon);
        let wants = || rustls::Error::AlertReceived(AlertDescription::CertificateRequired);
        let own = "asks for a certificate of this station";
        for (error, peer, refused, want) in [
            (no_tls(), camera, false, "the port (443 unless told), or give http://"),
            (no_tls(), Peer::Server, false, "the port (443 unless told), or give http://"),
            (no_tls(), Peer::Broker, false, "the port (8883 unless told), or give mqtt://"),
            (old(), camera, true, "renew its firmware, or give http:// within"),
            (old(), Peer::Server, true, "renew its software, or give http:// within"),
            (old(), Peer::Broker, true, "renew its software, or give mqtt:// within"),
            (wants(), Peer::Broker, true, own),
        ] {
            let cause = io::Error::new(io::ErrorKind::InvalidData, error);
            let fault = TlsFault::of_stream(&cause, peer).unwrap();
            assert!(fault.refused == refused && fault.why.contains(want), "{fault:?}");
            assert!(!fault.why.contains('\n'), "{fault:?}");
        }
        let other = io::Error::from(io::ErrorKind::ConnectionReset);
        assert!(TlsFault::of_stream(&other, Peer::Broker).is_none());
    }
}
