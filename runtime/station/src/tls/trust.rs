//! Trust: which certificate is taken, and what is said of one that is not.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, RootCertStore,
    SignatureScheme,
};
use sha2::{Digest as _, Sha256};

use super::peer::Peer;
use crate::config::{Certificate, Fingerprint};

/// Most bytes of a file of certificates.
const FILE_MAX: u64 = 1 << 20;

/// A certificate that is not taken: why, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Untrusted(pub(super) String);

/// What is taken.
#[derive(Debug)]
enum Takes {
    /// One certificate.
    Pinned(Fingerprint),
    /// What issuers vouch for, where any are known, and these themselves.
    Vouched {
        issuers: Option<Arc<WebPkiServerVerifier>>,
        own: Vec<CertificateDer<'static>>,
        /// Who does not know a certificate that is not taken.
        unknown: String,
    },
}

/// Looks at the certificates that a peer shows.
#[derive(Debug)]
struct Trust {
    takes: Takes,
    algorithms: WebPkiSupportedAlgorithms,
    peer: Peer,
}

/// How TLS is spoken with `peer`, who may show `certificate`.
///
/// # Errors
/// One line, of a file that holds no certificate.
pub(crate) fn config(certificate: &Certificate, peer: Peer) -> Result<ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let takes = match certificate {
        Certificate::Known => {
            let roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
            let unknown = "is not known (self-signed, or of another name)".to_owned();
            Takes::Vouched { issuers: issuers(roots, &provider), own: Vec::new(), unknown }
        }
        Certificate::Pinned(fingerprint) => Takes::Pinned(*fingerprint),
        Certificate::File(path) => {
            let own = certificates(path, peer)?;
            let mut roots = RootCertStore::empty();
            roots.add_parsable_certificates(own.iter().cloned());
            let unknown = format!("is none that {} vouches for", path.display());
            Takes::Vouched { issuers: issuers(roots, &provider), own, unknown }
        }
    };
    let algorithms = provider.signature_verification_algorithms;
    let trust = Arc::new(Trust { takes, algorithms, peer });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|cause| format!("no TLS: {cause}"))?;
    // "Dangerous" is that the look at certificates is ours: no one is taken unseen.
    Ok(config.dangerous().with_custom_certificate_verifier(trust).with_no_client_auth())
}

fn issuers(
    roots: RootCertStore,
    provider: &Arc<CryptoProvider>,
) -> Option<Arc<WebPkiServerVerifier>> {
    let provider = Arc::clone(provider);
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().ok()
}

/// The certificates of a PEM file.
fn certificates(path: &Path, peer: Peer) -> Result<Vec<CertificateDer<'static>>, String> {
    let place = path.display();
    let mut pem = Vec::new();
    let file = File::open(path).and_then(|file| file.take(FILE_MAX + 1).read_to_end(&mut pem));
    file.map_err(|cause| format!("certificate file {place}: {cause}; write it there"))?;
    if pem.len() as u64 > FILE_MAX {
        let name = peer.name();
        return Err(format!("certificate file {place} has over 1 MB: keep those of the {name}"));
    }
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err(format!(
            "certificate file {place} holds no certificate: write it as PEM, from BEGIN \
             CERTIFICATE to END CERTIFICATE"
        )),
    }
}

/// The fingerprint of a certificate.
pub(crate) fn fingerprint(certificate: &CertificateDer<'_>) -> Fingerprint {
    Fingerprint::new(Sha256::digest(certificate).into())
}

fn untrusted(why: String) -> Error {
    Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(Untrusted(why)))))
}

impl Trust {
    /// That a certificate `is` something for which it is not taken, and what to write where it is the peer's.
    fn unknown(&self, is: &str, shown: Fingerprint) -> Error {
        let (name, write) = (self.peer.name(), self.peer.write());
        untrusted(format!(
            "its certificate {is}: if {shown} is the {name}'s own, {write} certificate_sha256 = \
             \"{shown}\""
        ))
    }

    /// Who shows a certificate proves with its key that it is its own.
    fn signed(
        &self,
        verified: Result<HandshakeSignatureValid, Error>,
    ) -> Result<HandshakeSignatureValid, Error> {
        let name = self.peer.name();
        verified.map_err(|error| match error {
            Error::InvalidCertificate(_) => untrusted(format!(
                "it does not prove that its certificate is its own: let the {name} make a new one \
                 (RSA of 2048 bits or more, or ECDSA)"
            )),
            error => error,
        })
    }
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if ParsedCertificate::try_from(shown).is_err() {
            let name = self.peer.name();
            return Err(untrusted(format!(
                "its certificate cannot be read: let the {name} make a new one (X.509 v3)"
            )));
        }
        let print = fingerprint(shown);
        let (issuers, unknown) = match &self.takes {
            Takes::Pinned(pinned) if *pinned == print => return Ok(ServerCertVerified::assertion()),
            Takes::Pinned(_) => {
                return Err(self.unknown("is another one than certificate_sha256 says", print));
            }
            Takes::Vouched { own, .. } if own.contains(shown) => {
                return Ok(ServerCertVerified::assertion());
            }
            Takes::Vouched { issuers, unknown, .. } => (issuers, unknown),
        };
        let Some(issuers) = issuers else { return Err(self.unknown(unknown, print)) };
        issuers.verify_server_cert(shown, between, name, ocsp, now).map_err(|error| {
            use CertificateError::{Expired, ExpiredContext, NotValidYet, NotValidYetContext};
            match error {
                Error::InvalidCertificate(Expired | ExpiredContext { .. }) => {
                    self.unknown("has expired by this machine's clock", print)
                }
                Error::InvalidCertificate(NotValidYet | NotValidYetContext { .. }) => {
                    self.unknown("is not valid yet by this machine's clock", print)
                }
                _ => self.unknown(unknown, print),
            }
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signed(verify_tls12_signature(message, shown, signature, &self.algorithms))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signed(verify_tls13_signature(message, shown, signature, &self.algorithms))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
