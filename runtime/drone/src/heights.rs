//! Heights: of all that a telemetry tells, the one that fits what is known of the ground.

use emberline_georeference::ground::Terrain;
use emberline_georeference::pose::Heights;

use crate::aim_map::Map;
use crate::dem::HeightFile;
use crate::refusal::Refusal;

/// What a height is counted from; stands in `drone.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Datum {
    /// The ground below, taken for level.
    LevelGround,
    /// The place of take-off; the ground is taken to be as high.
    TakeOff,
    /// The place of take-off, as high as the height model has it there.
    TakeOffOnModel,
    /// Mean sea level.
    SeaLevel,
    /// The ellipsoid of WGS 84; the ground's height is taken to count from there too.
    Ellipsoid,
    /// The ground below, as high as the height model has it there.
    GroundOnModel,
}

/// What is known of the ground.
#[derive(Clone, Debug)]
pub enum Ground {
    /// Level, as high above sea level (or the ellipsoid) as a person says, where one does.
    Level(Option<f64>),
    /// A height model, above sea level.
    Model(HeightFile),
}

impl Ground {
    /// The datum to take for a flight that begins with these heights, and the ground in it.
    ///
    /// # Errors
    /// [`Refusal`] where no height fits.
    pub(crate) fn settled(
        &self,
        heights: &Heights,
        map: &Map,
    ) -> Result<(Datum, Terrain), Refusal> {
        let none = || {
            Refusal::new(
                "the telemetry does not say how high the camera was",
                "give poses with alt_agl_m (above the ground), or ‹pose› none to work on the picture alone",
            )
        };
        match self {
            Self::Level(Some(up_m)) => match (heights.msl_m, heights.ellipsoid_m) {
                (Some(_), _) => Ok((Datum::SeaLevel, Terrain::Level(*up_m))),
                (None, Some(_)) => Ok((Datum::Ellipsoid, Terrain::Level(*up_m))),
                (None, None) if *heights == Heights::default() => Err(none()),
                (None, None) => Err(Refusal::new(
                    "the telemetry's heights count from the ground or from take-off, and not from sea level",
                    "leave out ‹ground-m›",
                )),
            },
            Self::Level(None) => match (heights.above_ground_m, heights.above_takeoff_m) {
                (Some(_), _) => Ok((Datum::LevelGround, Terrain::Level(0.0))),
                (None, Some(_)) => Ok((Datum::TakeOff, Terrain::Level(0.0))),
                (None, None) if *heights == Heights::default() => Err(none()),
                (None, None) => Err(Refusal::new(
                    "the telemetry's heights count from sea level, and nothing says how high the ground is",
                    "give ‹ground-m› 1620 (metres above sea level), or ‹dem› heights.tif",
                )),
            },
            Self::Model(file) => {
                let datum = if heights.above_takeoff_m.is_some() {
                    Datum::TakeOffOnModel
                } else if heights.msl_m.is_some() {
                    Datum::SeaLevel
                } else if heights.above_ground_m.is_some() {
                    Datum::GroundOnModel
                } else if heights.ellipsoid_m.is_some() {
                    return Err(Refusal::new(
                        "the telemetry's heights count from the ellipsoid, a height model's from sea level, up to 100 m apart",
                        "give poses with alt_msl_m or alt_takeoff_m, or leave out ‹dem› and give ‹ground-m› above the ellipsoid",
                    ));
                } else {
                    return Err(none());
                };
                Ok((datum, Terrain::Model(file.on(map))))
            }
        }
    }
}

/// Height of a camera in a datum; `None` where it is not told, or off the height model.
pub(crate) fn up_m(
    datum: Datum,
    heights: &Heights,
    terrain: &Terrain,
    at_m: [f64; 2],
    takeoff_m: Option<f64>,
) -> Option<f64> {
    match datum {
        Datum::LevelGround => heights.above_ground_m,
        Datum::TakeOff => heights.above_takeoff_m,
        Datum::SeaLevel => heights.msl_m,
        Datum::Ellipsoid => heights.ellipsoid_m,
        Datum::GroundOnModel => Some(terrain.up_m(at_m)? + heights.above_ground_m?),
        Datum::TakeOffOnModel => Some(takeoff_m? + heights.above_takeoff_m?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use emberline_georeference::pose::Place;

    #[test]
    fn heights_never_stand_for_one_another() {
        let msl = Heights { msl_m: Some(1700.0), ..Heights::default() };
        let ellipsoid = Heights { ellipsoid_m: Some(1680.0), ..Heights::default() };
        let takeoff = Heights { above_takeoff_m: Some(80.0), ..Heights::default() };
        let agl = Heights { above_ground_m: Some(90.0), ..Heights::default() };
        let place = Place { lat_deg: 47.0, lon_deg: 12.0 };
        let map = Map::around(place).unwrap();
        let model = || Ground::Model(HeightFile::level(place, 1600.0));
        for (ground, heights, want) in [
            (Ground::Level(None), agl, Ok(Datum::LevelGround)),
            (Ground::Level(None), takeoff, Ok(Datum::TakeOff)),
            (Ground::Level(None), msl, Err("‹ground-m›")),
            (Ground::Level(None), ellipsoid, Err("‹ground-m›")),
            (Ground::Level(Some(1600.0)), msl, Ok(Datum::SeaLevel)),
            (Ground::Level(Some(1600.0)), ellipsoid, Ok(Datum::Ellipsoid)),
            (Ground::Level(Some(1600.0)), agl, Err("leave out ‹ground-m›")),
            (model(), msl, Ok(Datum::SeaLevel)),
            (model(), takeoff, Ok(Datum::TakeOffOnModel)),
            (model(), agl, Ok(Datum::GroundOnModel)),
            (model(), ellipsoid, Err("100 m apart")),
            (model(), Heights::default(), Err("how high")),
        ] {
            match (ground.settled(&heights, &map), want) {
                (Ok((datum, _)), Ok(want)) => assert_eq!(datum, want, "{ground:?} {heights:?}"),
                (Err(why), Err(want)) => assert!(why.to_string().contains(want), "{why}"),
                (got, _) => panic!("{ground:?} {heights:?}: {got:?}"),
            }
        }
    }
}
