//! Views: a camera at its place, looking at the ground of a map's plane.
//!
//! Ground coordinates are metres of a map: east, north, and up from the same level as the heights of the ground. A
//! map's north is turned from true north, and its metres are a little longer or shorter than real ones; a view takes
//! both at the camera's place, which holds to centimetres over a few kilometres.

use super::optics::Optics;
use crate::geodesy::Local;
use crate::plane::Homography;
use crate::pose::Rotation;

/// A camera at its place.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Where it is: east, north and up, metres of the map.
    pub at_m: [f64; 3],
    /// What its lens does.
    pub optics: Optics,
    /// Row by row: right, down and ahead of the camera as east, north, up of the map; unit vectors.
    axes: [[f64; 3]; 3],
    /// Map metres of a real one.
    scale: f64,
}

impl View {
    /// A camera at `at_m` that looks as `rotation` says, where the map lies as `local` says.
    #[must_use]
    pub fn new(at_m: [f64; 3], rotation: Rotation, local: Local, optics: Optics) -> Self {
        let (sin, cos) = local.convergence_deg.to_radians().sin_cos();
        let m = rotation.matrix();
        let axes = std::array::from_fn(|axis| {
            let [north, east, down] = [0, 1, 2].map(|row: usize| m[row][axis]);
            [east * cos - north * sin, north * cos + east * sin, -down]
        });
        Self { at_m, optics, axes, scale: local.scale }
    }

    /// Pixel that shows a point of the ground; `None` behind the camera, and where the lens shows nothing.
    #[must_use]
    pub fn pixel(&self, ground_m: [f64; 3]) -> Option<[f64; 2]> {
        let d: [f64; 3] = std::array::from_fn(|k| ground_m[k] - self.at_m[k]);
        let real = [d[0] / self.scale, d[1] / self.scale, d[2]];
        self.optics.pixel(self.axes.map(|a| a[0] * real[0] + a[1] * real[1] + a[2] * real[2]))
    }

    /// Direction in which a pixel looks: east, north and up of the map for each metre of its way.
    #[must_use]
    pub fn ray(&self, px: [f64; 2]) -> Option<[f64; 3]> {
        let d = self.optics.direction(px)?;
        let length = d.iter().map(|v| v * v).sum::<f64>().sqrt();
        let [east, north, up]: [f64; 3] = std::array::from_fn(|k| {
            (0..3).map(|axis| d[axis] * self.axes[axis][k]).sum::<f64>() / length
        });
        Some([east * self.scale, north * self.scale, up])
    }

    /// Degrees below the horizon of the line of sight.
    #[must_use]
    pub fn below_horizon_deg(&self) -> f64 {
        (-self.axes[2][2]).clamp(-1.0, 1.0).asin().to_degrees()
    }

    /// From level ground at the height `up_m` (east, north) to the pixels of the straight lens.
    #[must_use]
    pub fn homography(&self, up_m: f64) -> Homography {
        let [fx, fy] = self.optics.focal_px;
        let [cx, cy] = self.optics.middle_px;
        let rows: [[f64; 3]; 3] = std::array::from_fn(|axis| {
            let a = self.axes[axis];
            let (e, n) = (a[0] / self.scale, a[1] / self.scale);
            [e, n, a[2] * (up_m - self.at_m[2]) - e * self.at_m[0] - n * self.at_m[1]]
        });
        Homography(std::array::from_fn(|k| {
            let (row, column) = (k / 3, k % 3);
            match row {
                0 => fx * rows[0][column] + cx * rows[2][column],
                1 => fy * rows[1][column] + cy * rows[2][column],
                _ => rows[2][column],
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLAT: Local = Local { convergence_deg: 0.0, scale: 1.0 };

    fn view(yaw: f64, pitch: f64, local: Local) -> View {
        let optics = Optics::pinhole([640.0, 512.0], 53.130_102_354).unwrap(); // focal length 640
        let rotation = Rotation::from_yaw_pitch_roll_deg(yaw, pitch, 0.0).unwrap();
        View::new([1000.0, 2000.0, 100.0], rotation, local, optics)
    }

    /// Which side of the picture a point of the ground is on: azimuth and handedness.
    #[test]
    fn straight_down_the_top_of_the_picture_is_where_the_camera_heads() {
        for (yaw, ahead, right) in [
            (0.0, [0.0, 10.0], [10.0, 0.0]),
            (90.0, [10.0, 0.0], [0.0, -10.0]),
            (180.0, [0.0, -10.0], [-10.0, 0.0]),
            (-90.0, [-10.0, 0.0], [0.0, 10.0]),
        ] {
            let v = view(yaw, -90.0, FLAT);
            let at = |d: [f64; 2]| v.pixel([1000.0 + d[0], 2000.0 + d[1], 0.0]).unwrap();
            for (got, want) in [(at(ahead), [320.0, 192.0]), (at(right), [384.0, 256.0])] {
                assert!(
                    (got[0] - want[0]).hypot(got[1] - want[1]) < 1e-6,
                    "{yaw}: {got:?} {want:?}"
                );
            }
        }
    }

    #[test]
    fn homography_ray_and_pixel_agree() {
        let local = Local { convergence_deg: 1.7, scale: 0.9996 };
        let v = view(33.0, -50.0, local);
        let h = v.homography(12.0);
        for ground in [[1040.0, 2080.0], [1100.0, 2060.0]] {
            let px = v.pixel([ground[0], ground[1], 12.0]).unwrap();
            let by = h.at(ground).unwrap();
            assert!((px[0] - by[0]).hypot(px[1] - by[1]) < 1e-8);
            let ray = v.ray(px).unwrap();
            let t = (12.0 - 100.0) / ray[2];
            assert!(
                (1000.0 + t * ray[0] - ground[0]).hypot(2000.0 + t * ray[1] - ground[1]) < 1e-8
            );
        }
        assert!((v.below_horizon_deg() - 50.0).abs() < 1e-9);
        assert_eq!(v.pixel([1000.0, 1000.0, 100.0]), None, "behind");
    }

    /// East of a zone's middle, in the north, the map's north lies east of true north: what lies due north is seen a
    /// little west on the map.
    #[test]
    fn convergence_turns_the_right_way() {
        let v = view(0.0, -90.0, Local { convergence_deg: 2.0, scale: 1.0 });
        let ray = v.ray([320.0, 100.0]).unwrap();
        assert!(ray[0] < 0.0 && ray[1] > 0.0, "{ray:?}");
    }
}
