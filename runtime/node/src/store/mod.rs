//! The store: one folder in which each node has a folder of its own, written by one process at a time.

mod claims;
mod error;
mod lock;
mod note;
#[expect(clippy::module_inception, reason = "the room's noun has a file of its own")]
mod store;
mod view;

pub use error::StoreError;
pub use lock::is_store;
pub use note::StoreNote;
pub use store::Store;
pub use view::{StoredLine, StoredLines, View};
