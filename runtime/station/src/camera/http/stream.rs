//! Streams: a camera that sends JPEG pictures one after the other, as MJPEG over HTTP.

use std::io::Read as _;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use ureq::Error;

use super::client::{Client, gone, refused};
use super::slot::{Body, Slot};
use super::snapshot::{content_type, no_picture};
use super::splitter::{Part, Splitter};
use crate::source::Fault;

/// Bytes of a read.
const READ: usize = 64 << 10;

/// Reads the stream and puts its newest picture into `slot`, until that is stopped.
pub(super) fn fetch(mut client: Client, slot: &Slot) {
    if let Err(fault) = read(&mut client, slot) {
        slot.fail(fault);
    }
}

fn read(client: &mut Client, slot: &Slot) -> Result<(), Fault> {
    let response = client.get()?;
    let said = content_type(&response);
    let mut body = response.into_body().into_reader();
    let within = Duration::from_secs_f64(client.within_s());
    let late = || gone(&format!("no whole picture came within {:.0} s", within.as_secs_f64()));
    let (mut splitter, mut buffer) = (Splitter::default(), vec![0; READ]);
    let (mut pictures, mut whole_at) = (0_u64, Instant::now());
    // When the picture that has begun began to come.
    let mut began = None;
    while !slot.is_stopped() {
        let bytes = match body.read(&mut buffer).map(|n| &buffer[..n]) {
            Ok([]) if pictures == 1 && !said.starts_with("multipart/") => {
                return Err(refused("it sends one picture and ends: write snapshot = true"));
            }
            Ok([]) => return Err(gone("its stream ended")),
            Ok(bytes) => bytes,
            Err(cause) => {
                return Err(match Error::from(cause) {
                    Error::Timeout(_) => late(),
                    cause => gone(&format!("its stream broke off: {cause}")),
                });
            }
        };
        if pictures == 0 && !splitter.is_inside() {
            match no_picture(bytes) {
                Some(fault) if bytes.contains(&b'<') => return Err(fault),
                _ => {}
            }
        }
        let now = Timestamp::now();
        let (mut newest, mut parts, mut broken) = (None, 0, false);
        let pushed = splitter.push(bytes, |part| {
            parts += 1;
            match part {
                Part::Picture(bytes) => newest = Some((bytes.to_vec(), parts)),
                Part::Broken => broken = true,
            }
        });
        if let Some((bytes, part)) = newest {
            // What began in an earlier read is the first part of this one.
            let came = if part == 1 { began.unwrap_or(now) } else { now };
            slot.put(Body { bytes, came });
            (pictures, whole_at) = (pictures + 1, Instant::now());
        } else if broken {
            slot.spoil("a picture of its stream is broken or cut short".to_owned());
        }
        if parts > 0 {
            began = None;
        }
        began = splitter.is_inside().then(|| began.unwrap_or(now));
        pushed.map_err(|why| gone(&why.to_string()))?;
        if whole_at.elapsed() > within {
            return Err(late());
        }
    }
    Ok(())
}
