//! The guard: before anything is answered, what a request says of itself is looked at, and who it comes from.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::gate::Denied;
use super::refusal::refuse;
use super::session::Who;
use super::site::Site;
use crate::config::Role;

/// An answer is ready within this, or is given up. What is streamed goes on.
const PATIENCE: Duration = Duration::from_secs(20);
/// Most bytes of a request's body: a line of two hundred points, and no more.
pub(super) const BODY: usize = 16 << 10;
/// What everybody may see: it is needed to log in.
const OPEN: [&str; 4] = ["/login", "/page.css", "/page.js", "/icon.svg"];
/// What those who only look may ask for besides looking.
const ANYBODYS: [&str; 2] = ["/login", "/logout"];
/// What a page may load and do: its own parts, from this host alone.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const HEADERS: [(header::HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // With `no-referrer` browsers would not say where a form comes from.
    (header::REFERRER_POLICY, "same-origin"),
    (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
];

/// Where a request comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) IpAddr);

/// Looks at a request and lets it through, or refuses it in one line.
pub(super) async fn guard(
    State(site): State<Arc<Site>>,
    mut request: Request,
    next: Next,
) -> Response {
    let asked = Asked::of(&request);
    let mut response = match admit(&site, &asked).await {
        Ok(who) => {
            request.extensions_mut().insert(who);
            match tokio::time::timeout(PATIENCE, next.run(request)).await {
                Ok(response) => response,
                Err(_) => refuse(StatusCode::REQUEST_TIMEOUT, "it took too long: try again"),
            }
        }
        Err(refusal) => *refusal,
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// What a request says of itself.
struct Asked {
    headers: HeaderMap,
    path: String,
    peer: IpAddr,
    /// Whether it only looks.
    is_read: bool,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let peer = request.extensions().get::<Peer>();
        Self {
            headers: request.headers().clone(),
            path: request.uri().path().to_owned(),
            peer: peer.map_or_else(|| [0; 4].into(), |peer| peer.0),
            is_read: matches!(*request.method(), Method::GET | Method::HEAD),
        }
    }
}

/// Who a request comes from; nobody may still see what is open.
async fn admit(site: &Arc<Site>, asked: &Asked) -> Result<Option<Who>, Box<Response>> {
    let no = |status, line: &str| Err(Box::new(refuse(status, line)));
    let Asked { headers, path, is_read, .. } = asked;
    let is_read = *is_read;
    let Some(host) = text(headers, header::HOST) else {
        return no(StatusCode::BAD_REQUEST, "no Host: say which station is meant");
    };
    if !is_ours(host, &site.names) {
        let line = "the station does not go by this name: ask for its address, or give web.names";
        return no(StatusCode::MISDIRECTED_REQUEST, line);
    }
    if !is_read && !is_from_here(headers, host) {
        let line = "the request does not come from this page: nothing is done";
        return no(StatusCode::FORBIDDEN, line);
    }
    let length = text(headers, header::CONTENT_LENGTH).and_then(|length| length.parse().ok());
    if length.is_some_and(|length: u64| length > BODY as u64) {
        return no(StatusCode::PAYLOAD_TOO_LARGE, "too much at once: 16 kB are the most");
    }
    let who = match who(site, asked).await {
        Ok(who) => who,
        Err(Denied::Wrong) => return no(StatusCode::UNAUTHORIZED, "user or password is wrong"),
        Err(Denied::Wait(left)) => return Err(Box::new(wait(left))),
    };
    match &who {
        _ if OPEN.contains(&path.as_str()) => {}
        None if path == "/" => return Err(Box::new(Redirect::to("/login").into_response())),
        None => {
            let line = "log in first: /login, or with user and password by Basic authentication";
            return no(StatusCode::UNAUTHORIZED, line);
        }
        Some(who) if who.role == Role::ReadOnly && !is_read => {
            if !ANYBODYS.contains(&path.as_str()) {
                return no(StatusCode::FORBIDDEN, "you may look, and not act: ask an operator");
            }
        }
        Some(_) => {}
    }
    Ok(who)
}

/// Too many guesses.
pub(super) fn wait(left: Duration) -> Response {
    let seconds = left.as_secs() + 1;
    let line = format!("too many wrong log-ins: again in {seconds} s");
    let mut response = refuse(StatusCode::TOO_MANY_REQUESTS, &line);
    response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    response
}

async fn who(site: &Arc<Site>, asked: &Asked) -> Result<Option<Who>, Denied> {
    if !site.gate.is_there() {
        // Whoever is at this machine.
        return Ok(Some(Who { name: String::new(), role: Role::Operator }));
    }
    let Asked { headers, peer, is_read, .. } = asked;
    if let Some(token) = cookie(headers, &site.cookie)
        && let Some(who) = site.sessions.who(token, Instant::now())
    {
        return Ok(Some(who));
    }
    // Programs: they only look, so that no page elsewhere acts with what a browser remembers.
    let Some((name, password)) = basic(headers).filter(|_| *is_read) else { return Ok(None) };
    let (site, peer) = (Arc::clone(site), *peer);
    let believe = move || site.gate.believe(peer, &name, &password, Instant::now());
    tokio::task::spawn_blocking(believe).await.unwrap_or(Err(Denied::Wrong)).map(Some)
}

/// The token of a session.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        all.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, token)| token)
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let (scheme, code) = text(headers, header::AUTHORIZATION)?.split_once(' ')?;
    let is_basic = scheme.eq_ignore_ascii_case("basic");
    let bytes = BASE64_STANDARD.decode(code.trim()).ok().filter(|_| is_basic)?;
    let (name, password) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// Whether a station goes by this `Host`. Addresses are safe: a name elsewhere that is made to mean this machine is
/// still another name.
fn is_ours(host: &str, names: &[String]) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    let name = name.to_ascii_lowercase();
    bare.parse::<IpAddr>().is_ok() || name == "localhost" || names.contains(&name)
}

