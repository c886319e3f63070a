//! A station's weather as a picture: panels of its last hours, alarms, and the outlook right of now.

mod axis;
mod panel;
mod sheet;
mod view;

pub use sheet::write_png;
pub use view::View;
