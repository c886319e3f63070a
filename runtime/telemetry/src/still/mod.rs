//! Stills: a pose in each picture, as drones write it into JPEG files (XMP and EXIF data).

mod exif_data;
mod segments;
mod still;
mod xmp;

pub(crate) use segments::is_jpeg;
pub use still::{Still, read};
