//! Families: kinds of networks, each with its own graphs and its own table in a card.

use std::sync::Arc;

use emberline_engine::{Engine, ShapeRange};

use super::card::Card;
use super::error::ModelError;
use super::folder::Folder;
use super::network::Network;

/// A kind of networks: what their folders hold, and how they are loaded.
pub trait Family: Send + Sync {
    /// Its name in cards, also that of its own table there: `physicnet`.
    fn name(&self) -> &'static str;

    /// Checks the card's own table of this family.
    ///
    /// # Errors
    /// The first value that cannot be, in words.
    fn check_card(&self, card: &Card) -> Result<(), String>;

    /// What the card's own table says, a line each for people.
    fn describe(&self, card: &Card) -> Vec<String>;

    /// Checks that the files of a folder fit its card; hashes have been checked before.
    ///
    /// # Errors
    /// [`ModelError::Signature`], or [`ModelError::Damaged`] for a file that is missing.
    fn check_folder(&self, folder: &Folder) -> Result<(), ModelError>;

    /// Whether its models have graphs, which an engine runs.
    fn needs_engine(&self) -> bool {
        true
    }

    /// Whether a model with this card tells how likely rates of rain are.
    fn gives_chances(&self, card: &Card) -> bool {
        card.nowcast.as_ref().is_some_and(|nowcast| nowcast.chance.is_some())
    }

    /// Shapes of the inputs of the graph that holds the whole network, for an engine that plans
    /// ahead.
    fn input_shapes(&self, card: &Card) -> ShapeRange;

    /// Loads a folder's network at a precision of its card into an engine.
    ///
    /// # Errors
    /// [`ModelError::Engine`] when it refuses a graph, [`ModelError::Signature`] when graphs do not fit
    /// each other.
    fn load(
        &self,
        folder: &Folder,
        precision: &str,
        engine: &Arc<dyn Engine>,
    ) -> Result<Box<dyn Network>, ModelError>;
}

impl std::fmt::Debug for dyn Family {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "family {}", self.name())
    }
}
