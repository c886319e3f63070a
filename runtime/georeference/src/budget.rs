//! The budget: how far off the ground is that a picture shows, of what each thing that is known badly costs.
//!
//! Each is one standard deviation, put into the pose by itself; what it moves the ground by, root mean square over the
//! picture, adds up in squares. Oracle: the Monte-Carlo table of the reference's georeferencing (1,500 draws a cell).

use crate::camera::{Optics, View};
use crate::geodesy::Local;
use crate::ground::{Terrain, meets};
use crate::pose::Rotation;

/// One standard deviation of what a pose is made from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Deviations {
    /// Of the place, metres, each of east and north.
    pub place_m: f64,
    /// Of the height, metres.
    pub height_m: f64,
    /// Of the heading, degrees.
    pub yaw_deg: f64,
    /// Of pitch and of roll, degrees.
    pub tilt_deg: f64,
    /// Of the time between picture and pose, seconds.
    pub time_s: f64,
    /// Of the ground's height, metres.
    pub ground_m: f64,
    /// Of the focal length, a share.
    pub lens: f64,
}

impl Deviations {
    /// Of a drone without RTK: GPS, barometer, compass, gimbal and a lens by its data sheet.
    pub const USUAL: Self = Self {
        place_m: 1.5,
        height_m: 2.0,
        yaw_deg: 2.0,
        tilt_deg: 0.5,
        time_s: 0.1,
        ground_m: 5.0,
        lens: 0.02,
    };
}

/// How fast a camera moves.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Motion {
    /// Metres a second, east and north.
    pub velocity_m_s: [f64; 2],
    /// Degrees a second about the vertical.
    pub yaw_deg_s: f64,
}

