//! A still's pose: what its maker wrote in XMP data, and EXIF data where that says nothing.

use emberline_georeference::pose::{Accuracy, Heights, Lens, Rotation, Sample};

use super::exif_data::{self, ExifData};
use super::segments;
use super::xmp::Xmp;
use crate::note::{Note, Notes};
use crate::options::{CameraPitch, Options};
use crate::{fov, place, utc};

/// Side of a pixel of thermal sensors on drones, and by which share two fields of view may differ.
const PIXEL_MM: f64 = 0.012;
const SAME: f64 = 0.06;
/// Sizes of thermal sensors, pixels.
const THERMAL_SIZES: [[u16; 2]; 6] =
    [[640, 512], [1280, 1024], [640, 480], [336, 256], [320, 256], [160, 120]];

/// What a picture says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Still {
    /// Its pose. The time is seconds since 1970 where `is_utc`, and 0 otherwise.
    pub sample: Sample,
    /// Whether the time is known.
    pub is_utc: bool,
    /// The local time, where no zone is told.
    pub local: Option<String>,
    /// What a person should know of it.
    pub notes: Vec<Note>,
}

/// Reads a JPEG file; `None` where it is none, or says nothing of a pose.
#[must_use]
pub fn read(bytes: &[u8], options: Options) -> Option<Still> {
    if !segments::is_jpeg(bytes) {
        return None;
    }
    let found = segments::read(bytes);
    let exif = found.exif.map(exif_data::read).unwrap_or_default();
    let text = String::from_utf8_lossy(found.xmp.unwrap_or_default());
    let xmp = Xmp(&text);
    let mut notes = Notes::default();
    let place = place_of(xmp, &exif);
    let mut sample = Sample {
        place: place.and_then(|(lat, lon)| place::checked(lat, lon)),
        rotation: rotation(xmp, options.camera_pitch, &mut notes),
        lens: lens(xmp, &exif, found.size, &mut notes),
        accuracy: accuracy(xmp),
        ..Sample::default()
    };
    if sample.place.is_some() {
        sample.heights = heights(xmp, &exif, &mut notes);
    }
    if sample.place.is_none() && sample.rotation.is_none() {
        return None;
    }
    if sample.rotation.is_none() {
        notes.add(Note::NoAngles);
    }
    let exposed =
        xmp.text("drone-dji:UTCAtExposure").map(|t| t.trim_end_matches('Z').replace(' ', "T"));
    let utc_s = exposed.and_then(|t| utc::of_text(&format!("{t}Z")).ok()).or(exif.utc_s);
    sample.time_s = utc_s.unwrap_or(0.0);
    if utc_s.is_none() && exif.local.is_some() {
        notes.add(Note::LocalTime);
    }
    let local = exif.local.filter(|_| utc_s.is_none());
    Some(Still { sample, is_utc: utc_s.is_some(), local, notes: notes.list() })
}

/// Degrees north and east. A receiver that calls itself invalid has none.
fn place_of(xmp: Xmp<'_>, exif: &ExifData) -> Option<(f64, f64)> {
    if xmp.text("drone-dji:GpsStatus").is_some_and(|s| s.eq_ignore_ascii_case("invalid")) {
        return None;
    }
    let number = |names: &[&str]| names.iter().find_map(|name| xmp.number(name));
    let lat = number(&["drone-dji:GpsLatitude", "drone-dji:Latitude"]);
    let lon = number(&["drone-dji:GpsLongitude", "drone-dji:GpsLongtitude", "drone-dji:Longitude"]);
    lat.zip(lon).or(exif.lat_lon_deg)
}

fn heights(xmp: Xmp<'_>, exif: &ExifData, notes: &mut Notes) -> Heights {
    let absolute = xmp.number("drone-dji:AbsoluteAltitude");
    let by_rtk =
        xmp.text("drone-dji:AltitudeType").is_some_and(|t| t.eq_ignore_ascii_case("RtkAlt"));
    let is_msl = absolute.is_some() && !by_rtk;
    if is_msl {
        notes.add(Note::BarometricHeight);
    }
    let exif_height = absolute.is_none();
    Heights {
        above_ground_m: xmp.number("Camera:AboveGroundAltitude"),
        above_takeoff_m: ["drone-dji:RelativeAltitude", "FLIR:MAVRelativeAltitude"]
            .iter()
            .find_map(|name| xmp.number(name)),
        msl_m: absolute.filter(|_| is_msl).or(exif.msl_m.filter(|_| exif_height)),
        ellipsoid_m: absolute.filter(|_| by_rtk).or(exif.ellipsoid_m.filter(|_| exif_height)),
    }
}

