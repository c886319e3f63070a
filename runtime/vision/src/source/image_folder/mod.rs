//! Folders of pictures as films: which files, in what order, taken when.

mod image_folder;
mod listing;
mod name_stamp;
mod timetable;

#[cfg(test)]
mod tests;

pub(super) use image_folder::ImageFolder;
