//! GeoTIFF keys that tell a coordinate reference system (OGC 19-008r4): its code, or all of it.

use super::projection::{Method, Projection};

/// "Defined here", in place of a code.
const USER: u16 = 32767;
/// The tag that holds numbers of keys.
const DOUBLES: u16 = 34736;

/// The directory of keys and the numbers it points to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct GeoKeys {
    pub(super) keys: Vec<u16>,
    pub(super) doubles: Vec<f64>,
}

impl GeoKeys {
    /// A CRS by its EPSG code.
    pub(super) fn coded(code: u16, is_geographic: bool) -> Self {
        let (model, key) = if is_geographic { (2, 2048) } else { (1, 3072) };
        Self::default().begun(model).short(key, code).done()
    }

    /// A CRS told in full.
    pub(super) fn of(p: &Projection) -> Self {
        let geographic = p.method == Method::Degrees;
        let keys = Self::default().begun(if geographic { 2 } else { 1 });
        // Datum and ellipsoid by the latter's axes; angles in degrees.
        let keys = keys.short(2048, USER).short(2050, USER).short(2054, 9102).short(2056, USER);
        let keys = keys.double(2057, p.axes_m[0]).double(2058, p.axes_m[1]);
        if geographic {
            return keys.done();
        }
        let (method, numbers) = method(p);
        let unit = if p.unit_m == 1000.0 { 9036 } else { 9001 };
        let mut keys = keys.short(3072, USER).short(3074, USER).short(3075, method);
        keys = keys.short(3076, unit);
        let mut numbers = numbers;
        numbers.sort_unstable_by_key(|n| n.0);
        for (key, value) in numbers {
            keys = keys.double(key, value);
        }
        keys.done()
    }

    /// Model type and raster type (a pixel is an area), behind room for the header.
    fn begun(mut self, model: u16) -> Self {
        self.keys.extend([1, 1, 0, 0]);
        self.short(1024, model).short(1025, 1)
    }

    fn short(mut self, key: u16, value: u16) -> Self {
        self.keys.extend([key, 0, 1, value]);
        self
    }

    fn double(mut self, key: u16, value: f64) -> Self {
        self.keys.extend([key, DOUBLES, 1, self.doubles.len() as u16]);
        self.doubles.push(value);
        self
    }

    /// With the number of keys in the header.
    fn done(mut self) -> Self {
        self.keys[3] = (self.keys.len() / 4 - 1) as u16;
        self
    }
}

/// Code of the method and its numbers by key; distances in the CRS's own unit.
fn method(p: &Projection) -> (u16, Vec<(u16, f64)>) {
    let [east, north] = p.false_origin_m.map(|v| v / p.unit_m);
    match p.method {
        Method::Degrees => (0, vec![]),
        Method::TransverseMercator { lat, lon, scale } => {
            (1, vec![(3080, lon), (3081, lat), (3082, east), (3083, north), (3092, scale)])
        }
        Method::Mercator { true_lat, lon } => {
            let mut numbers = vec![(3080, lon), (3081, 0.0), (3082, east), (3083, north)];
            numbers.push(if true_lat == 0.0 { (3092, 1.0) } else { (3078, true_lat) });
            (7, numbers)
        }
        Method::ConformalConic { parallels: [first, second], lat, lon } => (
            8,
            vec![
                (3078, first),
                (3079, second),
                (3084, lon),
                (3085, lat),
                (3086, east),
                (3087, north),
            ],
        ),
        Method::AzimuthalEqualArea { lat, lon } => {
            (10, vec![(3082, east), (3083, north), (3088, lon), (3089, lat)])
        }
        Method::PolarStereographic { pole, true_lat, scale, lon } => {
            let scale = if true_lat.is_some() { 1.0 } else { scale };
            let lat = true_lat.unwrap_or(pole);
            (15, vec![(3081, lat), (3082, east), (3083, north), (3092, scale), (3095, lon)])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_rise_and_point_to_their_numbers() {
        assert_eq!(
            GeoKeys::coded(32611, false).keys,
            [1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 32611]
        );
        for proj in [
            "+proj=stere +lat_0=90 +lat_ts=60 +lon_0=25 +x_0=1 +y_0=2 +R=6371288",
            "+proj=lcc +lat_1=49 +lat_2=44 +lat_0=46.5 +lon_0=3 +ellps=WGS84",
            "+proj=merc +lat_ts=30",
            "+proj=laea +lat_0=55 +lon_0=10",
            "+proj=tmerc +lat_0=0 +lon_0=9 +k=0.9996 +units=km",
            "+proj=longlat +R=6371000",
        ] {
            let all = GeoKeys::of(&Projection::read(proj).expect(proj));
            let (header, keys) = all.keys.split_at(4);
            assert_eq!(usize::from(header[3]), keys.len() / 4, "{proj}");
            let ids: Vec<u16> = keys.chunks_exact(4).map(|k| k[0]).collect();
            assert!(ids.is_sorted(), "{proj}: {ids:?}");
            let pointed: Vec<u16> =
                keys.chunks_exact(4).filter(|k| k[1] == DOUBLES).map(|k| k[3]).collect();
            let all_of_them: Vec<u16> = (0..all.doubles.len() as u16).collect();
            assert_eq!(pointed, all_of_them, "{proj}");
        }
    }
}
