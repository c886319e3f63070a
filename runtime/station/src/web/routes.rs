//! Routes: which path answers with what.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Router, middleware};
use emberline_vision::pipeline::Stop;
use serde::Deserialize;

use super::guard::{BODY, guard};
use super::refusal::refuse;
use super::session::Who;
use super::site::Site;
use super::{act, download, live, page};
use crate::config::Role;
use crate::{metrics, recent};

/// All routes of `site`.
pub(super) fn router(site: Arc<Site>, stop: Stop) -> Router {
    let live =
        Router::new().route("/events", get(live::events)).with_state((Arc::clone(&site), stop));
    Router::new()
        .route("/", get(front))
        .route("/page.css", get(|| async { asset("text/css", page::CSS) }))
        .route("/page.js", get(|| async { asset("text/javascript", page::JS) }))
        .route("/icon.svg", get(|| async { asset("image/svg+xml", page::ICON) }))
        .route("/healthz", get(health))
        .route("/metrics", get(measures))
        .route("/log", get(log))
        .route("/map", get(map))
        .route("/source/{name}", get(source))
        .route("/source/{name}/latest.jpg", get(download::latest))
        .route("/forecast/{name}/{file}", get(download::newest))
        .route("/forecast/{name}/{time}/{file}", get(download::earlier))
        .route("/alert/{file}", get(download::alert_file))
        .route("/alert/{id}/picture", get(download::of_alert))
        .route("/weather/{file}", get(download::weather))
        .route("/tile/{zoom}/{column}/{file}", get(download::tile))
        .route("/login", get(login).post(act::login))
        .route("/logout", post(act::logout))
        .route("/alert/acknowledge", post(act::acknowledge))
        .route("/rule", post(act::draw))
        .route("/rule/erase", post(act::erase))
        .route("/pause", post(act::pause))
        .with_state(Arc::clone(&site))
        .merge(live)
        .fallback(|| async { refuse(StatusCode::NOT_FOUND, "there is no such page") })
        .method_not_allowed_fallback(|| async {
            refuse(StatusCode::METHOD_NOT_ALLOWED, "that cannot be done here")
        })
        .layer(DefaultBodyLimit::max(BODY))
        .layer(middleware::from_fn_with_state(site, guard))
}

fn asset(kind: &str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, format!("{kind}; charset=utf-8"))], text).into_response()
}

fn role(who: Option<&Who>) -> Role {
    who.map_or(Role::ReadOnly, |who| who.role)
}

async fn front(
    State(site): State<Arc<Site>>,
    Extension(who): Extension<Option<Who>>,
) -> Html<String> {
    let (facts, sections) = site.told(role(who.as_ref()));
    Html(page::front(&facts, &sections, who.as_ref()))
}

async fn health(State(site): State<Arc<Site>>) -> Response {
    let health = site.shown.health();
    let status = if health.blind { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    let json = serde_json::to_vec_pretty(&health).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/json")], json).into_response()
}

async fn measures(State(site): State<Arc<Site>>) -> Response {
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], metrics::text(&site.shown.health())).into_response()
}

async fn log(
    State(site): State<Arc<Site>>,
    Extension(who): Extension<Option<Who>>,
) -> Html<String> {
    let (facts, _) = site.told(role(who.as_ref()));
    Html(page::log(&facts, &recent::lines(), who.as_ref()))
}

/// How much wider the map is than what lies on it.
#[derive(Debug, Deserialize)]
struct Wider {
    #[serde(default)]
    wider: i8,
}

async fn map(
    State(site): State<Arc<Site>>,
    Extension(who): Extension<Option<Who>>,
    Query(Wider { wider }): Query<Wider>,
) -> Html<String> {
    let (facts, _) = site.told(role(who.as_ref()));
    Html(page::map(&facts, wider.clamp(-8, 8), who.as_ref()))
}

async fn source(
    State(site): State<Arc<Site>>,
    Extension(who): Extension<Option<Who>>,
    Path(name): Path<String>,
) -> Response {
    let (facts, _) = site.told(role(who.as_ref()));
    let Some(place) = facts.health.sources.iter().position(|source| source.name == name) else {
        return refuse(StatusCode::NOT_FOUND, "there is no such camera or radar");
    };
    let listed = {
        let site = Arc::clone(&site);
        tokio::task::spawn_blocking(move || download::listed(&*site.shown, &name)).await
    };
    Html(page::source(&facts, place, &listed.unwrap_or_default(), who.as_ref())).into_response()
}

async fn login(State(site): State<Arc<Site>>, Extension(who): Extension<Option<Who>>) -> Response {
    if !site.gate.is_there() || who.is_some() {
        return Redirect::to("/").into_response();
    }
    let (facts, _) = site.told(Role::ReadOnly);
    Html(page::login(&facts, None)).into_response()
}
