//! A refusal: one line that says why, and what to do.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

/// A refusal: one line of text.
pub(super) fn refuse(status: StatusCode, line: &str) -> Response {
    (status, format!("{line}\n")).into_response()
}
