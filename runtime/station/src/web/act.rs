//! Acts: what people do on the page, by forms that work with and without a script.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use jiff::Timestamp;
use serde::Deserialize;

use super::gate::Denied;
use super::guard::{Peer, cookie, wait};
use super::page;
use super::refusal::refuse;
use super::session::Who;
use super::site::Site;
use crate::alert::AlertError;
use crate::config::{Drawn, Role};
use crate::pause;

/// Most characters of the name of who acknowledges.
const NAME_CHARS: usize = 64;
/// Who acts where nobody has to log in and nobody says their name.
const SOMEBODY: &str = "somebody at the station";

/// What came of an act: a person goes back to the page, a script is told in a line.
fn done(site: &Site, headers: &HeaderMap, line: &str) -> Response {
    site.forget();
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    match accept.is_some_and(|accept| accept.contains("text/html")) {
        true => Redirect::to("/").into_response(),
        false => format!("{line}\n").into_response(),
    }
}

/// A form that was filled in, or what is wrong with it.
type Filled<T> = Result<Form<T>, FormRejection>;

#[expect(clippy::result_large_err, reason = "a response, once a request")]
fn read<T>(form: Filled<T>) -> Result<T, Response> {
    form.map(|Form(form)| form).map_err(|cause| match cause.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            refuse(StatusCode::PAYLOAD_TOO_LARGE, "too much at once: 16 kB are the most")
        }
        status => refuse(status, "the form cannot be read: load the page again"),
    })
}

/// Does what may wait for a disk, beside other requests.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Response> {
    let failed = |_| refuse(StatusCode::INTERNAL_SERVER_ERROR, "it failed: see the log");
    tokio::task::spawn_blocking(work).await.map_err(failed)
}

/// A name and a password.
#[derive(Deserialize)]
pub(super) struct Login {
    user: String,
    password: String,
}

/// `POST /login`.
pub(super) async fn login(
    State(site): State<Arc<Site>>,
    peer: Option<Extension<Peer>>,
    form: Filled<Login>,
) -> Response {
    let Login { user, password } = match read(form) {
        Ok(form) => form,
        Err(refusal) => return refusal,
    };
    let from = peer.map_or_else(|| [0; 4].into(), |Extension(Peer(ip))| ip);
    let entered = {
        let site = Arc::clone(&site);
        aside(move || site.gate.enter(from, &user, &password, Instant::now())).await
    };
    let who = match entered {
        Ok(Ok(who)) => who,
        Ok(Err(Denied::Wait(left))) => return wait(left),
        Ok(Err(Denied::Wrong)) => {
            let (facts, _) = site.told(Role::ReadOnly);
            let page = page::login(&facts, Some("The name or the password is wrong."));
            return (StatusCode::UNAUTHORIZED, Html(page)).into_response();
        }
        Err(refusal) => return refusal,
    };
    let name = who.name.clone();
    let Some(token) = site.sessions.begin(who, Instant::now()) else {
        return refuse(StatusCode::INTERNAL_SERVER_ERROR, "no random numbers: try again");
    };
    tracing::info!("page: {name} has logged in from {from}");
    let cookie =
        format!("{}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=604800", site.cookie);
    with_cookie(Redirect::to("/").into_response(), &cookie)
}

/// `POST /logout`.
pub(super) async fn logout(State(site): State<Arc<Site>>, headers: HeaderMap) -> Response {
    if let Some(token) = cookie(&headers, &site.cookie) {
        site.sessions.end(token);
    }
    let cookie = format!("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0", site.cookie);
    with_cookie(Redirect::to("/login").into_response(), &cookie)
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// An alert, and who knows of it.
#[derive(Deserialize)]
pub(super) struct Known {
    id: String,
    #[serde(default)]
    by: String,
}

/// `POST /alert/acknowledge`.
pub(super) async fn acknowledge(
    State(site): State<Arc<Site>>,
    Extension(who): Extension<Option<Who>>,
    headers: HeaderMap,
    form: Filled<Known>,
) -> Response {
    let Known { id, by } = match read(form) {
        Ok(form) => form,
        Err(refusal) => return refusal,
    };
    let typed: String = by.chars().filter(|c| !c.is_control()).take(NAME_CHARS).collect();
    let by = match who.map(|who| who.name) {
        Some(name) if !name.is_empty() => name,
        _ if typed.trim().is_empty() => SOMEBODY.to_owned(),
        _ => typed.trim().to_owned(),
    };
    let shown = Arc::clone(&site.shown);
    match aside(move || shown.acknowledge(&id, &by)).await {
        Ok(Ok(alert)) => {
            let by = alert.by.as_deref().unwrap_or(SOMEBODY);
            tracing::info!("alert: {}: known to {by}", alert.words());
            done(&site, &headers, &format!("known to {by}"))
        }
        Ok(Err(AlertError::Unknown)) => refuse(StatusCode::NOT_FOUND, "there is no such alert"),
        Ok(Err(AlertError::Closed)) => refuse(StatusCode::CONFLICT, "the alert is over already"),
        Err(refusal) => refusal,
    }
}

/// A line or area on a picture.
#[derive(Deserialize)]
pub(super) struct Shape {
    name: String,
    source: String,
    shape: String,
    points: String,
    within_min: String,
    percent: String,
}

impl Shape {
    fn drawn(self) -> Result<Drawn, &'static str> {
        let is_area = match self.shape.as_str() {
            "line" => false,
            "area" => true,
            _ => return Err("it is neither a line nor an area"),
        };
        let point = |text: &str| {
            let (x, y) = text.split_once(',')?;
            Some([x.parse().ok()?, y.parse().ok()?])
        };
        let points: Option<Vec<[f64; 2]>> = self.points.split_whitespace().map(point).collect();
        let points = points.ok_or("points are columns and rows: 10,200 320,180")?;
        let percent: f64 =
            self.percent.trim().parse().map_err(|_| "give a percentage, such as 50")?;
        let minutes: f64 =
            self.within_min.trim().parse().map_err(|_| "give minutes, such as 10")?;
        if !(minutes > 0.0 && minutes <= 1440.0) {
            return Err("give more than 0 and at most 1440 minutes");
        }
        let within = format!("{}s", (60.0 * minutes).round());
        let (name, source, probability) = (self.name, self.source, percent / 100.0);
        Ok(Drawn { name, source, points, is_area, within, probability })
    }
}

