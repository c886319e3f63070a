//! TLS: whose certificates are taken, what is said of those that are not, and HTTP over it; with the ring provider alone.

mod fault;
mod peer;
mod transport;
mod trust;

pub(crate) use fault::TlsFault;
pub(crate) use peer::Peer;
pub(crate) use transport::TlsConnector;
pub(crate) use trust::config;
#[cfg(test)]
pub(crate) use trust::fingerprint;
