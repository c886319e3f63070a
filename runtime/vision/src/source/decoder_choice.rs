//! Who decodes a video: this program itself, or ffmpeg beside it.

/// Who decodes a video.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VideoDecoder {
    /// This program: H.264 and H.265 in MP4.
    #[default]
    Builtin,
    /// The program `ffmpeg`, which must be on the path: whatever it reads.
    Ffmpeg,
}
