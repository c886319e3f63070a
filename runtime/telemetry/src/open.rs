//! Opens a file or a folder of telemetry, by what is in it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::clock::Clock;
use crate::counts::Counts;
use crate::kind::{HEAD, Kind};
use crate::klv::{Klv, Wrapping};
use crate::mavlink::Mavlink;
use crate::note::{Note, Notes};
use crate::options::Options;
use crate::telemetry::{LocalTime, Telemetry};
use crate::{dataflash, lines, mavlink, srt, still};

/// Bytes that are read at a time of what is read in parts.
const PART: usize = 1 << 20;
/// Bytes of a file that is read as a whole.
const MOST: u64 = 2 << 30;

/// Why a telemetry is not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// It cannot be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is of no kind that is known.
    #[error(
        "{}: no telemetry that is known: MAVLink, .tlog, .bin, KLV (alone or in .ts), DJI .SRT, JPEG stills, \
         pose lines (.ndjson) or a table of them (.csv)",
        path.display()
    )]
    Unknown {
        /// Which.
        path: PathBuf,
    },
    /// It is longer than what is read.
    #[error("{}: {bytes} bytes, more than {MOST}: cut it in parts", path.display())]
    TooLong {
        /// Which.
        path: PathBuf,
        /// Its bytes.
        bytes: u64,
    },
    /// All of its rows are bad, or a column is no key.
    #[error("{}: {}{why}", path.display(), at(*line))]
    Rows {
        /// Which.
        path: PathBuf,
        /// The first bad line, 0 for the header.
        line: u64,
        /// What is wrong with it.
        why: String,
    },
    /// It is of a kind that is known, and says nothing of a pose.
    #[error("{}: {} without a pose ({counts}){}", path.display(), kind.name(), told(notes))]
    Nothing {
        /// Which.
        path: PathBuf,
        /// What it is.
        kind: Kind,
        /// What was in it.
        counts: Box<Counts>,
        /// Why, as far as known.
        notes: Vec<Note>,
    },
}

fn at(line: u64) -> String {
    if line == 0 { "header: ".to_owned() } else { format!("line {line}: ") }
}

fn told(notes: &[Note]) -> String {
    notes.iter().map(|note| format!("; {note}")).collect()
}

/// Reads a file, or a folder of stills.
///
/// # Errors
/// [`OpenError`], in one line with what to do.
pub fn read(path: &Path, options: Options) -> Result<Telemetry, OpenError> {
    let io = |source| OpenError::Io { path: path.to_owned(), source };
    if fs::metadata(path).map_err(io)?.is_dir() {
        return told_or_nothing(path, folder(path, options)?);
    }
    let mut file = File::open(path).map_err(io)?;
    let mut head = Vec::new();
    (&mut file).take(HEAD as u64).read_to_end(&mut head).map_err(io)?;
    let kind = Kind::of(&head).ok_or_else(|| OpenError::Unknown { path: path.to_owned() })?;
    let telemetry = match kind {
        Kind::Transport | Kind::Klv | Kind::Mavlink => {
            in_parts(kind, &head, &mut file, options).map_err(io)?
        }
        _ => {
            let bytes = file.metadata().map_err(io)?.len();
            if bytes > MOST {
                return Err(OpenError::TooLong { path: path.to_owned(), bytes });
            }
            file.read_to_end(&mut head).map_err(io)?;
            whole(path, kind, &head, options)?
        }
    };
    told_or_nothing(path, telemetry)
}

/// Reads a telemetry that lies in memory; `path` is what errors call it.
///
/// # Errors
/// [`OpenError`], in one line with what to do.
pub fn read_bytes(path: &Path, bytes: &[u8], options: Options) -> Result<Telemetry, OpenError> {
    let kind = Kind::of(bytes).ok_or_else(|| OpenError::Unknown { path: path.to_owned() })?;
    let telemetry = match kind {
        Kind::Transport | Kind::Klv | Kind::Mavlink => {
            let mut rest = bytes;
            in_parts(kind, &[], &mut rest, options)
                .map_err(|source| OpenError::Io { path: path.to_owned(), source })?
        }
        _ => whole(path, kind, bytes, options)?,
    };
    told_or_nothing(path, telemetry)
}

