//! TLS of HTTP: put between the socket and HTTP where an address is one of `https://`, within the deadlines of the
//! request.

use std::fmt;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use ureq::Error;
use ureq::unversioned::transport::time::{Duration, Instant};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, Transport,
    TransportAdapter,
};

use super::fault::TlsFault;
use super::peer::Peer;

/// What an error of a stream with TLS means to who asks by HTTP.
fn told(cause: io::Error, peer: Peer) -> Error {
    match TlsFault::of_stream(&cause, peer) {
        Some(fault) => Error::Other(Box::new(fault)),
        None => Error::from(cause),
    }
}

/// Puts TLS on a connection.
pub(crate) struct TlsConnector {
    config: Arc<ClientConfig>,
    peer: Peer,
}

impl TlsConnector {
    /// One that speaks with `peer` as `config` says.
    pub(crate) fn new(config: ClientConfig, peer: Peer) -> Self {
        Self { config: Arc::new(config), peer }
    }
}

impl fmt::Debug for TlsConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsConnector")
    }
}

impl<In: Transport> Connector<In> for TlsConnector {
    type Out = Either<In, TlsTransport<In>>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        let Some(line) = chained else { return Ok(None) };
        if !details.needs_tls() {
            return Ok(Some(Either::A(line)));
        }
        let host = details.uri.host().unwrap_or("").trim_matches(['[', ']']);
        let name = ServerName::try_from(host.to_owned()).map_err(|_| {
            let why =
                "its host has no name that a certificate can have: give its address".to_owned();
            Error::Other(Box::new(TlsFault { refused: true, why }))
        })?;
        let mut tls = ClientConnection::new(Arc::clone(&self.config), name)
            .map_err(|error| Error::Other(Box::new(TlsFault::of(&error, self.peer))))?;
        let mut line = TransportAdapter::new(line, Arc::clone(&details.current_time));
        line.set_timeout(left(details));
        tls.complete_io(&mut line).map_err(|cause| told(cause, self.peer))?;
        let config = details.config;
        let buffers = LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size());
        let (stream, peer) = (StreamOwned::new(tls, line), self.peer);
        Ok(Some(Either::B(TlsTransport { buffers, stream, peer })))
    }
}

/// What the connection below has left of the time for both.
fn left(details: &ConnectionDetails<'_>) -> NextTimeout {
    let mut left = details.timeout;
    if let (Duration::Exact(after), Instant::Exact(began)) = (left.after, details.now) {
        left.after = Duration::Exact(after.saturating_sub(began.elapsed()));
    }
    left
}

/// A connection with TLS.
pub(crate) struct TlsTransport<In: Transport> {
    buffers: LazyBuffers,
    stream: StreamOwned<ClientConnection, TransportAdapter<In>>,
    peer: Peer,
}

impl<In: Transport> fmt::Debug for TlsTransport<In> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsTransport")
    }
}

impl<In: Transport> Transport for TlsTransport<In> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.stream.sock.set_timeout(timeout.for_write());
        let written = self.stream.write_all(&self.buffers.output()[..amount]);
        written.map_err(|cause| told(cause, self.peer))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        // What comes is read by whole records, which may come a byte at a time: all of one within a read's time.
        self.stream.sock.set_timeout(timeout.for_read());
        match self.stream.read(self.buffers.input_append_buf()) {
            Ok(amount) => {
                self.buffers.input_appended(amount);
                Ok(amount > 0)
            }
            // Cameras hang up without a word. Whether all has come its length tells, or the picture itself.
            Err(cause) if cause.kind() == ErrorKind::UnexpectedEof => Ok(false),
            Err(cause) => Err(told(cause, self.peer)),
        }
    }

    fn is_open(&mut self) -> bool {
        self.stream.sock.get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}
