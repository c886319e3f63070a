//! Stills: pictures in files of their own, each format read through the crate that is for it, and
//! what files say besides: how the camera was held, when, and where on a map.

mod convert;
mod counts;
mod deep;
mod dji;
mod exif;
mod facts;
mod flir;
mod format;
mod jpeg;
#[cfg(test)]
pub(super) mod made;
mod no_data;
mod pgm;
mod place;
mod png;
mod read;
mod segments;
mod stamp;
mod still;
mod tiff;
mod turn;

#[cfg(test)]
mod tests;

pub(super) use convert::each as convert_each;
pub(super) use facts::Facts;
pub(super) use flir::{FlirBlock, FlirFault};
pub(super) use place::Place;
pub(super) use read::{facts, peek, read};
pub(super) use stamp::Stamp;
pub(super) use still::Still;
