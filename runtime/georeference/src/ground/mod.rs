//! Ground: its height, and where a ray meets it.

mod ray;
mod terrain;

pub use ray::{MOST_HEIGHTS, meets};
pub use terrain::{HeightModel, Terrain};
