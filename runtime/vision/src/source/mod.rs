//! Sources: files, folders, videos, radar sequences, simulators and cameras, all alike to what reads
//! them: the next frame, the end, or nothing yet.
//!
//! A source hands out frames one by one; [`develop()`] reads one to its end and makes a film of it.

mod about;
mod colour;
mod deadline;
mod decoder_choice;
mod develop;
mod doubt;
mod error;
mod events;
mod false_colour;
mod faults;
mod ffmpeg_command;
mod flir_sequence;
mod foreign;
mod image_folder;
mod live;
mod mask;
mod npy;
mod npz;
mod one_picture;
mod open;
mod options;
mod palette;
mod polarity;
mod radar;
mod sim;
mod source;
mod still;
#[cfg(feature = "video")]
mod video;

pub use about::{About, Origin};
pub use deadline::Deadline;
pub use decoder_choice::VideoDecoder;
pub use develop::develop;
pub use error::SourceError;
pub use events::events;
pub use live::{LiveSender, LiveSource};
pub use npy::NpyError;
pub use one_picture::{decode_picture, settle_picture};
pub use open::{open, read_film, read_picture, read_radar};
pub use options::SourceOptions;
pub use palette::Palette;
pub use sim::{SimFire, SimRain, arrival_frames};
pub use source::{Closing, Next, Source};
#[cfg(feature = "video")]
pub use video::{StreamCodec, StreamDecoder, StreamFault, StreamPicture, Taken};
