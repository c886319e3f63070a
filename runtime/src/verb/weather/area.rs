//! An area of ground: the cells of a map that a place or a polygon covers.

use std::path::Path;

use geojson::{GeoJson, GeometryValue, Position};

use emberline::product::place::Map;

/// Rings of one or several polygons, holes among them.
type Rings = Vec<Vec<[f64; 2]>>;

/// The cell of a place, row and column.
pub(super) fn of_place(
    map: &Map,
    [lat, lon]: [f64; 2],
    [h, w]: [usize; 2],
) -> anyhow::Result<Vec<[usize; 2]>> {
    let inside = |v: f64, n: usize| (0.0..n as f64).contains(&v);
    match map.col_row([lon, lat]) {
        Some([col, row]) if inside(col, w) && inside(row, h) => {
            Ok(vec![[row as usize, col as usize]])
        }
        _ => anyhow::bail!("--at {lat},{lon}: the place is not on this map; give one that is"),
    }
}

/// The cells whose centre lies in the polygon of a GeoJSON file.
pub(super) fn of_file(
    map: &Map,
    file: &Path,
    [h, w]: [usize; 2],
) -> anyhow::Result<Vec<[usize; 2]>> {
    let name = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|e| anyhow::anyhow!("--area {name}: {e}; give a GeoJSON file"))?;
    let json: GeoJson = text
        .parse()
        .map_err(|_| anyhow::anyhow!("--area {name}: not GeoJSON; give one polygon in degrees"))?;
    let rings = rings(&json).ok_or_else(|| {
        anyhow::anyhow!("--area {name}: holds no polygon; give a Polygon or MultiPolygon")
    })?;
    let off = || anyhow::anyhow!("--area {name}: a corner is nowhere on this map's projection");
    let mut drawn: Rings = Vec::new();
    for ring in &rings {
        let ring: Option<Vec<[f64; 2]>> = ring.iter().map(|p| map.col_row(*p)).collect();
        drawn.push(ring.ok_or_else(off)?);
    }
    let cells: Vec<[usize; 2]> = (0..h)
        .flat_map(|y| (0..w).map(move |x| [y, x]))
        .filter(|[y, x]| is_inside(&drawn, [*x as f64 + 0.5, *y as f64 + 0.5]))
        .collect();
    anyhow::ensure!(
        !cells.is_empty(),
        "--area {name}: no cell of this map has its centre in it; give a larger area, or --at"
    );
    Ok(cells)
}

/// Rings of the first polygon or polygons there are.
fn rings(json: &GeoJson) -> Option<Rings> {
    let of = |value: &GeometryValue| -> Option<Rings> {
        let ring = |r: &Vec<Position>| {
            r.iter().map(|p| Some([*p.as_slice().first()?, *p.as_slice().get(1)?])).collect()
        };
        match value {
            GeometryValue::Polygon { coordinates } => coordinates.iter().map(ring).collect(),
            GeometryValue::MultiPolygon { coordinates } => {
                coordinates.iter().flatten().map(ring).collect()
            }
            _ => None,
        }
    };
    match json {
        GeoJson::Geometry(g) => of(&g.value),
        GeoJson::Feature(f) => of(&f.geometry.as_ref()?.value),
        GeoJson::FeatureCollection(all) => {
            all.features.iter().find_map(|f| of(&f.geometry.as_ref()?.value))
        }
    }
}

/// Whether a point lies inside an odd number of rings.
fn is_inside(rings: &Rings, [x, y]: [f64; 2]) -> bool {
    let crossed = |ring: &Vec<[f64; 2]>| {
        let next = ring.iter().cycle().skip(1);
        let edges = ring.iter().zip(next);
        edges
            .filter(|(a, b)| {
                (a[1] > y) != (b[1] > y) && x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
            })
            .count()
    };
    rings.iter().map(crossed).sum::<usize>() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_outside() {
        let square = |a: f64, b: f64| vec![[a, a], [b, a], [b, b], [a, b]];
        let rings = vec![square(0.0, 10.0), square(4.0, 6.0)];
        for (point, want) in
            [([1.0, 1.0], true), ([5.0, 5.0], false), ([11.0, 5.0], false), ([7.0, 5.0], true)]
        {
            assert_eq!(is_inside(&rings, point), want, "{point:?}");
        }
    }
}
