//! `forecast.kmz`: the KML with a picture to lay on the ground, in one file.

use std::io::{self, Seek, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::facts::Facts;
use super::kml;
use super::parts::Fire;
use super::place::Map;
use super::spread::Spread;
use super::warp::Warped;
use crate::forecast::Forecast;

/// Writes the archive. Where the projection cannot be undone there is no picture in it.
pub(crate) fn write(
    sink: impl Write + Seek,
    map: &Map,
    facts: &Facts,
    f: &Forecast,
    fire: Fire<'_>,
    spread: Option<&Spread>,
) -> io::Result<()> {
    const PICTURE: &str = "files/burns.png";
    let warped = Warped::of(map, f, fire).map_err(io::Error::other)?;
    let picture = warped.as_ref().map(|warped| (warped, PICTURE));
    let mut archive = ZipWriter::new(sink);
    // Readers take the first document.
    archive.start_file("doc.kml", SimpleFileOptions::default())?;
    archive.write_all(kml::document(map, facts, f, fire, spread, picture)?.as_bytes())?;
    if let Some(warped) = warped {
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        archive.start_file(PICTURE, stored)?;
        let mut bytes = Vec::new();
        warped.png(&mut bytes)?;
        archive.write_all(&bytes)?;
    }
    archive.finish()?;
    Ok(())
}
