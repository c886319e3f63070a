//! `forecast.npz`: the numbers, for whoever goes on computing; numpy's own format, deflated.
//!
//! Arrays go out row by row, so that a large grid costs no second copy in memory.

use std::io::{self, Seek, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::parts::{Fire, Parts, Wet};
use crate::clip::Clip;
use crate::forecast::{Chance, CodeMap, Forecast};
use crate::npy_header;

/// Bytes given to the compressor at a time.
const CHUNK_BYTES: usize = 1 << 18;

/// Writes all arrays; `frames` in the input's unit, as [`Clip::unit`] tells it, with NaN where a
/// radar has no data and in cells that are never looked at.
pub(crate) fn write(
    sink: &mut (impl Write + Seek),
    clip: &Clip,
    f: &Forecast,
    parts: Parts<'_>,
) -> io::Result<()> {
    let mut zip = ZipWriter::new(FailsOnce { sink, failed: false, at: 0 });
    let mean = f.mean_frames();
    let (l, h, w) = mean.dim();
    let leads = f.lead_s.iter().map(|s| s.to_le_bytes());
    array(&mut zip, "lead_s", "<f8", &[l], leads)?;
    let frames = mean.iter().map(|v| clip.unit.value(*v));
    // Nothing is forecast where nobody looks.
    let hidden = |(at, v): (usize, f32)| {
        let cell = at % (h * w);
        if f.grid.is_masked(cell / w, cell % w) { f32::NAN } else { v }
    };
    match parts {
        Parts::Fire(Fire { burn, .. }) => {
            floats(&mut zip, "frames", &[l, h, w], frames.enumerate().map(hidden))?;
            let probability = burn.probability.iter().copied().enumerate().map(hidden);
            floats(&mut zip, "burn_probability", &[l, h, w], probability)?;
            floats(&mut zip, "arrival_s", &[h, w], burn.arrival_s.iter().copied())?;
        }
        Parts::Film => {
            floats(&mut zip, "frames", &[l, h, w], frames.enumerate().map(hidden))?;
        }
        Parts::Rain(Wet { rain, .. }) => {
            let seen = frames.zip(&rain.mm_h).map(|(v, r)| if r.is_nan() { f32::NAN } else { v });
            floats(&mut zip, "frames", &[l, h, w], seen)?;
            floats(&mut zip, "rain_mm_h", &[l, h, w], rain.mm_h.iter().copied())?;
            if let Some(likely) = f.likely() {
                floats(&mut zip, "rain_likely_mm_h", &[l, h, w], likely)?;
            }
            if let Some(guessed) = &rain.from_outside {
                let guessed = guessed.iter().map(|b| [u8::from(*b)]);
                array(&mut zip, "from_outside", "|b1", &[l, h, w], guessed)?;
            }
            if let Some(Chance { rates_mm_h, percent }) = &rain.chance {
                let k = rates_mm_h.len();
                floats(&mut zip, "probability_mm_h", &[k], rates_mm_h.iter().copied())?;
                let percent = percent.iter().map(|p| [*p]);
                array(&mut zip, "rain_probability_percent", "|u1", &[k, l, h, w], percent)?;
            }
        }
    }
    for CodeMap { name, codes, .. } in &f.codes {
        let (t, h, w) = codes.dim();
        array(&mut zip, name, "<u2", &[t, h, w], codes.iter().map(|v| v.to_le_bytes()))?;
    }
    zip.finish()?;
    Ok(())
}

/// Adds `name.npy` of float32.
fn floats(
    zip: &mut ZipWriter<impl Write + Seek>,
    name: &str,
    shape: &[usize],
    values: impl Iterator<Item = f32>,
) -> io::Result<()> {
    array(zip, name, "<f4", shape, values.map(f32::to_le_bytes))
}

/// A sink that tells its first error and then only counts: a `ZipWriter` dropped after an error
/// tries once more to finish, and would print a second error of its own.
struct FailsOnce<'a, W> {
    sink: &'a mut W,
    failed: bool,
    at: u64,
}

impl<W> FailsOnce<'_, W> {
    fn tell<T>(&mut self, act: impl FnOnce(&mut W) -> io::Result<T>) -> Option<io::Result<T>> {
        if self.failed {
            return None;
        }
        let done = act(self.sink);
        self.failed = done.is_err();
        Some(done)
    }
}

