//! The camera file: lens, mount and place of a camera, as a person measured them (`camera.toml`).

use std::path::Path;

use emberline_georeference::camera::{Distortion, Optics};
use serde::Deserialize;

use crate::refusal::Refusal;

/// What a person says of a camera; what is left out is taken from the telemetry, or does not apply.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct CameraFile {
    /// Field of view from the left edge to the right, degrees.
    pub hfov_deg: Option<f64>,
    /// Focal length, pixels of a picture of `size_px`.
    pub focal_px: Option<f64>,
    /// Width and height of the picture that the numbers are for; the film's own where not given.
    pub size_px: Option<[f64; 2]>,
    /// Where the line of sight meets the picture, pixels from its upper left corner; its middle where not given.
    pub middle_px: Option<[f64; 2]>,
    /// How the lens bends.
    #[serde(default)]
    pub lens: LensTable,
    /// A camera that stands still.
    pub mast: Option<MastTable>,
    /// Points of the ground that a camera which stands still sees.
    #[serde(default)]
    pub point: Vec<PointTable>,
}

/// Coefficients of distortion, as OpenCV's calibration gives them.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct LensTable {
    /// Radial, of the second power.
    pub k1: Option<f64>,
    /// Of the fourth.
    pub k2: Option<f64>,
    /// Of the sixth.
    pub k3: Option<f64>,
    /// Tangential.
    pub p1: Option<f64>,
    /// Tangential.
    pub p2: Option<f64>,
    /// A fish-eye's k1 to k4 instead.
    pub fish_eye: Option<[f64; 4]>,
}

/// Where a camera stands and how it looks.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct MastTable {
    /// Degrees north.
    pub lat_deg: f64,
    /// Degrees east.
    pub lon_deg: f64,
    /// Metres above the ground that it looks at.
    pub height_m: f64,
    /// Degrees clockwise from true north.
    pub heading_deg: f64,
    /// Degrees below the horizon.
    pub tilt_deg: f64,
    /// Degrees clockwise about the line of sight.
    #[serde(default)]
    pub roll_deg: f64,
}

/// A point of the ground and the pixel that shows it.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct PointTable {
    /// Pixels to the right and down from the picture's upper left corner.
    pub pixel: [f64; 2],
    /// Degrees north.
    pub lat_deg: f64,
    /// Degrees east.
    pub lon_deg: f64,
}

impl CameraFile {
    /// Reads a camera file.
    ///
    /// # Errors
    /// [`Refusal`] with the file's name, and the line where something is wrong.
    pub fn read(path: &Path) -> Result<Self, Refusal> {
        let name = path.display();
        let advice = "docs/drone.md has a camera file to begin with";
        let text = std::fs::read_to_string(path)
            .map_err(|e| Refusal::new(format!("{name}: {e}"), advice))?;
        let file: Self = toml::from_str(&text).map_err(|e| {
            let line = e.span().map(|s| 1 + text[..s.start.min(text.len())].matches('\n').count());
            let line = line.map_or(String::new(), |n| format!(", line {n}"));
            Refusal::new(format!("{name}{line}: {}", e.message().replace('\n', " ")), advice)
        })?;
        file.checked().map_err(|what| Refusal::new(format!("{name}: {what}"), advice))
    }

    fn checked(self) -> Result<Self, String> {
        if self.hfov_deg.is_some() && self.focal_px.is_some() {
            return Err("hfov_deg and focal_px are two words for one thing".to_owned());
        }
        let lens = &self.lens;
        let brown = [lens.k1, lens.k2, lens.k3, lens.p1, lens.p2];
        if lens.fish_eye.is_some() && brown.iter().any(Option::is_some) {
            return Err("a lens is a fish-eye or has k1, k2, k3, p1, p2".to_owned());
        }
        if self.mast.is_some() && !self.point.is_empty() {
            return Err("a camera that stands still is told by [mast] or by [[point]]s".to_owned());
        }
        let numbers = brown.into_iter().flatten().chain(lens.fish_eye.into_iter().flatten());
        let mast = self.mast.iter().flat_map(|m| {
            [m.lat_deg, m.lon_deg, m.height_m, m.heading_deg, m.tilt_deg, m.roll_deg]
        });
        let points = self.point.iter().flat_map(|p| [p.pixel[0], p.pixel[1], p.lat_deg, p.lon_deg]);
        if !numbers.chain(mast).chain(points).all(f64::is_finite) {
            return Err("a number is not finite".to_owned());
        }
        if let Some(m) = self.mast.filter(|m| m.height_m <= 0.0) {
            return Err(format!("the mast's height_m {} is not above the ground", m.height_m));
        }
        Ok(self)
    }

