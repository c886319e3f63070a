//! A card's own table: which rates, from which features, checked how far.

use serde::Deserialize;

use crate::model::card::Card;
use crate::nowcast::cascade::Feature;

/// Most rates.
const RATES: usize = 32;

/// `[cascade]` in a card.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CascadeCard {
    /// Rates whose chance is given, mm/h, smallest first.
    pub(super) rates_mm_h: Vec<f32>,
    /// Features of a cell, in the order of the fit.
    pub(super) features: Vec<String>,
    /// Seconds up to which chances were checked.
    pub(super) checked_s: f64,
    /// What it was fitted on, in words.
    pub(super) fitted_on: String,
}

impl CascadeCard {
    /// Reads and checks the table.
    pub(super) fn of(card: &Card) -> Result<Self, String> {
        let own: Self = card.own()?;
        let rates = &own.rates_mm_h;
        let rising = rates.windows(2).all(|p| p[0] < p[1]);
        let known = own.features.iter().map(String::as_str);
        match () {
            () if !(1..=RATES).contains(&rates.len())
                || !rising
                || !rates.iter().all(|r| (0.1..=600.0).contains(r)) =>
            {
                Err(format!(
                    "cascade.rates_mm_h: 1 to {RATES} rates from 0.1 mm/h on, smallest first"
                ))
            }
            () if !known.eq(Feature::ALL.map(Feature::name)) => {
                let all = Feature::ALL.map(Feature::name).join(", ");
                Err(format!("cascade.features: this emberline knows {all}, in this order"))
            }
            () if !(own.checked_s > 0.0 && own.checked_s <= 86_400.0) => {
                Err("cascade.checked_s: above 0, a day at most".to_owned())
            }
            () => Ok(own),
        }
    }
}