impl<W: Write> Write for FailsOnce<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let done = self.tell(|w| w.write(bytes)).unwrap_or(Ok(bytes.len()))?;
        self.at += done as u64;
        Ok(done)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.tell(Write::flush).unwrap_or(Ok(()))
    }
}

impl<W: Seek> Seek for FailsOnce<'_, W> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        let counted = match to {
            io::SeekFrom::Start(n) => n,
            io::SeekFrom::Current(n) => self.at.saturating_add_signed(n),
            io::SeekFrom::End(_) => self.at,
        };
        self.at = self.tell(|w| w.seek(to)).unwrap_or(Ok(counted))?;
        Ok(self.at)
    }
}

/// Adds `name.npy`: numpy's header, then the values in row order.
fn array<const N: usize>(
    zip: &mut ZipWriter<impl Write + Seek>,
    name: &str,
    descr: &str,
    shape: &[usize],
    values: impl Iterator<Item = [u8; N]>,
) -> io::Result<()> {
    let bytes = shape.iter().map(|n| *n as u64).product::<u64>() * N as u64;
    let options = SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .compression_level(Some(1))
        .large_file(bytes > 4_000_000_000);
    zip.start_file(format!("{name}.npy"), options)?;
    zip.write_all(&npy_header::of(descr, shape))?;
    let mut chunk = Vec::with_capacity(CHUNK_BYTES + N);
    for value in values {
        chunk.extend_from_slice(&value);
        if chunk.len() >= CHUNK_BYTES {
            zip.write_all(&chunk)?;
            chunk.clear();
        }
    }
    zip.write_all(&chunk)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use ndarray::{Array1, Array2, Array3};

    use super::super::trial::Trial;
    use super::*;

    #[test]
    fn what_is_written_is_read_back_in_the_inputs_unit() {
        let mut trial = Trial::ellipse(40, 33, 5);
        let span = crate::clip::Span { zero: 20.0, one: 220.0 };
        trial.clip.unit = crate::clip::Unit::Span(span);
        let codes = Array3::from_elem((5, 2, 3), 513);
        trial.forecast.codes = vec![CodeMap { name: "codes_global", stride: 4, codes }];
        let mut bytes = Cursor::new(Vec::new());
        write(&mut bytes, &trial.clip, &trial.forecast, Parts::Fire(trial.fire())).unwrap();

        let mut npz = ndarray_npy::NpzReader::new(bytes).unwrap();
        let mut names = npz.names().unwrap();
        names.sort();
        assert_eq!(names, ["arrival_s", "burn_probability", "codes_global", "frames", "lead_s"]);
        let lead_s: Array1<f64> = npz.by_name("lead_s").unwrap();
        assert_eq!(lead_s.to_vec(), trial.forecast.lead_s);
        let frames: Array3<f32> = npz.by_name("frames").unwrap();
        assert_eq!(frames, trial.forecast.member(0).mapv(|v| 20.0 + v * 200.0));
        let burn: Array3<f32> = npz.by_name("burn_probability").unwrap();
        assert_eq!(burn, trial.burn().probability);
        let arrival: Array2<f32> = npz.by_name("arrival_s").unwrap();
        assert_eq!(arrival.mapv(f32::to_bits), trial.burn().arrival_s.mapv(f32::to_bits));
        let codes: Array3<u16> = npz.by_name("codes_global").unwrap();
        assert_eq!(codes, Array3::from_elem((5, 2, 3), 513));
    }

    #[test]
    fn a_full_disk_is_told_wherever_it_fills_up() {
        struct Disk {
            data: Cursor<Vec<u8>>,
            room: u64,
        }
        impl Write for Disk {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                if self.data.position() + bytes.len() as u64 > self.room {
                    return Err(io::ErrorKind::StorageFull.into());
                }
                self.data.write(bytes)
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        impl Seek for Disk {
            fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
                self.data.seek(to)
            }
        }
        let trial = Trial::ellipse(32, 32, 2);
        let mut whole = Disk { data: Cursor::default(), room: u64::MAX };
        let fire = Parts::Fire(trial.fire());
        write(&mut whole, &trial.clip, &trial.forecast, fire).unwrap();
        let size = whole.data.get_ref().len() as u64;
        for room in (0..size).step_by(97) {
            let mut disk = Disk { data: Cursor::default(), room };
            let error = write(&mut disk, &trial.clip, &trial.forecast, fire).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{room} of {size}");
        }
    }
}
