//! Cascade: chances of rain by arithmetic of this program, from numbers that were fitted; no network.
//!
//! What is computed is in `nowcast::cascade`; here is how it is a model: a folder with a card, the curves'
//! numbers in `chance.npz`, and golden answers. Networks were tried in its place and added nothing
//! (docs/nowcast.md).

mod card;
mod network;

use std::io::Cursor;
use std::sync::Arc;

use emberline_engine::{Engine, ShapeRange, one_line};
use ndarray::Array3;
use ndarray_npy::NpzReader;

use self::card::CascadeCard;
use self::network::CascadeNetwork;
use super::card::Card;
use super::error::ModelError;
use super::family::Family;
use super::folder::Folder;
use super::network::Network;
use crate::nowcast::cascade::{Curves, NUMBERS};
use crate::task::Task;

/// The family.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cascade;

impl Family for Cascade {
    fn name(&self) -> &'static str {
        "cascade"
    }

    fn check_card(&self, card: &Card) -> Result<(), String> {
        match card.task {
            Task::Rain if card.nowcast.is_none() => CascadeCard::of(card).map(|_| ()),
            Task::Rain => Err("nowcast: a cascade blends nothing in; leave it out".to_owned()),
            task => Err(format!("task: a cascade is of rain, not {task}")),
        }
    }

    fn describe(&self, card: &Card) -> Vec<String> {
        let own = match CascadeCard::of(card) {
            Ok(own) => own,
            Err(what) => return vec![what],
        };
        let rates: Vec<String> = own.rates_mm_h.iter().map(f32::to_string).collect();
        vec![
            "no network: each scale of rain moves on and fades, curves say how likely a rate is"
                .to_owned(),
            format!(
                "chances of {} mm/h, checked up to {} min",
                rates.join(", "),
                own.checked_s / 60.0
            ),
            format!("fitted on {}", own.fitted_on),
        ]
    }

    fn check_folder(&self, folder: &Folder) -> Result<(), ModelError> {
        curves(folder).map(|_| ())
    }

    fn needs_engine(&self) -> bool {
        false
    }

    fn gives_chances(&self, _: &Card) -> bool {
        true
    }

    fn input_shapes(&self, _: &Card) -> ShapeRange {
        ShapeRange::default()
    }

    fn load(
        &self,
        folder: &Folder,
        _: &str,
        engine: &Arc<dyn Engine>,
    ) -> Result<Box<dyn Network>, ModelError> {
        let (own, curves) = curves(folder)?;
        let card = folder.card.clone();
        Ok(Box::new(CascadeNetwork { card, own, curves, engine: Arc::clone(engine) }))
    }
}

/// The card's own table and the curves.
fn curves(folder: &Folder) -> Result<(CascadeCard, Curves), ModelError> {
    let wrong = |what| ModelError::Card { model: folder.name(), what };
    let own = CascadeCard::of(&folder.card).map_err(wrong)?;
    let file = folder.card.precision("float32").map_or("", |p| &p.file);
    let unfit = |what: String| folder.unfit(file, &one_line(&what));
    let mut npz = NpzReader::new(Cursor::new(folder.require(file)?))
        .map_err(|e| unfit(format!("cannot be read: {e}")))?;
    let fit: Array3<f64> = npz
        .by_name("fit.npy")
        .or_else(|_| npz.by_name("fit"))
        .map_err(|e| unfit(format!("array fit: {e}")))?;
    let wanted = (own.rates_mm_h.len(), 2, NUMBERS);
    if fit.dim() != wanted {
        return Err(unfit(format!("fit is {:?}, not {wanted:?}", fit.dim())));
    }
    if !fit.iter().all(|v| v.is_finite() && v.abs() < 1e6) {
        return Err(unfit("fit holds what is no number".to_owned()));
    }
    let of_rate = |k: usize| [0, 1].map(|half| std::array::from_fn(|i| fit[[k, half, i]]));
    let curves = Curves {
        fit: (0..own.rates_mm_h.len()).map(of_rate).collect(),
        rates_mm_h: own.rates_mm_h.clone(),
    };
    Ok((own, curves))
}
