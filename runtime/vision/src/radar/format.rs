//! File formats of radar frames, and which reader is for each.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::content::Content;
use super::error::RadarError;
#[cfg(feature = "grib")]
use super::grib2;
#[cfg(feature = "odim")]
use super::hdf5::Container;
use super::nimrod;
use super::options::RadarOptions;
use super::packed;
use super::radolan::{self, Composite};
use super::raw::Raw;
use super::scan::Scan;
use super::{geotiff, meteonet, meteoswiss, pgm};
#[cfg(feature = "odim")]
use super::{knmi, netcdf, odim};
use crate::note::one_line;

/// Endings of files that may be HDF5 inside and are no radar frames; `.part` is not yet whole.
const OTHERS: [&str; 7] = [".npz", ".mat", ".part", ".tmp", ".png", ".jpg", ".jpeg"];
/// Bytes of a file's beginning that tell what it is where its name does not; of a packed file, enough
/// for the first of what is packed.
const HEAD: u64 = 1 << 20;
/// Bytes of it, unpacked.
const HEAD_UNPACKED: usize = 4096;

/// A file format of radar frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Pgm,
    GeoTiff,
    Odim,
    Grib2,
    MeteoNet,
    MeteoSwiss,
    NetCdf,
    Nimrod,
    Radolan,
}

/// What one file holds: frames, or a forecast, which is no measurement and is left out.
#[derive(Debug)]
pub(super) enum Found {
    Scans(Vec<Scan>),
    Forecast,
}

