//! MP4 and QuickTime files: where each coded picture lies, when it is shown, and how it is coded.
//!
//! Every length is checked against the bytes that are there, so a damaged file is an error and
//! never a panic; only the index is held in memory.

mod boxes;
mod description;
mod edit_list;
mod error;
mod fragment;
mod index;
mod sample;
mod sample_table;
mod shown;
mod track;

pub(super) use description::{Codec, Coding};
pub(super) use error::Mp4Error;
pub(super) use index::read;
pub(super) use sample::Sample;
pub(super) use track::Track;
