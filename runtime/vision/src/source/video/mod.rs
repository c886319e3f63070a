//! Films in MP4 and QuickTime files: H.264 by OpenH264, H.265 by rusty_h265.
//!
//! A fire moves slowly against 30 pictures a second, so all pictures are decoded but only every
//! n-th is kept, and a long video never lies in memory whole. The file's index tells when each
//! picture is shown, which of them are, and which way up. What is damaged is left out and said.
//! A stream without an index or an end, from a camera, is decoded by the same decoders ([`StreamDecoder`]).
//! OpenH264 built from source carries no patent licence from Cisco.

mod avc;
mod avc_decoder;
mod bits;
mod coded;
mod colours;
mod decoder;
mod ffmpeg_child;
mod ffmpeg_source;
mod hevc;
mod hevc_decoder;
mod look;
mod mp4;
mod orientation;
mod plan;
mod planes;
mod reel;
mod sequence;
mod sets;
mod sieve;
mod stream_decoder;
mod stream_picture;
mod timeline;
mod units;
mod unread;
mod video_source;

#[cfg(test)]
mod tests;

pub(super) use ffmpeg_source::FfmpegSource;
pub use stream_decoder::{StreamCodec, StreamDecoder, StreamFault, Taken};
pub use stream_picture::StreamPicture;
pub(super) use video_source::VideoSource;
