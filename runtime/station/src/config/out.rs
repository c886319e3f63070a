//! Receivers in the configuration: an MQTT broker and a webhook. Nothing leaves the station without them.

use super::certificate::Certificate;
use super::check::Check;
use super::error::ConfigError;
use super::login::{Login, PasswordFrom};
use super::text::{MqttText, WebhookText};
use crate::alert::Phase;

/// Port of a broker without and with TLS, unless told.
const MQTT_PORT: u16 = 1883;
const MQTTS_PORT: u16 = 8883;
/// What a webhook is told of, as it stands in the file.
const PHASES: [(&str, Phase); 3] =
    [("raised", Phase::Raised), ("acknowledged", Phase::Acknowledged), ("closed", Phase::Closed)];

/// An MQTT broker.
#[derive(Clone, Debug, PartialEq)]
pub struct MqttConfig {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Which certificate it may show, where it is spoken to with TLS; without where not given.
    pub certificate: Option<Certificate>,
    /// Who the station says it is.
    pub login: Option<Login>,
    /// Whether Home Assistant is told what there is (prefix `homeassistant`).
    pub home_assistant: bool,
    /// Whether it is sent the pictures of forecasts.
    pub pictures: bool,
}

/// A server that is told of alerts.
#[derive(Clone, Debug, PartialEq)]
pub struct WebhookConfig {
    /// Its address, `http://host[:port]/path`, or `https://`.
    pub url: String,
    /// Which certificate it may show, by `https://`.
    pub certificate: Certificate,
    /// Of which phases it is told.
    pub on: Vec<Phase>,
    /// Where the secret is that signs what is sent.
    pub secret: Option<PasswordFrom>,
}

fn found(from: Option<&PasswordFrom>) -> (Option<String>, Option<String>) {
    match from {
        Some(PasswordFrom::File(path)) => (Some(path.display().to_string()), None),
        Some(PasswordFrom::Environment(name)) => (None, Some(name.clone())),
        None => (None, None),
    }
}

impl MqttConfig {
    pub(super) fn text(&self) -> MqttText {
        let login = self.login.as_ref();
        let (password_file, password_env) = found(login.map(|login| &login.password));
        let certificate = self.certificate.as_ref().map(Certificate::text);
        let (certificate_sha256, certificate_file) = certificate.unwrap_or_default();
        let scheme = if self.certificate.is_some() { "mqtts" } else { "mqtt" };
        MqttText {
            broker: Some(match self.host.contains(':') {
                true => format!("{scheme}://[{}]:{}", self.host, self.port),
                false => format!("{scheme}://{}:{}", self.host, self.port),
            }),
            user: login.map(|login| login.user.clone()),
            password_file,
            password_env,
            certificate_sha256,
            certificate_file,
            home_assistant: Some(self.home_assistant),
            pictures: Some(self.pictures),
        }
    }
}

impl WebhookConfig {
    pub(super) fn text(&self) -> WebhookText {
        let (secret_file, secret_env) = found(self.secret.as_ref());
        let (certificate_sha256, certificate_file) = self.certificate.text();
        WebhookText {
            url: Some(self.url.clone()),
            certificate_sha256,
            certificate_file,
            on: Some(self.on.iter().map(|phase| phase.name().to_owned()).collect()),
            secret_file,
            secret_env,
        }
    }
}

impl Check<'_> {
    pub(super) fn mqtt(&self, text: &MqttText) -> Result<MqttConfig, ConfigError> {
        let broker = "mqtt.broker";
        let address =
            self.need(text.broker.clone(), broker, "broker = \"mqtt://192.0.2.2:1883\"")?;
        let fix = "give mqtt://192.0.2.2:1883, or mqtts://";
        let (rest, is_tls) = match address.split_once("://") {
            Some(("mqtt", rest)) => (rest.trim_end_matches('/'), false),
            Some(("mqtts", rest)) => (rest.trim_end_matches('/'), true),
            _ => return self.value(broker, "no address of a broker", fix),
        };
        if rest.contains('@') {
            let fix = "give user = and password_file = instead: addresses are written to logs";
            return self.value(broker, "the address holds a user", fix);
        }
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, port.parse().ok()),
            _ => (rest, Some(if is_tls { MQTTS_PORT } else { MQTT_PORT })),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let is_host = |c: char| c.is_ascii_alphanumeric() || "-._:".contains(c);
        let (Some(port), false, true) = (port, host.is_empty(), host.chars().all(is_host)) else {
            return self.value(broker, "no address of a broker", fix);
        };
        let place = |key: &str| format!("mqtt.{key}");
        let password = self.found(&place, "password", &text.password_file, &text.password_env)?;
        let login = self.login(&place, text.user.clone(), password)?;
        let (sha256, file) = (&text.certificate_sha256, &text.certificate_file);
        let certificate = self.certificate(&place, ("mqtts://", is_tls), sha256, file)?;
        let home_assistant = text.home_assistant.unwrap_or(false);
        Ok(MqttConfig {
            host: host.to_owned(),
            port,
            certificate: is_tls.then_some(certificate),
            login,
            home_assistant,
            pictures: text.pictures.unwrap_or(home_assistant),
        })
    }

    pub(super) fn webhook(&self, text: &WebhookText) -> Result<WebhookConfig, ConfigError> {
        let place = |key: &str| format!("webhook.{key}");
        let url =
            self.need(text.url.clone(), "webhook.url", "url = \"http://192.0.2.3/alerts\"")?;
        let is_https = url.starts_with("https://");
        let rest = url.strip_prefix(if is_https { "https://" } else { "http://" });
        let host = rest.map(|rest| rest.split('/').next().unwrap_or(""));
        let is_address = |c: char| c.is_ascii_graphic();
        match host {
            Some(host) if host.contains('@') => {
                let fix = "leave the user out: what is sent is signed with secret_file = instead";
                return self.value("webhook.url", "the address holds a user", fix);
            }
            Some(host) if !host.is_empty() && url.chars().all(is_address) => {}
            _ => {
                let fix = "give http://192.0.2.3/alerts, or https://";
                return self.value("webhook.url", "no address of a server", fix);
            }
        }
        let on = match &text.on {
            None => vec![Phase::Raised, Phase::Closed],
            Some(words) => words
                .iter()
                .map(|word| {
                    let phase = self.choice(Some(word), &PHASES, "webhook.on")?;
                    Ok(phase.unwrap_or(Phase::Raised))
                })
                .collect::<Result<_, ConfigError>>()?,
        };
        let secret = self.found(&place, "secret", &text.secret_file, &text.secret_env)?;
        let (sha256, file) = (&text.certificate_sha256, &text.certificate_file);
        let certificate = self.certificate(&place, ("https://", is_https), sha256, file)?;
        Ok(WebhookConfig { url, certificate, on, secret })
    }

    /// Where a password or secret is found.
    pub(super) fn found(
        &self,
        place: &dyn Fn(&str) -> String,
        what: &str,
        file: &Option<String>,
        env: &Option<String>,
    ) -> Result<Option<PasswordFrom>, ConfigError> {
        match (file, env) {
            (None, None) => Ok(None),
            (Some(path), None) => Ok(Some(PasswordFrom::File(path.into()))),
            (None, Some(name)) => Ok(Some(PasswordFrom::Environment(name.clone()))),
            (Some(_), Some(_)) => {
                let said = format!("there is a {what}_env too");
                self.value(&place(&format!("{what}_file")), &said, "leave one of them out")
            }
        }
    }
}
