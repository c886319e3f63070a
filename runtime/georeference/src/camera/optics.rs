//! Optics: focal length, middle and distortion of a camera; definitions are those of OpenCV's
//! `calib3d` (Brown 1966; Kannala and Brandt 2006 for fish-eyes), coordinates are the house's own: (0, 0) is the
//! upper left corner of the first pixel, half a pixel from OpenCV's.

use thiserror::Error;

/// How a lens bends what a pinhole would show.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Distortion {
    /// Not at all.
    #[default]
    None,
    /// Radial k1, k2, k3 and tangential p1, p2.
    Brown {
        /// Radial.
        k: [f64; 3],
        /// Tangential.
        p: [f64; 2],
    },
    /// Of a fish-eye: k1 to k4 of the angle.
    FishEye {
        /// Of the third, fifth, seventh and ninth power of the angle.
        k: [f64; 4],
    },
}

/// Focal length, middle and distortion of a camera.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Optics {
    /// Width and height of the picture, pixels.
    pub size_px: [f64; 2],
    /// Focal length along both sides, pixels.
    pub focal_px: [f64; 2],
    /// Where the line of sight meets the picture, pixels.
    pub middle_px: [f64; 2],
    /// How the lens bends.
    pub distortion: Distortion,
}

/// Why optics are of no use.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum OpticsError {
    /// No pinhole sees that much.
    #[error("a field of view of {0}° is not between 1 and 170")]
    FieldOfView(f64),
    /// Pixels.
    #[error("a focal length of {0} pixels is not between 0.2 and 100 widths of the picture")]
    Focal(f64),
}

/// Rounds of the search for the direction that a lens bends into a pixel.
const ROUNDS: usize = 20;

impl Optics {
    /// Of a pinhole with this field of view from the left edge to the right.
    ///
    /// # Errors
    /// [`OpticsError::FieldOfView`].
    pub fn pinhole([width, height]: [f64; 2], hfov_deg: f64) -> Result<Self, OpticsError> {
        if !(1.0..=170.0).contains(&hfov_deg) {
            return Err(OpticsError::FieldOfView(hfov_deg));
        }
        Self::of_focal([width, height], 0.5 * width / (0.5 * hfov_deg.to_radians()).tan())
    }

    /// Of a pinhole with this focal length in pixels.
    ///
    /// # Errors
    /// [`OpticsError::Focal`].
    pub fn of_focal([width, height]: [f64; 2], focal_px: f64) -> Result<Self, OpticsError> {
        if !(0.2 * width..=100.0 * width).contains(&focal_px)
            && !(0.04..100.0).contains(&(focal_px / width))
        {
            return Err(OpticsError::Focal(focal_px));
        }
        Ok(Self {
            size_px: [width, height],
            focal_px: [focal_px; 2],
            middle_px: [0.5 * width, 0.5 * height],
            distortion: Distortion::None,
        })
    }

    /// The same optics for a picture that was made smaller `times`.
    #[must_use]
    pub fn reduced(&self, times: f64) -> Self {
        Self {
            size_px: self.size_px.map(|v| v / times),
            focal_px: self.focal_px.map(|v| v / times),
            middle_px: self.middle_px.map(|v| v / times),
            distortion: self.distortion,
        }
    }

    /// The pinhole that shows what these optics show, without their bending.
    #[must_use]
    pub fn straight(&self) -> Self {
        Self { distortion: Distortion::None, ..*self }
    }

    /// Field of view from the left edge to the right at mid-height, degrees.
    #[must_use]
    pub fn hfov_deg(&self) -> Option<f64> {
        let y = self.middle_px[1];
        let angle = |x: f64| self.direction([x, y]).map(|d| d[0].atan2(d[2]));
        Some((angle(self.size_px[0])? - angle(0.0)?).to_degrees())
    }

    /// Direction (x right, y down, z ahead) that a pixel looks in; `None` where the lens shows nothing there.
    #[must_use]
    pub fn direction(&self, [u, v]: [f64; 2]) -> Option<[f64; 3]> {
        let (x, y) = (
            (u - self.middle_px[0]) / self.focal_px[0],
            (v - self.middle_px[1]) / self.focal_px[1],
        );
        match self.distortion {
            Distortion::None => Some([x, y, 1.0]),
            Distortion::Brown { .. } => {
                let (mut a, mut b) = (x, y);
                for _ in 0..ROUNDS {
                    let [du, dv] = self.bent([a, b])?;
                    let (ex, ey) = (x - du, y - dv);
                    a += ex;
                    b += ey;
                    if ex.hypot(ey) < 1e-12 {
                        break;
                    }
                }
                let [du, dv] = self.bent([a, b])?;
                ((du - x).hypot(dv - y) < 1e-6).then_some([a, b, 1.0])
            }
            Distortion::FishEye { k } => {
                let bent = x.hypot(y);
                let mut angle = bent;
                for _ in 0..ROUNDS {
                    let (value, slope) = fish_eye(angle, k);
                    if slope <= 1e-6 {
                        return None;
                    }
                    angle -= (value - bent) / slope;
                }
                let (value, _) = fish_eye(angle, k);
                if !(0.0..std::f64::consts::PI).contains(&angle) || (value - bent).abs() > 1e-6 {
                    return None;
                }
                let (s, c) = angle.sin_cos();
                Some(if bent < 1e-12 { [0.0, 0.0, 1.0] } else { [s * x / bent, s * y / bent, c] })
            }
        }
    }

