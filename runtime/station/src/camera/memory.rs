//! What a camera has seen of a fire, kept in the data folder so that a restart forgets nothing.

use std::path::{Path, PathBuf};

use emberline_vision::tracker::State;

/// Largest file that is read, bytes.
const BYTES: u64 = 256 << 20;

/// Where the memories of cameras lie.
#[derive(Clone, Debug)]
pub(crate) struct Memory(PathBuf);

impl Memory {
    /// Below the data folder.
    pub(crate) fn of(data: &Path) -> Self {
        Self(data.join("state"))
    }

    fn file(&self, camera: &str) -> PathBuf {
        self.0.join(format!("{camera}.npz"))
    }

    /// The memory of `camera`, where there is one that can be read.
    pub(super) fn read(&self, camera: &str) -> Option<State> {
        let file = self.file(camera);
        let bytes = std::fs::metadata(&file).ok()?.len();
        let read = match bytes {
            0..=BYTES => std::fs::read(&file).map_err(|cause| cause.to_string()),
            _ => Err("it is too large".to_owned()),
        };
        let state = read.and_then(|b| State::from_bytes(&b).map_err(|cause| cause.to_string()));
        if let Err(cause) = &state {
            tracing::warn!("{camera}: what it had seen is lost: {}: {cause}", file.display());
        }
        state.ok()
    }

    /// Keeps the memory of `camera`; one that cannot be written is told, and the old one is there.
    pub(super) fn write(&self, camera: &str, state: &State) {
        let written = std::fs::create_dir_all(&self.0)
            .and_then(|()| state.to_bytes())
            .and_then(|bytes| emberline_atomic_file::write(&self.file(camera), &bytes));
        if let Err(cause) = written {
            tracing::warn!("{camera}: what it has seen is not kept: {cause}");
        }
    }
}
