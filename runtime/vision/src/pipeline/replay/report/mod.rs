//! `report.html`: the scores as one page that needs no other file.

mod line_chart;
mod page;
mod start_picture;

pub(super) use page::page;
pub(super) use start_picture::StartPicture;