    /// Pixel that shows a direction; `None` behind the camera, and beyond what the lens can show.
    #[must_use]
    pub fn pixel(&self, [x, y, z]: [f64; 3]) -> Option<[f64; 2]> {
        let [u, v] = match self.distortion {
            Distortion::FishEye { k } => {
                let across = x.hypot(y);
                let angle = across.atan2(z);
                let (value, slope) = fish_eye(angle, k);
                if slope <= 0.0 {
                    return None;
                }
                if across < 1e-12 { [0.0, 0.0] } else { [value * x / across, value * y / across] }
            }
            _ if z <= 1e-9 => return None,
            _ => self.bent([x / z, y / z])?,
        };
        Some([self.middle_px[0] + self.focal_px[0] * u, self.middle_px[1] + self.focal_px[1] * v])
    }

    /// Where Brown's lens puts a point of the plane at distance one; `None` where it folds back.
    fn bent(&self, [x, y]: [f64; 2]) -> Option<[f64; 2]> {
        let Distortion::Brown { k, p } = self.distortion else { return Some([x, y]) };
        let r2 = x * x + y * y;
        let radial = 1.0 + r2 * (k[0] + r2 * (k[1] + r2 * k[2]));
        let slope = 1.0 + r2 * (3.0 * k[0] + r2 * (5.0 * k[1] + r2 * 7.0 * k[2]));
        (slope > 0.0).then(|| {
            [
                x * radial + 2.0 * p[0] * x * y + p[1] * (r2 + 2.0 * x * x),
                y * radial + p[0] * (r2 + 2.0 * y * y) + 2.0 * p[1] * x * y,
            ]
        })
    }
}

/// Distance from the middle at an angle, and how it grows with it.
fn fish_eye(angle: f64, k: [f64; 4]) -> (f64, f64) {
    let t = angle * angle;
    let value = angle * (1.0 + t * (k[0] + t * (k[1] + t * (k[2] + t * k[3]))));
    let slope = 1.0 + t * (3.0 * k[0] + t * (5.0 * k[1] + t * (7.0 * k[2] + t * 9.0 * k[3])));
    (value, slope)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_and_directions_are_inverse_through_every_lens() {
        let plain = Optics::pinhole([640.0, 512.0], 65.0).unwrap();
        let brown = Distortion::Brown { k: [-0.2, 0.05, 0.001], p: [1e-3, -5e-4] };
        let fish = Distortion::FishEye { k: [0.05, -0.01, 0.002, -1e-4] };
        for distortion in [Distortion::None, brown, fish] {
            let optics = Optics { distortion, ..plain };
            for px in [[320.0, 256.0], [0.5, 0.5], [600.0, 40.0], [100.0, 511.0]] {
                let d = optics.direction(px).unwrap();
                let back = optics.pixel(d.map(|v| 7.0 * v)).unwrap();
                assert!(
                    (back[0] - px[0]).hypot(back[1] - px[1]) < 1e-4,
                    "{distortion:?} {px:?} {back:?}"
                );
            }
        }
    }

    #[test]
    fn a_pinhole_sees_its_field_and_nothing_behind() {
        let optics = Optics::pinhole([640.0, 512.0], 65.0).unwrap();
        assert!((optics.hfov_deg().unwrap() - 65.0).abs() < 1e-9);
        assert!((optics.reduced(2.0).hfov_deg().unwrap() - 65.0).abs() < 1e-9);
        assert_eq!(optics.pixel([0.0, 0.0, -1.0]), None);
        assert!(
            Optics::pinhole([640.0, 512.0], 0.0).is_err()
                && Optics::pinhole([640.0, 512.0], f64::NAN).is_err()
        );
    }

    /// cv2.projectPoints and cv2.fisheye.projectPoints of (0.3, −0.2, 1), f = 500, middle (319.5, 255.5) in OpenCV's
    /// coordinates, OpenCV 5.0.0.
    #[test]
    fn lenses_bend_as_opencv_has_it() {
        let plain =
            Optics { focal_px: [500.0; 2], ..Optics::pinhole([640.0, 512.0], 65.0).unwrap() };
        for (distortion, want) in [
            (Distortion::Brown { k: [-0.2, 0.05, 0.001], p: [1e-3, -5e-4] }, BROWN),
            (Distortion::FishEye { k: [0.05, -0.01, 0.002, -1e-4] }, FISH_EYE),
        ] {
            let got = Optics { distortion, ..plain }.pixel([0.3, -0.2, 1.0]).unwrap();
            assert!((got[0] - 0.5 - want[0]).hypot(got[1] - 0.5 - want[1]) < 1e-6, "{got:?}");
        }
    }

    const BROWN: [f64; 2] = [465.589_579_55, 158.150_280_3];
    const FISH_EYE: [f64; 2] = [464.306_047_619_694_25, 158.962_634_920_204_3];
}
