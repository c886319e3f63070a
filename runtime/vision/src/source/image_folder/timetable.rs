//! Timetables: when each picture of a folder was taken, by its EXIF data or its name, and the order
//! that follows from it.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::name_stamp::NameStamp;
use crate::frame::{Elapsed, FrameTime, TimeSource};
use crate::note::{Note, PictureTimes, TimesUnused};
use crate::source::doubt;
use crate::source::error::SourceError;
use crate::source::still::Stamp;

/// Names and EXIF data may differ by this and still tell the same time, seconds.
const AGREE_S: f64 = 2.0;

/// The times of the pictures of a folder.
#[derive(Debug, PartialEq)]
pub(super) struct Timetable {
    /// The files, oldest first: indices into the list they came in.
    pub(super) order: Vec<usize>,
    /// The times of the files in that order.
    pub(super) times: Vec<FrameTime>,
}

impl Timetable {
    /// The times of `files`, which are in the order of their names, by their names and what their
    /// EXIF data say; none where neither tells them all. What a person should know goes into `notes`.
    ///
    /// # Errors
    /// [`SourceError::Refused`] where names can be read as two different films.
    pub(super) fn of(
        uri: &str,
        files: &[PathBuf],
        exif: &[Option<Stamp>],
        notes: &mut Vec<Note>,
    ) -> Result<Option<Self>, SourceError> {
        let names: Vec<Option<NameStamp>> =
            files.iter().map(|f| NameStamp::of(&doubt::stem(f))).collect();
        let exif = complete(PictureTimes::Exif, exif, files, notes)
            .and_then(|stamps| Clock::of(PictureTimes::Exif, &stamps, files, notes));
        let names = match complete(PictureTimes::Names, &names, files, notes) {
            None => None,
            Some(names) => match settled(&names) {
                Ok(stamps) => stamps,
                // EXIF data make the question idle.
                Err(Undecided) if exif.is_some() => None,
                Err(Undecided) => return Err(ask(uri, files, &names)),
            },
        };
        let names = names.and_then(|stamps| Clock::of(PictureTimes::Names, &stamps, files, notes));
        if let (Some(exif), Some(names)) = (&exif, &names) {
            exif.note_disagreement(names, files, notes);
        }
        let Some(clock) = exif.or(names) else { return Ok(None) };
        // Whatever else was found out about times is idle now.
        notes.retain(|note| !matches!(note, Note::TimesUnused(_)));
        notes.push(Note::TimesOfPictures { from: clock.from, zoned: clock.zoned });
        Ok(Some(clock.table(notes)))
    }
}

/// All of `found`, or none, noted, where only some files have it.
fn complete<T: Copy>(
    from: PictureTimes,
    found: &[Option<T>],
    files: &[PathBuf],
    notes: &mut Vec<Note>,
) -> Option<Vec<T>> {
    let all: Vec<T> = found.iter().copied().flatten().collect();
    if all.len() == files.len() {
        return Some(all);
    }
    if !all.is_empty() {
        let (files, of) = (all.len(), files.len());
        notes.push(Note::TimesUnused(TimesUnused::Partly { from, files, of }));
    }
    None
}

/// Names that can be read in two ways, which give different films.
#[derive(Debug)]
struct Undecided;

/// The times of names, each the same way round; none where no way round fits them all.
fn settled(names: &[NameStamp]) -> Result<Option<Vec<Stamp>>, Undecided> {
    let each = |day: bool| -> Option<Vec<Stamp>> {
        let one = |name: &NameStamp| match *name {
            NameStamp::Sure(stamp) => Some(stamp),
            NameStamp::DayOrMonth { day_first, month_first, .. } => {
                if day {
                    day_first
                } else {
                    month_first
                }
            }
        };
        names.iter().map(one).collect()
    };
    let since = |stamps: &[Stamp]| -> Vec<i128> {
        let ns = |s: &Stamp| s.ticks().map_or(0, Timestamp::as_nanosecond);
        stamps.iter().map(|s| ns(s) - ns(&stamps[0])).collect()
    };
    match (each(true), each(false)) {
        (Some(a), Some(b)) if a == b => Ok(Some(a)),
        // The same film either way, but not the same day.
        (Some(a), Some(b)) if since(&a) == since(&b) => {
            Ok(Some(a.into_iter().map(|s| Stamp { utc: None, ..s }).collect()))
        }
        (Some(_), Some(_)) => Err(Undecided),
        (one, other) => Ok(one.or(other)),
    }
}

