//! A radar's folder: what is in it is read as it comes, and the film of now is put together.

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Instant;

use emberline_vision::frame::Kind;
use emberline_vision::pipeline::Stop;
use emberline_vision::radar::{RadarError, RadarGlance, time_in_name};
use emberline_vision::source::{SourceError, SourceOptions, read_radar};
use jiff::Timestamp;

use super::arrivals::{Arrivals, Seen};
use super::choice::{Choice, Held, OLDEST_S, choose};
use super::radar::Radar;
use crate::source::Fault;

/// Most files that are read at a look, of a folder that was full before: the newest.
const MOST: usize = 64;
/// Most files that are held.
const HELD: usize = 96;

/// The files of a radar.
pub(super) struct RadarFolder {
    options: SourceOptions,
    arrivals: Arrivals,
    held: Vec<Held<RadarGlance>>,
    /// The film's files, as they were when it was read.
    film: Vec<(PathBuf, std::time::SystemTime)>,
    /// Files that make no film, though each can be read, and why.
    failed: Option<(Vec<(PathBuf, std::time::SystemTime)>, String)>,
    /// Files of which it was said that they are left out, each with why.
    told: HashMap<PathBuf, String>,
    /// Why the newest file that is no part of any film is none: a person may have to do something.
    refused: Option<String>,
}

impl RadarFolder {
    pub(super) fn new(radar: &Radar) -> Self {
        let radar = radar.config().options.clone();
        let options = SourceOptions { kind: Some(Kind::Rain), radar, ..SourceOptions::default() };
        let (arrivals, held, film, failed, told, refused) = Default::default();
        Self { options, arrivals, held, film, failed, told, refused }
    }

    /// Looks into the folder, reads what has come, and says what is wrong, if anything is.
    pub(super) fn look(&mut self, radar: &Radar, began: Instant, stop: &Stop) -> Option<Fault> {
        let folder = &radar.config().folder;
        let gone = |why: String| Some(Fault { refused: false, why });
        let names = match list(folder) {
            Ok(names) => names,
            Err(cause) => return gone(format!("{}: {cause}", folder.display())),
        };
        let look = self.arrivals.look(&names, &|name| about(&folder.join(name)), began.elapsed());
        for name in &look.lost {
            let path = folder.join(name);
            self.held.retain(|held| held.path != path);
            self.told.remove(&path);
        }
        self.told.retain(|path, _| path.file_name().is_some_and(|name| names.contains(name)));
        self.take(radar, look.whole, began, stop);
        let utc = Timestamp::now();
        let goes =
            |a: &RadarGlance, b: &RadarGlance| a.goes_with(b).map_err(|e| keyed(&e.to_string()));
        let Choice { files, newest, left_out } = choose(&self.held, utc, &goes);
        for one in &left_out {
            if self.told.get(&one.path) != Some(&one.why) {
                self.told.insert(one.path.clone(), one.why.clone());
                radar.left_out(one.reason, &one.why);
            }
        }
        let Some(newest) = newest else {
            let refused = left_out.into_iter().map(|one| one.why).next().or(self.refused.clone());
            return match refused {
                Some(why) => Some(Fault { refused: true, why }),
                None => gone(format!("no radar file yet in {}", folder.display())),
            };
        };
        let written =
            |path: &PathBuf| self.held.iter().find(|held| held.path == *path).map(|h| h.written);
        let film: Vec<_> =
            files.iter().filter_map(|path| Some((path.clone(), written(path)?))).collect();
        if let Some((_, why)) = self.failed.as_ref().filter(|(files, _)| *files == film) {
            return Some(Fault { refused: true, why: why.clone() });
        }
        if film != self.film {
            let started = Instant::now();
            match read_radar(&radar.config().name, &files, &self.options) {
                Ok(read) => {
                    radar.film(read, started.elapsed().as_secs_f64(), newest, began.elapsed());
                    self.film = film;
                }
                // It was taken away or written anew meanwhile: the next look knows.
                Err(SourceError::Missing { .. }) => {}
                Err(cause) => {
                    let why = keyed(&cause.to_string());
                    self.failed = Some((film, why.clone()));
                    return Some(Fault { refused: true, why });
                }
            }
        }
        // Files come, and none can be used: that is why the film grows old.
        let late_s = 3.0 * radar.config().every_s + 10.0;
        let is_late = utc.duration_since(newest).as_secs_f64() > late_s;
        let why = self.refused.clone().filter(|_| is_late);
        why.map(|why| Fault { refused: true, why })
    }

