//! FLIR sequences (`.seq`): FFF blocks one after another, each a frame of raw counts with the
//! camera's constants and, mostly, its clock.
//!
//! The file is gone through twice: for the places and times of all blocks, then for the frames that are
//! kept.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use jiff::Timestamp;

use super::about::{About, Origin};
use super::deadline::Deadline;
use super::error::SourceError;
use super::ffmpeg_command::quoted;
use super::options::SourceOptions;
use super::source::{Closing, Next, Source};
use super::still::{FlirBlock, FlirFault};
use crate::digest::Digest;
use crate::frame::{BYTES_MAX, Elapsed, Frame, FrameTime, Kind, Pixels, TimeSource};
use crate::note::{Note, Radiometry};

/// Seconds between kept frames where nobody asks.
const STEP_S: f64 = 0.5;
/// Most bytes of a block, and most from the end of one to the beginning of the next.
const BLOCK_MAX: u64 = 1 << 28;
const GAP_MAX: u64 = 1 << 24;
const MARK: [u8; 4] = *b"FFF\0";

/// Where a block lies.
#[derive(Clone, Copy, Debug)]
struct Place {
    at: u64,
    bytes: u64,
}

/// The frames of a sequence.
pub(super) struct FlirSequence {
    about: About,
    file: BufReader<File>,
    /// Blocks that are kept, and when each was taken.
    kept: std::vec::IntoIter<(Place, FrameTime)>,
    digest: String,
}

impl FlirSequence {
    /// Whether the file begins as a sequence does.
    pub(super) fn claims(path: &Path) -> bool {
        let mut mark = [0; 4];
        File::open(path).and_then(|mut file| file.read_exact(&mut mark)).is_ok() && mark == MARK
    }

    /// Looks through the file `uri`.
    pub(super) fn open(uri: &str, options: &SourceOptions) -> Result<Self, SourceError> {
        let path = Path::new(uri);
        let io = |e| SourceError::io(path, e);
        let digest = Digest::of_file(path).map_err(io)?.hex();
        let mut file = BufReader::new(File::open(path).map_err(io)?);
        let (places, cut) = places(&mut file).map_err(io)?;
        let Some(&first) = places.first() else {
            let what = "its first block is cut short".to_owned();
            return Err(SourceError::Damaged { name: uri.into(), what });
        };
        let mut about =
            About { kind: Some(Kind::Thermal), ..About::recorded(uri, Origin::FlirSequence) };
        if let Some(asked) = options.kind.filter(|kind| *kind != Kind::Thermal) {
            let what = format!("it holds temperatures, and ‹kind› {asked} was given");
            return Err(SourceError::refused(uri, what, "leave out ‹kind›"));
        }
        let bytes = block(&mut file, first).map_err(io)?;
        let sample = FlirBlock::of(&bytes).map_err(|fault| refused(uri, fault))?;
        let mut taken = Vec::new();
        for &place in &places {
            taken.push(FlirBlock::taken(&block(&mut file, place).map_err(io)?));
        }
        let times = times(uri, &taken, options)?;
        let kept = thinned(&times, options, &mut about.notes);
        if (kept.len() as u64).saturating_mul(4 * sample.celsius.len() as u64) > BYTES_MAX {
            let what = format!("{} frames of it are over 8 GiB", kept.len());
            return Err(SourceError::refused(uri, what, "give a longer ‹step›, or cut the film"));
        }
        about.notes.push(Note::Radiometric(Radiometry::FlirSequence));
        if cut {
            let end_s = times.last().map_or(0.0, |t| t.elapsed.as_secs_f64());
            about.notes.push(Note::RecordingCut { pictures: None, end_s });
        }
        let kept: Vec<_> = kept.into_iter().map(|k| (places[k], times[k])).collect();
        Ok(Self { about, file, kept: kept.into_iter(), digest })
    }
}

impl Source for FlirSequence {
    fn about(&self) -> &About {
        &self.about
    }

