//! The client: one request of a camera, with its deadlines, redirects and password.

use std::io;
use std::time::Duration;

use ureq::http::Response;
use ureq::http::header::{AUTHORIZATION, LOCATION, WWW_AUTHENTICATE};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{Connector as _, TcpConnector};
use ureq::{Agent, Body, Error};

use super::address::Address;
use super::challenge::Challenge;
use crate::config::{Certificate, Login, Secret};
use crate::source::Fault;
use crate::tls::{self, Peer, TlsConnector, TlsFault};

/// Most redirects that are followed.
const REDIRECTS: u32 = 3;
/// Most bytes of an answer's head.
const HEAD_MAX: usize = 16 << 10;
/// A connection is there by then; one with TLS, for which small cameras compute long, by then.
const CONNECT: Duration = Duration::from_secs(5);
const CONNECT_TLS: Duration = Duration::from_secs(10);

/// How long a picture may take: together for what is asked for once, for each of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Within {
    /// The whole of the answer.
    Whole(Duration),
    /// Connection and head of the answer, and each read of its body.
    Each(Duration),
}

/// Asks a camera.
pub(super) struct Client {
    agent: Agent,
    address: Address,
    login: Option<(String, Secret)>,
    /// How the camera wants to be told the password, once that is known.
    challenge: Option<Challenge>,
    within_s: f64,
}

impl Client {
    /// One that asks at the address `text`, where `certificate` may be shown. Password and certificates are read
    /// here.
    ///
    /// # Errors
    /// [`Fault`], where an address, a password or a file of certificates cannot be used.
    pub(super) fn new(
        text: &str,
        login: Option<&Login>,
        certificate: &Certificate,
        within: Within,
    ) -> Result<Self, Fault> {
        let refused = |why: String| Fault { refused: true, why };
        let login = match login {
            Some(login) => Some((login.user.clone(), login.password().map_err(refused)?)),
            None => None,
        };
        let address = Address::new(text, login.as_ref()).map_err(|why| refused(why.to_owned()))?;
        let peer = Peer::Camera { is_https: address.is_https() };
        let tls = tls::config(certificate, peer).map_err(refused)?;
        let connect = if address.is_https() { CONNECT_TLS } else { CONNECT };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_response_header_size(HEAD_MAX)
            // A connection for each request: cameras close theirs when they like.
            .max_idle_connections(0)
            // Whatever the environment says: a camera is near.
            .proxy(None)
            .user_agent(concat!("emberline/", env!("CARGO_PKG_VERSION")))
            .timeout_resolve(Some(CONNECT))
            .timeout_connect(Some(connect));
        let (config, within) = match within {
            Within::Whole(span) => (config.timeout_global(Some(span)), span),
            Within::Each(span) => {
                let config = config.timeout_send_request(Some(span));
                let config = config.timeout_recv_response(Some(span));
                (config.timeout_per_read(Some(span)), span)
            }
        };
        let within_s = within.as_secs_f64();
        let connector = TcpConnector::default().chain(TlsConnector::new(tls, peer));
        let agent = Agent::with_parts(config.build(), connector, DefaultResolver::default());
        Ok(Self { agent, address, login, challenge: None, within_s })
    }

    /// The answer to a request, which is a good one.
    pub(super) fn get(&mut self) -> Result<Response<Body>, Fault> {
        let mut at = self.address.clone();
        let (mut redirects, mut answered) = (0, false);
        loop {
            // Nobody but the camera's own host is told the password.
            let is_own = at.is_of(&self.address);
            let response = self.ask(&at, is_own)?;
            let status = response.status().as_u16();
            match status {
                200..=299 => return Ok(response),
                401 if is_own && self.login.is_some() && !answered => {
                    let headers = response.headers().get_all(WWW_AUTHENTICATE);
                    let headers = headers.iter().filter_map(|value| value.to_str().ok());
                    self.challenge = Challenge::of(headers);
                    answered = true;
                    if self.challenge.is_none() {
                        return Err(refused(
                            "it asks for the password in no way that is known here: \
                             set it to Digest or Basic",
                        ));
                    }
                }
                301 | 302 | 303 | 307 | 308 => {
                    redirects += 1;
                    if redirects > REDIRECTS {
                        return Err(gone(
                            "it sends from one address to the next without end: give the last one",
                        ));
                    }
                    let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
                    let to = at.follow(to.unwrap_or("")).map_err(|why| {
                        refused(&format!("it sends to another address, which is not taken: {why}"))
                    })?;
                    let tells = |(_, secret): &(String, Secret)| to.tells(secret);
                    if !to.is_of(&self.address) && self.login.as_ref().is_some_and(tells) {
                        return Err(refused("it sends the password to another host"));
                    }
                    at = to;
                }
                _ => return Err(self.no_answer(status, is_own)),
            }
        }
    }