    /// Reads new files, newest first, as many as may be needed.
    fn take(
        &mut self,
        radar: &Radar,
        mut whole: Vec<(OsString, Seen)>,
        began: Instant,
        stop: &Stop,
    ) {
        let told = |name: &OsStr| time_in_name(&name.to_string_lossy());
        // By the time in the name, else by when it was written.
        whole.sort_by_cached_key(|(name, seen)| {
            let at = told(name).or_else(|| Timestamp::try_from(seen.written).ok());
            std::cmp::Reverse((at, name.clone()))
        });
        // Of the newest radar file: why it is refused, where it is.
        let mut newest_file: Option<Option<String>> = None;
        let newest_held = self.held.iter().map(|held| held.newest).max();
        let is_past = |name: &OsStr| {
            let age = newest_held.zip(told(name)).map(|(newest, at)| newest.duration_since(at));
            age.is_some_and(|age| age.as_secs_f64() > OLDEST_S)
        };
        let mut read = 0;
        for (name, seen) in whole {
            if read >= MOST || stop.is_set() || is_past(&name) {
                self.arrivals.settle(name);
                continue;
            }
            radar.looks_up(began.elapsed());
            let path = radar.config().folder.join(&name);
            match RadarGlance::at(&path, &self.options.radar) {
                Ok(Some(glance)) => {
                    let (newest, frames) = (glance.newest(), glance.frames());
                    radar.came_in(frames);
                    self.held.push(Held { path, written: seen.written, newest, frames, glance });
                    self.arrivals.watch(name, seen);
                    newest_file.get_or_insert(None);
                    read += 1;
                }
                Ok(None) => self.arrivals.settle(name),
                Err(RadarError::Missing { .. }) => {}
                Err(cause) => {
                    let why = keyed(&cause.to_string());
                    let reason = match cause {
                        RadarError::Damaged { .. } | RadarError::Io { .. } => "corrupt",
                        _ => "refused",
                    };
                    radar.left_out(reason, &why);
                    newest_file.get_or_insert(Some(why));
                    // It may be written anew.
                    self.arrivals.watch(name, seen);
                    read += 1;
                }
            }
        }
        if let Some(refused) = newest_file {
            self.refused = refused;
        }
        self.held.sort_by_key(|held| held.newest);
        let past = self.held.len().saturating_sub(HELD);
        for old in self.held.drain(..past) {
            if let Some(name) = old.path.file_name() {
                self.arrivals.settle(name.to_owned());
            }
        }
    }
}

/// Names of the files in `folder`; nothing is asked of each.
fn list(folder: &Path) -> std::io::Result<HashSet<OsString>> {
    let entries = std::fs::read_dir(folder)?;
    let names = entries.flatten().map(|entry| entry.file_name());
    Ok(names.filter(|name| !name.as_encoded_bytes().starts_with(b".")).collect())
}

/// What is seen of a file; nothing of what is no file.
fn about(path: &Path) -> Option<Seen> {
    let about = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    Some(Seen { bytes: about.len(), written: about.modified().ok()? })
}

/// `text` of the reader with its settings as they are called in the station's file: `no_data` for `‹no-data›`.
fn keyed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for letter in text.chars() {
        match letter {
            '‹' => inside = true,
            '›' => inside = false,
            '-' if inside => out.push('_'),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_called_as_in_the_file() {
        for (text, want) in [
            ("say it with ‹unit›", "say it with unit"),
            ("say ‹name-time› first or last: a-b", "say name_time first or last: a-b"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(keyed(text), want);
        }
    }
}
