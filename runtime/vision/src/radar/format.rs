//! File formats of radar frames, and which reader is for each.

use std::fs::File;
use std::path::Path;

use super::content::Content;
use super::error::RadarError;
#[cfg(feature = "grib")]
use super::grib2;
#[cfg(feature = "odim")]
use super::hdf5::Container;
use super::options::RadarOptions;
use super::packed;
use super::radolan::{self, Composite};
use super::raw::Raw;
use super::scan::Scan;
use super::{geotiff, meteonet, meteoswiss, nimrod, pgm};
#[cfg(feature = "odim")]
use super::{knmi, netcdf, odim};
use crate::note::one_line;

/// Endings of files that are no radar frames, whatever is inside; `.part` is not yet whole.
const OTHERS: [&str; 6] = [".mat", ".part", ".tmp", ".png", ".jpg", ".jpeg"];

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
    /// The format of a file by its ending, or where that tells nothing by its first bytes: the German
    /// weather service calls ODIM files `…-hd5`, and RADOLAN's have no ending.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        let plain = [".gz", ".bz2"].iter().find_map(|e| name.strip_suffix(e)).unwrap_or(&name);
        let ends = |endings: &[&str]| endings.iter().any(|e| plain.ends_with(e));
        match () {
            () if name.starts_with('.') || ends(&OTHERS) => None,
            () if ends(&[".pgm"]) => Some(Self::Pgm),
            () if ends(&[".tif", ".tiff"]) => Some(Self::GeoTiff),
            () if ends(&[".h5", ".hdf", ".hdf5"]) => Some(Self::Odim),
            () if ends(&[".nc", ".nc4", ".nc3", ".cdf", ".netcdf"]) => Some(Self::NetCdf),
            () if ends(&[".grib2", ".grb2", ".grib", ".grb"]) => Some(Self::Grib2),
            () if ends(&[".npz"]) => {
                File::open(path).is_ok_and(meteonet::claims).then_some(Self::MeteoNet)
            }
            () => Self::of_content(Content::of_file(path)?),
        }
    }

    /// The reader of what a file turned out to be.
    fn of_content(content: Content) -> Option<Self> {
        match content {
            Content::Hdf5 => Some(Self::Odim),
            Content::NetCdf3 => Some(Self::NetCdf),
            Content::Grib2 => Some(Self::Grib2),
            Content::Radolan => Some(Self::Radolan),
            Content::Nimrod => Some(Self::Nimrod),
            Content::MeteoSwiss => Some(Self::MeteoSwiss),
            _ => None,
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
