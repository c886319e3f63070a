//! Files of an alert that other programs read: CAP 1.2, KML 2.2 and GeoJSON.

mod cap;
mod evidence;
mod form;
mod geojson;
mod kind;
mod kml;
mod sender;

#[cfg(test)]
mod tests;

pub use evidence::{Evidence, Isochrone, Picture, Rings};
pub use form::Form;
pub use sender::Sender;