/// Whether a request that does something comes from a page of this host. Browsers say so; others that say nothing
/// are refused.
fn is_from_here(headers: &HeaderMap, host: &str) -> bool {
    let site = text(headers, header::HeaderName::from_static("sec-fetch-site"));
    if site.is_some_and(|site| site != "same-origin") {
        return false;
    }
    match text(headers, header::ORIGIN) {
        Some(origin) => {
            let there = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
            there.is_some_and(|there| there.eq_ignore_ascii_case(host))
        }
        None => site.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_station_goes_by_addresses_and_its_own_names() {
        let names = ["ridge.example".to_owned()];
        for (host, want) in [
            ("127.0.0.1:8085", true),
            ("[::1]:8085", true),
            ("[::1]", true),
            ("192.0.2.5", true),
            ("localhost:8085", true),
            ("Ridge.Example:80", true),
            ("ridge.example", true),
            ("evil.example:8085", false),
            ("ridge.example.evil.example", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("127.0.0.1:evil", false),
            ("", false),
            (":80", false),
            ("a@127.0.0.1", false),
        ] {
            assert_eq!(is_ours(host, &names), want, "{host}");
        }
    }

    #[test]
    fn what_does_something_comes_from_the_page_itself() {
        let from = |origin: Option<&str>, site: Option<&str>| {
            let mut headers = HeaderMap::new();
            for (name, value) in [("origin", origin), ("sec-fetch-site", site)] {
                value.map(|value| headers.insert(name, value.parse().unwrap()));
            }
            is_from_here(&headers, "127.0.0.1:8085")
        };
        for (origin, site, want) in [
            (Some("http://127.0.0.1:8085"), Some("same-origin"), true),
            (Some("http://127.0.0.1:8085"), None, true),
            (None, Some("same-origin"), true),
            (None, None, false),
            (None, Some("none"), false),
            (Some("null"), Some("same-origin"), false),
            (Some("http://127.0.0.1:8086"), None, false),
            (Some("http://evil.example"), Some("cross-site"), false),
            (Some("http://127.0.0.1:8085"), Some("cross-site"), false),
            (Some("file://127.0.0.1:8085"), None, false),
        ] {
            assert_eq!(from(origin, site), want, "{origin:?} {site:?}");
        }
    }
}