impl Format {
    /// The format of a file by its name, and of RADOLAN, whose names have no ending, by its beginning.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        let plain = [".gz", ".bz2"].iter().find_map(|e| name.strip_suffix(e)).unwrap_or(&name);
        let ends = |endings: &[&str]| endings.iter().any(|e| plain.ends_with(e));
        match () {
            () if name.starts_with('.') => None,
            () if ends(&[".pgm"]) => Some(Self::Pgm),
            () if ends(&[".tif", ".tiff"]) => Some(Self::GeoTiff),
            () if ends(&[".h5", ".hdf", ".hdf5"]) => Some(Self::Odim),
            () if ends(&[".nc", ".nc4", ".nc3", ".cdf", ".netcdf"]) => Some(Self::NetCdf),
            () if ends(&[".grib2", ".grb2", ".grib", ".grb"]) => Some(Self::Grib2),
            () if ends(&[".npz"]) => {
                File::open(path).is_ok_and(meteonet::claims).then_some(Self::MeteoNet)
            }
            () if ends(&[".gif", ".dat"]) => Self::of_head(path),
            () if has_no_ending(plain) => Self::of_head(path),
            () => None,
        }
    }

    /// The format of a file by its name, or where that tells nothing by its first bytes: the German
    /// weather service calls ODIM files `…-hd5`.
    pub(super) fn of_file(path: &Path) -> Option<Self> {
        Self::of(path).or_else(|| {
            let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
            let other = name.starts_with('.') || OTHERS.iter().any(|e| name.ends_with(e));
            (!other && Content::of_file(path) == Some(Content::Hdf5)).then_some(Self::Odim)
        })
    }

    /// The format of a file by its beginning.
    fn of_head(path: &Path) -> Option<Self> {
        let mut head = Vec::new();
        File::open(path).ok()?.take(HEAD).read_to_end(&mut head).ok()?;
        let head = packed::head(&head, HEAD_UNPACKED);
        match () {
            () if radolan::claims(&head) => Some(Self::Radolan),
            () if meteoswiss::claims(&head) => Some(Self::MeteoSwiss),
            () if nimrod::claims(&head) => Some(Self::Nimrod),
            () => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Pgm => "PGM",
            Self::GeoTiff => "GeoTIFF",
            Self::Odim => "HDF5",
            Self::Grib2 => "GRIB2",
            Self::MeteoNet => "MeteoNet's npz",
            Self::MeteoSwiss => "GIF",
            Self::NetCdf => "NetCDF",
            Self::Nimrod => "NIMROD",
            Self::Radolan => "RADOLAN",
        }
    }

    /// The frames in a file; what an error says of it is one line, whatever the file holds.
    pub(super) fn scans(
        self,
        name: &str,
        bytes: &[u8],
        options: &RadarOptions,
    ) -> Result<Found, RadarError> {
        let damaged = |what: String| RadarError::Damaged { name: name.to_owned(), what };
        let mut scans = Vec::new();
        let mut own_times = Vec::new();
        let mut each = |raw: Raw| {
            own_times.push(raw.utc.is_some());
            scans.push(Scan::of(raw, options)?);
            Ok(())
        };
        let mut read = packed::unpack(bytes)
            .map_err(damaged)
            .and_then(|bytes| self.read(name, &bytes, options, &mut each));
        if let Err(RadarError::Damaged { what, .. } | RadarError::Refused { what, .. }) = &mut read
        {
            *what = one_line(what);
        }
        if scans.len() > 1 {
            // The name tells the time of none of several.
            for (scan, own) in scans.iter_mut().zip(own_times) {
                scan.time = scan.time.filter(|_| own);
                scan.name_disagrees = None;
                scan.of_many = true;
            }
        }
        read.map(|is_measured| if is_measured { Found::Scans(scans) } else { Found::Forecast })
    }

    /// Hands each frame over; whether they are measurements.
    fn read(
        self,
        name: &str,
        bytes: &[u8],
        options: &RadarOptions,
        each: &mut dyn FnMut(Raw) -> Result<(), RadarError>,
    ) -> Result<bool, RadarError> {
        let raw = match self {
            Self::Pgm => pgm::read(name, bytes, options),
            Self::GeoTiff => {
                geotiff::read(name, bytes, options)?.into_iter().try_for_each(each)?;
                return Ok(true);
            }
            #[cfg(feature = "odim")]
            Self::Odim | Self::NetCdf => return hdf5(name, bytes, options, each),
            #[cfg(not(feature = "odim"))]
            Self::Odim => Err(RadarError::refused(
                name,
                "this emberline was built without ODIM HDF5",
                "build it with ‹features› odim, or give PGM or GeoTIFF",
            )),
            #[cfg(not(feature = "odim"))]
            Self::NetCdf => Err(RadarError::refused(
                name,
                "this emberline was built without NetCDF",
                "build it with ‹features› odim, or give PGM or GeoTIFF",
            )),
            #[cfg(feature = "grib")]
            Self::Grib2 => return grib2::read(name, bytes, options, each),
            #[cfg(not(feature = "grib"))]
            Self::Grib2 => Err(RadarError::refused(
                name,
                "this emberline was built without GRIB2",
                "build it with ‹features› grib, or give GeoTIFF",
            )),
            Self::MeteoNet => return meteonet::read(name, bytes, options, each).map(|()| true),
            Self::MeteoSwiss => meteoswiss::read(name, bytes, options),
            Self::Nimrod => match nimrod::read(name, bytes, options)? {
                Some(raw) => Ok(raw),
                None => return Ok(false),
            },
            Self::Radolan => match radolan::read(name, bytes, options)? {
                Composite::Measured(raw) => Ok(*raw),
                Composite::Forecast => return Ok(false),
            },
        };
        each(raw?)?;
        Ok(true)
    }
}

/// An HDF5 or NetCDF file: in the layout of ODIM or KNMI, else by CF's words.
#[cfg(feature = "odim")]
fn hdf5(
    name: &str,
    bytes: &[u8],
    options: &RadarOptions,
    each: &mut dyn FnMut(Raw) -> Result<(), RadarError>,
) -> Result<bool, RadarError> {
    let raw = match Container::open(bytes) {
        Ok(file) if knmi::claims(&file) => knmi::read(name, &file, options),
        Ok(file) if !file.has("/what").unwrap_or(true) => {
            return netcdf::read(name, bytes, options, each);
        }
        Err(_) if bytes.starts_with(b"CDF") => return netcdf::read(name, bytes, options, each),
        _ => odim::read(name, bytes, options),
    };
    each(raw?)?;
    Ok(true)
}

/// Whether a name has no ending that would say what the file is: RADOLAN's (`…-dwd---bin`,
/// `RE2210180700_000`) have none.
fn has_no_ending(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    ending.is_empty() || ending == "bin" || ending.contains('-') || ending.contains('_')
}
