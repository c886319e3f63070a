//! The clock by which samples are dated.

/// From when the times of samples count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// From 1970, UTC.
    Utc,
    /// From the film's first picture.
    FilmStart,
}
