//! The web: the station's page, its health, metrics and files, for those who may see them.
//!
//! ```text
//! server: connections, deadlines ─▶ guard: host, origin, who ─▶ routes ─▶ page, live, pictures, files, acts
//! ```
//!
//! Nothing is asked of another host, and no path is ever made of what a request says. The runtime has one thread;
//! what waits for a disk or hashes a password does so beside it.

mod act;
mod download;
mod gate;
mod guard;
mod live;
mod page;
mod picture;
mod refusal;
mod routes;
mod server;
mod session;
mod shown;
mod site;

#[cfg(test)]
mod tests;

pub use server::listen;
pub(crate) use server::serve;
pub use shown::Shown;
pub(crate) use site::Site;
