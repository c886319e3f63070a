//! Rotations: how a camera looks, as a unit quaternion that turns its axes into north, east and down.

/// How a camera looks: turns camera axes (x right, y down, z ahead) into north, east, down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rotation {
    /// Unit quaternion w, x, y, z.
    q: [f64; 4],
}

/// From camera axes to those of a body that looks ahead (x ahead, y right, z down).
const CAMERA_TO_BODY: [f64; 4] = [0.5, 0.5, 0.5, 0.5];

impl Rotation {
    /// Of a camera that is turned by `yaw_deg` from true north clockwise, then by `pitch_deg` above the horizon
    /// (−90 looks straight down), then by `roll_deg` clockwise about its line of sight. `None` where one is not
    /// finite.
    #[must_use]
    pub fn from_yaw_pitch_roll_deg(yaw_deg: f64, pitch_deg: f64, roll_deg: f64) -> Option<Self> {
        let half = |deg: f64| (0.5 * deg.to_radians()).sin_cos();
        let ((sy, cy), (sp, cp), (sr, cr)) = (half(yaw_deg), half(pitch_deg), half(roll_deg));
        Self::from_body_quaternion([
            cr * cp * cy + sr * sp * sy,
            sr * cp * cy - cr * sp * sy,
            cr * sp * cy + sr * cp * sy,
            cr * cp * sy - sr * sp * cy,
        ])
    }

    /// Of a camera that looks along x of a body whose axes (x ahead, y right, z down) the quaternion
    /// (w, x, y, z) turns into north, east, down, as MAVLink's messages have it. `None` where it is no rotation.
    #[must_use]
    pub fn from_body_quaternion(q: [f64; 4]) -> Option<Self> {
        Some(Self { q: multiplied(unit(q)?, CAMERA_TO_BODY) })
    }

    /// The quaternion (w, x, y, z) of the body that looks ahead as the camera does.
    #[must_use]
    pub fn body_quaternion(self) -> [f64; 4] {
        let [w, x, y, z] = CAMERA_TO_BODY;
        multiplied(self.q, [w, -x, -y, -z])
    }

    /// The same after a turn of `deg` degrees clockwise about the vertical.
    #[must_use]
    pub fn turned_deg(self, deg: f64) -> Self {
        let (s, c) = (0.5 * deg.to_radians()).sin_cos();
        Self { q: multiplied([c, 0.0, 0.0, s], self.q) }
    }

    /// The same camera on a body that looks as `body` does: its own angles then count from the body's axes.
    #[must_use]
    pub fn carried_by(self, body: Self) -> Self {
        Self { q: multiplied(body.body_quaternion(), self.q) }
    }

    /// Row by row: north, east and down of the camera's axes x, y and z.
    #[must_use]
    pub fn matrix(self) -> [[f64; 3]; 3] {
        let [w, x, y, z] = self.q;
        [
            [1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)],
            [2.0 * (x * y + w * z), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - w * x)],
            [2.0 * (x * z - w * y), 2.0 * (y * z + w * x), 1.0 - 2.0 * (x * x + y * y)],
        ]
    }

    /// Yaw (−180..180), pitch and roll in degrees, as [`Self::from_yaw_pitch_roll_deg`] takes them.
    #[must_use]
    pub fn yaw_pitch_roll_deg(self) -> [f64; 3] {
        let [w, x, y, z] = self.body_quaternion();
        let roll = (2.0 * (w * x + y * z)).atan2(1.0 - 2.0 * (x * x + y * y));
        let pitch = (2.0 * (w * y - z * x)).clamp(-1.0, 1.0).asin();
        let yaw = (2.0 * (w * z + x * y)).atan2(1.0 - 2.0 * (y * y + z * z));
        [yaw, pitch, roll].map(f64::to_degrees)
    }

    /// Degrees by which two rotations differ.
    #[must_use]
    pub fn apart_deg(self, other: Self) -> f64 {
        let dot: f64 = self.q.iter().zip(other.q).map(|(a, b)| a * b).sum();
        2.0 * dot.abs().min(1.0).acos().to_degrees()
    }

    /// The rotation at share `t` (0..1) of the shortest way to `other`.
    #[must_use]
    pub fn towards(self, other: Self, t: f64) -> Self {
        let dot: f64 = self.q.iter().zip(other.q).map(|(a, b)| a * b).sum();
        let b = if dot < 0.0 { other.q.map(|v| -v) } else { other.q };
        let angle = dot.abs().min(1.0).acos();
        let (u, v) = if angle < 1e-6 {
            (1.0 - t, t)
        } else {
            (((1.0 - t) * angle).sin() / angle.sin(), (t * angle).sin() / angle.sin())
        };
        let q = [0, 1, 2, 3].map(|k| u * self.q[k] + v * b[k]);
        Self { q: unit(q).unwrap_or(self.q) }
    }
}

