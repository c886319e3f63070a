//! Downloads: pictures and products, found by comparing names; no path is made of what was asked.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path as Asked, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use tokio_util::io::ReaderStream;

use super::refusal::refuse;
use super::shown::{Listed, Shown};
use super::site::Site;
use crate::alert_file::{Evidence, Form};

/// Forecasts of a source that are listed.
const LISTED: usize = 48;
/// Largest zoom of a tile.
const ZOOM: u8 = 22;

/// The last forecasts of `source`, newest first.
pub(super) fn listed(shown: &dyn Shown, source: &str) -> Vec<Listed> {
    let forecasts = shown.forecasts(source, LISTED);
    forecasts.into_iter().map(|(issued, folder)| (issued, files(&folder))).collect()
}

/// The plain files of a folder, by name.
fn files(folder: &Path) -> Vec<(String, u64)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let named = |entry: std::fs::DirEntry| {
        // A link is none of ours.
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        let name = entry.file_name().into_string().ok().filter(|name| !name.starts_with('.'));
        Some((name.filter(|_| is_file)?, entry.metadata().ok()?.len()))
    };
    let mut all: Vec<(String, u64)> = entries.flatten().filter_map(named).collect();
    all.sort();
    all
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("png") => "image/png",
        Some("jpg") => "image/jpeg",
        Some("gif") => "image/gif",
        Some("json") => "application/json",
        Some("geojson") => "application/geo+json",
        Some("kml") => "application/vnd.google-earth.kml+xml",
        Some("kmz") => "application/vnd.google-earth.kmz",
        Some("tif") => "image/tiff",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn none() -> Response {
    refuse(StatusCode::NOT_FOUND, "there is no such file")
}

/// Sends the file that `find` finds, a part at a time.
async fn send(find: impl FnOnce() -> Option<PathBuf> + Send + 'static) -> Response {
    let opened = tokio::task::spawn_blocking(move || {
        let path = find()?;
        let file = File::open(&path).ok()?;
        let bytes = file.metadata().ok().filter(std::fs::Metadata::is_file)?.len();
        let name = path.file_name()?.to_str()?.to_owned();
        Some((name, file, bytes))
    });
    let Ok(Some((name, file, bytes))) = opened.await else { return none() };
    let headers = [
        (header::CONTENT_TYPE, kind(&name).to_owned()),
        (header::CONTENT_LENGTH, bytes.to_string()),
    ];
    let stream = ReaderStream::with_capacity(tokio::fs::File::from_std(file), 64 << 10);
    (headers, Body::from_stream(stream)).into_response()
}

/// The file of this name in `folder`.
fn within(folder: &Path, name: &str) -> Option<PathBuf> {
    files(folder).into_iter().find(|(known, _)| known == name).map(|(known, _)| folder.join(known))
}

/// `GET /source/NAME/latest.jpg`: a camera's newest frame.
pub(super) async fn latest(State(site): State<Arc<Site>>, Asked(name): Asked<String>) -> Response {
    let made = tokio::task::spawn_blocking(move || {
        let (taken, pixels) = site.shown.picture(&name)?;
        site.pictures.of(&name, taken, &pixels)
    });
    match made.await {
        Ok(Some(jpeg)) => ([(header::CONTENT_TYPE, "image/jpeg")], jpeg.to_vec()).into_response(),
        _ => refuse(StatusCode::NOT_FOUND, "there is no picture of it yet"),
    }
}

/// `GET /forecast/NAME/FILE`: of the newest forecast.
pub(super) async fn newest(
    State(site): State<Arc<Site>>,
    Asked((source, file)): Asked<(String, String)>,
) -> Response {
    send(move || within(&site.shown.newest(&source)?, &file)).await
}

/// `GET /forecast/NAME/TIME/FILE`: of an earlier one.
pub(super) async fn earlier(
    State(site): State<Arc<Site>>,
    Asked((source, time, file)): Asked<(String, String, String)>,
) -> Response {
    send(move || {
        let issued: Timestamp = time.parse().ok()?;
        let all = site.shown.forecasts(&source, usize::MAX);
        within(&all.into_iter().find(|(of, _)| *of == issued)?.1, &file)
    })
    .await
}

/// `GET /alert/ID/picture`: what an alert saw.
pub(super) async fn of_alert(State(site): State<Arc<Site>>, Asked(id): Asked<String>) -> Response {
    let found = tokio::task::spawn_blocking(move || {
        let alerts = site.shown.health().alerts;
        let alert = alerts.into_iter().find(|alert| alert.id == id)?;
        Evidence::read(site.shown.data(), &alert).picture
    });
    match found.await {
        Ok(Some(picture)) => {
            ([(header::CONTENT_TYPE, picture.mime)], picture.bytes).into_response()
        }
        _ => none(),
    }
}

/// `GET /alert/ID.cap`, `.kml`, `.geojson`: an alert as other programs read it, as it is now.
pub(super) async fn alert_file(
    State(site): State<Arc<Site>>,
    Asked(file): Asked<String>,
) -> Response {
    let made = tokio::task::spawn_blocking(move || {
        let (id, ending) = file.split_once('.')?;
        let form = Form::of_ending(ending)?;
        let alerts = site.shown.health().alerts;
        let alert = alerts.into_iter().find(|alert| alert.id == id)?;
        let evidence = Evidence::read(site.shown.data(), &alert);
        let text = form.write(&alert, site.shown.sender(), &evidence).ok()?;
        let name = format!("attachment; filename=\"{}\"", form.name(&alert));
        Some((
            [(header::CONTENT_TYPE, form.mime().to_owned()), (header::CONTENT_DISPOSITION, name)],
            text,
        ))
    });
    match made.await {
        Ok(Some(made)) => made.into_response(),
        _ => none(),
    }
}

/// `GET /weather/NAME.png`: the picture of the last days.
pub(super) async fn weather(State(site): State<Arc<Site>>, Asked(file): Asked<String>) -> Response {
    send(move || {
        let known = site.shown.health().weather;
        let known = known.into_iter().find(|weather| file == format!("{}.png", weather.name))?;
        Some(site.shown.data().join("weather").join(format!("{}.png", known.name)))
    })
    .await
}

/// `GET /tile/ZOOM/COLUMN/ROW.png`: a tile of the map, where there are any. Its path is made of three numbers.
pub(super) async fn tile(
    State(site): State<Arc<Site>>,
    Asked((zoom, column, file)): Asked<(u8, u32, String)>,
) -> Response {
    send(move || {
        let row: u32 = file.strip_suffix(".png")?.parse().ok()?;
        let is_there = zoom <= ZOOM && column < 1 << zoom && row < 1 << zoom;
        let folder = site.tiles.as_ref().filter(|_| is_there)?;
        Some(folder.join(zoom.to_string()).join(column.to_string()).join(format!("{row}.png")))
    })
    .await
}
