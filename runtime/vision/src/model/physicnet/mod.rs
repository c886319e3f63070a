//! PhysicNet (arXiv 2402.05970): views, codebooks, flow experts; the window it was trained on, run whole
//! or as a streaming split.
//!
//! ```text
//! frames ──encode──▶ latents ──translate──▶ futures ──decode──▶ frames, lead by lead
//! ```

mod answer;
mod card;
mod contract;
mod drift;
mod form;
mod latents;
mod split;
mod window;

use std::sync::Arc;

use emberline_engine::{Engine, ShapeRange, Shapes};

pub use card::{Codebook, DriftBits, DriftLevels, Level, PhysicNetCard};

use self::drift::CodeStatistics;
use self::window::PhysicNetWindow;
use super::card::Card;
use super::error::ModelError;
use super::family::Family;
use super::folder::Folder;
use super::network::Network;
use super::window::Windowed;

/// The family.
#[derive(Clone, Copy, Debug)]
pub struct PhysicNet;

impl Family for PhysicNet {
    fn name(&self) -> &'static str {
        "physicnet"
    }

    fn check_card(&self, card: &Card) -> Result<(), String> {
        PhysicNetCard::of(card).map(|_| ())
    }

    fn describe(&self, card: &Card) -> Vec<String> {
        PhysicNetCard::of(card).map_or_else(|what| vec![what], |own| own.lines())
    }

    fn check_folder(&self, folder: &Folder) -> Result<(), ModelError> {
        let own = own(folder)?;
        let reference = folder.card.precision("float32").map_or("", |p| &p.file);
        if let Some(what) = contract::fault(&folder.signature(reference)?, &folder.card, &own) {
            return Err(folder.unfit(reference, &what));
        }
        statistics(folder, &own).map(|_| ())
    }

    fn input_shapes(&self, card: &Card) -> ShapeRange {
        let front_channels = PhysicNetCard::of(card).map_or(0, |own| own.front_channels);
        let input = &card.input;
        let of = |side: usize| -> Shapes {
            let mut shapes = vec![("frames".to_owned(), vec![1, input.frames, 1, side, side])];
            if front_channels > 0 {
                shapes.push(("front".to_owned(), vec![1, front_channels, side, side]));
            }
            shapes
        };
        ShapeRange {
            least: of(input.min_px.next_multiple_of(input.multiple_px)),
            usual: of(card.usual_px()),
            most: of(input.tile_px),
        }
    }

    fn load(
        &self,
        folder: &Folder,
        precision: &str,
        engine: &Arc<dyn Engine>,
    ) -> Result<Box<dyn Network>, ModelError> {
        let own = own(folder)?;
        let statistics = statistics(folder, &own)?;
        let window = PhysicNetWindow::load(folder, precision, engine, own, statistics)?;
        Ok(Box::new(Windowed::new(window, folder.card.clone(), Arc::clone(engine))))
    }
}

/// The card's own table.
fn own(folder: &Folder) -> Result<PhysicNetCard, ModelError> {
    let wrong = |what| ModelError::Card { model: folder.name(), what };
    PhysicNetCard::of(&folder.card).map_err(wrong)
}

/// What codes do in training, where the card says when a clip is too unlike it.
fn statistics(folder: &Folder, own: &PhysicNetCard) -> Result<Option<CodeStatistics>, ModelError> {
    let Some(levels) = &own.drift else { return Ok(None) };
    let read = CodeStatistics::read(folder.require(&levels.file)?, own);
    read.map(Some).map_err(|what| folder.unfit(&levels.file, &what))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::inside;

    #[test]
    fn an_engine_plans_for_every_tile() {
        let shapes = |id: &str| {
            let folder = inside(id).expect("inside this program");
            PhysicNet.input_shapes(&folder.card)
        };
        let frames = |t: usize, side: usize| ("frames".to_owned(), vec![1, t, 1, side, side]);
        let front = |side: usize| ("front".to_owned(), vec![1, 5, side, side]);
        let fire = shapes("fire-v1");
        assert_eq!(fire.least, [frames(10, 32), front(32)]);
        assert_eq!(fire.usual, [frames(10, 128), front(128)]);
        assert_eq!(fire.most, [frames(10, 256), front(256)]);
        assert_eq!(shapes("rain-v1").usual, [frames(2, 128)]);
    }
}