fn multiplied(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    [
        a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3],
        a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2],
        a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1],
        a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0],
    ]
}

fn unit(q: [f64; 4]) -> Option<[f64; 4]> {
    let length = q.iter().map(|v| v * v).sum::<f64>().sqrt();
    (length.is_finite() && length > 1e-6).then(|| q.map(|v| v / length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(r: Rotation) -> [[f64; 3]; 3] {
        let m = r.matrix();
        [0, 1, 2].map(|axis| [0, 1, 2].map(|row| (m[row][axis] * 1e6).round() / 1e6 + 0.0))
    }

    /// Right, down and ahead of the picture as north, east, down.
    #[test]
    fn a_camera_looks_where_its_angles_say() {
        let (n, e, d) = ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]);
        let minus = |v: [f64; 3]| v.map(|x| 0.0 - x);
        for (angles, right, down, ahead) in [
            ([0.0, 0.0, 0.0], e, d, n),
            ([90.0, 0.0, 0.0], minus(n), d, e),
            ([0.0, -90.0, 0.0], e, minus(n), d), // nadir: the picture's top is north
            ([90.0, -90.0, 0.0], minus(n), minus(e), d), // its top is east
            ([0.0, 0.0, 90.0], d, minus(e), n),  // right side down
            ([180.0, 0.0, 0.0], minus(e), d, minus(n)),
        ] {
            let r = Rotation::from_yaw_pitch_roll_deg(angles[0], angles[1], angles[2]).unwrap();
            assert_eq!(looks(r), [right, down, ahead], "{angles:?}");
        }
    }

    #[test]
    fn angles_come_back() {
        for angles in [[10.0, -20.0, 3.0], [-170.0, 40.0, -90.0], [1.0, -89.0, 2.0]] {
            let r = Rotation::from_yaw_pitch_roll_deg(angles[0], angles[1], angles[2]).unwrap();
            for (a, b) in r.yaw_pitch_roll_deg().into_iter().zip(angles) {
                assert!((a - b).abs() < 1e-9, "{angles:?}");
            }
            let again = Rotation::from_body_quaternion(r.body_quaternion()).unwrap();
            assert!(again.apart_deg(r) < 1e-5);
        }
        assert!(Rotation::from_yaw_pitch_roll_deg(f64::NAN, 0.0, 0.0).is_none());
        assert!(Rotation::from_body_quaternion([0.0; 4]).is_none());
    }

    #[test]
    fn a_camera_turns_with_the_body_that_carries_it() {
        let of = |a: [f64; 3]| Rotation::from_yaw_pitch_roll_deg(a[0], a[1], a[2]).unwrap();
        for (what, body, camera, together) in [
            ("yaws add on a level body", [30.0, 0.0, 0.0], [350.0, -45.0, 0.0], [20.0, -45.0, 0.0]),
            (
                "its pitch is the camera's ahead",
                [90.0, 10.0, 0.0],
                [0.0, -30.0, 0.0],
                [90.0, -20.0, 0.0],
            ),
            (
                "and the roll of one that looks right",
                [0.0, 10.0, 0.0],
                [90.0, 0.0, 0.0],
                [90.0, 0.0, 10.0],
            ),
            (
                "a roll to the right lowers it there",
                [0.0, 0.0, 20.0],
                [90.0, 0.0, 0.0],
                [90.0, -20.0, 0.0],
            ),
        ] {
            let got = of(camera).carried_by(of(body));
            assert!(got.apart_deg(of(together)) < 1e-5, "{what}: {:?}", got.yaw_pitch_roll_deg());
        }
    }

    #[test]
    fn between_two_the_short_way_round() {
        let at = |yaw| Rotation::from_yaw_pitch_roll_deg(yaw, -90.0, 0.0).unwrap();
        let half = at(170.0).towards(at(-170.0), 0.5);
        assert!(half.apart_deg(at(180.0)) < 1e-6);
        assert!((at(170.0).turned_deg(20.0).apart_deg(at(-170.0))) < 1e-5);
    }
}
