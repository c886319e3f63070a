//! Cameras by RTSP: H.264 and H.265, over TCP or UDP.
//!
//! ```text
//! session (sockets) ──▶ backlog ──▶ decoder of the vision library ──▶ picker ──▶ feed
//!        └── sender reports ──▶ clock ────────────────────────────────────┘
//! ```
//!
//! All pictures are decoded, since each is predicted from the ones before; one each `every_s` is kept.

mod backlog;
mod clock;
mod fault;
mod feed;
mod picker;
mod session;

#[cfg(test)]
mod tests;

pub(super) use feed::RtspFeed;