    fn next(&mut self, _: Deadline) -> Result<Next, SourceError> {
        let Some((place, time)) = self.kept.next() else { return Ok(Next::End) };
        let name = &self.about.name;
        let bytes =
            block(&mut self.file, place).map_err(|e| SourceError::io(Path::new(name), e))?;
        let at_s = time.elapsed.as_secs_f64();
        let block = FlirBlock::of(&bytes)
            .map_err(|fault| refused(&format!("{name}, second {at_s}"), fault))?;
        Ok(Next::Frame(Frame::new(Pixels::F32(block.celsius), time)))
    }

    fn finish(self: Box<Self>) -> Closing {
        Closing { digest: Some(self.digest), notes: Vec::new() }
    }
}

fn refused(name: &str, fault: FlirFault) -> SourceError {
    if fault == FlirFault::Lossless {
        let what = "it is a FLIR sequence of JPEG-LS pictures (CSQ), which are not read";
        let fix = format!(
            "make 16-bit TIFF of them: mkdir frames; ffmpeg -f jpegls_pipe -i {} -pix_fmt gray16le \
             -c:v tiff frames/%05d.tif, and give the folder frames with ‹frame-every› and the time \
             between them",
            quoted(name)
        );
        return SourceError::refused(name, what, fix);
    }
    SourceError::refused(
        name,
        format!("a FLIR sequence whose {fault}"),
        "export radiometric TIFF with FLIR Thermal Studio, and give their folder",
    )
}

/// Where all whole blocks lie, and whether the file ends within one.
fn places(file: &mut BufReader<File>) -> std::io::Result<(Vec<Place>, bool)> {
    let end = file.seek(SeekFrom::End(0))?;
    let (mut out, mut at) = (Vec::new(), 0);
    loop {
        let head = bytes_at(file, at, 64 + 32 * 1000, end)?;
        let length = FlirBlock::length(&head).map(|n| n as u64).filter(|n| *n <= BLOCK_MAX);
        let Some(length) = length else {
            return Ok((out, at + 4 < end));
        };
        if at + length > end {
            return Ok((out, true));
        }
        out.push(Place { at, bytes: length });
        match next_mark(file, at + length, end)? {
            Some(next) => at = next,
            None => return Ok((out, false)),
        }
    }
}

/// Up to `most` bytes from `at` on.
fn bytes_at(file: &mut BufReader<File>, at: u64, most: u64, end: u64) -> std::io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    file.take(most.min(end.saturating_sub(at))).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The next beginning of a block from `from` on.
fn next_mark(file: &mut BufReader<File>, from: u64, end: u64) -> std::io::Result<Option<u64>> {
    let near = bytes_at(file, from, 4, end)?;
    if near == MARK {
        return Ok(Some(from));
    }
    let far = bytes_at(file, from, GAP_MAX, end)?;
    Ok(far.windows(4).position(|w| w == MARK).map(|k| from + k as u64))
}

fn block(file: &mut BufReader<File>, place: Place) -> std::io::Result<Vec<u8>> {
    bytes_at(file, place.at, place.bytes, u64::MAX)
}

/// When each block was taken: by its own clock, or as a person says.
fn times(
    uri: &str,
    taken: &[Option<Timestamp>],
    options: &SourceOptions,
) -> Result<Vec<FrameTime>, SourceError> {
    if let Some(every_s) = options.frame_every_s {
        let counted = |k| FrameTime::since_first(Elapsed::counted(k, every_s), TimeSource::Step);
        return Ok((0..taken.len()).map(counted).collect());
    }
    let told: Option<Vec<Timestamp>> = taken.iter().copied().collect();
    match told {
        Some(told) if told.windows(2).all(|t| t[0] < t[1]) => {
            let stamped = |t: &Timestamp| FrameTime::stamped(*t, told[0], TimeSource::CameraClock);
            Ok(told.iter().map(stamped).collect())
        }
        told => {
            let what = match told {
                None => "its frames do not all tell when they were taken",
                Some(_) => {
                    "the camera's clock does not go forward from each of its frames to the next"
                }
            };
            let fix =
                "say how far apart they were taken, such as ‹frame-every› 0.0333 for 30 a second";
            Err(SourceError::refused(uri, what, fix))
        }
    }
}

