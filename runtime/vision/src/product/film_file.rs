//! A film as a file: `.npz`, which `emberline forecast` reads again.

use std::io::{self, Seek, Write};

use ndarray::ArrayRef3;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::frame::{Film, Pixels};
use crate::npy_header;

/// Writes a film's frames, kind, times and place, and arrays `[T, H, W]` of the caller's own by name.
///
/// # Errors
/// Of the sink; of kind [`io::ErrorKind::InvalidInput`] where frames are not of one type.
pub fn film_file(
    sink: &mut (impl Write + Seek),
    film: &Film,
    beside: &[(&str, &ArrayRef3<f32>)],
) -> io::Result<()> {
    let mut zip = ZipWriter::new(sink);
    let [h, w, c] = film.frames.first().map_or([0; 3], |f| f.pixels.shape());
    let mut shape = vec![film.frames.len(), h, w];
    if c > 1 {
        shape.push(c);
    }
    let descr = match film.frames.first().map(|f| &*f.pixels) {
        Some(Pixels::U8(_)) | None => "|u1",
        Some(Pixels::U16(_)) => "<u2",
        Some(Pixels::F32(_)) => "<f4",
    };
    begin(&mut zip, "frames", descr, &shape)?;
    for frame in &film.frames {
        let bytes: Vec<u8> = match (&*frame.pixels, descr) {
            (Pixels::U8(a), "|u1") => a.iter().copied().collect(),
            (Pixels::U16(a), "<u2") => a.iter().flat_map(|v| v.to_le_bytes()).collect(),
            (Pixels::F32(a), "<f4") => a.iter().flat_map(|v| v.to_le_bytes()).collect(),
            _ => return Err(io::ErrorKind::InvalidInput.into()),
        };
        zip.write_all(&bytes)?;
    }
    text(&mut zip, "kind", &[film.kind.to_string()], &[])?;
    let times: Option<Vec<String>> =
        film.frames.iter().map(|f| f.time.utc.map(|utc| format!("{utc:.3}"))).collect();
    match times {
        Some(times) if !times.is_empty() => text(&mut zip, "time_utc", &times, &[times.len()])?,
        _ => numbers(&mut zip, "dt_s", &[film.step_s()], &[])?,
    }
    if let Some(cell_m) = film.grid.cell_m {
        numbers(&mut zip, "cell_m", &[cell_m], &[])?;
    }
    if let Some(crs) = &film.grid.crs {
        text(&mut zip, "crs", std::slice::from_ref(crs), &[])?;
    }
    if let Some(transform) = film.grid.transform {
        numbers(&mut zip, "transform", &transform, &[6])?;
    }
    for (name, values) in beside {
        let (t, h, w) = values.dim();
        begin(&mut zip, name, "<f4", &[t, h, w])?;
        for frame in values.outer_iter() {
            let bytes: Vec<u8> = frame.iter().flat_map(|v| v.to_le_bytes()).collect();
            zip.write_all(&bytes)?;
        }
    }
    zip.finish()?;
    Ok(())
}

fn begin(
    zip: &mut ZipWriter<impl Write + Seek>,
    name: &str,
    descr: &str,
    shape: &[usize],
) -> io::Result<()> {
    let large = SimpleFileOptions::default().large_file(true);
    zip.start_file(format!("{name}.npy"), large)?;
    zip.write_all(&npy_header::of(descr, shape))
}

fn numbers(
    zip: &mut ZipWriter<impl Write + Seek>,
    name: &str,
    values: &[f64],
    shape: &[usize],
) -> io::Result<()> {
    begin(zip, name, "<f8", shape)?;
    values.iter().try_for_each(|v| zip.write_all(&v.to_le_bytes()))
}

/// Texts, as wide as the longest, letters of four bytes.
fn text(
    zip: &mut ZipWriter<impl Write + Seek>,
    name: &str,
    values: &[String],
    shape: &[usize],
) -> io::Result<()> {
    let width = values.iter().map(|v| v.chars().count()).max().unwrap_or(0).max(1);
    begin(zip, name, &format!("<U{width}"), shape)?;
    for value in values {
        let letters = value.chars().map(u32::from).chain(std::iter::repeat(0));
        for letter in letters.take(width) {
            zip.write_all(&letter.to_le_bytes())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;
    use crate::frame::{Elapsed, Frame, FrameTime, Kind, TimeSource};
    use crate::grid::Grid;
    use crate::source::{SourceOptions, read_film};

    #[test]
    fn a_film_that_is_written_is_read_again() {
        let room = tempfile::tempdir().unwrap();
        for (name, has_map) in [("map", true), ("pixels", false)] {
            let frames: Vec<Frame> = (0..4u8)
                .map(|k| {
                    let pixels = Array3::from_shape_fn((32, 40, 1), |(y, x, _)| {
                        u8::from((y + x) as u8 > 9 * k)
                    });
                    let elapsed = Elapsed::from_secs_f64(60.0 * f64::from(k)).unwrap();
                    let utc =
                        has_map.then(|| format!("2026-08-02T14:3{k}:00.25Z").parse().unwrap());
                    Frame::new(
                        Pixels::U8(pixels),
                        FrameTime { elapsed, utc, source: TimeSource::Step },
                    )
                })
                .collect();
            let mut grid = Grid::new(32, 40);
            if has_map {
                (grid.cell_m, grid.crs) = (Some(2.0), Some("EPSG:32613".to_owned()));
                grid.transform = Some([5e5, 2.0, 0.0, 42e5, 0.0, -2.0]);
            }
            let film = Film {
                kind: Kind::Mask,
                frames,
                grid,
                name: name.into(),
                digest: String::new(),
                notes: vec![],
            };
            let path = room.path().join(format!("{name}.npz"));
            let age = Array3::from_elem((4, 32, 40), 1.5f32);
            let mut sink = std::fs::File::create(&path).unwrap();
            film_file(&mut sink, &film, &[("seen_age_s", &age)]).unwrap();
            drop(sink);
            let again = read_film(path.to_str().unwrap(), &SourceOptions::default()).unwrap();
            assert_eq!((again.kind, &again.grid), (Kind::Mask, &film.grid));
            for (a, b) in again.frames.iter().zip(&film.frames) {
                assert_eq!((a.pixels.clone(), a.time.utc), (b.pixels.clone(), b.time.utc));
            }
            assert_eq!(again.step_s(), film.step_s());
        }
    }
}
