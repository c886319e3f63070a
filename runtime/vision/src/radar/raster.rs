//! Rasters: one band of a GeoTIFF as numbers with their place, such as heights of the ground.

use std::path::Path;

use ndarray::Array2;

use super::error::RadarError;
use super::geotags::Crs;
use super::tiff_pages::pages;
use crate::grid::Grid;

/// One band of a GeoTIFF.
#[derive(Clone, Debug)]
pub struct Raster {
    /// `[H, W]`, row 0 on top; NaN where there is no data.
    pub values: Array2<f32>,
    /// Where they lie; without a reference system where the file has none that is known here.
    pub grid: Grid,
}

/// The first band of the first page of the GeoTIFF at `path`.
///
/// # Errors
/// [`RadarError`] of a file that is none or damaged.
pub fn read_raster(path: &Path) -> Result<Raster, RadarError> {
    let name = path.display().to_string();
    let damaged = |what: String| RadarError::Damaged { name: name.clone(), what };
    let bytes = std::fs::read(path).map_err(|e| damaged(e.to_string()))?;
    let pages = pages(&name, &bytes)?;
    let page = pages.first().ok_or_else(|| damaged("it has no page".to_owned()))?;
    let band = page.bands.first().ok_or_else(|| damaged("it has no band".to_owned()))?;
    let [h, w] = page.shape;
    let no_data = page.tags.no_data;
    let mut values = Vec::with_capacity(h * w);
    band.each(&mut |v| {
        let is_data = v.is_finite() && Some(v) != no_data && v > -1e6 && v < 1e6;
        values.push(if is_data { v as f32 } else { f32::NAN });
    });
    if let Some(seen) = &page.seen {
        values.iter_mut().zip(seen).filter(|(_, seen)| !**seen).for_each(|(v, _)| *v = f32::NAN);
    }
    let values = Array2::from_shape_vec((h, w), values).map_err(|e| damaged(e.to_string()))?;
    let crs = match &page.tags.crs {
        Crs::Epsg(code) => Some(format!("EPSG:{code}")),
        Crs::Proj(proj) => Some(proj.clone()),
        Crs::UserDefined | Crs::Unstated => None,
    };
    Ok(Raster { values, grid: Grid { crs, transform: page.tags.transform, ..Grid::new(h, w) } })
}
