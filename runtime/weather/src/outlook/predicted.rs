//! A forecast of one quantity at one lead, with the interval that holds it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::predictand::Predictand;

/// A value with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// One number, in the unit of its [`Predictand`].
    Number {
        /// Most likely.
        value: f64,
        /// Lower end of the 80 % interval.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// A vector.
    Wind {
        /// Components towards east and north, m/s.
        #[serde(rename = "towards_east_north_m_s")]
        towards_m_s: [f64; 2],
        /// Where it comes from, degrees; `None` below 0.1 m/s.
        from_deg: Option<f64>,
        /// Radius of the circle that holds the wind with 80 %, m/s.
        radius_m_s: f64,
    },
}

/// Whose errors weights and an interval are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Record {
    /// This station's own, so many.
    #[serde(rename = "own_errors")]
    Own(usize),
    /// The training stations': there are too few of this one's.
    #[serde(rename = "training stations")]
    Shipped,
}

/// A forecast of one quantity at one lead.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Predicted {
    /// Of what.
    #[serde(rename = "what")]
    pub predictand: Predictand,
    /// Hours ahead.
    pub lead_h: u8,
    /// For when.
    pub time: Timestamp,
    /// Which inputs were there: `all`, `no pressure`, `first day` …
    pub inputs: String,
    /// What it is made of: the weight of each forecaster that has one, to a thousandth.
    pub weights: BTreeMap<String, f64>,
    /// Whose errors weights and interval are of.
    #[serde(rename = "interval_from")]
    pub record: Record,
    /// The forecast.
    #[serde(flatten)]
    pub value: Value,
}
