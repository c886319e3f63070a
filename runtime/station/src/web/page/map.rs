//! The map: the station, fronts and alerts by their place, north up, in Web Mercator; on tiles of the station's own
//! where it has some, and on plain paper where not.

use std::f64::consts::TAU;
use std::fmt::Write as _;

use maud::{Markup, html};

use super::super::shown::Facts;
use super::age::lead;
use crate::alert::Phase;

/// Sides of the picture, pixels; a tile has 256.
const SIZE: [f64; 2] = [768.0, 512.0];
const TILE: f64 = 256.0;
/// Nearest and farthest zoom, as tiles have it.
const ZOOMS: [u8; 2] = [3, 19];
/// Least that is shown, metres on the ground.
const LEAST_M: f64 = 400.0;
/// Around what is shown, as a share of it.
const MARGIN: f64 = 0.15;
/// The equator, metres (WGS 84).
const EQUATOR_M: f64 = 40_075_016.7;
/// Beyond this latitude there is no Web Mercator.
const LATITUDE: f64 = 85.0;

/// A point of the world, 0..1 to the right and downwards.
fn world([east, north]: [f64; 2]) -> [f64; 2] {
    let lat = north.clamp(-LATITUDE, LATITUDE).to_radians();
    [east / 360.0 + 0.5, 0.5 - (lat.tan() + 1.0 / lat.cos()).ln() / TAU]
}

/// A front in the world.
struct Front {
    rings: Vec<Vec<[f64; 2]>>,
    colour: [u8; 3],
    lead_s: f64,
}

/// What lies on the map.
struct Items {
    fronts: Vec<Front>,
    /// Open alerts.
    alerts: Vec<([f64; 2], String)>,
}

impl Items {
    fn of(facts: &Facts) -> Self {
        let all = facts.views.iter().filter_map(|view| view.fronts.as_ref());
        let all = all.flat_map(|fronts| fronts.fronts.iter());
        let fronts = all.filter_map(|front| {
            let rings = front.on_map.as_ref().filter(|rings| !rings.is_empty())?;
            let ring = |ring: &Vec<[f64; 2]>| ring.iter().map(|p| world(*p)).collect();
            let rings = rings.iter().map(ring).collect();
            Some(Front { rings, colour: front.colour, lead_s: front.lead_s })
        });
        let open = facts.health.alerts.iter().filter(|alert| alert.phase != Phase::Closed);
        let alerts = open.filter_map(|alert| Some((world(alert.finding.lon_lat?), alert.words())));
        Self { fronts: fronts.collect(), alerts: alerts.collect() }
    }

    fn is_empty(&self) -> bool {
        self.fronts.is_empty() && self.alerts.is_empty()
    }
}

/// A piece of the world as pixels.
#[derive(Debug, PartialEq)]
struct Piece {
    zoom: u8,
    /// Pixels of the whole world at this zoom, of the upper left corner.
    left: f64,
    top: f64,
    /// Metres on the ground that a pixel is, in the middle.
    m_per_px: f64,
}

impl Piece {
    /// What holds `points`, and `wider` zooms more.
    fn holding(points: &[[f64; 2]], north: f64, wider: i8) -> Self {
        let ends = |axis: usize| {
            let of = points.iter().map(|p| p[axis]);
            let of = of.fold([f64::INFINITY, f64::NEG_INFINITY], |[a, b], v| [a.min(v), b.max(v)]);
            [of[0], of[1]]
        };
        let ([x0, x1], [y0, y1]) = (ends(0), ends(1));
        let shrinks = north.clamp(-LATITUDE, LATITUDE).to_radians().cos();
        let least = LEAST_M / (EQUATOR_M * shrinks);
        let span = |a: f64, b: f64| ((b - a) * (1.0 + 2.0 * MARGIN)).max(least);
        let fits = |zoom: u8| {
            let px = TILE * f64::from(1u32 << zoom);
            span(x0, x1) * px <= SIZE[0] && span(y0, y1) * px <= SIZE[1]
        };
        let near = (ZOOMS[0]..=ZOOMS[1]).rev().find(|zoom| fits(*zoom)).unwrap_or(ZOOMS[0]);
        let zoom = (i16::from(near) - i16::from(wider)).clamp(ZOOMS[0].into(), ZOOMS[1].into());
        let zoom = zoom as u8;
        let px = TILE * f64::from(1u32 << zoom);
        let left = ((x0 + x1) / 2.0 * px - SIZE[0] / 2.0).round();
        let top = ((y0 + y1) / 2.0 * px - SIZE[1] / 2.0).round();
        Self { zoom, left, top, m_per_px: EQUATOR_M * shrinks / px }
    }