/// Asks which of two numbers is the day.
fn ask(uri: &str, files: &[PathBuf], names: &[NameStamp]) -> SourceError {
    let mut places: Vec<(usize, Option<char>)> = names
        .iter()
        .filter_map(|name| match *name {
            NameStamp::DayOrMonth { at, between, .. } => Some((at, between)),
            NameStamp::Sure(_) => None,
        })
        .collect();
    places.dedup();
    let ending = files[0].extension().unwrap_or_default().to_string_lossy();
    let fix = match places[..] {
        [(at, between)] => {
            let gap = between.map_or(0, char::len_utf8);
            let (second, year, rest) = (at + 2 + gap, at + 4 + 2 * gap, at + 8 + 2 * gap);
            format!(
                "rename them year first; where the day comes first: for f in \"{uri}\"/*.{ending}; \
                 do b=\"${{f##*/}}\"; mv -n \"$f\" \"{uri}/${{b:0:{at}}}${{b:{year}:4}}-${{b:{second}:2}}\
                 -${{b:{at}:2}}${{b:{rest}}}\"; done"
            )
        }
        _ => "rename them year first, such as 2026-08-31_12-00-00".to_owned(),
    };
    let example = files[0].file_name().unwrap_or_default().to_string_lossy();
    let what = format!("names such as {example} may begin with the day or with the month");
    SourceError::refused(uri, what, fix)
}

/// Moments of files by one clock, no two alike.
struct Clock {
    from: PictureTimes,
    ticks: Vec<Timestamp>,
    /// Whether the ticks are UTC, and not those of a clock on some wall.
    zoned: bool,
}

impl Clock {
    fn of(
        from: PictureTimes,
        stamps: &[Stamp],
        files: &[PathBuf],
        notes: &mut Vec<Note>,
    ) -> Option<Self> {
        let utc: Option<Vec<Timestamp>> = stamps.iter().map(|s| s.utc).collect();
        let zoned = utc.is_some();
        let ticks = utc.or_else(|| stamps.iter().map(Stamp::ticks).collect())?;
        let mut order: Vec<usize> = (0..ticks.len()).collect();
        order.sort_by_key(|&i| ticks[i]);
        if let Some(pair) = order.windows(2).find(|p| ticks[p[0]] == ticks[p[1]]) {
            let [a, b] = [pair[0], pair[1]].map(|i| file_name(&files[i]));
            notes.push(Note::TimesUnused(TimesUnused::Repeat { from, a, b }));
            return None;
        }
        Some(Self { from, ticks, zoned })
    }

    /// Notes where names tell another film than this, up to the zone.
    fn note_disagreement(&self, names: &Self, files: &[PathBuf], notes: &mut Vec<Note>) {
        let apart = |i: usize| self.ticks[i].duration_since(names.ticks[i]).as_secs_f64();
        let mut usual: Vec<f64> = (0..files.len()).map(apart).collect();
        usual.sort_by(f64::total_cmp);
        let usual = usual[usual.len() / 2];
        let mut other = (0..files.len()).filter(|&i| (apart(i) - usual).abs() > AGREE_S);
        if let Some(first) = other.next() {
            let files_apart = 1 + other.count();
            notes.push(Note::NamesDisagree {
                files: files_apart,
                example: file_name(&files[first]),
            });
        }
    }

