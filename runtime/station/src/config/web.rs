//! The page in the configuration: its address, the names it goes by, and who may look and act.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use super::check::Check;
use super::error::ConfigError;
use super::login::PasswordFrom;
use super::text::{UserText, WebText};

/// Port of the page unless told.
const PORT: u16 = 8085;
/// Most users, and most names of the page.
pub(super) const USERS: usize = 32;
const NAMES: usize = 8;
/// How to write a user.
const USER: &str = "name = \"ann\", role = \"operator\" and password_file = \"/etc/emberline/ann.password\"; ‹emberline config password› makes what stands in it";

/// The page.
#[derive(Clone, Debug, PartialEq)]
pub struct WebConfig {
    /// Address and port; port 0 is any that is free.
    pub listen: SocketAddr,
    /// Names it may be asked for by, besides addresses and `localhost`: a page elsewhere cannot lend it its own.
    pub names: Vec<String>,
    /// Folder of map tiles, `ZOOM/COLUMN/ROW.png` in Web Mercator, where there is one.
    pub tiles: Option<PathBuf>,
}

/// What a user of the page may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Look.
    ReadOnly,
    /// Look, acknowledge alerts, draw lines and pause the station.
    Operator,
}

/// Their words.
const ROLES: [(&str, Role); 2] = [("read-only", Role::ReadOnly), ("operator", Role::Operator)];

impl Role {
    /// Its word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ReadOnly => ROLES[0].0,
            Self::Operator => ROLES[1].0,
        }
    }
}

/// Somebody who may log in.
#[derive(Clone, Debug, PartialEq)]
pub struct UserConfig {
    /// What they are called: small letters, digits and dashes.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Where the hash of their password is.
    pub password: PasswordFrom,
}

impl WebConfig {
    pub(super) fn text(&self) -> WebText {
        WebText {
            listen: Some(self.listen.to_string()),
            names: (!self.names.is_empty()).then(|| self.names.clone()),
            tiles: self.tiles.as_ref().map(|path| path.display().to_string()),
        }
    }
}

impl UserConfig {
    pub(super) fn text(&self) -> UserText {
        let (password_file, password_env) = match &self.password {
            PasswordFrom::File(path) => (Some(path.display().to_string()), None),
            PasswordFrom::Environment(name) => (None, Some(name.clone())),
        };
        UserText {
            name: Some(self.name.clone()),
            role: Some(self.role.name().to_owned()),
            password_file,
            password_env,
        }
    }
}

/// Whether a page at `ip` is for this machine alone.
#[must_use]
pub fn is_own(ip: IpAddr) -> bool {
    ip.to_canonical().is_loopback()
}

impl Check<'_> {
    pub(super) fn web(
        &self,
        text: &WebText,
        users: &[UserConfig],
    ) -> Result<WebConfig, ConfigError> {
        let usual = SocketAddr::from((Ipv4Addr::LOCALHOST, PORT));
        let listen = match text.listen.as_deref().map(str::parse::<SocketAddr>) {
            None => usual,
            Some(Ok(listen)) => listen,
            Some(Err(_)) => {
                let fix = "give 127.0.0.1:8085, or 0.0.0.0:8085 for all who can reach this machine";
                return self.value("web.listen", "no address with a port", fix);
            }
        };
        if !is_own(listen.ip()) && users.is_empty() {
            let fix = format!(
                "give [[user]] with {USER}; or give 127.0.0.1:8085 and look at it from elsewhere by ssh -L \
                 8085:127.0.0.1:8085"
            );
            return self.value("web.listen", "others can reach it, and nobody has to log in", &fix);
        }
        let names = text.names.clone().unwrap_or_default();
        let is_name = |name: &String| {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
            (1..=253).contains(&name.len()) && name.chars().all(plain)
        };
        if names.len() > NAMES || !names.iter().all(is_name) {
            let fix = "give at most 8 in small letters, without a port, such as \"ridge.example\"";
            return self.value("web.names", "no such names can be", fix);
        }
        let tiles = text.tiles.as_ref().map(PathBuf::from);
        Ok(WebConfig { listen, names, tiles })
    }

    /// The `k`-th user of the file.
    pub(super) fn user(&self, k: usize, text: &UserText) -> Result<UserConfig, ConfigError> {
        let nth = format!("name of user {}", k + 1);
        let name = self.need(text.name.clone(), &nth, "name = \"ann\"")?;
        let name = self.name(name, &nth)?;
        let place = |key: &str| format!("user {name}: {key}");
        let role = self.choice(text.role.as_deref(), &ROLES, &place("role"))?;
        let role = self.need(role, &place("role"), "role = \"read-only\", or \"operator\"")?;
        let password = self.found(&place, "password", &text.password_file, &text.password_env)?;
        let example = "password_file = \"/etc/emberline/ann.password\"; ‹emberline config password› makes what stands in it";
        let password = self.need(password, &place("password_file"), example)?;
        Ok(UserConfig { name, role, password })
    }
}
