//! Cameras by HTTP: one picture a request, or a stream of JPEG pictures, with TLS or without.
//!
//! ```text
//! snapshot, stream (splitter) ──▶ slot ──▶ http_feed ──▶ intake: a frame
//!     └── client: address, challenge, and crate::tls
//! ```

mod address;
mod challenge;
mod client;
mod http_feed;
mod slot;
mod snapshot;
mod splitter;
mod stream;

#[cfg(test)]
mod tests;

pub(super) use http_feed::HttpFeed;
pub use splitter::{NoStream, Part, Splitter};
