//! The site: all that requests are answered from.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::gate::Gate;
use super::page;
use super::picture::Pictures;
use super::session::Sessions;
use super::shown::{Facts, Shown, View};
use crate::config::{Role, UserConfig, WebConfig, is_own};

/// What the page says is worked out this often at most, for all who look.
const FRESH: Duration = Duration::from_millis(500);

/// What the page said, and when.
#[derive(Debug)]
struct Told {
    at: Instant,
    facts: Arc<Facts>,
    /// Its sections, to those who only look and to those who act.
    sections: [Arc<Vec<page::Section>>; 2],
}

/// The site of a station.
pub(crate) struct Site {
    pub(super) shown: Arc<dyn Shown>,
    pub(super) gate: Gate,
    pub(super) sessions: Sessions,
    pub(super) pictures: Pictures,
    /// Names it may be asked for by, besides addresses and `localhost`.
    pub(super) names: Vec<String>,
    pub(super) tiles: Option<PathBuf>,
    /// The station's name, as a cookie's.
    pub(super) cookie: String,
    is_open: bool,
    told: Mutex<Option<Told>>,
}

impl std::fmt::Debug for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Site").field("names", &self.names).finish_non_exhaustive()
    }
}

impl Site {
    /// The site of the station `name` at `listen`.
    pub(crate) fn new(
        name: &str,
        listen: SocketAddr,
        web: &WebConfig,
        users: &[UserConfig],
        shown: Arc<dyn Shown>,
    ) -> Self {
        Self {
            shown,
            gate: Gate::new(users.to_vec()),
            sessions: Sessions::default(),
            pictures: Pictures::default(),
            names: web.names.clone(),
            tiles: web.tiles.clone(),
            cookie: format!("emberline-{name}"),
            is_open: !is_own(listen.ip()),
            told: Mutex::default(),
        }
    }

    /// What the page says now, and its sections to somebody of this role.
    pub(super) fn told(&self, role: Role) -> (Arc<Facts>, Arc<Vec<page::Section>>) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let told = match told.take().filter(|told| now.duration_since(told.at) < FRESH) {
            Some(fresh) => told.insert(fresh),
            None => {
                let facts = Arc::new(self.facts());
                let of = |role| Arc::new(page::sections(&facts, role));
                let sections = [of(Role::ReadOnly), of(Role::Operator)];
                told.insert(Told { at: now, facts, sections })
            }
        };
        let sections = &told.sections[usize::from(role == Role::Operator)];
        (Arc::clone(&told.facts), Arc::clone(sections))
    }

    /// What was done is seen at once.
    pub(super) fn forget(&self) {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn facts(&self) -> Facts {
        let health = self.shown.health();
        let view = |name: &str| {
            let picture = self.shown.picture(name).map(|(taken, _)| taken);
            View { picture, fronts: self.shown.fronts(name) }
        };
        let views = health.sources.iter().map(|source| view(&source.name)).collect();
        Facts {
            rules: self.shown.rules(),
            views,
            place: self.shown.place(),
            tiles: self.tiles.is_some(),
            users: self.gate.is_there(),
            is_open: self.is_open,
            health,
        }
    }
}
