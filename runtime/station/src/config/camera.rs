//! A camera in the configuration: where its frames come from, and what is known of them.

use std::path::PathBuf;

use emberline_vision::frame::Kind;

use super::certificate::Certificate;
use super::check::Check;
use super::error::ConfigError;
use super::ground::GroundConfig;
use super::login::{Login, PasswordFrom};
use super::text::CameraText;
use crate::sun::Site;

/// Seconds between the frames that are taken, unless told.
const FRAME_EVERY_S: f64 = 5.0;
/// The same of a camera whose frames are laid on the ground.
const GROUND_EVERY_S: f64 = 1.0;

/// A camera.
#[derive(Clone, Debug, PartialEq)]
pub struct CameraConfig {
    /// What it is called: small letters, digits and dashes.
    pub name: String,
    /// Where its frames come from.
    pub from: CameraFrom,
    /// Who it is asked as, where it wants to know.
    pub login: Option<Login>,
    /// What their values mean.
    pub kind: Kind,
    /// Seconds between the frames that are taken.
    pub every_s: f64,
    /// Seconds between the frames that a model sees.
    pub step_s: f64,
    /// When it is looked at.
    pub look: When,
    /// Where it stands: the station's place.
    pub site: Site,
    /// Where it is and how it looks, where its frames are laid on the ground.
    pub ground: Option<Box<GroundConfig>>,
}

/// Where the frames of a camera come from.
#[derive(Clone, Debug, PartialEq)]
pub enum CameraFrom {
    /// A simulator, by its address.
    Sim(String),
    /// Pictures that somebody puts into this folder.
    Folder(PathBuf),
    /// A stream by RTSP.
    Rtsp {
        /// `rtsp://host[:port]/path`, without user and password.
        address: String,
        /// What carries the packets.
        transport: Transport,
    },
    /// A stream of JPEG pictures, or one picture at a time, by HTTP.
    Http {
        /// `http://host[:port]/path`, or `https://`, without user and password; `{user}` and `{password}` may
        /// stand for them.
        address: String,
        /// Whether each picture is asked for by itself.
        snapshot: bool,
        /// Which certificate it may show, by `https://`.
        certificate: Certificate,
    },
    /// A video device of this machine.
    Device(PathBuf),
}

/// What carries the packets of a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transport {
    /// Nothing is lost, and late packets hold up later ones.
    #[default]
    Tcp,
    /// What is late is lost.
    Udp,
}

/// When a camera is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// Day and night.
    #[default]
    Always,
    /// While the sun is up: a colour camera without infrared light.
    Day,
    /// While it is not.
    Night,
}

/// Words of choices, as they stand in the file.
const TRANSPORTS: [(&str, Transport); 2] = [("tcp", Transport::Tcp), ("udp", Transport::Udp)];
const LOOKS: [(&str, When); 3] =
    [("always", When::Always), ("day", When::Day), ("night", When::Night)];
const KINDS: [(&str, Kind); 3] =
    [("thermal", Kind::Thermal), ("rgb", Kind::Rgb), ("mask", Kind::Mask)];

/// Keys of an address that cameras have for a password.
const PASSWORDS: [&str; 6] = ["password", "passwd", "pass", "pwd", "psw", "loginpas"];

/// The word of `choice`.
fn word<T: PartialEq + Copy>(words: &[(&str, T)], choice: T) -> Option<String> {
    words.iter().find(|(_, c)| *c == choice).map(|(word, _)| (*word).to_owned())
}

impl CameraConfig {
    /// As it stands in the file, defaults written out.
    pub(super) fn text(&self) -> CameraText {
        let (mut transport, mut snapshot) = (None, None);
        let (mut certificate_sha256, mut certificate_file) = (None, None);
        let from = match &self.from {
            CameraFrom::Sim(address) => address.clone(),
            CameraFrom::Folder(path) => format!("file://{}", path.display()),
            CameraFrom::Rtsp { address, transport: by } => {
                transport = word(&TRANSPORTS, *by);
                address.clone()
            }
            CameraFrom::Http { address, snapshot: one, certificate } => {
                snapshot = Some(*one);
                (certificate_sha256, certificate_file) = certificate.text();
                address.clone()
            }
            CameraFrom::Device(path) => path.display().to_string(),
        };
        let (mut password_file, mut password_env) = (None, None);
        match self.login.as_ref().map(|login| &login.password) {
            Some(PasswordFrom::File(path)) => password_file = Some(path.display().to_string()),
            Some(PasswordFrom::Environment(name)) => password_env = Some(name.clone()),
            None => {}
        }
        CameraText {
            name: Some(self.name.clone()),
            from: Some(from),
            user: self.login.as_ref().map(|login| login.user.clone()),
            password_file,
            password_env,
            transport,
            snapshot,
            certificate_sha256,
            certificate_file,
            kind: Some(self.kind.to_string()),
            every_s: Some(self.every_s),
            // With ground, its step says it.
            step_s: self.ground.is_none().then_some(self.step_s),
            look: word(&LOOKS, self.look),
            ground: self.ground.as_ref().map(|ground| ground.text()),
        }
    }
}

