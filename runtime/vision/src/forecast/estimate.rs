//! An estimate: parameters of what drives the motion, with intervals, in place of a forecast's frames.

use serde::Serialize;

/// What a model of parameters gives for a clip.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The parameters, in the order of the model's card.
    pub parameters: Vec<Parameter>,
    /// How it was made, in a sentence.
    pub method: String,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Parameter {
    /// Its name with its unit: `spread_m_min`.
    pub name: String,
    /// Its unit, for people: `m/min`.
    pub unit: String,
    /// Best guess.
    pub value: f64,
    /// Lower and upper end of the interval that holds the truth with chance [`Parameter::level`].
    pub interval: [f64; 2],
    /// Chance in 0..1 that the interval is meant to have.
    pub level: f64,
}