/// What each costs: root mean square over the picture, metres on the ground.
#[derive(Clone, Debug, PartialEq)]
pub struct Budget {
    /// By name.
    pub parts: Vec<(&'static str, f64)>,
    /// All together.
    pub all_m: f64,
}

/// Points of the picture on a side.
const SIDE: usize = 5;

impl Budget {
    /// Of a camera that looks down on `terrain`; `None` where it shows no ground.
    #[must_use]
    pub fn of(
        at_m: [f64; 3],
        rotation: Rotation,
        optics: Optics,
        terrain: &Terrain,
        motion: Motion,
        off: &Deviations,
    ) -> Option<Self> {
        let local = Local { convergence_deg: 0.0, scale: 1.0 };
        let view = |at: [f64; 3], rotation: Rotation, optics: Optics| {
            View::new(at, rotation, local, optics)
        };
        let here = view(at_m, rotation, optics);
        let shifted = |d: [f64; 3]| view(std::array::from_fn(|k| at_m[k] + d[k]), rotation, optics);
        let [yaw, pitch, roll] = rotation.yaw_pitch_roll_deg();
        let tilted = |dp: f64, dr: f64| {
            Rotation::from_yaw_pitch_roll_deg(yaw, pitch + dp, roll + dr)
                .map(|r| view(at_m, r, optics))
        };
        let longer = Optics { focal_px: optics.focal_px.map(|f| f * (1.0 + off.lens)), ..optics };
        let later = shifted([
            off.time_s * motion.velocity_m_s[0],
            off.time_s * motion.velocity_m_s[1],
            0.0,
        ]);
        let turned = view(later.at_m, rotation.turned_deg(off.time_s * motion.yaw_deg_s), optics);
        let moved = |other: &View, ground_m: f64| moved_m(&here, other, terrain, ground_m);
        let both = |a: f64, b: f64| a.hypot(b);
        let parts = vec![
            (
                "place",
                both(
                    moved(&shifted([off.place_m, 0.0, 0.0]), 0.0)?,
                    moved(&shifted([0.0, off.place_m, 0.0]), 0.0)?,
                ),
            ),
            ("height", moved(&shifted([0.0, 0.0, off.height_m]), 0.0)?),
            ("yaw", moved(&view(at_m, rotation.turned_deg(off.yaw_deg), optics), 0.0)?),
            (
                "tilt",
                both(
                    moved(&tilted(off.tilt_deg, 0.0)?, 0.0)?,
                    moved(&tilted(0.0, off.tilt_deg)?, 0.0)?,
                ),
            ),
            ("time", moved(&turned, 0.0)?),
            ("ground", moved(&here, off.ground_m)?),
            ("lens", moved(&view(at_m, rotation, longer), 0.0)?),
        ];
        let all_m = parts.iter().map(|(_, m)| m * m).sum::<f64>().sqrt();
        Some(Self { parts, all_m })
    }
}

/// Root mean square over the picture of how far the ground moves from one view to another, which sees it
/// `ground_m` lower.
fn moved_m(a: &View, b: &View, terrain: &Terrain, ground_m: f64) -> Option<f64> {
    let [w, h] = a.optics.size_px;
    let (mut sum, mut n) = (0.0, 0);
    for k in 0..SIDE * SIDE {
        let share = |k: usize| (k as f64 + 0.5) / SIDE as f64;
        let px = [w * share(k % SIDE), h * share(k / SIDE)];
        let at = |v: &View| meets(terrain, v.at_m, v.ray(px)?);
        let (Some(p), Some(q)) = (at(a), at(b)) else { continue };
        let ray = b.ray(px)?;
        // Lower ground is met further along the ray.
        let along = ground_m / -ray[2].min(-1e-3);
        let (east, north) = (q[0] + along * ray[0] - p[0], q[1] + along * ray[1] - p[1]);
        sum += east * east + north * north;
        n += 1;
    }
    (n > 0).then(|| (sum / f64::from(n)).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reference's table: a lens of 45°, 640 × 512 pixels, 5 m/s and 10°/s.
    #[test]
    fn parts_are_those_of_the_table() {
        let optics = Optics::pinhole([640.0, 512.0], 45.0).unwrap();
        let motion = Motion { velocity_m_s: [0.0, 5.0], yaw_deg_s: 10.0 };
        for (high, pitch, want, all) in [
            (60.0, -90.0, [2.2, 0.6, 0.7, 0.6, 0.6, 1.5, 0.4], 2.9),
            (120.0, -90.0, [2.1, 0.6, 1.3, 1.1, 0.8, 1.5, 0.8], 3.3),
            (300.0, -90.0, [2.1, 0.6, 3.2, 2.7, 1.7, 1.5, 2.0], 5.7),
            (120.0, -60.0, [2.1, 1.5, 3.0, 1.6, 1.6, 3.5, 1.1], 5.9),
            (120.0, -30.0, [2.2, 4.8, 10.0, 7.9, 5.0, 12.0, 5.4], 20.0),
        ] {
            let rotation = Rotation::from_yaw_pitch_roll_deg(0.0, pitch, 0.0).unwrap();
            let at = [0.0, 0.0, high];
            let got =
                Budget::of(at, rotation, optics, &Terrain::Level(0.0), motion, &Deviations::USUAL)
                    .unwrap();
            for ((name, m), want) in got.parts.iter().zip(want) {
                assert!((m - want).abs() < 0.12 + 0.2 * want, "{high} {pitch} {name}: {m} {want}");
            }
            assert!((got.all_m - all).abs() < 0.12 * all, "{high} {pitch}: {} {all}", got.all_m);
        }
    }

    #[test]
    fn no_ground_in_view_has_no_budget() {
        let optics = Optics::pinhole([640.0, 512.0], 45.0).unwrap();
        let up = Rotation::from_yaw_pitch_roll_deg(0.0, 60.0, 0.0).unwrap();
        let terrain = Terrain::Level(0.0);
        assert_eq!(
            Budget::of(
                [0.0, 0.0, 50.0],
                up,
                optics,
                &terrain,
                Motion::default(),
                &Deviations::USUAL
            ),
            None
        );
    }
}