impl Check<'_> {
    /// The `k`-th camera of the file, of a station at `site`.
    pub(super) fn camera(
        &self,
        site: Site,
        k: usize,
        text: &CameraText,
    ) -> Result<CameraConfig, ConfigError> {
        let name = text.name.clone();
        let name = self.need(name, &format!("name of camera {}", k + 1), "name = \"north\"")?;
        let name = self.name(name, &format!("name of camera {}", k + 1))?;
        let place = |key: &str| format!("camera {name}: {key}");
        let from = text.from.clone();
        let from = self.need(from, &place("from"), "from = \"rtsp://192.0.2.21/stream\"")?;
        let ground = text.ground.as_ref().map(|ground| self.ground(&place, ground)).transpose()?;
        let usual_s = if ground.is_some() { GROUND_EVERY_S } else { FRAME_EVERY_S };
        let every_s = text.every_s.unwrap_or(usual_s);
        let every_s = self.number(every_s, [0.1, 3600.0], &place("every_s"))?;
        let kind = self.choice(text.kind.as_deref(), &KINDS, &place("kind"))?;
        let (mut from, kind, usual_step_s) = if from.starts_with("sim:") {
            let kind = kind.unwrap_or(Kind::Thermal);
            (self.sim(&place("from"), from, kind)?, kind, every_s)
        } else {
            // Frames that come by a clock of their own are never quite `every_s` apart.
            let from = self.from(&place("from"), from, text)?;
            let kind = self.need(kind, &place("kind"), "kind = \"thermal\" (or rgb, mask)")?;
            (from, kind, 2.0 * every_s)
        };
        let fix = "leave it out";
        if text.transport.is_some() && !matches!(from, CameraFrom::Rtsp { .. }) {
            return self.value(&place("transport"), "only rtsp:// has one", fix);
        }
        if text.snapshot.is_some() && !matches!(from, CameraFrom::Http { .. }) {
            return self.value(&place("snapshot"), "only http:// and https:// have one", fix);
        }
        let is_https =
            matches!(&from, CameraFrom::Http { address, .. } if address.starts_with("https://"));
        let (sha256, file) = (&text.certificate_sha256, &text.certificate_file);
        let told = self.certificate(&place, ("https://", is_https), sha256, file)?;
        if let CameraFrom::Http { certificate, .. } = &mut from {
            *certificate = told;
        }
        if kind == Kind::Mask && matches!(from, CameraFrom::Rtsp { .. }) {
            let what = "a video is no mask: compression blurs its values";
            return self.value(&place("kind"), what, "give thermal or rgb");
        }
        let password = self.found(&place, "password", &text.password_file, &text.password_env)?;
        let login = self.login(&place, text.user.clone(), password)?;
        if login.is_some() && !matches!(from, CameraFrom::Rtsp { .. } | CameraFrom::Http { .. }) {
            return self.value(&place("user"), "only cameras of the network have one", fix);
        }
        if text.step_s.is_some() && ground.is_some() {
            return self.value(&place("step_s"), "ground.step says it", fix);
        }
        let usual_step_s = ground.as_ref().map_or(usual_step_s, |ground| ground.step_s);
        let step_s = text.step_s.unwrap_or(usual_step_s);
        let place_of_step = if ground.is_some() { "ground.step" } else { "step_s" };
        let step_s = self.number(step_s, [every_s, 7200.0], &place(place_of_step))?;
        let look = self.choice(text.look.as_deref(), &LOOKS, &place("look"))?.unwrap_or_default();
        let ground = ground.map(Box::new);
        Ok(CameraConfig { name, from, login, kind, every_s, step_s, look, site, ground })
    }

    pub(super) fn login(
        &self,
        place: &dyn Fn(&str) -> String,
        user: Option<String>,
        password: Option<PasswordFrom>,
    ) -> Result<Option<Login>, ConfigError> {
        match (user, password) {
            (None, None) => Ok(None),
            (Some(user), Some(password)) => Ok(Some(Login { user, password })),
            (None, Some(_)) => self.need(None, &place("user"), "user = \"viewer\""),
            (Some(_), None) => {
                let example = "password_file = \"/etc/emberline/north.password\"";
                self.need(None, &place("password_file"), example)
            }
        }
    }

    pub(super) fn choice<T: Copy>(
        &self,
        word: Option<&str>,
        words: &[(&str, T)],
        place: &str,
    ) -> Result<Option<T>, ConfigError> {
        let Some(word) = word else { return Ok(None) };
        if let Some((_, choice)) = words.iter().find(|(known, _)| *known == word) {
            return Ok(Some(*choice));
        }
        let known: Vec<&str> = words.iter().map(|(known, _)| *known).collect();
        self.value(place, "no such choice", &format!("give {}", known.join(" or ")))
    }

    fn sim(&self, place: &str, address: String, kind: Kind) -> Result<CameraFrom, ConfigError> {
        let is_fire = address == "sim:fire" || address.starts_with("sim:fire?");
        if !is_fire || kind == Kind::Rgb {
            return self.value(place, "no such simulator", "give sim:fire, kind thermal or mask");
        }
        if address.contains("step_s=") || address.contains("kind=") {
            let fix = "leave step_s and kind out of it: every_s and kind of the camera say them";
            return self.value(place, "the address says what the camera says", fix);
        }
        Ok(CameraFrom::Sim(address))
    }

    /// No message repeats the address: it may hold a password.
    fn from(
        &self,
        place: &str,
        from: String,
        text: &CameraText,
    ) -> Result<CameraFrom, ConfigError> {
        if let Some(path) = from.strip_prefix("file://") {
            if path.starts_with('/') && !path.trim_end_matches('/').is_empty() {
                return Ok(CameraFrom::Folder(path.into()));
            }
            let fix = "give the whole path: file:///srv/drop/";
            return self.value(place, "file:// needs a folder from the root on", fix);
        }
        if from.starts_with("/dev/") {
            return Ok(CameraFrom::Device(from.into()));
        }
        let fix = "give rtsp://, http://, https://, file:///srv/drop/, /dev/video0 or sim:fire";
        let Some((scheme, rest)) = from.split_once("://") else {
            return self.value(place, "no address of a camera", fix);
        };
        let host = rest.split(['/', '?', '#']).next().unwrap_or("");
        if host.contains('@') {
            let fix = "give user = and password_file = instead: addresses are written to logs";
            return self.value(place, "the address holds a user", fix);
        }
        if host.is_empty() || from.chars().any(|c| c.is_whitespace() || c.is_control()) {
            let fix = "give it as a browser or player takes it: rtsp://192.0.2.21:554/stream";
            return self.value(place, "no address of a camera", fix);
        }
        match scheme {
            "rtsp" => {
                let transport = text.transport.as_deref();
                let place = place.replace("from", "transport");
                let transport = self.choice(transport, &TRANSPORTS, &place)?.unwrap_or_default();
                Ok(CameraFrom::Rtsp { address: from, transport })
            }
            "http" | "https" => self.http(place, from, text),
            "rtsps" => {
                let fix =
                    "give rtsp:// within a network of your own, or pictures of it by https://";
                self.value(place, "rtsps:// cannot be read", fix)
            }
            _ => self.value(place, "no address of a camera", fix),
        }
    }

    /// Some cameras want the password in the address; the place for it stands there, and it does not.
    fn http(
        &self,
        place: &str,
        address: String,
        text: &CameraText,
    ) -> Result<CameraFrom, ConfigError> {
        let query = address.split_once('?').map_or("", |(_, query)| query);
        let tells = |pair: &str| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let key = key.to_ascii_lowercase();
            PASSWORDS.contains(&key.as_str()) && !value.is_empty() && value != "{password}"
        };
        if query.split('&').any(tells) {
            let fix = "write {password} in its place, and user = and password_file =";
            return self.value(place, "the address holds a password", fix);
        }
        if address.contains('{') && text.user.is_none() {
            let fix = "write user = and password_file =";
            return self.value(place, "the address has a place for a user or a password", fix);
        }
        let snapshot = text.snapshot.unwrap_or(false);
        Ok(CameraFrom::Http { address, snapshot, certificate: Certificate::Known })
    }
}