/// What says something of a pose.
fn told_or_nothing(path: &Path, telemetry: Telemetry) -> Result<Telemetry, OpenError> {
    if telemetry.samples.is_empty() && telemetry.corners.is_empty() {
        let Telemetry { kind, counts, notes, .. } = telemetry;
        return Err(OpenError::Nothing {
            path: path.to_owned(),
            kind,
            counts: Box::new(counts),
            notes,
        });
    }
    Ok(telemetry)
}

/// Streams, which may be longer than memory.
fn in_parts(
    kind: Kind,
    head: &[u8],
    rest: &mut impl Read,
    options: Options,
) -> io::Result<Telemetry> {
    let mut telemetry = Telemetry::new(kind, Clock::Utc);
    let mut part = vec![0; PART];
    let mut each = |take: &mut dyn FnMut(&[u8])| -> io::Result<()> {
        take(head);
        loop {
            match rest.read(&mut part) {
                Ok(0) => return Ok(()),
                Ok(n) => take(&part[..n]),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
    };
    if kind == Kind::Mavlink {
        let mut reader = Mavlink::new(options);
        each(&mut |bytes| reader.push(bytes, &mut telemetry.samples))?;
        reader.finish(&mut telemetry.samples);
        (telemetry.counts, telemetry.notes) = (reader.counts(), reader.notes());
        return Ok(telemetry);
    }
    let bare = kind == Kind::Klv;
    let mut reader = Klv::new(if bare { Wrapping::Bare } else { Wrapping::Transport });
    each(&mut |bytes| reader.push(bytes))?;
    reader.finish();
    let found = reader.found();
    telemetry.clock = if found.is_utc { Clock::Utc } else { Clock::FilmStart };
    telemetry.samples = found.samples;
    telemetry.corners = found.corners;
    telemetry.film_times = found.film_times;
    telemetry.first_picture_pts_s = found.first_picture_pts_s;
    (telemetry.counts, telemetry.notes) = (reader.counts(), reader.notes());
    Ok(telemetry)
}

/// Files that are read as a whole.
fn whole(path: &Path, kind: Kind, bytes: &[u8], options: Options) -> Result<Telemetry, OpenError> {
    let mut telemetry = Telemetry::new(kind, Clock::Utc);
    let text = || String::from_utf8_lossy(bytes).trim_start_matches('\u{FEFF}').to_owned();
    match kind {
        Kind::Tlog => {
            let (reader, samples, note) = mavlink::read(bytes, options);
            telemetry.samples = samples;
            (telemetry.counts, telemetry.notes) = (reader.counts(), reader.notes());
            telemetry.notes.extend(note);
        }
        Kind::DataFlash => {
            (telemetry.samples, telemetry.notes, telemetry.counts) =
                dataflash::read(bytes, options);
        }
        Kind::Subtitles => {
            let found = srt::read(&text());
            telemetry.clock = Clock::FilmStart;
            telemetry.samples = found.samples;
            telemetry.local = found.local.map(|(time_s, text)| LocalTime { time_s, text });
            (telemetry.counts, telemetry.notes) = (found.counts, found.notes);
        }
        Kind::JsonLines | Kind::Table => {
            let refused = |line, why| OpenError::Rows { path: path.to_owned(), line, why };
            let rows = match kind {
                Kind::JsonLines => lines::read_ndjson(&text()),
                _ => lines::read_table(&text()).map_err(|why| refused(0, why))?,
            };
            if let Some((line, why)) = rows.all_bad() {
                return Err(refused(*line, why.clone()));
            }
            telemetry.clock = rows.clock();
            telemetry.notes.extend(rows.note());
            telemetry.counts = rows.counts;
            telemetry.samples = rows.samples;
        }
        _ => {
            let stills = [still::read(bytes, options)];
            telemetry.counts.bytes = bytes.len() as u64;
            gather(stills, &mut telemetry);
        }
    }
    Ok(telemetry)
}

/// A folder of stills, in the order of their names.
fn folder(path: &Path, options: Options) -> Result<Telemetry, OpenError> {
    let io = |source| OpenError::Io { path: path.to_owned(), source };
    let mut names = Vec::new();
    for entry in fs::read_dir(path).map_err(io)? {
        let name = entry.map_err(io)?.path();
        let is_jpeg = name
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("jpg") || e.eq_ignore_ascii_case("jpeg"));
        if is_jpeg {
            names.push(name);
        }
    }
    names.sort();
    let mut telemetry = Telemetry::new(Kind::Stills, Clock::Utc);
    let mut stills = Vec::new();
    for name in names {
        let bytes = fs::read(&name).map_err(|source| OpenError::Io { path: name, source })?;
        telemetry.counts.bytes += bytes.len() as u64;
        stills.push(still::read(&bytes, options));
    }
    gather(stills, &mut telemetry);
    Ok(telemetry)
}

/// Poses of stills: those of known times where any is known.
fn gather(stills: impl IntoIterator<Item = Option<still::Still>>, telemetry: &mut Telemetry) {
    let mut notes = Notes::default();
    let mut found = Vec::new();
    for still in stills {
        match still {
            Some(still) => found.push(still),
            None => telemetry.counts.of_no_use += 1,
        }
    }
    let any_utc = found.iter().any(|s| s.is_utc);
    telemetry.clock = if any_utc { Clock::Utc } else { Clock::FilmStart };
    telemetry.counts.read = found.len() as u64;
    // Several without a time cannot be put in order: only one by itself is worth something.
    let alone = found.len() == 1;
    for still in found {
        still.notes.into_iter().for_each(|note| notes.add(note));
        if let (None, Some(text)) = (&telemetry.local, still.local) {
            telemetry.local = Some(LocalTime { time_s: 0.0, text });
        }
        if still.is_utc || alone {
            telemetry.samples.push(still.sample);
        } else {
            telemetry.counts.no_time += 1;
        }
    }
    telemetry.notes = notes.list();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_or_refused_in_one_line() {
        let room = tempfile::tempdir().unwrap();
        let pose = "{\"time_s\":1,\"lat\":1,\"lon\":2}\n";
        for (name, text, want) in [
            ("poses.txt", pose, Ok((Kind::JsonLines, Clock::FilmStart, 1))),
            (
                "poses.csv",
                "t,lat,lon\n2026-08-02T14:31:07Z,1,2\n",
                Ok((Kind::Table, Clock::Utc, 1)),
            ),
            (
                "a.srt",
                "1\n00:00:01,000 --> 00:00:02,000\n[latitude: 1] [longitude: 2]\n",
                Ok((Kind::Subtitles, Clock::FilmStart, 1)),
            ),
            ("b.srt", "1\n00:00:01,000 --> 00:00:02,000\nhello\n", Err("without a pose")),
            ("c.json", "{\"time_s\":1,\"lat\":1}\n", Err("line 1: lat without lon")),
            ("d.csv", "t,lat,lon,alt\n", Err("header: `alt` does not say")),
            ("e.csv", "a,b\n1,2\n", Err("no telemetry that is known")),
        ] {
            let path = room.path().join(name);
            fs::write(&path, text).unwrap();
            let got = read(&path, Options::default());
            match (got, want) {
                (Ok(t), Ok(want)) => assert_eq!((t.kind, t.clock, t.samples.len()), want, "{name}"),
                (Err(e), Err(want)) => {
                    let e = e.to_string();
                    assert!(e.contains(want) && e.contains(name) && !e.contains('\n'), "{e}");
                }
                (got, want) => panic!("{name}: {got:?} {want:?}"),
            }
            let again = read_bytes(&path, text.as_bytes(), Options::default());
            assert_eq!(again.is_ok(), want.is_ok(), "{name}");
        }
        assert!(read(&room.path().join("none"), Options::default()).is_err());
        assert!(read(room.path(), Options::default()).is_err());
    }
}