/// `POST /rule`.
pub(super) async fn draw(
    State(site): State<Arc<Site>>,
    Extension(who): Extension<Option<Who>>,
    headers: HeaderMap,
    form: Filled<Shape>,
) -> Response {
    let drawn = match read(form).map(Shape::drawn) {
        Ok(Ok(drawn)) => drawn,
        Ok(Err(line)) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, line),
        Err(refusal) => return refusal,
    };
    let (shown, name) = (Arc::clone(&site.shown), drawn.name.clone());
    match aside(move || shown.draw(&drawn)).await {
        Ok(Ok(())) => {
            tracing::info!("alert {name}: drawn by {}", named(who.as_ref()));
            done(&site, &headers, &format!("{name} is watched from now on"))
        }
        Ok(Err(line)) => refuse(StatusCode::UNPROCESSABLE_ENTITY, &line),
        Err(refusal) => refusal,
    }
}

fn named(who: Option<&Who>) -> &str {
    who.map(|who| who.name.as_str()).filter(|name| !name.is_empty()).unwrap_or(SOMEBODY)
}

/// What was drawn.
#[derive(Deserialize)]
pub(super) struct Named {
    name: String,
}

/// `POST /rule/erase`.
pub(super) async fn erase(
    State(site): State<Arc<Site>>,
    Extension(who): Extension<Option<Who>>,
    headers: HeaderMap,
    form: Filled<Named>,
) -> Response {
    let name = match read(form) {
        Ok(Named { name }) => name,
        Err(refusal) => return refusal,
    };
    let (shown, of) = (Arc::clone(&site.shown), name.clone());
    match aside(move || shown.erase(&of)).await {
        Ok(Ok(())) => {
            tracing::info!("alert {name}: taken away by {}", named(who.as_ref()));
            done(&site, &headers, &format!("{name} is taken away"))
        }
        Ok(Err(line)) => refuse(StatusCode::UNPROCESSABLE_ENTITY, &line),
        Err(refusal) => refusal,
    }
}

/// How long the station rests; 0 ends its rest.
#[derive(Deserialize)]
pub(super) struct Rest {
    minutes: u32,
}

/// `POST /pause`.
pub(super) async fn pause(
    State(site): State<Arc<Site>>,
    Extension(who): Extension<Option<Who>>,
    headers: HeaderMap,
    form: Filled<Rest>,
) -> Response {
    let minutes = match read(form) {
        Ok(Rest { minutes }) => minutes,
        Err(refusal) => return refusal,
    };
    let span = Duration::from_secs(60 * u64::from(minutes));
    if span > pause::LONGEST {
        let line = "a pause is at most 10080 minutes";
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, line);
    }
    let shown = Arc::clone(&site.shown);
    let rest = move || match minutes {
        0 => pause::end(shown.data()).map(drop),
        _ => pause::begin(shown.data(), Timestamp::now() + span),
    };
    match aside(rest).await {
        Ok(Ok(())) => {
            tracing::info!("pause of {minutes} min, asked for by {}", named(who.as_ref()));
            done(&site, &headers, if minutes == 0 { "the pause is over" } else { "paused" })
        }
        Ok(Err(cause)) => {
            refuse(StatusCode::INTERNAL_SERVER_ERROR, &format!("it cannot be kept: {cause}"))
        }
        Err(refusal) => refusal,
    }
}
