//! Sessions: who has logged in, known again by a cookie that scripts cannot read.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

use crate::config::Role;

/// A session ends after this, and after so long without a request.
const LONGEST: Duration = Duration::from_secs(7 * 86_400);
const IDLE: Duration = Duration::from_secs(12 * 3600);
/// Most sessions; the one that was idle longest goes first.
const SESSIONS: usize = 256;

/// Somebody who looks at the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Who {
    /// Their name; empty where nobody has to log in.
    pub(crate) name: String,
    pub(crate) role: Role,
}

#[derive(Debug)]
struct Session {
    who: Who,
    began: Instant,
    seen: Instant,
}

/// All sessions, by the hash of their tokens: memory that leaks tells no token.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<HashMap<[u8; 32], Session>>);

fn key(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

impl Sessions {
    fn inside(&self) -> MutexGuard<'_, HashMap<[u8; 32], Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins one and gives its token; `None` where the system gives no random numbers.
    pub(super) fn begin(&self, who: Who, now: Instant) -> Option<String> {
        let mut random = [0; 32];
        getrandom::fill(&mut random).ok()?;
        let token: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut all = self.inside();
        all.retain(|_, session| session.lives(now));
        if all.len() >= SESSIONS {
            let oldest = all.iter().min_by_key(|(_, session)| session.seen).map(|(key, _)| *key);
            oldest.and_then(|oldest| all.remove(&oldest));
        }
        all.insert(key(&token), Session { who, began: now, seen: now });
        Some(token)
    }

    /// Whose session it is.
    pub(super) fn who(&self, token: &str, now: Instant) -> Option<Who> {
        let mut all = self.inside();
        let session = all.get_mut(&key(token)).filter(|session| session.lives(now))?;
        session.seen = now;
        Some(session.who.clone())
    }

    /// Ends it.
    pub(super) fn end(&self, token: &str) {
        self.inside().remove(&key(token));
    }
}

impl Session {
    fn lives(&self, now: Instant) -> bool {
        now.duration_since(self.began) < LONGEST && now.duration_since(self.seen) < IDLE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_lasts_while_it_is_used_and_not_for_ever() {
        let (all, start) = (Sessions::default(), Instant::now());
        let ann = Who { name: "ann".to_owned(), role: Role::Operator };
        let at = |hours: u64| start + Duration::from_secs(3600 * hours);
        let token = all.begin(ann.clone(), start).unwrap();
        assert!(token.len() == 64 && all.begin(ann.clone(), start).unwrap() != token);
        assert_eq!(all.who("guessed", at(1)), None);
        for (hours, lives) in [(11, true), (22, true), (35, false), (36, false)] {
            assert_eq!(all.who(&token, at(hours)).is_some(), lives, "{hours} h");
        }
        let token = all.begin(ann.clone(), start).unwrap();
        assert!((0..168).step_by(6).all(|hours| all.who(&token, at(hours)).is_some()));
        assert_eq!(all.who(&token, at(168)), None, "a week is all");
        let token = all.begin(ann.clone(), start).unwrap();
        all.end(&token);
        assert_eq!(all.who(&token, start), None);
        (0..2 * SESSIONS).for_each(|_| drop(all.begin(ann.clone(), start)));
        assert_eq!(all.inside().len(), SESSIONS);
    }
}
