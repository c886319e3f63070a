//! The interface of decoders: coded pictures in, decoded ones out in the order they are shown.

use super::planes::Planes;

/// Takes one decoded picture.
pub(super) type Take<'a> = dyn FnMut(Planes<'_>) + 'a;

/// Decodes a stream of units with start codes.
pub(super) trait Decoder: Send {
    /// Decodes one more picture and hands over those that are ready; `entry` where it is one that a
    /// decoder can begin at.
    ///
    /// # Errors
    /// What is wrong; what follows cannot be decoded by it any more.
    fn decode(&mut self, units: &[u8], entry: bool, take: &mut Take<'_>) -> Result<(), String>;

    /// Hands over whatever it still holds.
    ///
    /// # Errors
    /// What is wrong.
    fn drain(&mut self, take: &mut Take<'_>) -> Result<(), String>;
}
