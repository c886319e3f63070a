//! The outbox itself: numbers what is said, keeps it within limits, and remembers how far each receiver has got.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::day_file::DayFile;
use super::message::Message;

/// Most bytes on the disk: a day of forecasts with their fronts is about 50 MB.
const MAX_BYTES: u64 = 512_000_000;
/// A day has another file when one has reached this part of the limit.
const FILES: u64 = 8;
/// Most messages that are held while the disk cannot be written.
const HELD: usize = 1000;

/// How the outbox fares.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct OutboxFacts {
    /// Number of the newest message.
    pub newest: u64,
    /// Messages that have not arrived yet, by receiver.
    pub waiting: Vec<(String, u64)>,
    /// Messages that were deleted before they had arrived: the limit was reached.
    pub lost: u64,
    /// Why the last one could not be stored, until one can again.
    pub trouble: Option<String>,
}

#[derive(Debug, Default)]
struct Inside {
    newest: u64,
    files: Vec<DayFile>,
    /// Said, and not on the disk yet.
    held: VecDeque<Message>,
    /// Number of the last message that has arrived, by receiver.
    arrived: BTreeMap<String, u64>,
    lost: u64,
    trouble: Option<String>,
}

/// What waits to be sent.
#[derive(Debug)]
pub struct Outbox {
    folder: PathBuf,
    max_bytes: u64,
    inside: Mutex<Inside>,
    /// Held by whoever writes.
    writing: Mutex<()>,
    said: Condvar,
}

impl Outbox {
    /// Opens the outbox in `folder`, which only this daemon writes.
    ///
    /// # Errors
    /// What the file system says.
    pub fn open(folder: &Path) -> io::Result<Self> {
        Self::with_limit(folder, MAX_BYTES)
    }