/// The gimbal's angles from north and the horizon; those of `Camera:` only where somebody says from where they count.
fn rotation(xmp: Xmp<'_>, camera_pitch: CameraPitch, notes: &mut Notes) -> Option<Rotation> {
    let three = |yaw: &str, pitch: &str, roll: &str| {
        Some([xmp.number(yaw)?, xmp.number(pitch)?, xmp.number(roll).unwrap_or(0.0)])
    };
    let known = three(
        "drone-dji:GimbalYawDegree",
        "drone-dji:GimbalPitchDegree",
        "drone-dji:GimbalRollDegree",
    )
    .or_else(|| {
        three(
            "drone-parrot:CameraYawDegree",
            "drone-parrot:CameraPitchDegree",
            "drone-parrot:CameraRollDegree",
        )
    });
    let [yaw, pitch, roll] = match (known, three("Camera:Yaw", "Camera:Pitch", "Camera:Roll")) {
        (Some(known), _) => known,
        (None, None) => return None,
        (None, Some([yaw, pitch, roll])) => match camera_pitch {
            CameraPitch::Unknown => {
                notes.add(Note::CameraPitchUnclear);
                return None;
            }
            CameraPitch::FromHorizon => [yaw, pitch, roll],
            CameraPitch::FromNadir => [yaw, pitch - 90.0, roll],
        },
    };
    Rotation::from_yaw_pitch_roll_deg(yaw, pitch, roll)
}

/// The field of view: from the focal length in pixels, or from that for 35 mm film, by the diagonal.
fn lens(xmp: Xmp<'_>, exif: &ExifData, size: Option<[u16; 2]>, notes: &mut Notes) -> Lens {
    let Some([width, height]) = size.map(|s| s.map(f64::from)) else { return Lens::default() };
    if let Some(focal_px) = xmp.number("drone-dji:CalibratedFocalLength") {
        let of = |side: f64| fov::of_focal_length(side, focal_px);
        return Lens { hfov_deg: of(width), vfov_deg: of(height) };
    }
    let by_film = exif.focal_35mm.and_then(|mm| fov::of_35mm(mm, width, height));
    // Some thermal pictures tell the lens of the camera beside: believed where pixels of 12 µm tell the same.
    let by_pixels = exif.focal_mm.and_then(|mm| fov::of_focal_length(width * PIXEL_MM, mm));
    let agree = |film: &[f64; 2]| by_pixels.is_some_and(|px| (film[0] / px - 1.0).abs() < SAME);
    let found = by_film.filter(|film| !is_thermal(xmp, [width, height]) || agree(film));
    if found.is_none() && exif.tells_focal {
        notes.add(Note::FocalLengthUnclear);
    }
    if found.is_some() {
        notes.add(Note::From35mm);
    }
    Lens { hfov_deg: found.map(|f| f[0]), vfov_deg: found.map(|f| f[1]) }
}

/// Whether this is a thermal picture: it says so, or is of a size that thermal sensors have.
fn is_thermal(xmp: Xmp<'_>, size: [f64; 2]) -> bool {
    let says = xmp.text("drone-dji:ImageSource").map(str::to_ascii_lowercase);
    match says {
        Some(says) => says.contains("infrared") || says.contains("thermal"),
        None => THERMAL_SIZES.contains(&size.map(|side| side as u16)),
    }
}

/// What the receiver says of itself: deviations where it tells them, else the order that its kind of fix has.
fn accuracy(xmp: Xmp<'_>) -> Accuracy {
    let told = |name: &str| xmp.number(name).filter(|m| *m > 0.0);
    let sides = told("drone-dji:RtkStdLon").zip(told("drone-dji:RtkStdLat")).map(|(a, b)| a.max(b));
    // 50: fixed, centimetres; 34: floating, decimetres; 16: single, metres; 0: nothing.
    let order = xmp.number("drone-dji:RtkFlag").and_then(|flag| match flag as i64 {
        50 => Some([0.03, 0.05]),
        34 => Some([0.5, 1.0]),
        16 => Some([1.5, 3.0]),
        _ => None,
    });
    let camera = told("Camera:GPSXYAccuracy").zip(told("Camera:GPSZAccuracy"));
    Accuracy {
        horizontal_m: sides.or(order.map(|o| o[0])).or(camera.map(|c| c.0)),
        vertical_m: told("drone-dji:RtkStdHgt").or(order.map(|o| o[1])).or(camera.map(|c| c.1)),
        yaw_deg: None,
    }
}

#[cfg(test)]
mod tests;
