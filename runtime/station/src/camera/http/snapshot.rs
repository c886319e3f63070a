//! Snapshots: a camera that gives one picture for each request.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use ureq::Error;
use ureq::http::Response;
use ureq::http::header::CONTENT_TYPE;

use super::client::{Client, gone, refused};
use super::slot::{Body, Slot};
use super::splitter::PICTURE_MAX;
use crate::source::Fault;

/// Asks for a picture each `every` and puts it into `slot`, until that is stopped.
pub(super) fn fetch(mut client: Client, slot: &Slot, every: Duration) {
    let mut due = Instant::now();
    while slot.pause(due) {
        if let Err(fault) = one(&mut client, slot) {
            return slot.fail(fault);
        }
        // What was missed is not made up for.
        due = (due + every).max(Instant::now());
    }
}

fn one(client: &mut Client, slot: &Slot) -> Result<(), Fault> {
    let response = client.get()?;
    let came = Timestamp::now();
    if content_type(&response).starts_with("multipart/") {
        return Err(refused("it sends a stream at this address: leave snapshot = true out"));
    }
    let body = response.into_body().into_with_config().limit(PICTURE_MAX as u64).read_to_vec();
    let bytes = match body {
        Ok(bytes) => bytes,
        Err(Error::Timeout(_)) => {
            let within_s = client.within_s();
            return Err(gone(&format!("its picture was not whole within {within_s:.0} s")));
        }
        Err(Error::BodyExceedsLimit(_)) => {
            return Err(gone(&format!("its picture has over {} MB", PICTURE_MAX >> 20)));
        }
        Err(Error::Io(cause)) if cause.kind() == ErrorKind::UnexpectedEof => {
            slot.spoil("its picture is cut short: fewer bytes came than it announced".to_owned());
            return Ok(());
        }
        Err(cause) => return Err(gone(&format!("its picture broke off: {cause}"))),
    };
    no_picture(&bytes).map_or(Ok(()), Err)?;
    slot.put(Body { bytes, came });
    Ok(())
}

/// What an answer says it is.
pub(super) fn content_type<T>(response: &Response<T>) -> String {
    let said = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    said.unwrap_or("").trim().to_ascii_lowercase()
}

/// Why `bytes` are no picture at all.
pub(super) fn no_picture(bytes: &[u8]) -> Option<Fault> {
    match bytes.trim_ascii_start() {
        [] => Some(gone("it sends no picture (an empty answer): restart it if that lasts")),
        [b'<', ..] => {
            Some(gone("it sends a web page and no picture: give the address of the picture itself"))
        }
        _ => None,
    }
}
