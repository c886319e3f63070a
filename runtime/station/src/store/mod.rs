//! The store: forecasts on the disk, a folder each by time, and frames, as many as the limits allow.

mod kept;
mod lock;
mod retention;
mod space;
mod store;

pub use lock::LockError;
pub use store::{Entry, Store, StoreError, StoreFacts};
