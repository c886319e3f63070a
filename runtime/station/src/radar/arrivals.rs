//! Arrivals: which files of a folder are new and whole, by listings that stay cheap however full it is.
//!
//! A file is whole when neither its size nor its time has changed for two seconds. Of a name that needs no further
//! look nothing but the name is asked again.

use std::collections::{BTreeMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::time::{Duration, SystemTime};

/// A file of this age, unchanged, is whole.
const RESTS: Duration = Duration::from_secs(2);

/// What is seen of a file from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) bytes: u64,
    pub(super) written: SystemTime,
}

/// What a look at a folder found.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Look {
    /// Files that are whole and were not before.
    pub(super) whole: Vec<(OsString, Seen)>,
    /// Watched files that are no longer there, or are written anew.
    pub(super) lost: Vec<OsString>,
}

/// Which files are to be read.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    /// Names that need no further look.
    settled: HashSet<OsString>,
    /// Files that may still be written, and since when they have been as they are.
    waiting: BTreeMap<OsString, (Seen, Duration)>,
    /// Files that were read, as they were then.
    watched: BTreeMap<OsString, Seen>,
}

impl Arrivals {
    /// Takes in the `names` that the folder holds at `now`; `about` tells of one.
    pub(super) fn look(
        &mut self,
        names: &HashSet<OsString>,
        about: &dyn Fn(&OsStr) -> Option<Seen>,
        now: Duration,
    ) -> Look {
        let mut look = Look::default();
        // What is gone is forgotten, so that no memory grows.
        self.settled.retain(|name| names.contains(name));
        self.waiting.retain(|name, _| names.contains(name));
        self.watched.retain(|name, seen| {
            let stays = about(name) == Some(*seen);
            if !stays {
                look.lost.push(name.clone());
            }
            stays
        });
        for name in names {
            if self.settled.contains(name) || self.watched.contains_key(name) {
                continue;
            }
            let Some(seen) = about(name) else { continue };
            let (known, since) = self.waiting.entry(name.clone()).or_insert((seen, now));
            if *known != seen {
                (*known, *since) = (seen, now);
            } else if now.saturating_sub(*since) >= RESTS && seen.bytes > 0 {
                look.whole.push((name.clone(), seen));
            }
        }
        for (name, _) in &look.whole {
            self.waiting.remove(name);
        }
        look
    }

    /// A file was read: it is looked at again, for it may be written anew.
    pub(super) fn watch(&mut self, name: OsString, seen: Seen) {
        self.watched.insert(name, seen);
    }

    /// A file needs no further look.
    pub(super) fn settle(&mut self, name: OsString) {
        self.watched.remove(&name);
        self.settled.insert(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Name, bytes, time.
    type File = (&'static str, u64, u64);

    #[test]
    fn a_file_is_whole_when_it_has_rested_and_is_asked_no_more_once_settled() {
        let mut arrivals = Arrivals::default();
        type Step = (u64, &'static [File], &'static [&'static str], &'static [&'static str]);
        let steps: [Step; 8] = [
            (0, &[("a", 10, 1), ("junk", 5, 1)], &[], &[]),
            (2, &[("a", 10, 1), ("junk", 5, 1), ("b", 3, 2)], &["a", "junk"], &[]),
            (3, &[("a", 10, 1), ("junk", 9, 9), ("b", 6, 3)], &[], &[]), // b is still written
            (5, &[("a", 10, 1), ("junk", 9, 9), ("b", 6, 3)], &["b"], &[]),
            (6, &[("a", 12, 6), ("junk", 9, 9), ("b", 6, 3), ("c", 0, 6)], &[], &["a"]), // anew
            (9, &[("a", 12, 6), ("junk", 9, 9), ("c", 0, 6)], &["a"], &["b"]), // c is empty
            (10, &[("a", 12, 6), ("junk", 9, 9), ("c", 1, 7)], &[], &[]),
            (12, &[("a", 12, 6), ("junk", 9, 9), ("c", 1, 7)], &["c"], &[]),
        ];
        for (now_s, files, whole, lost) in steps {
            let names: HashSet<OsString> = files.iter().map(|(name, ..)| name.into()).collect();
            let about = |name: &OsStr| {
                assert!(now_s <= 2 || name != "junk", "what is settled is asked again");
                let (_, bytes, at) = files.iter().find(|(n, ..)| *n == name)?;
                let written = SystemTime::UNIX_EPOCH + Duration::from_secs(*at);
                Some(Seen { bytes: *bytes, written })
            };
            let mut look = arrivals.look(&names, &about, Duration::from_secs(now_s));
            look.whole.sort_by(|a, b| a.0.cmp(&b.0));
            let got: Vec<_> = look.whole.iter().map(|(name, _)| name.to_str().unwrap()).collect();
            assert_eq!(got, whole, "second {now_s}");
            assert_eq!(look.lost, lost, "second {now_s}");
            for (name, seen) in look.whole {
                match name == "junk" {
                    true => arrivals.settle(name),
                    false => arrivals.watch(name, seen),
                }
            }
        }
    }
}
