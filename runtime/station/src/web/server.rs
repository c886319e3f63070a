//! The server: takes connections, few from one address, and gives up on those that dawdle.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use emberline_vision::pipeline::Stop;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio_io_timeout::TimeoutStream;
use tower_service::Service as _;

use super::guard::Peer;
use super::routes;
use super::site::Site;

/// A request's head must have come within this; a connection that is kept waits so long for the next.
const HEAD: Duration = Duration::from_secs(10);
/// What is sent must be taken within this, a part at a time.
const TAKEN: Duration = Duration::from_secs(20);
/// Most bytes of a request's head.
const HEAD_BYTES: usize = 16 << 10;
/// Most connections, and most from one address; others are cut off.
const CONNECTIONS: usize = 192;
const EACH: usize = 128;
/// Between two looks at whether it is to stop.
const LOOK: Duration = Duration::from_millis(100);
/// Threads that wait for disks and hash passwords: each holds memory of its own.
const ASIDE: usize = 8;
/// A disk that hangs does not keep the station from stopping.
const LEAVES: Duration = Duration::from_secs(2);

/// Takes the address `listen`; port 0 is any that is free.
///
/// # Errors
/// What the system says, most often that another program has it.
pub fn listen(listen: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(listen)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Answers requests until it is stopped.
pub(crate) fn serve(listener: TcpListener, site: Site, stop: &Stop) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = match runtime.enable_all().max_blocking_threads(ASIDE).build() {
        Ok(runtime) => runtime,
        Err(cause) => return tracing::error!("page: no runtime for it: {cause}"),
    };
    runtime.block_on(async {
        let listener = match tokio::net::TcpListener::from_std(listener) {
            Ok(listener) => listener,
            Err(cause) => return tracing::error!("page: its address cannot be used: {cause}"),
        };
        let router = routes::router(Arc::new(site), stop.clone());
        let places = Arc::new(Places::default());
        while !stop.is_set() {
            let Ok(taken) = tokio::time::timeout(LOOK, listener.accept()).await else { continue };
            match taken {
                Ok((stream, peer)) => {
                    if let Some(place) = Places::take(&places, peer.ip()) {
                        tokio::spawn(talk(stream, peer.ip(), router.clone(), place));
                    }
                }
                // No more files may be opened: those that are will be closed.
                Err(_) => tokio::time::sleep(LOOK).await,
            }
        }
    });
    runtime.shutdown_timeout(LEAVES);
}

/// Answers the requests of one connection.
async fn talk(stream: TcpStream, peer: IpAddr, router: Router, place: Place) {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(TAKEN));
    let answer = move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        router.clone().call(request)
    };
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(HEAD_BYTES);
    let service = hyper::service::service_fn(answer);
    // A client that went away is nobody's fault.
    let _ = http.serve_connection(TokioIo::new(Box::pin(stream)), service).await;
    drop(place);
}

/// Connections that are open, by address.
#[derive(Debug, Default)]
struct Places(Mutex<HashMap<IpAddr, usize>>);

impl Places {
    fn inside(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(places: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let mut inside = places.inside();
        let all: usize = inside.values().sum();
        let of_peer = inside.get(&peer).copied().unwrap_or(0);
        if all >= CONNECTIONS || of_peer >= EACH {
            return None;
        }
        inside.insert(peer, of_peer + 1);
        Some(Place { places: Arc::clone(places), peer })
    }
}

/// A connection's place; dropping it frees it.
#[derive(Debug)]
struct Place {
    places: Arc<Places>,
    peer: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut inside = self.places.inside();
        let left = inside.get(&self.peer).map_or(0, |n| n.saturating_sub(1));
        match left {
            0 => drop(inside.remove(&self.peer)),
            left => drop(inside.insert(self.peer, left)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_does_not_take_all_places() {
        let places = Arc::new(Places::default());
        let take = |ip: &str| Places::take(&places, ip.parse().unwrap());
        let mut taken: Vec<Place> = (0..EACH).filter_map(|_| take("192.0.2.1")).collect();
        assert!(taken.len() == EACH && take("192.0.2.1").is_none());
        taken.extend((EACH..CONNECTIONS).filter_map(|_| take("192.0.2.2")));
        assert!(taken.len() == CONNECTIONS && take("192.0.2.3").is_none());
        drop(taken);
        assert!(places.inside().is_empty() && take("192.0.2.3").is_some());
    }
}
