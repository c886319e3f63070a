//! A projection as attributes of a NetCDF grid mapping, by the CF conventions (Appendix F).

use super::method::{LAMBERT_TWO, POLAR_TRUE_AT, SWEEP_X, SWEEP_Y};
use super::projection::{Flat, Projection};

/// A value of a CF attribute.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Attribute {
    Word(&'static str),
    Numbers(Vec<f64>),
}

impl Projection {
    /// Attributes of a grid mapping, name first; where CF has none that tells all of it, only those of
    /// the ellipsoid.
    pub(crate) fn cf(&self) -> Vec<(&'static str, Attribute)> {
        let one = |v: f64| Attribute::Numbers(vec![v]);
        let mut all = Vec::new();
        match &self.flat {
            Flat::Degrees => {
                all.push(("grid_mapping_name", Attribute::Word("latitude_longitude")));
            }
            Flat::By(method, numbers) => {
                if let Some(name) = method.cf {
                    all.push(("grid_mapping_name", Attribute::Word(name)));
                    for (parameter, number) in method.parameters.iter().zip(numbers) {
                        match all.iter_mut().find(|a| a.0 == parameter.cf) {
                            Some((_, Attribute::Numbers(two))) => two.push(*number),
                            _ => all.push((parameter.cf, one(*number))),
                        }
                    }
                    if std::ptr::eq(*method, &POLAR_TRUE_AT) {
                        let pole = 90f64.copysign(numbers[1]);
                        all.push(("latitude_of_projection_origin", one(pole)));
                    }
                    if std::ptr::eq(*method, &SWEEP_X) || std::ptr::eq(*method, &SWEEP_Y) {
                        let axis = if std::ptr::eq(*method, &SWEEP_X) { "x" } else { "y" };
                        all.push(("sweep_angle_axis", Attribute::Word(axis)));
                        all.push(("latitude_of_projection_origin", one(0.0)));
                    }
                    if std::ptr::eq(*method, &LAMBERT_TWO) && numbers[0] == numbers[1] {
                        all[1].1 = one(numbers[0]);
                    }
                    all.push(("false_easting", one(self.false_origin_m[0])));
                    all.push(("false_northing", one(self.false_origin_m[1])));
                }
            }
            Flat::OfProj(..) => {}
        }
        all.push(("semi_major_axis", one(self.axes_m[0])));
        all.push(("semi_minor_axis", one(self.axes_m[1])));
        all.push(("longitude_of_prime_meridian", one(self.meridian_deg)));
        if let Some(move_by) = self.to_wgs84 {
            all.push(("towgs84", Attribute::Numbers(move_by.to_vec())));
        }
        all
    }
}