    fn ask(&mut self, at: &Address, is_own: bool) -> Result<Response<Body>, Fault> {
        let mut request = self.agent.get(at.uri());
        if is_own
            && let Some((user, password)) = &self.login
            && let Some(challenge) = &mut self.challenge
        {
            let answer = challenge.answer(user, password, at.target());
            let answer = answer.ok_or_else(|| {
                refused("it asks for the password in no way that is known here: set it to Digest")
            })?;
            request = request.header(AUTHORIZATION, answer);
        }
        request.call().map_err(|error| self.fault(at, &error))
    }

    /// What a status means that brings no picture.
    fn no_answer(&self, status: u16, is_own: bool) -> Fault {
        match status {
            401 if !is_own => refused("it sends to another host, which asks for a password"),
            401 if self.login.is_none() => {
                refused("it asks for a password (401): write user = and password_file =")
            }
            401 => refused("wrong user or password (401): correct password_file"),
            403 => refused(
                "it forbids this address (403): give the user the right to view, or correct the address",
            ),
            404 => gone("there is nothing at this address (404): look its path up in its manual"),
            500..=599 => gone(&format!(
                "it answers with an error of its own ({status}): restart it if that lasts"
            )),
            _ => gone(&format!("it answers {status} and sends no picture: correct the address")),
        }
    }

    /// What an error of the line means; of `at` the host is told alone.
    fn fault(&self, at: &Address, error: &Error) -> Fault {
        let host = at.host();
        let why = match error {
            Error::HostNotFound => {
                format!("there is no host {host}: correct the address, or see to its name")
            }
            Error::Timeout(_) => {
                let within_s = self.within_s;
                format!("no answer of {host} in time (within {within_s:.0} s): see to its line")
            }
            Error::Io(cause) => match cause.kind() {
                io::ErrorKind::ConnectionRefused => {
                    format!("{host} refuses the connection: switch it on, or correct the port")
                }
                io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => format!(
                    "there is no way to {host}: see to the camera, its line and its address"
                ),
                io::ErrorKind::TimedOut => {
                    format!("{host} does not answer: see to the camera, its line and its address")
                }
                io::ErrorKind::ConnectionReset
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::UnexpectedEof => format!("{host} hung up before it answered"),
                _ => format!("{host}: {cause}"),
            },
            Error::Other(cause) if let Some(tls) = cause.downcast_ref::<TlsFault>() => {
                return Fault { refused: tls.refused, why: tls.why.clone() };
            }
            Error::LargeResponseHeader(..) => {
                format!("{host} answers with over {} kB of headers", HEAD_MAX >> 10)
            }
            Error::Protocol(_) => format!("{host} does not speak HTTP: correct the port"),
            _ => format!("{host} cannot be asked: {error}"),
        };
        gone(&why)
    }

    /// How long a picture may take, seconds.
    pub(super) fn within_s(&self) -> f64 {
        self.within_s
    }
}

/// A fault that may pass.
pub(super) fn gone(why: &str) -> Fault {
    Fault { refused: false, why: why.to_owned() }
}

/// A fault that a person must see to.
pub(super) fn refused(why: &str) -> Fault {
    Fault { refused: true, why: why.to_owned() }
}
