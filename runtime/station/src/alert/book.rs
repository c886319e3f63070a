//! The book of alerts: which are open, and what follows from what was seen. It knows no clock and no disk.

use std::collections::BTreeMap;
use std::time::Duration;

use super::finding::{Finding, Seen};

/// A rule at a source.
pub(super) type Key = (String, String);

/// What became of a rule at a source.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Change {
    /// It has been so for long enough: an alert is raised.
    Raise(Finding),
    /// It has not been so for long enough: the alert is over.
    Close,
}

/// How a rule stands at a source.
#[derive(Clone, Debug, Default)]
struct Standing {
    /// Since when it is so, seconds since the station began.
    since: Option<Duration>,
    /// When it was last so.
    last: Duration,
    is_open: bool,
}

/// How all rules stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Book(BTreeMap<Key, Standing>);

impl Book {
    /// An alert that an earlier run has left open: as if it were so now.
    pub(super) fn reopen(&mut self, key: Key, now: Duration) {
        self.0.insert(key, Standing { since: Some(now), last: now, is_open: true });
    }

    /// Since when it is so, before an alert and within one.
    pub(super) fn since(&self, key: &Key) -> Option<Duration> {
        self.0.get(key)?.since
    }

    /// Takes in what was `seen` at `now`, of a rule that wants it to be so for `hold` and not so for `clear`.
    pub(super) fn take(
        &mut self,
        key: &Key,
        seen: Seen,
        now: Duration,
        [hold, clear]: [Duration; 2],
    ) -> Option<Change> {
        let standing = self.0.entry(key.clone()).or_default();
        match seen {
            // Who cannot see does not say that it is over.
            Seen::Unknown(_) => None,
            Seen::Yes(finding) => {
                let since = *standing.since.get_or_insert(now);
                standing.last = now;
                let is_new = !standing.is_open && now.saturating_sub(since) >= hold;
                standing.is_open |= is_new;
                is_new.then_some(Change::Raise(finding))
            }
            Seen::Once(finding) => {
                (standing.since, standing.last) = (Some(now), now);
                let is_new = !standing.is_open;
                standing.is_open = true;
                is_new.then_some(Change::Raise(finding))
            }
            Seen::No => {
                let is_over = now.saturating_sub(standing.last) >= clear;
                if standing.is_open && !is_over {
                    return None;
                }
                standing.since = None;
                std::mem::take(&mut standing.is_open).then_some(Change::Close)
            }
        }
    }

    /// Lets go of a rule that is no more; whether it had an alert open.
    pub(super) fn drop_rule(&mut self, key: &Key) -> bool {
        self.0.remove(key).is_some_and(|standing| standing.is_open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_event_is_one_alert() {
        let key = ("road".to_owned(), "north".to_owned());
        let yes = || Seen::Yes(Finding::default());
        let unknown = || Seen::Unknown("blind".to_owned());
        let (raise, close) = (Some(Change::Raise(Finding::default())), Some(Change::Close));
        let mut book = Book::default();
        // Held for 30 s before it is raised, and away for 100 s before it is over.
        for (second, seen, want) in [
            (0, Seen::No, None),
            (10, yes(), None),
            (20, Seen::No, None), // not for long enough
            (30, yes(), None),
            (50, yes(), None),
            (60, yes(), raise.clone()),
            (70, yes(), None),
            (80, Seen::No, None), // flickers
            (90, yes(), None),
            (150, Seen::No, None),
            (180, unknown(), None),
            (500, unknown(), None), // a camera that is lost sees no end
            (510, Seen::No, close.clone()),
            (520, Seen::No, None),
            (530, yes(), None), // the next
            (560, yes(), raise.clone()),
        ] {
            let now = Duration::from_secs(second);
            let limits = [30, 100].map(Duration::from_secs);
            assert_eq!(book.take(&key, seen, now, limits), want, "second {second}");
        }
    }

    #[test]
    fn what_is_open_stays_open_over_a_restart_and_moments_are_told_at_once() {
        let key = ("wind".to_owned(), "weather".to_owned());
        let once = || Seen::Once(Finding::default());
        let (raise, close) = (Some(Change::Raise(Finding::default())), Some(Change::Close));
        let mut book = Book::default();
        book.reopen(key.clone(), Duration::from_secs(1));
        for (second, seen, want) in [
            (2, once(), None),
            (50, Seen::No, None),
            (102, Seen::No, close.clone()),
            (103, once(), raise.clone()),
            (104, once(), None),
        ] {
            let now = Duration::from_secs(second);
            let limits = [30, 100].map(Duration::from_secs);
            assert_eq!(book.take(&key, seen, now, limits), want, "second {second}");
        }
        assert!(book.drop_rule(&key) && !book.drop_rule(&key));
    }
}