    /// Whether it tells by itself where the ground is.
    #[must_use]
    pub fn stands_still(&self) -> bool {
        self.mast.is_some() || !self.point.is_empty()
    }

    /// Optics for pictures of `size_px`, where this file, `asked_deg` or the telemetry's `told_deg` say the field of
    /// view; what is asked counts first.
    ///
    /// # Errors
    /// [`Refusal`] where nothing says it, or it cannot be.
    pub fn optics(
        &self,
        size_px: [f64; 2],
        asked_deg: Option<f64>,
        told_deg: Option<f64>,
    ) -> Result<Optics, Refusal> {
        let of = self.size_px.unwrap_or(size_px);
        let scale = size_px[0] / of[0];
        let stretch = size_px[1] / of[1] / scale - 1.0;
        if stretch.is_nan() || stretch.abs() > 0.01 {
            return Err(Refusal::new(
                format!(
                    "the camera file is for pictures of {} × {}, the film's are {} × {}",
                    of[0], of[1], size_px[0], size_px[1]
                ),
                "give numbers for this film: size_px is what they were measured on",
            ));
        }
        let mut optics = match (asked_deg, self.focal_px, self.hfov_deg.or(told_deg)) {
            (Some(hfov), ..) => Optics::pinhole(size_px, hfov)?,
            (None, Some(focal), _) => Optics::of_focal(size_px, focal * scale)?,
            (None, None, Some(hfov)) => Optics::pinhole(size_px, hfov)?,
            (None, None, None) => {
                return Err(Refusal::new(
                    "nothing says how much the camera sees",
                    "give ‹hfov› 57, its field of view from left to right in degrees, or ‹camera› FILE",
                ));
            }
        };
        if let Some(middle) = self.middle_px {
            optics.middle_px = middle.map(|v| v * scale);
        }
        optics.distortion = self.distortion();
        Ok(optics)
    }

    fn distortion(&self) -> Distortion {
        let LensTable { k1, k2, k3, p1, p2, fish_eye } = self.lens;
        if let Some(k) = fish_eye {
            return Distortion::FishEye { k };
        }
        let number = |v: Option<f64>| v.unwrap_or(0.0);
        let (k, p) = ([k1, k2, k3].map(number), [p1, p2].map(number));
        if k == [0.0; 3] && p == [0.0; 2] { Distortion::None } else { Distortion::Brown { k, p } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<CameraFile, String> {
        let room = std::env::temp_dir().join(format!(
            "emberline-camera-{}-{:?}",
            std::process::id(),
            std::thread::current().id()
        ));
        std::fs::write(&room, text).unwrap();
        let found = CameraFile::read(&room).map_err(|r| r.to_string());
        std::fs::remove_file(&room).unwrap();
        found
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, want) in [
            ("hfov_deg = 57\nlense = 1", "line 2"),
            ("hfov_deg = 57\nfocal_px = 600", "two words"),
            ("[lens]\nk1 = -0.2\nfish_eye = [0, 0, 0, 0]", "fish-eye"),
            (
                "[mast]\nlat_deg = 1\nlon_deg = 2\nheight_m = 0\nheading_deg = 0\ntilt_deg = 10",
                "not above",
            ),
            ("[lens]\nk1 = nan", "not finite"),
        ] {
            let said = read(text).unwrap_err();
            assert!(said.contains(want) && !said.contains('\n'), "{said}");
        }
    }

    #[test]
    fn optics_are_for_the_film_at_hand() {
        let file =
            read("focal_px = 600\nsize_px = [640, 512]\nmiddle_px = [322, 250]\n[lens]\nk1 = -0.1")
                .unwrap();
        let optics = file.optics([320.0, 256.0], None, Some(20.0)).unwrap();
        assert_eq!((optics.focal_px, optics.middle_px), ([300.0; 2], [161.0, 125.0]));
        assert_eq!(optics.distortion, Distortion::Brown { k: [-0.1, 0.0, 0.0], p: [0.0; 2] });
        assert!(file.optics([320.0, 200.0], None, None).is_err(), "another shape");
        assert!(CameraFile::default().optics([320.0, 256.0], None, None).is_err());
        let told = CameraFile::default().optics([320.0, 256.0], None, Some(45.0)).unwrap();
        assert!((told.hfov_deg().unwrap() - 45.0).abs() < 1e-9);
    }
}