/// Which of the frames taken at `times` are kept: the last, and the newest at or before each step back
/// from it, half a second apart where nobody asks.
fn thinned(times: &[FrameTime], options: &SourceOptions, notes: &mut Vec<Note>) -> Vec<usize> {
    let second = |k: usize| times[k].elapsed.as_secs_f64();
    let mut gaps: Vec<f64> = (1..times.len()).map(|k| second(k) - second(k - 1)).collect();
    gaps.sort_by(f64::total_cmp);
    let Some(&each_s) = gaps.get(gaps.len() / 2).filter(|s| **s > 0.0) else {
        return (0..times.len()).collect();
    };
    let every = (options.step_s.unwrap_or(STEP_S) / each_s - 0.01).ceil();
    if every < 2.0 {
        return (0..times.len()).collect();
    }
    let step_s = every * each_s;
    let end_s = second(times.len() - 1);
    let back = |k: usize| ((end_s - second(k)) / step_s + 0.01).floor();
    let is_newest = |k: &usize| k + 1 == times.len() || back(*k) > back(k + 1);
    let kept: Vec<usize> = (0..times.len()).filter(is_newest).collect();
    notes.push(Note::PicturesThinned {
        every: every as usize,
        step_s,
        kept: kept.len(),
        of: times.len(),
        asked: options.step_s.is_some(),
    });
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::read_film;
    use crate::source::still::made;

    const SIDES: [usize; 2] = [40, 48];

    /// A block of a raw picture `body`, Planck constants and, where told, a time.
    fn block_of(body: &[u8], taken_ms: Option<u64>) -> Vec<u8> {
        let [h, w] = SIDES;
        let mut raw = vec![0u8; 32];
        raw[..6].copy_from_slice(&[2, 0, w as u8, 0, h as u8, 0]);
        raw.extend(body);
        let mut camera = vec![0u8; 1000];
        camera[0] = 2;
        for (at, value) in [(88, 21106.77f32), (92, 1501.0), (96, 1.0), (780, 0.012_545_258)] {
            camera[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
        camera[776..780].copy_from_slice(&(-7340i32).to_le_bytes());
        if let Some(ms) = taken_ms {
            camera[900..904].copy_from_slice(&((ms / 1000) as u32).to_le_bytes());
            camera[904..908].copy_from_slice(&((ms % 1000) as u32 | 0x7_0000).to_le_bytes());
        }
        let mut all = vec![0u8; 64 + 2 * 32];
        all[..4].copy_from_slice(&MARK);
        all[24..28].copy_from_slice(&64u32.to_be_bytes());
        all[28..32].copy_from_slice(&2u32.to_be_bytes());
        for (k, (kind, bytes)) in [(1u16, &raw), (32, &camera)].into_iter().enumerate() {
            let (at, from) = (64 + 32 * k, all.len() as u32);
            all[at..at + 2].copy_from_slice(&kind.to_be_bytes());
            all[at + 12..at + 16].copy_from_slice(&from.to_be_bytes());
            all[at + 16..at + 20].copy_from_slice(&(bytes.len() as u32).to_be_bytes());
            all.extend(bytes);
        }
        all
    }

    fn counts(t: usize) -> Vec<u8> {
        let [h, w] = SIDES;
        let value = |i: usize| {
            let far = (i / w).abs_diff(20).max((i % w).abs_diff(24));
            if far < 3 + t / 2 { 40_000u16 } else { 13_000 + (i % w * 3 + i / w) as u16 }
        };
        (0..h * w).flat_map(|i| value(i).to_le_bytes()).collect()
    }

    fn png(t: usize) -> Vec<u8> {
        let [h, w] = SIDES;
        made::png([w, h], png::ColorType::Grayscale, png::BitDepth::Sixteen, &counts(t))
    }

    const FIRST_MS: u64 = 1_751_371_200_500;

    fn sequence(blocks: usize, body: fn(usize) -> Vec<u8>, every_ms: Option<u64>) -> Vec<u8> {
        let block = |t: usize| block_of(&body(t), every_ms.map(|ms| FIRST_MS + t as u64 * ms));
        (0..blocks).flat_map(block).collect()
    }

    fn read(bytes: &[u8], options: &SourceOptions) -> Result<crate::frame::Film, SourceError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.seq");
        std::fs::write(&path, bytes).unwrap();
        read_film(&path.display().to_string(), options)
    }

    #[test]
    fn blocks_are_frames_in_degrees_with_the_times_of_the_camera() {
        let padded: Vec<u8> = (0..12)
            .flat_map(|t| {
                let block = block_of(&counts(t), Some(FIRST_MS + t as u64 * 30_000));
                [&block[..], b"what else there is"].concat()
            })
            .collect();
        let step = |step_s, frame_every_s| SourceOptions {
            step_s,
            frame_every_s,
            ..SourceOptions::default()
        };
        let none = step(None, None);
        // Bytes, options: frames, seconds between them, who tells the times, what is said.
        type Case<'a> = (Vec<u8>, &'a SourceOptions, usize, f64, TimeSource, &'a str);
        let cases: Vec<Case<'_>> = vec![
            (sequence(12, counts, Some(30_000)), &none, 12, 30.0, TimeSource::CameraClock, "°C"),
            (sequence(12, png, Some(30_000)), &none, 12, 30.0, TimeSource::CameraClock, "°C"),
            (padded, &none, 12, 30.0, TimeSource::CameraClock, "°C"),
            (
                sequence(40, counts, Some(100)),
                &none,
                8,
                0.5,
                TimeSource::CameraClock,
                "every 5th picture is kept",
            ),
        ];
        for (bytes, options, frames, step_s, from, said) in cases {
            let film = read(&bytes, options).unwrap();
            assert_eq!((film.kind, film.frames.len()), (Kind::Thermal, frames));
            assert!((film.step_s() - step_s).abs() < 1e-9, "{}", film.step_s());
            assert_eq!(film.time_source(), from);
            assert!(film.notes.iter().any(|n| n.to_string().contains(said)), "{:?}", film.notes);
            // Oracle: the formula in Python's float64, as of stills.
            let celsius = film.frames[0].pixels.first_channel();
            assert!((celsius[[20, 24]] - 105.78692).abs() < 1e-3, "{}", celsius[[20, 24]]);
            let last = film.frames[frames - 1].time.utc.unwrap().as_millisecond() as f64;
            assert!(last <= FIRST_MS as f64 + 360_000.0);
        }
        let film = read(&sequence(12, counts, None), &step(None, Some(30.0))).unwrap();
        assert_eq!((film.time_source(), film.step_s()), (TimeSource::Step, 30.0));
        let cut = sequence(12, counts, Some(30_000));
        let film = read(&cut[..cut.len() - 700], &none).unwrap();
        assert_eq!(film.frames.len(), 11);
        assert!(film.notes.iter().any(|n| matches!(n, Note::RecordingCut { .. })));
    }

    #[test]
    fn what_is_not_read_is_refused_in_one_line() {
        let lossless = |_: usize| b"\xff\xd8\xff\xf7\0\x0b".to_vec();
        let none = SourceOptions::default();
        let as_mask = SourceOptions { kind: Some(Kind::Mask), ..SourceOptions::default() };
        let first_only = sequence(1, counts, Some(1000));
        for (bytes, options, want) in [
            (sequence(3, counts, None), &none, "do not all tell when they were taken; say how far"),
            (sequence(3, counts, Some(0)), &none, "clock does not go forward"),
            (sequence(3, lossless, Some(1000)), &none, "ffmpeg -f jpegls_pipe -i"),
            (
                sequence(3, |_| vec![1, 2, 3], Some(1000)),
                &none,
                "raw picture is of an unknown form",
            ),
            (first_only[..900].to_vec(), &none, "its first block is cut short"),
            (b"FFF\0 and no more".to_vec(), &none, "its first block is cut short"),
            (sequence(3, counts, Some(1000)), &as_mask, "leave out --kind"),
        ] {
            let e = read(&bytes, options).unwrap_err().to_string().replace("‹kind›", "--kind");
            assert!(e.contains(want) && !e.contains('\n'), "{want}: {e}");
        }
    }
}
