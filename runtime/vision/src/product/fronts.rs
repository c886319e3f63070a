//! Fronts of a fire as lines: what has burnt now and what will have by a few leads, to be drawn over a live picture.

use emberline_picture::{Ring, palette};
use ndarray::Axis;

use super::outline::{outlines, simplified};
use super::place::Map;
use super::scene::chosen;
use crate::clip::{Clip, Observed};
use crate::forecast::{Forecast, Predicted};

/// Leads at most.
const FRONTS: usize = 5;
/// How far a point may lie from the line that replaces it, cells: less than an eye sees.
const TOLERANCE_CELLS: f64 = 0.3;

/// A front at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Front {
    /// Seconds ahead; 0 is what was seen.
    pub lead_s: f64,
    /// Its colour, red, green, blue: as on `overlay.png`.
    pub colour: [u8; 3],
    /// Cells that have burnt by then.
    pub cells: usize,
    /// The lines around them and around their holes, to be filled even-odd: columns and rows of the picture, 0,0 its
    /// upper left corner.
    pub rings: Vec<Ring>,
    /// The same in degrees east and north, where the picture lies on a map.
    pub on_map: Option<Vec<Ring>>,
}

/// The fronts of a fire's forecast from `clip`: now first, the last lead always among the others; none of a film or
/// rain.
#[must_use]
pub fn fronts(clip: &Clip, forecast: &Forecast) -> Vec<Front> {
    let (Observed::Fire(burning), Predicted::Fire(burn)) = (&clip.observed, &forecast.predicted)
    else {
        return Vec::new();
    };
    let map = Map::of(&forecast.grid).ok().flatten();
    let on_map = |rings: &[Ring]| {
        let map = map.as_ref()?;
        let point = |[col, row]: &[f64; 2]| map.lon_lat(*col, *row).ok();
        let ring = |ring: &Ring| ring.iter().map(point).collect::<Option<Ring>>();
        rings.iter().map(ring).collect::<Option<Vec<Ring>>>()
    };
    let front = |lead_s: f64, colour, cells, areas: Vec<emberline_picture::Polygon>| {
        let rings = areas.iter().flat_map(|area| area.rings());
        let rings: Vec<Ring> = rings.map(|ring| simplified(ring, TOLERANCE_CELLS)).collect();
        let on_map = on_map(&rings);
        Front { lead_s, colour, cells, rings, on_map }
    };
    let burnt = burning.now();
    let now = burnt.mapv(|is| f32::from(u8::from(is)));
    let count = burnt.iter().filter(|is| **is).count();
    let mut all = vec![front(0.0, palette::NOW, count, outlines(&now.view(), 0.5))];
    let leads = chosen(burn.probability.dim().0, FRONTS);
    for (k, &lead) in leads.iter().enumerate() {
        let share = if leads.len() > 1 { k as f64 / (leads.len() - 1) as f64 } else { 0.35 };
        let cells = burn.by(lead).iter().filter(|is| **is).count();
        let areas = outlines(&burn.probability.index_axis(Axis(0), lead), burn.threshold);
        all.push(front(forecast.lead_s[lead], palette::lead(share), cells, areas));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::trial;
    use super::*;

    #[test]
    fn fronts_are_those_of_the_overlay() {
        let trial::Trial { clip, forecast, .. } = trial::Trial::ellipse(40, 60, 12);
        let all = fronts(&clip, &forecast);
        assert_eq!(all[0].lead_s, 0.0);
        assert_eq!(all.last().map(|front| front.lead_s), forecast.lead_s.last().copied());
        let (height, width) = (forecast.grid.height as f64, forecast.grid.width as f64);
        let inside = |p: &[f64; 2]| (0.0..=width).contains(&p[0]) && (0.0..=height).contains(&p[1]);
        assert!(all.iter().flat_map(|f| &f.rings).flatten().all(inside));
        assert!(all.windows(2).all(|pair| pair[0].cells <= pair[1].cells), "what burnt has burnt");
        assert!(all.iter().all(|front| (front.cells > 0) != front.rings.is_empty()));
    }
}
