//! What a set says of the camera's pose, and of the ground at the picture's corners.

use emberline_georeference::pose::{Heights, Lens, Place, Rotation, Sample};

use super::set::Set;
use crate::{fov, place};

/// Where the corners of a picture lie on the ground, as the aircraft's own system has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Corners {
    /// As of the sample that goes with it.
    pub time_s: f64,
    /// The film's own time, seconds, where it is told.
    pub pts_s: Option<f64>,
    /// Upper left, upper right, lower right, lower left.
    pub places: [Place; 4],
}

/// The sample of a set, its time still to be set; `None` where it says nothing of a pose.
pub(crate) fn sample(set: &Set) -> Option<Sample> {
    let place = set.lat_deg.zip(set.lon_deg).and_then(|(lat, lon)| place::checked(lat, lon));
    let sample = Sample {
        time_s: 0.0,
        place,
        heights: Heights {
            msl_m: set.msl_m.filter(|_| place.is_some()),
            ellipsoid_m: set.ellipsoid_m.filter(|_| place.is_some()),
            ..Heights::default()
        },
        rotation: rotation(set),
        lens: Lens {
            hfov_deg: set.hfov_deg.and_then(fov::plausible),
            vfov_deg: set.vfov_deg.and_then(fov::plausible),
        },
        ..Sample::default()
    };
    (sample != Sample::default()).then_some(sample)
}

/// The camera's angles against the platform, carried by the platform's.
fn rotation(set: &Set) -> Option<Rotation> {
    let platform =
        Rotation::from_yaw_pitch_roll_deg(set.heading_deg?, set.pitch_deg?, set.roll_deg?)?;
    let camera = Rotation::from_yaw_pitch_roll_deg(
        set.azimuth_deg?,
        set.elevation_deg?,
        set.sensor_roll_deg.unwrap_or(0.0),
    )?;
    Some(camera.carried_by(platform))
}

/// The picture's corners: in full, or from the centre.
pub(crate) fn corners(set: &Set) -> Option<[Place; 4]> {
    let all = |at: &dyn Fn(usize) -> Option<f64>| {
        let one = |k: usize| place::checked(at(2 * k)?, at(2 * k + 1)?);
        Some([one(0)?, one(1)?, one(2)?, one(3)?])
    };
    let from_centre = |k: usize| {
        let centre = if k.is_multiple_of(2) { set.centre_lat_deg } else { set.centre_lon_deg };
        Some(centre? + set.offsets_deg[k]?)
    };
    all(&|k| set.corners_deg[k]).or_else(|| all(&from_centre))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cameras_angles_count_from_the_platforms() {
        let set = |heading, pitch, roll, azimuth, elevation| Set {
            heading_deg: Some(heading),
            pitch_deg: pitch,
            roll_deg: roll,
            azimuth_deg: Some(azimuth),
            elevation_deg: Some(elevation),
            ..Set::default()
        };
        let level = Some(0.0);
        for (what, set, want) in [
            ("azimuths add", set(100.0, level, level, 300.0, -45.0), Some([40.0, -45.0, 0.0])),
            ("nose up", set(0.0, Some(10.0), level, 0.0, -45.0), Some([0.0, -35.0, 0.0])),
            (
                "right wing down, looks right",
                set(0.0, level, Some(5.0), 90.0, -45.0),
                Some([90.0, -50.0, 0.0]),
            ),
            (
                "right wing down, looks ahead",
                set(0.0, level, Some(5.0), 0.0, 0.0),
                Some([0.0, 0.0, 5.0]),
            ),
            ("pitch is not known", set(0.0, None, level, 0.0, 0.0), None),
        ] {
            let got = sample(&set).and_then(|s| s.rotation);
            let want = want.map(|[y, p, r]| Rotation::from_yaw_pitch_roll_deg(y, p, r).unwrap());
            match (got, want) {
                (Some(got), Some(want)) => {
                    assert!(got.apart_deg(want) < 1e-5, "{what}: {:?}", got.yaw_pitch_roll_deg());
                }
                (got, want) => assert_eq!(got, want, "{what}"),
            }
        }
    }

    #[test]
    fn corners_in_full_come_before_offsets_and_three_are_none() {
        let offsets = Set {
            centre_lat_deg: Some(40.0),
            centre_lon_deg: Some(-105.0),
            offsets_deg: [0.01, -0.02, 0.01, 0.02, -0.01, 0.02, -0.01, -0.02].map(Some),
            ..Set::default()
        };
        let at = |lat_deg, lon_deg| Place { lat_deg, lon_deg };
        let want = [at(40.01, -105.02), at(40.01, -104.98), at(39.99, -104.98), at(39.99, -105.02)];
        assert_eq!(corners(&offsets), Some(want));
        let full = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0].map(Some);
        let both = Set { corners_deg: full, ..offsets };
        assert_eq!(corners(&both).map(|c| c[3]), Some(at(7.0, 8.0)));
        let mut three = both;
        (three.corners_deg[6], three.offsets_deg[7]) = (None, None);
        assert_eq!(corners(&three), None);
    }
}
