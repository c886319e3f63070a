//! The ground of a camera in the configuration: where the camera is and how it looks, so that its frames lie on a map.

use std::path::{Path, PathBuf};

use emberline_drone::telemetry::{Address, Yaw};
use emberline_drone::{CameraFile, HeightFile, Refusal};

use super::check::Check;
use super::error::ConfigError;
use super::quantity;
use super::text::GroundText;

/// Seconds between films of the ground, unless told, and what they may be.
const STEP_S: f64 = 30.0;
const STEPS_S: [f64; 2] = [1.0, 3600.0];
/// Words of choices, as they stand in the file.
const YAWS: [(&str, Yaw); 3] =
    [("auto", Yaw::Auto), ("earth", Yaw::Earth), ("vehicle", Yaw::Vehicle)];
/// Settings as a flight's refusals name them, and the keys that they are here.
const SETTINGS: [(&str, &str); 8] = [
    ("camera", "camera"),
    ("cell", "cell_m"),
    ("dem", "dem"),
    ("ground-m", "ground_m"),
    ("hfov", "hfov_deg"),
    ("nadir", "nadir = true"),
    ("pose-offset", "pose_offset_s"),
    ("yaw", "yaw"),
];

/// Where a camera is and how it looks.
#[derive(Clone, Debug, PartialEq)]
pub struct GroundConfig {
    /// Where its telemetry comes from; `None` of a camera that stands still.
    pub pose: Option<PoseFrom>,
    /// The camera file, and what it says.
    pub camera: Option<(PathBuf, CameraFile)>,
    /// Field of view from left to right, degrees.
    pub hfov_deg: Option<f64>,
    /// Height of level ground, metres above sea level.
    pub ground_m: Option<f64>,
    /// A height model.
    pub dem: Option<PathBuf>,
    /// Side of the ground's cells, metres.
    pub cell_m: Option<f64>,
    /// Seconds between films of the ground.
    pub step_s: f64,
    /// From where a gimbal's yaw counts.
    pub yaw: Yaw,
    /// Degrees by which headings are turned, clockwise.
    pub yaw_offset_deg: f64,
    /// Seconds to add to a frame's time before its pose is looked up.
    pub pose_offset_s: f64,
    /// Whether the camera looks straight down and heads where it flies.
    pub is_nadir: bool,
    /// Whether frames are laid on a map of the cold ground, and not by telemetry alone.
    pub is_steady: bool,
}

/// Where telemetry comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoseFrom {
    /// As it stands in the file.
    pub written: String,
    /// What that means.
    pub address: Address,
}

/// What a flight's refusal says, in words of the file.
pub(crate) fn spelled(why: &str) -> String {
    let mut out = String::with_capacity(why.len());
    let mut rest = why;
    while let Some((before, after)) = rest.split_once('‹') {
        let (name, after) = after.split_once('›').unwrap_or((after, ""));
        let key = SETTINGS.iter().find(|(setting, _)| *setting == name);
        out.push_str(before);
        out.push_str(key.map_or(name, |(_, key)| key));
        rest = after;
    }
    out + rest
}

impl GroundConfig {
    pub(super) fn text(&self) -> GroundText {
        let path = |path: &Path| path.display().to_string();
        let yaw = YAWS.iter().find(|(_, yaw)| *yaw == self.yaw);
        GroundText {
            pose: self.pose.as_ref().map(|pose| pose.written.clone()),
            camera: self.camera.as_ref().map(|(at, _)| path(at)),
            hfov_deg: self.hfov_deg,
            ground_m: self.ground_m,
            dem: self.dem.as_deref().map(path),
            cell_m: self.cell_m,
            step: Some(format!("{}s", self.step_s)),
            yaw: yaw.map(|(word, _)| (*word).to_owned()),
            yaw_offset_deg: Some(self.yaw_offset_deg),
            pose_offset_s: Some(self.pose_offset_s),
            nadir: Some(self.is_nadir),
            steady: Some(self.is_steady),
        }
    }
}

