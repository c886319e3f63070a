//! Where the thread that fetches puts the newest picture, and the camera's thread takes it: what is not taken in
//! time gives way to what is newer.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::source::Fault;

/// An encoded picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Body {
    /// As it came.
    pub(super) bytes: Vec<u8>,
    /// When it began to come, by the host's clock.
    pub(super) came: Timestamp,
}

/// What lies in the slot.
#[derive(Debug, PartialEq)]
pub(super) enum Fetched {
    /// The newest picture.
    Body(Body),
    /// None that can be used, and why.
    Spoiled(String),
}

#[derive(Debug, Default)]
struct Inside {
    fetched: Option<Fetched>,
    fault: Option<Fault>,
    stopped: bool,
}

/// The newest picture, between two threads.
#[derive(Debug, Default)]
pub(super) struct Slot {
    inside: Mutex<Inside>,
    changed: Condvar,
}

impl Slot {
    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A picture came.
    pub(super) fn put(&self, body: Body) {
        self.lock().fetched = Some(Fetched::Body(body));
        self.changed.notify_all();
    }

    /// One came that cannot be used; a good one that has not been taken stays.
    pub(super) fn spoil(&self, why: String) {
        self.lock().fetched.get_or_insert(Fetched::Spoiled(why));
        self.changed.notify_all();
    }

    /// There will be no more.
    pub(super) fn fail(&self, fault: Fault) {
        self.lock().fault.get_or_insert(fault);
        self.changed.notify_all();
    }

    /// Whether there is nothing to take.
    pub(super) fn is_empty(&self) -> bool {
        let inside = self.lock();
        inside.fetched.is_none() && inside.fault.is_none()
    }

    /// No more are wanted.
    pub(super) fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_all();
    }

    /// Whether no more are wanted.
    pub(super) fn is_stopped(&self) -> bool {
        self.lock().stopped
    }

    /// Waits until `due`, or until no more are wanted; whether more are.
    pub(super) fn pause(&self, due: Instant) -> bool {
        let mut inside = self.lock();
        while !inside.stopped {
            let left = due.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            let waited = self.changed.wait_timeout(inside, left);
            inside = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        false
    }

    /// What has come, or comes within `wait`, though not before `due`. A picture that is due goes before a fault.
    pub(super) fn take(&self, due: Instant, wait: Duration) -> Result<Option<Fetched>, Fault> {
        let mut inside = self.lock();
        let until = Instant::now() + wait;
        loop {
            let now = Instant::now();
            if now >= due
                && let Some(fetched) = inside.fetched.take()
            {
                return Ok(Some(fetched));
            }
            if let Some(fault) = &inside.fault {
                return Err(fault.clone());
            }
            if now >= until {
                return Ok(None);
            }
            let next = if inside.fetched.is_some() { due.min(until) } else { until };
            let waited = self.changed.wait_timeout(inside, next.saturating_duration_since(now));
            inside = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_is_taken_and_a_fault_comes_after_it() {
        let body = |n: u8| Body { bytes: vec![n], came: Timestamp::UNIX_EPOCH };
        let (slot, now) = (Slot::default(), Instant::now());
        let take = |due| slot.take(due, Duration::ZERO);
        assert_eq!(take(now), Ok(None));
        slot.spoil("cut".to_owned());
        slot.put(body(1));
        slot.put(body(2));
        slot.spoil("cut".to_owned());
        assert_eq!(take(now + Duration::from_secs(600)), Ok(None));
        let fault = Fault { refused: false, why: "ended".to_owned() };
        slot.fail(fault.clone());
        assert_eq!(take(now), Ok(Some(Fetched::Body(body(2)))));
        assert_eq!(take(now), Err(fault.clone()));
        assert_eq!(take(now), Err(fault));
    }

    #[test]
    fn a_wait_ends_when_no_more_are_wanted() {
        let slot = Slot::default();
        assert!(slot.pause(Instant::now()));
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| slot.pause(Instant::now() + Duration::from_secs(600)));
            slot.stop();
            assert!(!waits.join().unwrap());
        });
        assert!(slot.is_stopped());
    }
}
