//! Shapes and times of KML 2.2 (OGC 07-147r2), shared by all that write it.

use std::io;

use jiff::Timestamp;

use super::xml::Xml;

/// Polygons as one `MultiGeometry` on the ground: of each its rings, closed, the outer one first and
/// counter-clockwise; degrees east and north with so many digits after the point.
///
/// # Errors
/// As [`Xml::text`].
pub fn areas<'a>(
    xml: &mut Xml,
    polygons: impl IntoIterator<Item = &'a Vec<Vec<[f64; 2]>>>,
    decimals: usize,
) -> io::Result<()> {
    xml.element("MultiGeometry", &[], |xml| {
        polygons.into_iter().try_for_each(|polygon| {
            xml.element("Polygon", &[], |xml| {
                xml.text("altitudeMode", "clampToGround")?;
                for (k, ring) in polygon.iter().enumerate() {
                    let of = if k == 0 { "outerBoundaryIs" } else { "innerBoundaryIs" };
                    let point =
                        |[lon, lat]: &[f64; 2]| format!("{lon:.decimals$},{lat:.decimals$}");
                    let points: Vec<String> = ring.iter().map(point).collect();
                    xml.element(of, &[], |xml| {
                        xml.element("LinearRing", &[], |xml| {
                            xml.text("coordinates", &points.join(" "))
                        })
                    })?;
                }
                Ok(())
            })
        })
    })
}

/// A time as KML wants it.
#[must_use]
pub fn when(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
