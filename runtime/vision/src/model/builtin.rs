//! Models that this program carries inside: each a list of files, part of the program's own bytes.

/// A model inside this program.
#[derive(Debug)]
pub(super) struct BuiltIn {
    /// Name and version, and its folder in `models/`: `fire-v1`.
    pub(super) id: &'static str,
    /// Its files with their bytes. What `SHA256SUMS` lists beyond these is for people.
    files: &'static [(&'static str, &'static [u8])],
}

/// A model of `models/` by its id, with the files that are needed to run and to check it.
macro_rules! carry {
    ($id:literal) => {
        carry!($id: "SHA256SUMS", "card.toml", "model.onnx", "encode.onnx", "translate.onnx",
            "decode.onnx", "golden.npz", "drift.npz")
    };
    ($id:literal: $($file:literal),+) => {
        BuiltIn {
            id: $id,
            files: &[$((
                $file,
                include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/", $id, "/", $file)),
            )),+],
        }
    };
}

/// All of them; the first is the one for any film that no other is for. One more is one more line.
pub(super) static ALL: &[BuiltIn] = &[
    carry!("fire-v2"),
    carry!("fire-v1"),
    carry!("rain-v2": "SHA256SUMS", "card.toml", "chance.npz", "golden.npz"),
    carry!("rain-v1"),
];

impl BuiltIn {
    /// The model with this name and version, where this program carries it.
    pub(super) fn find(id: &str) -> Option<&'static Self> {
        ALL.iter().find(|m| m.id == id)
    }

    /// Bytes of one of its files, where it is carried.
    pub(super) fn read(&self, file: &str) -> Option<&'static [u8]> {
        self.files.iter().find(|(name, _)| *name == file).map(|(_, bytes)| *bytes)
    }

    /// Names of the files that are carried.
    #[cfg(test)]
    pub(super) fn files(&self) -> impl Iterator<Item = &'static str> {
        self.files.iter().map(|(name, _)| *name)
    }
}