    pub(super) fn with_limit(folder: &Path, max_bytes: u64) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let mut files = DayFile::all(folder)?;
        // An empty last file is one whose first message was never whole.
        let mut newest = 0;
        if let Some(last) = files.last_mut() {
            let message = last.mend()?;
            newest = message.map_or(last.first.saturating_sub(1), |message| message.seq);
        }
        let mut arrived = BTreeMap::new();
        for entry in fs::read_dir(folder)?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Some(receiver) = name.strip_suffix(".arrived") else { continue };
            let seq = fs::read_to_string(entry.path()).ok().and_then(|t| t.trim().parse().ok());
            // One that cannot be read has all sent again: twice is better than never.
            arrived.insert(receiver.to_owned(), seq.unwrap_or(0));
        }
        // Numbers never go back, also where files were deleted by hand.
        newest = arrived.values().copied().max().unwrap_or(0).max(newest);
        let inside = Mutex::new(Inside { newest, files, arrived, ..Inside::default() });
        let (folder, writing, said) = (folder.to_owned(), Mutex::default(), Condvar::new());
        Ok(Self { folder, max_bytes, inside, writing, said })
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says `body` under `topic`, and gives its number. It is on the disk then; where that cannot be written it is
    /// held, sent all the same, and written when the disk is back.
    pub fn say(&self, topic: &str, time: Timestamp, body: Value) -> u64 {
        let seq = {
            let mut inside = self.inside();
            inside.newest += 1;
            let (seq, topic) = (inside.newest, topic.to_owned());
            inside.held.push_back(Message { seq, time, topic, body });
            seq
        };
        // One writes at a time, and nobody who asks waits for the disk.
        let writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let stored = self.store();
        self.trim();
        drop(writing);
        let mut inside = self.inside();
        let was = std::mem::take(&mut inside.trouble);
        match stored {
            Ok(()) if was.is_some() => tracing::info!("outbox: it can be written again"),
            Ok(()) => {}
            Err(cause) => {
                let cause = format!("{}: {cause}", self.folder.display());
                if was.is_none() {
                    tracing::warn!("outbox: {cause}");
                }
                inside.trouble = Some(cause);
            }
        }
        while inside.held.len() > HELD {
            inside.held.pop_front();
            inside.lost += 1;
        }
        drop(inside);
        self.said.notify_all();
        seq
    }

    /// Writes what is held.
    fn store(&self) -> io::Result<()> {
        loop {
            let (message, mut file) = {
                let inside = self.inside();
                let Some(message) = inside.held.front().cloned() else { return Ok(()) };
                let day = message.time.strftime("%Y-%m-%d").to_string();
                let fits =
                    |last: &&DayFile| last.day() == day && last.bytes <= self.max_bytes / FILES;
                let file = inside.files.last().filter(fits).cloned();
                let new = || DayFile::new(&self.folder, message.seq, &day);
                let file = file.unwrap_or_else(new);
                (message, file)
            };
            file.append(&message.line())?;
            let mut inside = self.inside();
            inside.held.pop_front();
            match inside.files.last_mut().filter(|last| last.path == file.path) {
                Some(last) => *last = file,
                None => inside.files.push(file),
            }
        }
    }

    /// Deletes the oldest files beyond the limit; what had not arrived is counted.
    fn trim(&self) {
        loop {
            let gone = {
                let mut inside = self.inside();
                let bytes: u64 = inside.files.iter().map(|file| file.bytes).sum();
                if inside.files.len() < 2 || bytes <= self.max_bytes {
                    return;
                }
                let gone = inside.files.remove(0);
                let ends = inside.files.first().map_or(gone.first, |next| next.first);
                let arrived = inside.arrived.values().copied().min().unwrap_or(u64::MAX);
                let lost = ends.saturating_sub(gone.first.max(arrived.saturating_add(1)));
                if lost > 0 {
                    tracing::warn!("outbox: {lost} messages are deleted that had not arrived");
                    inside.lost += lost;
                }
                gone
            };
            if let Err(cause) = fs::remove_file(&gone.path) {
                tracing::warn!("outbox: {}: {cause}", gone.path.display());
            }
        }
    }

    /// Serves these receivers and no others. A new one is told of what is said from here on; one that is gone is
    /// forgotten, so that nothing is kept for it, and old alerts are no news to it when it comes back.
    pub fn serve(&self, receivers: &[&str]) {
        let (gone, new, newest) = {
            let inside = self.inside();
            let known = |name: &&&str| !inside.arrived.contains_key(**name);
            let new: Vec<&str> = receivers.iter().filter(known).copied().collect();
            let gone = inside.arrived.keys().filter(|name| !receivers.contains(&name.as_str()));
            (gone.cloned().collect::<Vec<_>>(), new, inside.newest)
        };
        for name in gone {
            self.inside().arrived.remove(&name);
            let file = self.cursor(&name);
            if let Err(cause) = fs::remove_file(&file) {
                tracing::warn!("outbox: {}: {cause}", file.display());
            }
        }
        new.into_iter().for_each(|name| self.has_arrived(name, newest));
    }

    /// Number of the last message that has arrived at `receiver`.
    #[must_use]
    pub fn arrived(&self, receiver: &str) -> u64 {
        self.inside().arrived.get(receiver).copied().unwrap_or(0)
    }

    fn cursor(&self, receiver: &str) -> PathBuf {
        self.folder.join(format!("{receiver}.arrived"))
    }

    /// The message `seq` has arrived at `receiver`, and all before it.
    pub fn has_arrived(&self, receiver: &str, seq: u64) {
        self.inside().arrived.insert(receiver.to_owned(), seq);
        self.keep(receiver, seq);
    }

    fn keep(&self, receiver: &str, seq: u64) {
        let file = self.cursor(receiver);
        if let Err(cause) = emberline_atomic_file::write(&file, format!("{seq}\n").as_bytes()) {
            // It is sent again after a restart.
            tracing::warn!("outbox: {}: {cause}", file.display());
        }
    }

    /// Waits until there is a message after `seq`, and at most `wait`.
    pub fn wait(&self, seq: u64, wait: Duration) {
        let inside = self.inside();
        if inside.newest <= seq {
            drop(self.said.wait_timeout(inside, wait));
        }
    }

    /// The file that may hold the message `seq`, and those that are held and follow it.
    pub(super) fn place(&self, seq: u64) -> (Option<DayFile>, Option<Message>) {
        let inside = self.inside();
        // What may still reach the disk waits for that: a number that was sent is never given again.
        let is_lost = inside.trouble.is_some();
        let held = inside.held.iter().find(|message| is_lost && message.seq >= seq).cloned();
        let at = inside.files.partition_point(|file| file.first <= seq);
        // A number before all files is that of a message which is gone: the first that is left follows.
        let file = inside.files.get(at.saturating_sub(1)).cloned();
        (file, held)
    }

    /// The file after that which begins with `first`.
    pub(super) fn next_file(&self, first: u64) -> Option<DayFile> {
        self.inside().files.iter().find(|file| file.first > first).cloned()
    }

    /// How it fares.
    #[must_use]
    pub fn facts(&self) -> OutboxFacts {
        let inside = self.inside();
        let waiting = |(receiver, seq): (&String, &u64)| {
            (receiver.clone(), inside.newest.saturating_sub(*seq))
        };
        OutboxFacts {
            newest: inside.newest,
            waiting: inside.arrived.iter().map(waiting).collect(),
            lost: inside.lost,
            trouble: inside.trouble.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::reader::Reader;
    use super::*;

    fn at(day: i64) -> Timestamp {
        let start: Timestamp = "2026-08-01T12:00:00Z".parse().unwrap();
        start + jiff::SignedDuration::from_hours(24 * day)
    }

    fn all_after(outbox: &Outbox, seq: u64) -> Vec<u64> {
        let mut reader = Reader::new(seq);
        std::iter::from_fn(|| reader.next(outbox).unwrap()).map(|message| message.seq).collect()
    }

    #[test]
    fn numbers_go_on_over_restarts_days_and_clocks_that_are_set_back() {
        let room = tempfile::tempdir().unwrap();
        let mut said = 0;
        for days in [vec![0, 0, 1], vec![1, 5], vec![3, 3], vec![3]] {
            let outbox = Outbox::open(room.path()).unwrap();
            for day in days {
                said += 1;
                assert_eq!(outbox.say("alert", at(day), json!({"day": day})), said);
            }
            assert_eq!(all_after(&outbox, 0), (1..=said).collect::<Vec<_>>());
            assert_eq!(all_after(&outbox, 2), (3..=said).collect::<Vec<_>>());
            assert!(all_after(&outbox, said).is_empty());
        }
    }

    #[test]
    fn a_power_cut_at_any_byte_loses_at_most_the_message_being_written() {
        let room = tempfile::tempdir().unwrap();
        let file = {
            let outbox = Outbox::open(room.path()).unwrap();
            for k in 0..3 {
                outbox.say("alert", at(0), json!({"k": k}));
            }
            DayFile::all(room.path()).unwrap().remove(0).path
        };
        let whole = fs::read(&file).unwrap();
        for cut in 0..=whole.len() {
            fs::write(&file, &whole[..cut]).unwrap();
            let lines = whole[..cut].iter().filter(|b| **b == b'\n').count() as u64;
            let outbox = Outbox::open(room.path()).unwrap();
            assert_eq!(all_after(&outbox, 0), (1..=lines).collect::<Vec<_>>(), "cut at {cut}");
            assert_eq!(outbox.say("alert", at(0), json!({})), lines + 1, "cut at {cut}");
            assert_eq!(all_after(&outbox, lines), [lines + 1], "cut at {cut}");
        }
    }

    #[test]
    fn receivers_go_on_where_they_were() {
        let room = tempfile::tempdir().unwrap();
        let outbox = Outbox::open(room.path()).unwrap();
        outbox.say("alert", at(0), json!({}));
        // What was said before it was there is none of its business.
        outbox.serve(&["mqtt"]);
        assert_eq!(outbox.arrived("mqtt"), 1);
        for _ in 0..3 {
            outbox.say("alert", at(0), json!({}));
        }
        outbox.has_arrived("mqtt", 3);
        assert_eq!(outbox.facts().waiting, [("mqtt".to_owned(), 1)]);
        drop(outbox);
        let outbox = Outbox::open(room.path()).unwrap();
        outbox.serve(&["mqtt", "webhook"]);
        assert_eq!((outbox.arrived("mqtt"), outbox.arrived("webhook")), (3, 4));
        assert_eq!(all_after(&outbox, 3), [4]);
        // Messages that somebody deleted do not make numbers begin anew.
        for file in DayFile::all(room.path()).unwrap() {
            fs::remove_file(file.path).unwrap();
        }
        drop(outbox);
        let outbox = Outbox::open(room.path()).unwrap();
        assert_eq!(outbox.say("alert", at(0), json!({})), 5);
        // One that was taken away is told nothing old when it comes back.
        outbox.serve(&["webhook"]);
        drop(outbox);
        let outbox = Outbox::open(room.path()).unwrap();
        assert_eq!(outbox.facts().waiting, [("webhook".to_owned(), 1)]);
        outbox.serve(&["mqtt", "webhook"]);
        assert_eq!((outbox.arrived("mqtt"), outbox.arrived("webhook")), (5, 4));
    }

    #[test]
    fn the_oldest_go_beyond_the_limit_and_are_counted_where_they_had_not_arrived() {
        let room = tempfile::tempdir().unwrap();
        let outbox = Outbox::with_limit(room.path(), 400).unwrap();
        outbox.serve(&["mqtt"]);
        for day in 0..8 {
            outbox.say("alert", at(day), json!({"filling": "x".repeat(40)}));
        }
        let left = all_after(&outbox, 0);
        assert!(left.len() < 5 && left.last() == Some(&8), "{left:?}");
        assert_eq!(outbox.facts().lost, 8 - left.len() as u64);
    }

    #[test]
    fn what_cannot_be_stored_is_held_and_stored_later() {
        let room = tempfile::tempdir().unwrap();
        let folder = room.path().join("outbox");
        let outbox = Outbox::open(&folder).unwrap();
        outbox.say("alert", at(0), json!({}));
        let away = room.path().join("away");
        fs::rename(&folder, &away).unwrap();
        // Another day needs another file.
        outbox.say("alert", at(1), json!({}));
        outbox.say("alert", at(1), json!({}));
        assert!(outbox.facts().trouble.is_some());
        let mut reader = Reader::new(1);
        assert_eq!(reader.next(&outbox).unwrap().map(|message| message.seq), Some(2));
        fs::rename(&away, &folder).unwrap();
        outbox.say("alert", at(1), json!({}));
        assert_eq!(outbox.facts().trouble, None);
        assert_eq!(reader.next(&outbox).unwrap().map(|message| message.seq), Some(3));
        assert_eq!(all_after(&outbox, 0), [1, 2, 3, 4]);
        drop(outbox);
        assert_eq!(all_after(&Outbox::open(&folder).unwrap(), 0), [1, 2, 3, 4]);
    }
}
