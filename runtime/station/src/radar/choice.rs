//! The choice: which files of those that were read make the film of now.
//!
//! The newest that go together: of one format, size, place and unit. A single one of another kind does not push out
//! those from which a forecast can be made; once two of the new kind are there, they are the film.

use std::path::PathBuf;
use std::time::SystemTime;

use jiff::Timestamp;

/// Frames up to so long before the newest are taken, seconds.
const SPAN_S: f64 = 3600.0;
/// Most files of a film; and least, whatever their age, where frames are far apart.
const MOST: usize = 24;
const LEAST: usize = 3;
/// So much older than the newest is too old in any case, seconds.
pub(super) const OLDEST_S: f64 = 4.0 * 3600.0;
/// A frame that is so far ahead of this machine's clock has no right time, seconds.
const AHEAD_S: f64 = 600.0;

/// A file that was read.
#[derive(Clone, Debug)]
pub(super) struct Held<G> {
    pub(super) path: PathBuf,
    /// When it was written.
    pub(super) written: SystemTime,
    /// When its newest frame is of.
    pub(super) newest: Timestamp,
    /// How many frames it holds.
    pub(super) frames: usize,
    /// What it is like.
    pub(super) glance: G,
}

/// Why a file is not in the film.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LeftOut {
    pub(super) path: PathBuf,
    /// A word, for counting.
    pub(super) reason: &'static str,
    pub(super) why: String,
}

/// The files of a film, oldest first, and those that should have been in it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Choice {
    pub(super) files: Vec<PathBuf>,
    pub(super) newest: Option<Timestamp>,
    pub(super) left_out: Vec<LeftOut>,
}

/// Chooses among `held` at `utc`; `goes_with` says whether a file can stand in a film with another.
pub(super) fn choose<G>(
    held: &[Held<G>],
    utc: Timestamp,
    goes_with: &dyn Fn(&G, &G) -> Result<(), String>,
) -> Choice {
    let mut choice = Choice::default();
    let mut leave = |one: &Held<G>, reason, why| {
        choice.left_out.push(LeftOut { path: one.path.clone(), reason, why });
    };
    let mut all: Vec<&Held<G>> = Vec::new();
    for one in held {
        let ahead_s = one.newest.duration_since(utc).as_secs_f64();
        if ahead_s > AHEAD_S {
            let why = format!(
                "{}: its time, {}, is ahead of this machine's clock; set right whichever is wrong",
                one.path.display(),
                one.newest
            );
            leave(one, "clock", why);
        } else {
            all.push(one);
        }
    }
    // Newest first; of two of one time that which was written last.
    all.sort_by_key(|one| std::cmp::Reverse((one.newest, one.written)));
    let mut once: Vec<&Held<G>> = Vec::new();
    for one in all {
        match once.last().filter(|last| last.newest == one.newest) {
            Some(last) => {
                let (path, last) = (one.path.display(), last.path.display());
                leave(one, "repeated", format!("{path}: {last} is of the same time, and newer"));
            }
            None => once.push(one),
        }
    }
    let mut first: Option<Vec<&Held<G>>> = None;
    let mut chosen: Option<Vec<&Held<G>>> = None;
    let mut tried: Vec<&Held<G>> = Vec::new();
    for leader in &once {
        if tried.iter().any(|other| goes_with(&other.glance, &leader.glance).is_ok()) {
            continue;
        }
        tried.push(leader);
        let film = film_of(leader, &once, goes_with);
        if film.iter().map(|one| one.frames).sum::<usize>() >= 2 {
            chosen = Some(film);
            break;
        }
        first.get_or_insert(film);
    }
    let Some(film) = chosen.or(first) else { return choice };
    let Some(leader) = film.first() else { return choice };
    for one in once.iter().filter(|one| one.newest > leader.newest) {
        if let Err(why) = goes_with(&leader.glance, &one.glance) {
            leave(one, "grid", why);
        }
    }
    choice.newest = Some(leader.newest);
    choice.files = film.iter().rev().map(|one| one.path.clone()).collect();
    choice
}

/// The film that ends at `leader`, newest first.
fn film_of<'a, G>(
    leader: &'a Held<G>,
    newest_first: &[&'a Held<G>],
    goes_with: &dyn Fn(&G, &G) -> Result<(), String>,
) -> Vec<&'a Held<G>> {
    let mut film: Vec<&Held<G>> = Vec::new();
    for one in newest_first.iter().filter(|one| one.newest <= leader.newest) {
        let older_s = leader.newest.duration_since(one.newest).as_secs_f64();
        let near = older_s <= SPAN_S || (film.len() < LEAST && older_s <= OLDEST_S);
        if near && film.len() < MOST && goes_with(&leader.glance, &one.glance).is_ok() {
            film.push(one);
        }
    }
    film
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn the_newest_that_go_together_are_the_film() {
        let start: Timestamp = "2026-08-01T12:00:00Z".parse().unwrap();
        // Minute, second in which it was written, and grid of each file; named by its place.
        type Case = (&'static str, Vec<(i64, u64, u8)>, &'static [usize], &'static [&'static str]);
        let many: Vec<_> = (0..40).map(|m| (m - 40, 0, 1)).collect();
        let far: Vec<_> = (0..6).map(|k| (60 * k - 300, 0, 1)).collect();
        let cases: [Case; 10] = [
            ("none", vec![], &[], &[]),
            ("one", vec![(-5, 0, 1)], &[0], &[]),
            ("in order of their times", vec![(-5, 0, 1), (-10, 0, 1)], &[1, 0], &[]),
            (
                "old ones are not needed",
                vec![(-90, 0, 1), (-10, 0, 1), (-5, 0, 1), (0, 0, 1)],
                &[1, 2, 3],
                &[],
            ),
            (
                "so many",
                many,
                &[
                    16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35,
                    36, 37, 38, 39,
                ],
                &[],
            ),
            ("far apart", far, &[3, 4, 5], &[]),
            ("one of another grid", vec![(-10, 0, 1), (-5, 0, 1), (0, 0, 2)], &[0, 1], &["grid"]),
            ("two of another grid", vec![(-10, 0, 1), (-5, 0, 2), (0, 0, 2)], &[1, 2], &[]),
            ("twice the same time", vec![(-5, 0, 1), (0, 9, 1), (0, 3, 1)], &[0, 1], &["repeated"]),
            ("of the future", vec![(-5, 0, 1), (0, 0, 1), (60, 0, 1)], &[0, 1], &["clock"]),
        ];
        for (what, files, want, reasons) in cases {
            let held: Vec<Held<u8>> = files
                .iter()
                .enumerate()
                .map(|(k, (minute, second, grid))| Held {
                    path: k.to_string().into(),
                    written: SystemTime::UNIX_EPOCH + Duration::from_secs(*second),
                    newest: start + SignedDuration::from_mins(*minute),
                    frames: 1,
                    glance: *grid,
                })
                .collect();
            let goes =
                |a: &u8, b: &u8| if a == b { Ok(()) } else { Err("another grid".to_owned()) };
            let choice = choose(&held, start, &goes);
            let want: Vec<PathBuf> = want.iter().map(|k| k.to_string().into()).collect();
            assert_eq!(choice.files, want, "{what}");
            let got: Vec<_> = choice.left_out.iter().map(|one| one.reason).collect();
            assert_eq!(got, reasons, "{what}");
        }
    }
}