    fn px(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let all = TILE * f64::from(1u32 << self.zoom);
        [x * all - self.left, y * all - self.top]
    }

    /// Column and row of each tile that is seen, and where it lies.
    fn tiles(&self) -> Vec<([u32; 2], [f64; 2])> {
        let count = 1i64 << self.zoom;
        let range = |from: f64, size: f64| {
            let [first, last] = [from, from + size - 1.0].map(|v| (v / TILE).floor() as i64);
            first..=last
        };
        let mut all = Vec::new();
        for row in range(self.top, SIZE[1]).filter(|row| (0..count).contains(row)) {
            for column in range(self.left, SIZE[0]) {
                let at = [column as f64 * TILE - self.left, row as f64 * TILE - self.top];
                all.push(([column.rem_euclid(count) as u32, row as u32], at));
            }
        }
        all
    }

    /// A bar of 1, 2 or 5 times ten metres: pixels and words.
    fn bar(&self) -> (f64, String) {
        let longest_m = SIZE[0] / 4.0 * self.m_per_px;
        let ten = 10f64.powf(longest_m.log10().floor());
        let m = [5.0, 2.0, 1.0].into_iter().map(|k| k * ten).find(|m| *m <= longest_m);
        let m = m.unwrap_or(ten);
        let words = if m >= 1000.0 { format!("{} km", m / 1000.0) } else { format!("{m} m") };
        (m / self.m_per_px, words)
    }
}

/// The map on the page, where something lies on it.
pub(super) fn summary(facts: &Facts) -> Option<Markup> {
    let items = Items::of(facts);
    (!items.is_empty()).then(|| {
        html! {
            h2 { "Map" }
            (drawn(facts, &items, 0))
            p { a href="/map" { "larger, wider, closer" } }
        }
    })
}

/// The map's own page.
pub(super) fn whole(facts: &Facts, wider: i8) -> Markup {
    let items = Items::of(facts);
    html! {
        h1 { "Map" }
        @if items.is_empty() {
            p { "Nothing but the station has a place: no camera's picture lies on a map, and no open alert has one." }
        }
        (drawn(facts, &items, wider))
        p {
            a href={ "/map?wider=" (wider + 1) } { "wider" } " · "
            a href={ "/map?wider=" (wider - 1) } { "closer" }
        }
        @if !facts.tiles {
            p { small { "No ground is drawn: give web.tiles, a folder of tiles, to have one." } }
        }
    }
}