impl Check<'_> {
    /// The ground of a camera; `camera` says where a key of the camera stands.
    pub(super) fn ground(
        &self,
        camera: &dyn Fn(&str) -> String,
        text: &GroundText,
    ) -> Result<GroundConfig, ConfigError> {
        let place = |key: &str| camera(&format!("ground.{key}"));
        let pose = text.pose.as_ref().map(|written| match written.parse() {
            Ok(address) => Ok(PoseFrom { written: written.clone(), address }),
            Err(_) => {
                let fix = "give udp:14550, udp:0.0.0.0:14550 or serial:/dev/ttyACM0:57600";
                self.value(&place("pose"), "no address of telemetry", fix)
            }
        });
        let pose = pose.transpose()?;
        let file = text.camera.as_ref().map(|path| {
            let read = self.whole(&place("camera"), path, CameraFile::read)?;
            Ok((PathBuf::from(path), read))
        });
        let file = file.transpose()?;
        let stands_still = file.as_ref().is_some_and(|(_, file)| file.stands_still());
        match (&pose, stands_still) {
            (Some(_), true) => {
                let what = "a camera that stands still has no flight";
                let fix = "leave it out, or [mast] and the [[point]]s of the camera file";
                return self.value(&place("pose"), what, fix);
            }
            (None, false) => {
                let example =
                    "pose = \"udp:14550\", or camera = a file with a [mast] or four [[point]]s";
                return self.need(None, &place("pose"), example);
            }
            _ => {}
        }
        if stands_still {
            let of_flights = [
                ("yaw", text.yaw.is_some()),
                ("yaw_offset_deg", text.yaw_offset_deg.is_some_and(|deg| deg != 0.0)),
                ("pose_offset_s", text.pose_offset_s.is_some_and(|s| s != 0.0)),
                ("nadir", text.nadir == Some(true)),
            ];
            // Written out, the default stands there.
            let told = |(key, is): &(&str, bool)| *is && !(*key == "yaw" && self.is_auto(text));
            if let Some((key, _)) = of_flights.iter().find(|of| told(of)) {
                return self.value(
                    &place(key),
                    "only a camera with a pose has one",
                    "leave it out",
                );
            }
        }
        if text.dem.is_some() && text.ground_m.is_some() {
            let what = "there is a dem too, which says how high the ground is";
            return self.value(&place("ground_m"), what, "leave one of them out");
        }
        if let Some(dem) = &text.dem {
            self.whole(&place("dem"), dem, HeightFile::read)?;
        }
        let number = |value: Option<f64>, range, key: &str| {
            value.map(|value| self.number(value, range, &place(key))).transpose()
        };
        let step_s = match text.step.as_deref() {
            None => STEP_S,
            Some(text) => match quantity::span(text) {
                Some(span) => self.number(span.as_secs_f64(), STEPS_S, &place("step"))?,
                None => return self.value(&place("step"), "no span of time", "give \"30s\""),
            },
        };
        Ok(GroundConfig {
            pose,
            camera: file,
            hfov_deg: number(text.hfov_deg, [1.0, 179.0], "hfov_deg")?,
            ground_m: number(text.ground_m, [-500.0, 9000.0], "ground_m")?,
            dem: text.dem.as_ref().map(PathBuf::from),
            cell_m: number(text.cell_m, [0.05, 1000.0], "cell_m")?,
            step_s,
            yaw: self.choice(text.yaw.as_deref(), &YAWS, &place("yaw"))?.unwrap_or_default(),
            yaw_offset_deg: number(text.yaw_offset_deg, [-360.0, 360.0], "yaw_offset_deg")?
                .unwrap_or(0.0),
            pose_offset_s: number(text.pose_offset_s, [-3600.0, 3600.0], "pose_offset_s")?
                .unwrap_or(0.0),
            is_nadir: text.nadir.unwrap_or(false),
            is_steady: text.steady.unwrap_or(true),
        })
    }

    fn is_auto(&self, text: &GroundText) -> bool {
        text.yaw.as_deref() == Some(YAWS[0].0)
    }

    /// What is read from a file that is named from the root on.
    fn whole<T>(
        &self,
        place: &str,
        path: &str,
        read: impl Fn(&Path) -> Result<T, Refusal>,
    ) -> Result<T, ConfigError> {
        if !path.starts_with('/') {
            let fix = "give the whole path, such as \"/etc/emberline/camera.toml\"";
            return self.value(place, "no path from the root on", fix);
        }
        match read(Path::new(path)) {
            Ok(read) => Ok(read),
            Err(why) => self.value(place, &spelled(&why.what), &spelled(&why.advice)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    const MAST: &str = "hfov_deg = 57\n[mast]\nlat_deg = 40.1\nlon_deg = -105.2\nheight_m = 12\n\
                        heading_deg = 90\ntilt_deg = 20\n";

    #[test]
    fn what_cannot_be_is_refused_in_one_line() {
        let room = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| {
            let path = room.path().join(name);
            std::fs::write(&path, text).unwrap();
            path.display().to_string()
        };
        let (mast, lens) = (put("mast.toml", MAST), put("lens.toml", "hfov_deg = 57\n"));
        let (broken, text) = (put("broken.toml", "hfow_deg = 57\n"), put("dem.tif", "no picture"));
        let read = |ground: &str, more: &str| {
            let file = format!(
                "name = \"a\"\nlat = 1.0\nlon = 1.0\n[[camera]]\nname = \"drone\"\nfrom = \"sim:fire\"\n{more}\
                 [camera.ground]\n{ground}\n"
            );
            Config::parse("s.toml", &file).map_err(|why| why.to_string())
        };
        for (ground, more, want) in [
            ("", "", "ground.pose is missing; write pose = \"udp:14550\""),
            ("pose = \"udp:host:1\"", "", "ground.pose: no address of telemetry; give udp:14550"),
            (
                "pose = \"udp:14550\"\ncamera = \"{mast}\"",
                "",
                "stands still has no flight; leave it out",
            ),
            ("camera = \"{mast}\"\nnadir = true", "", "ground.nadir: only a camera with a pose"),
            ("pose = \"udp:14550\"\ncamera = \"c.toml\"", "", "no path from the root on"),
            (
                "pose = \"udp:14550\"\ncamera = \"{broken}\"",
                "",
                "broken.toml, line 1: unknown field",
            ),
            ("pose = \"udp:14550\"\ndem = \"{text}\"", "", "give a GeoTIFF of heights in metres"),
            (
                "pose = \"udp:14550\"\ndem = \"{text}\"\nground_m = 1",
                "",
                "ground_m: there is a dem too",
            ),
            (
                "pose = \"udp:14550\"\nstep = \"30\"",
                "",
                "ground.step: no span of time; give \"30s\"",
            ),
            ("pose = \"udp:14550\"\nyaw = \"north\"", "", "give auto or earth or vehicle"),
            (
                "pose = \"udp:14550\"\nhfov = 57",
                "",
                "camera drone: ground.hfov: no such key; write hfov_deg",
            ),
            ("pose = \"udp:14550\"", "step_s = 5\n", "step_s: ground.step says it; leave it out"),
            (
                "pose = \"udp:14550\"\n[[alert]]\nname = \"road\"\nwhen = \"front-reaches\"\nof = \"drone\"\nline = [[1, 2], [3, 4]]",
                "",
                "alert road: of: the ground of drone moves",
            ),
        ] {
            let ground = ground
                .replace("{mast}", &mast)
                .replace("{broken}", &broken)
                .replace("{text}", &text);
            let why = read(&ground, more).unwrap_err();
            assert!(why.contains(want) && !why.contains(['\n', '‹']), "{ground}: {why}");
        }
        let of = |ground: &str| read(ground, "").unwrap().cameras.remove(0);
        let drone = of(&format!("pose = \"udp:14550\"\ncamera = \"{lens}\"\nstep = \"1min\""));
        let ground = drone.ground.as_ref().unwrap();
        assert_eq!((ground.step_s, drone.step_s, drone.every_s), (60.0, 60.0, 1.0));
        assert!(ground.is_steady && !ground.is_nadir);
        let still = of(&format!("camera = \"{mast}\""));
        assert_eq!(still.ground.unwrap().pose, None);
    }

    #[test]
    fn settings_are_called_as_in_the_file() {
        for (why, want) in [
            ("give ‹hfov› 57, or ‹camera› FILE", "give hfov_deg 57, or camera FILE"),
            ("give ‹nadir› if", "give nadir = true if"),
            ("‹system› names", "system names"),
            ("a ‹ broken", "a  broken"),
        ] {
            assert_eq!(spelled(why), want);
        }
    }
}
