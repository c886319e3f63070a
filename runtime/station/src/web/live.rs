//! Live: the page's sections as they change, by server-sent events; a client that does not take them is left behind.

use std::collections::HashMap;
use std::convert::Infallible;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::{Extension, response::IntoResponse};
use emberline_vision::pipeline::Stop;
use futures_util::Stream;
use futures_util::stream::unfold;
use serde_json::{Map, Value, json};

use super::guard::cookie;
use super::session::Who;
use super::site::Site;

/// Between two looks at whether something has changed.
const LOOK: Duration = Duration::from_secs(1);

/// A client that is told.
struct Client {
    site: Arc<Site>,
    stop: Stop,
    who: Who,
    /// Of its session, where it has one.
    token: Option<String>,
    /// What it was told last, by section.
    said: HashMap<String, u64>,
    is_new: bool,
}

/// `/events`: what has changed, each second.
pub(super) async fn events(
    State((site, stop)): State<(Arc<Site>, Stop)>,
    Extension(who): Extension<Option<Who>>,
    headers: HeaderMap,
) -> impl IntoResponse {
    let token = cookie(&headers, &site.cookie).map(str::to_owned);
    let who = who.unwrap_or(Who { name: String::new(), role: crate::config::Role::ReadOnly });
    let client = Client { site, stop, who, token, said: HashMap::new(), is_new: true };
    Sse::new(changes(client)).keep_alive(KeepAlive::default())
}

fn changes(client: Client) -> impl Stream<Item = Result<Event, Infallible>> {
    unfold(client, |mut client| async move {
        loop {
            if !std::mem::take(&mut client.is_new) {
                tokio::time::sleep(LOOK).await;
            }
            if client.stop.is_set() || !client.may_look() {
                return None;
            }
            if let Some(event) = client.change() {
                return Some((Ok(event), client));
            }
        }
    })
}

impl Client {
    /// Whether its session goes on.
    fn may_look(&self) -> bool {
        let sessions = &self.site.sessions;
        let of_session = |token: &String| sessions.who(token, Instant::now()).is_some();
        !self.site.gate.is_there() || self.token.as_ref().is_some_and(of_session)
    }

    /// What has changed since it was told.
    fn change(&mut self) -> Option<Event> {
        let (facts, sections) = self.site.told(self.who.role);
        let mut changed = Map::new();
        for section in sections.iter() {
            let mut hasher = DefaultHasher::new();
            section.html.hash(&mut hasher);
            let hash = hasher.finish();
            if self.said.insert(section.id.clone(), hash) != Some(hash) {
                changed.insert(section.id.clone(), Value::from(section.html.as_str()));
            }
        }
        let order: Vec<&str> = sections.iter().map(|section| section.id.as_str()).collect();
        let is_gone = self.said.len() != order.len();
        self.said.retain(|id, _| order.contains(&id.as_str()));
        if changed.is_empty() && !is_gone {
            return None;
        }
        let title = super::page::title(&facts);
        let told = json!({"title": title, "order": order, "changed": changed});
        Some(Event::default().event("page").data(told.to_string()))
    }
}
