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

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::extrapolation::Lattice;
    use crate::model::inside;
    use crate::motion::MotionField;
    use crate::nowcast::cascade::{Aged, Ending, exact_chances};
    use crate::rain_rate::share_of_mm_h;

    /// Chances `[K, L, H, W]` after 5, 30 and 60 minutes from a frame that stands still.
    fn chances(now: &Array2<f32>) -> ndarray::Array4<f32> {
        let (_, curves) = curves(&inside("rain-v2").expect("inside")).expect("curves");
        let still = MotionField::still(now.dim());
        let frames = [10.0, 5.0, 0.0].map(|age_min| Aged { age_min, shares: now });
        let ending = Ending::of(&frames, &still, 1.0).expect("a frame");
        let minutes = [5.0, 30.0, 60.0];
        exact_chances(&ending, &curves, (&Lattice::of_minutes(&still, &minutes), &minutes))
    }

    #[test]
    fn under_a_clear_sky_and_far_from_a_single_shower_no_rain_is_promised() {
        let clear = Array2::zeros((96, 96));
        let mut shower = clear.clone();
        shower.slice_mut(ndarray::s![10..25, 10..25]).fill(share_of_mm_h(4.0));
        for now in [clear, shower] {
            let chances = chances(&now);
            for (k, l, most) in
                [(0, 0, 0.03), (0, 1, 0.05), (0, 2, 0.06), (2, 2, 0.03), (5, 2, 0.03)]
            {
                let far = chances[[k, l, 80, 80]];
                assert!(far < most, "rate {k}, lead {l}: {far}");
            }
        }
    }

    #[test]
    fn a_card_or_curves_that_do_not_fit_are_told() {
        let folder = inside("rain-v2").expect("inside");
        assert!(Cascade.check_card(&folder.card).is_ok() && Cascade.check_folder(&folder).is_ok());
        type Spoil = fn(&mut Card);
        let cases: [(&str, Spoil); 4] = [
            ("a cascade is of rain", |c| c.task = Task::Frames),
            ("rates_mm_h", |c| {
                c.own.insert("rates_mm_h".into(), vec![5.0, 0.1].into());
            }),
            ("features: this emberline knows own, was", |c| {
                c.own.insert("features".into(), vec!["own"].into());
            }),
            ("checked_s", |c| {
                c.own.insert("checked_s".into(), (-1.0).into());
            }),
        ];
        for (want, spoil) in cases {
            let mut card = folder.card.clone();
            spoil(&mut card);
            let said = Cascade.check_card(&card).expect_err(want);
            assert!(said.contains(want), "{said}");
        }
        let mut fewer = folder.clone();
        fewer.card.own.insert("rates_mm_h".into(), vec![0.1, 1.0].into());
        let said = Cascade.check_folder(&fewer).expect_err("eight curves").to_string();
        assert!(said.contains("fit is (8, 2, 15), not (2, 2, 15)"), "{said}");
    }
}