    /// The table by this clock.
    fn table(self, notes: &mut Vec<Note>) -> Timetable {
        let ticks = &self.ticks;
        let mut oldest_after = None;
        let mut early = 0;
        for tick in ticks.iter().rev() {
            if oldest_after.is_some_and(|oldest| oldest < tick) {
                early += 1;
            }
            oldest_after = Some(oldest_after.map_or(tick, |oldest| tick.min(oldest)));
        }
        if early > 0 {
            notes.push(Note::FilesOutOfOrder { files: early });
        }
        let mut order: Vec<usize> = (0..ticks.len()).collect();
        order.sort_by_key(|&i| ticks[i]);
        let source = match self.from {
            PictureTimes::Names => TimeSource::Name,
            PictureTimes::Exif => TimeSource::Exif,
        };
        let first = order.first().map(|&i| ticks[i]).unwrap_or_default();
        let time = |&i: &usize| {
            if self.zoned {
                return FrameTime::stamped(ticks[i], first, source);
            }
            let since_s = ticks[i].duration_since(first).as_secs_f64();
            FrameTime::since_first(Elapsed::from_secs_f64(since_s).unwrap_or_default(), source)
        };
        let times = order.iter().map(time).collect();
        Timetable { order, times }
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(
        names: &[&str],
        exif: &[&str],
    ) -> (Result<Option<Timetable>, SourceError>, Vec<String>) {
        let files: Vec<PathBuf> = names.iter().map(PathBuf::from).collect();
        let stamp = |text: &&str| text.parse().ok().map(|local| Stamp::new(local, None));
        let exif: Vec<Option<Stamp>> = match exif {
            [] => vec![None; files.len()],
            _ => exif.iter().map(stamp).collect(),
        };
        let mut notes = Vec::new();
        let table = Timetable::of("film", &files, &exif, &mut notes);
        (table, notes.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn names_and_exif_data_tell_times_and_order() {
        let plain = ["a.jpg", "b.jpg", "c.jpg"];
        let minutes = ["2026-08-01T12:00:00", "2026-08-01T12:01:00", "2026-08-01T12:03:00"];
        let epoch = ["1785585600.25.jpg", "1785585600.4.jpg", "1785585600.55.jpg"];
        for (names, exif, seconds, order, said) in [
            (&plain, &[][..], None, [0, 1, 2], ""),
            (
                &plain,
                &minutes,
                Some([0.0, 60.0, 180.0]),
                [0, 1, 2],
                "EXIF data, which name no zone",
            ),
            (
                &plain,
                &["2026-08-01T12:03:00", minutes[0], minutes[1]],
                Some([0.0, 60.0, 180.0]),
                [1, 2, 0],
                "1 files come before an older one",
            ),
            (&plain, &[minutes[0], "", minutes[1]], None, [0, 1, 2], "only 2 of 3 files"),
            (
                &plain,
                &[minutes[0], minutes[1], minutes[1]],
                None,
                [0, 1, 2],
                "of b.jpg and c.jpg are the same",
            ),
            // A camera that counts whole seconds; the names are finer.
            (&epoch, &[minutes[0]; 3], Some([0.0, 0.15, 0.3]), [0, 1, 2], "from the files' names"),
            (
                &["1785585600.4.jpg", "1785585600.25.jpg", "1785585600.55.jpg"],
                &[],
                Some([0.0, 0.15, 0.3]),
                [1, 0, 2],
                "1 files come before an older one",
            ),
            (
                &["20260801_1200.png", "20260801_1202.png", "20260801_1222.png"],
                &[],
                Some([0.0, 120.0, 1320.0]),
                [0, 1, 2],
                "from the files' names, which name no zone",
            ),
            (
                &["20260801_1200.png", "20260801_1202.png", "20260801_1222.png"],
                &minutes,
                Some([0.0, 60.0, 180.0]),
                [0, 1, 2],
                "another time than their names, such as 20260801_12",
            ),
            (
                &["20260801_1200.png", "20260801_1202.png", "x.png"],
                &[],
                None,
                [0, 1, 2],
                "the files' names are not used: only 2 of 3",
            ),
            (
                &["01-08-2026_0000.jpg", "01-08-2026_0002.jpg", "31-07-2026_2358.jpg"],
                &[],
                Some([0.0, 120.0, 240.0]),
                [2, 0, 1],
                "2 files come before an older one",
            ),
            // 1 February or 2 January: the same film.
            (
                &["01-02-2026_0000.jpg", "01-02-2026_0002.jpg", "01-02-2026_0003.jpg"],
                &[],
                Some([0.0, 120.0, 180.0]),
                [0, 1, 2],
                "from the files' names",
            ),
        ] {
            let (table, notes) = table(names, exif);
            let table = table.unwrap();
            assert!(notes.join("\n").contains(said), "{names:?}: {notes:?}");
            assert_eq!(table.is_some(), seconds.is_some(), "{names:?}");
            let (Some(table), Some(seconds)) = (table, seconds) else { continue };
            assert_eq!(table.order, order, "{names:?}");
            for (time, second) in table.times.iter().zip(seconds) {
                assert!((time.elapsed.as_secs_f64() - second).abs() < 1e-9, "{names:?}");
                assert_eq!(time.utc.is_some(), names[0].starts_with('1'), "{names:?}");
            }
        }
    }

    #[test]
    fn a_day_that_may_be_a_month_is_asked_about() {
        let (e, _) = table(&["x01-02-2026_0000.jpg", "x02-02-2026_0000.jpg"], &[]);
        let e = e.unwrap_err().to_string();
        assert!(e.contains("x01-02-2026_0000.jpg may begin with the day or with the month"), "{e}");
        let rename = "\"film/${b:0:1}${b:7:4}-${b:4:2}-${b:1:2}${b:11}\"";
        assert!(e.contains(rename) && !e.contains('\n'), "{e}");
        let exif = ["2026-02-01T00:00:00", "2026-02-02T00:00:00"];
        let (table, _) = table(&["01-02-2026_0000.jpg", "02-02-2026_0000.jpg"], &exif);
        assert_eq!(table.unwrap().unwrap().times[1].elapsed.as_secs_f64(), 86400.0);
    }
}
