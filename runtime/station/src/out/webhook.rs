//! The webhook: alerts to a server by HTTP, signed, in order, and again until they have arrived.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use emberline_vision::pipeline::Stop;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;
use ureq::Agent;
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{Connector as _, TcpConnector};

use super::WEBHOOK;
use super::follow::{WAIT, follow};
use super::line::{Line, again};
use crate::alert::Alert;
use crate::config::WebhookConfig;
use crate::outbox::{Message, Outbox};
use crate::tls::{self, Peer, TlsConnector, TlsFault};

/// A try is over by then.
const WITHIN: Duration = Duration::from_secs(10);
/// Longest time between two tries.
const LONGEST: Duration = Duration::from_secs(300);
/// A message that has not arrived by then is given up, seconds.
const TOO_OLD_S: f64 = 86_400.0;

/// What became of a try.
#[derive(Debug, PartialEq)]
enum Sent {
    /// It has arrived.
    Arrived,
    /// The server does not want it: another try changes nothing.
    Refused(String),
    /// It may arrive later.
    Later(String),
}

/// The thread of the webhook.
pub(crate) struct WebhookWorker {
    pub(crate) config: WebhookConfig,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) line: Arc<Line>,
    pub(crate) stop: Stop,
}

impl WebhookWorker {
    /// Sends until it is stopped.
    pub(crate) fn run(self) {
        let line = (WEBHOOK, &*self.line);
        follow(line, &self.outbox, &self.stop, || {}, |message| self.deliver(message));
    }

    /// Tries until `message` has arrived or is given up; false when it was stopped.
    fn deliver(&self, message: &Message) -> bool {
        let Ok(alert) = serde_json::from_value::<Alert>(message.body.clone()) else { return true };
        if message.topic != crate::alert::TOPIC
            || alert.quiet
            || !self.config.on.contains(&alert.phase)
        {
            return true;
        }
        let mut faults = 0;
        while !self.stop.is_set() {
            match self.send(message, &alert) {
                Sent::Arrived => {
                    self.line.up();
                    return true;
                }
                Sent::Refused(why) => {
                    self.line.refused(&why);
                    return true;
                }
                Sent::Later(why) => {
                    self.line.down(why);
                    faults += 1;
                }
            }
            if Timestamp::now().duration_since(message.time).as_secs_f64() > TOO_OLD_S {
                self.line.refused("it could not be sent for a day");
                return true;
            }
            let until = Instant::now() + again(faults, LONGEST, fastrand::f64());
            while !self.stop.is_set() && Instant::now() < until {
                std::thread::sleep(WAIT.min(until.saturating_duration_since(Instant::now())));
            }
        }
        false
    }

    /// Who asks. Certificates are read each time, so that new ones need no restart.
    fn agent(&self) -> Result<Agent, String> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_idle_connections(0)
            .proxy(None)
            .user_agent(concat!("emberline/", env!("CARGO_PKG_VERSION")))
            .timeout_global(Some(WITHIN));
        let tls = tls::config(&self.config.certificate, Peer::Server)?;
        let connector = TcpConnector::default().chain(TlsConnector::new(tls, Peer::Server));
        Ok(Agent::with_parts(config.build(), connector, DefaultResolver::default()))
    }

    fn send(&self, message: &Message, alert: &Alert) -> Sent {
        let agent = match self.agent() {
            Ok(agent) => agent,
            Err(why) => return Sent::Later(why),
        };
        let body = message.flat().to_string();
        let mut request = agent
            .post(&self.config.url)
            .header("Content-Type", "application/json")
            .header("X-Emberline-Event", alert.phase.name())
            .header("X-Emberline-Seq", message.seq.to_string());
        if let Some(from) = &self.config.secret {
            // Read each time, so that a new one needs no restart.
            match from.read() {
                Ok(secret) => {
                    let signed = signature(secret.letters().as_bytes(), body.as_bytes());
                    request = request.header("X-Emberline-Signature", signed);
                }
                Err(why) => return Sent::Later(why),
            }
        }
        match request.send(body) {
            Ok(response) => match response.status().as_u16() {
                200..=299 => Sent::Arrived,
                // Too early, too many: the server asks for another try.
                status @ (408 | 425 | 429 | 500..) => {
                    Sent::Later(format!("the server answers {status}"))
                }
                status => {
                    Sent::Refused(format!("the server answers {status}: correct webhook.url"))
                }
            },
            // A certificate can be renewed, here and there.
            Err(ureq::Error::Other(ref cause))
                if let Some(tls) = cause.downcast_ref::<TlsFault>() =>
            {
                Sent::Later(tls.why.clone())
            }
            Err(ureq::Error::Timeout(_)) => Sent::Later("no answer within 10 s".to_owned()),
            Err(cause) => Sent::Later(format!("it cannot be reached: {cause}")),
        }
    }
}

/// The signature of `body`: HMAC with SHA-256 (RFC 2104), in hexadecimal digits.
fn signature(secret: &[u8], body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return String::new() };
    mac.update(body);
    mac.finalize().into_bytes().iter().fold("sha256=".to_owned(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_signed_as_rfc_4231_has_it() {
        let signed = signature(b"Jefe", b"what do ya want for nothing?");
        let want = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(signed, want);
    }
}
