//! Why a file's index could not be read.

/// Why a file's index could not be read.
#[derive(Debug, thiserror::Error)]
pub(in super::super) enum Mp4Error {
    #[error("it cannot be read: {0}")]
    Io(std::io::Error),
    #[error(
        "its index (moov) is missing: the file is cut short, or the recording was not finished"
    )]
    NoIndex,
    #[error("its index is damaged at '{0}'")]
    Index(&'static str),
    #[error("picture {0} lies outside the file: the file is cut short")]
    Outside(usize),
    #[error("it holds no video")]
    NoVideo,
    #[error("video is {0}")]
    Codec(String),
}

impl From<std::io::Error> for Mp4Error {
    fn from(cause: std::io::Error) -> Self {
        Self::Io(cause)
    }
}