fn drawn(facts: &Facts, items: &Items, wider: i8) -> Markup {
    let [north, east] = facts.place;
    let station = world([east, north]);
    let mut points = vec![station];
    points.extend(items.fronts.iter().flat_map(|front| front.rings.iter().flatten()));
    points.extend(items.alerts.iter().map(|(at, _)| at));
    let piece = Piece::holding(&points, north, wider);
    let [width, height] = SIZE;
    let (bar, words) = piece.bar();
    let [x, y] = piece.px(station);
    html! {
        svg class="map" viewBox={ "0 0 " (width) " " (height) } role="img" aria-label={
            "map, north up, " (words) " to the bar: the station, " (items.fronts.len()) " fronts, "
            (items.alerts.len()) " open alerts with a place"
        } {
            rect class="paper" width=(width) height=(height) {}
            @if facts.tiles {
                @for ([column, row], [x, y]) in piece.tiles() {
                    image href={ "/tile/" (piece.zoom) "/" (column) "/" (row) ".png" } x=(x) y=(y) width=(TILE) height=(TILE) {}
                }
            }
            @for Front { rings, colour, lead_s } in items.fronts.iter().rev() {
                path class=(if *lead_s > 0.0 { "lead" } else { "now" }) d=(path(&piece, rings)) fill-rule="evenodd"
                    stroke={ "#" (format!("{:02x}{:02x}{:02x}", colour[0], colour[1], colour[2])) } {
                    title { (lead(*lead_s)) }
                }
            }
            @for (at, words) in &items.alerts {
                @let [x, y] = piece.px(*at);
                circle class="alert" cx=(format!("{x:.1}")) cy=(format!("{y:.1}")) r="9" { title { (words) } }
            }
            path class="station" d={ "M" (format!("{:.1} {:.1}", x, y - 9.0)) "l8 15h-16z" } { title { (facts.health.station) } }
            g class="scale" {
                path d={ "M16 " (height - 22.0) "v8h" (format!("{bar:.1}")) "v-8" } {}
                text x=(format!("{:.1}", 24.0 + bar)) y=(height - 14.0) { (words) }
                path d="M740 50v-28l-8 12m8-12l8 12" {}
                text x="734" y="70" { "N" }
            }
        }
    }
}

fn path(piece: &Piece, rings: &[Vec<[f64; 2]>]) -> String {
    let mut d = String::new();
    for ring in rings {
        for (k, point) in ring.iter().enumerate() {
            let [x, y] = piece.px(*point);
            let _ = write!(d, "{}{x:.1} {y:.1}", if k == 0 { 'M' } else { 'L' });
        }
        d.push('Z');
    }
    d
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_where_web_mercator_has_them() {
        // Oracle: tile numbers by the formula with asinh, worked out in Python.
        for (lon_lat, zoom, want) in [
            ([0.0, 0.0], 1, [1, 1]),
            ([-105.2797, 40.0175], 12, [850, 1550]),
            ([24.94, 60.17], 10, [582, 296]),
            ([151.2, -33.87], 8, [235, 153]),
        ] {
            let count = f64::from(1u32 << zoom);
            let tile = world(lon_lat).map(|v| (v * count).floor() as i64);
            assert_eq!(tile, want, "{lon_lat:?}");
        }
        let x = world([0.0, LATITUDE])[1];
        assert!((0.0..0.01).contains(&x), "{x}");
    }

    #[test]
    fn a_piece_holds_what_lies_on_it() {
        let here = world([-105.28, 40.02]);
        let far = world([-105.20, 40.05]);
        let near = Piece::holding(&[here], 40.02, 0);
        assert!(near.m_per_px * SIZE[0] >= LEAST_M && near.m_per_px < 1.0, "{near:?}");
        let [x, y] = near.px(here);
        assert!((x - SIZE[0] / 2.0).abs() <= 1.0 && (y - SIZE[1] / 2.0).abs() <= 1.0);
        let both = Piece::holding(&[here, far], 40.02, 0);
        assert!(both.zoom < near.zoom);
        for point in [here, far] {
            let [x, y] = both.px(point);
            assert!((0.0..SIZE[0]).contains(&x) && (0.0..SIZE[1]).contains(&y), "{x} {y}");
        }
        assert_eq!(Piece::holding(&[here], 40.02, 2).zoom, near.zoom - 2);
        assert_eq!(Piece::holding(&[here], 40.02, i8::MAX).zoom, ZOOMS[0]);
        let tiles = both.tiles();
        assert!((6..=12).contains(&tiles.len()), "{}", tiles.len());
        assert!(tiles.iter().all(|([c, r], _)| *c < 1 << both.zoom && *r < 1 << both.zoom));
        // 6.8 km to the east, by the sphere.
        let apart = both.px(far)[0] - both.px(here)[0];
        assert!((apart * both.m_per_px - 6820.0).abs() < 20.0, "{}", apart * both.m_per_px);
        assert!(both.bar().1.ends_with("km"), "{:?}", both.bar());
    }
}
