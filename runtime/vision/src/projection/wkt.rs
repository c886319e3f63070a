//! A projection as WKT 2 (ISO 19162), which GDAL, QGIS and PROJ read; coordinates in metres or degrees.

use super::method::Is;
use super::projection::{Flat, Projection};

const DEGREE: &str = r#"ANGLEUNIT["degree",0.0174532925199433]"#;
const METRE: &str = r#"LENGTHUNIT["metre",1]"#;
const ONE: &str = r#"SCALEUNIT["unity",1]"#;

/// WGS 84 itself, as what a datum is moved to.
const WGS84: &str = r#"GEOGCRS["WGS 84",DATUM["World Geodetic System 1984",ELLIPSOID["WGS 84",6378137,298.257223563,LENGTHUNIT["metre",1]]],PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]],CS[ellipsoidal,2],AXIS["latitude",north,ORDER[1]],AXIS["longitude",east,ORDER[2]],ANGLEUNIT["degree",0.0174532925199433],ID["EPSG",4326]]"#;

/// What a datum's move is called, in the order of PROJ's `towgs84`.
const MOVES: [&str; 7] = [
    "X-axis translation",
    "Y-axis translation",
    "Z-axis translation",
    "X-axis rotation",
    "Y-axis rotation",
    "Z-axis rotation",
    "Scale difference",
];

impl Projection {
    /// WKT of this projection with coordinates in metres (degrees where it has none), whatever its own
    /// unit; with its EPSG code where it has one.
    pub(crate) fn wkt(&self, code: Option<u16>) -> String {
        // A code tells the unit too.
        let of_code = code.filter(|_| self.unit_m == 1.0);
        let name = of_code.map_or("unknown".to_owned(), |code| format!("EPSG:{code}"));
        let id = of_code.map_or(String::new(), |code| format!(r#",ID["EPSG",{code}]"#));
        let [major, minor] = self.axes_m;
        let inverse_flattening = if major == minor { 0.0 } else { major / (major - minor) };
        let datum = if self.is_wgs84 { "World Geodetic System 1984" } else { "unknown" };
        let ellipsoid = if self.is_wgs84 { "WGS 84" } else { "unknown" };
        let meridian = if self.meridian_deg == 0.0 { "Greenwich" } else { "unknown" };
        let datum = format!(
            r#"DATUM["{datum}",ELLIPSOID["{ellipsoid}",{major},{},{METRE}]],PRIMEM["{meridian}",{},{DEGREE}]"#,
            rounded(inverse_flattening),
            self.meridian_deg
        );
        let plain = match self.method() {
            None => format!(
                r#"GEOGCRS["{name}",{datum},CS[ellipsoidal,2],AXIS["latitude",north,ORDER[1]],AXIS["longitude",east,ORDER[2]],{DEGREE}{id}]"#
            ),
            Some(method) => format!(
                r#"PROJCRS["{name}",BASEGEOGCRS["unknown",{datum}],CONVERSION["unknown",{method}],CS[Cartesian,2],AXIS["easting (E)",east,ORDER[1]],AXIS["northing (N)",north,ORDER[2]],{METRE}{id}]"#
            ),
        };
        let Some(moves) = self.to_wgs84 else { return plain };
        // The scale of an abridged transformation is the factor itself.
        let values =
            moves.iter().enumerate().map(|(k, v)| if k == 6 { 1.0 + v * 1e-6 } else { *v });
        let moves: String = MOVES
            .iter()
            .zip(values)
            .map(|(name, value)| format!(r#",PARAMETER["{name}",{value}]"#))
            .collect();
        format!(
            r#"BOUNDCRS[SOURCECRS[{plain}],TARGETCRS[{WGS84}],ABRIDGEDTRANSFORMATION["to WGS 84",METHOD["Position Vector transformation (geog2D domain)",ID["EPSG",9606]]{moves}]]"#
        )
    }

    /// The method with its numbers; none of degrees.
    fn method(&self) -> Option<String> {
        let parameter = |name: &str, value: f64, is: Is| {
            let unit = match is {
                Is::Degrees => DEGREE,
                Is::Metres => METRE,
                Is::Ratio => ONE,
            };
            format!(r#",PARAMETER["{name}",{value},{unit}]"#)
        };
        let (method, numbers, origin) = match &self.flat {
            Flat::Degrees => return None,
            Flat::By(method, numbers) => {
                let all = method.parameters.iter().zip(numbers);
                let numbers: String = all.map(|(p, v)| parameter(p.wkt, *v, p.is)).collect();
                // The equator's latitude is said where a scale is.
                let equator = match method.wkt {
                    "Mercator (variant A)" => {
                        parameter("Latitude of natural origin", 0.0, Is::Degrees)
                    }
                    _ => String::new(),
                };
                (method.wkt.to_owned(), equator + &numbers, method.origin.wkt)
            }
            Flat::OfProj(method, numbers) => {
                let numbers = numbers.iter().map(|(name, is, v)| parameter(name, *v, *is));
                (method.clone(), numbers.collect(), ["x_0", "y_0"])
            }
        };
        let origin = origin.iter().zip(self.false_origin_m);
        let origin: String = origin.map(|(name, v)| parameter(name, v, Is::Metres)).collect();
        Some(format!(r#"METHOD["{method}"]{numbers}{origin}"#))
    }
}

/// Without what rounding of axes has left beyond the tenth place.
fn rounded(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}
