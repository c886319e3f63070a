//! The registry of families.

use super::card::Card;
use super::cascade::Cascade;
use super::error::ModelError;
use super::family::Family;
use super::folder::Folder;
use super::physicnet::PhysicNet;

/// Families that this program knows. One more is a folder beside `physicnet/` and a line here.
pub static FAMILIES: [&dyn Family; 2] = [&PhysicNet, &Cascade];

/// What the table of its family says in a card, a line each for people.
#[must_use]
pub fn describe(card: &Card) -> Vec<String> {
    let family = FAMILIES.iter().find(|f| f.name() == card.family);
    family.map_or_else(Vec::new, |f| f.describe(card))
}

/// The family of a folder, among `families`, once its card and files have been checked for it.
pub(super) fn checked(
    folder: &Folder,
    families: &[&'static dyn Family],
) -> Result<&'static dyn Family, ModelError> {
    let family = of(folder, families)?;
    family.check_card(&folder.card).map_err(|what| ModelError::Card {
        model: folder.name(),
        what: format!("{what}; export the folder again"),
    })?;
    family.check_folder(folder)?;
    Ok(family)
}

/// The family that a folder's card names, among `families`.
pub(super) fn of(
    folder: &Folder,
    families: &[&'static dyn Family],
) -> Result<&'static dyn Family, ModelError> {
    let family = families.iter().find(|f| f.name() == folder.card.family);
    family.copied().ok_or_else(|| {
        let known: Vec<&str> = families.iter().map(|f| f.name()).collect();
        ModelError::NoFamily {
            model: folder.name(),
            family: folder.card.family.clone(),
            known: known.join(", "),
        }
    })
}
