//! A model folder: card, graph, golden clips and their hashes, from a disk or from this program.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use emberline_engine::checksums::{self, sha256};
use emberline_engine::{REFERENCE_PRECISION, Signature, one_line};

use super::card::Card;
use super::error::ModelError;
use super::origin::Origin;

/// Most bytes a file of a model may hold.
const FILE_BYTES_MAX: u64 = 1 << 30;
/// Golden clips and their answers.
const GOLDEN: &str = "golden.npz";

/// Why a file that is needed is not at hand.
fn absence(hashes: &BTreeMap<String, String>, file: &str) -> String {
    let listed = hashes.contains_key(file);
    if listed { "is missing" } else { "is not listed in SHA256SUMS" }.to_owned()
}

/// A model's files, whole: every hash holds, and the card can be read. That graphs are those which the
/// card describes is its family's to check.
#[derive(Clone, Debug)]
pub struct Folder {
    /// Its contract.
    pub card: Card,
    /// Where it came from.
    pub origin: Origin,
    /// Graphs and arrays by the names of their files.
    files: BTreeMap<String, Cow<'static, [u8]>>,
    hashes: BTreeMap<String, String>,
}

impl Folder {
    /// The model in the folder `path`.
    ///
    /// # Errors
    /// [`ModelError`] naming the file: missing, empty, changed, or a card of another schema.
    pub(super) fn open(path: &Path) -> Result<Self, ModelError> {
        let model = path.display().to_string();
        let read = |file: &str| {
            let wrong =
                |cause| ModelError::Read { model: model.clone(), file: file.to_owned(), cause };
            let at = path.join(file);
            let mut from = std::fs::File::open(at).map_err(wrong)?;
            let long = from.metadata().map_err(wrong)?.len();
            if long > FILE_BYTES_MAX {
                let what = format!("has {long} bytes, more than any model");
                return Err(ModelError::Damaged {
                    model: model.clone(),
                    file: file.to_owned(),
                    what,
                });
            }
            let mut bytes = Vec::new();
            from.read_to_end(&mut bytes).map_err(wrong)?;
            Ok(Some(Cow::Owned(bytes)))
        };
        Self::load(&model, Origin::Path(path.to_owned()), read)
    }

    /// Reads and checks all files; `read` gives `None` for a file that is not at hand.
    pub(super) fn load(
        model: &str,
        origin: Origin,
        read: impl Fn(&str) -> Result<Option<Cow<'static, [u8]>>, ModelError>,
    ) -> Result<Self, ModelError> {
        let damaged = |file: &str, what: String| ModelError::Damaged {
            model: model.to_owned(),
            file: file.to_owned(),
            what,
        };
        let must = |file: &str| -> Result<Cow<'static, [u8]>, ModelError> {
            let bytes = read(file)?.ok_or_else(|| damaged(file, "is missing".to_owned()))?;
            if bytes.is_empty() {
                return Err(damaged(file, "is empty".to_owned()));
            }
            Ok(bytes)
        };
        let hashes = checksums::read(&must("SHA256SUMS")?);
        let hashes = hashes.map_err(|what| damaged("SHA256SUMS", what))?;
        let mut files = BTreeMap::new();
        for (file, want) in &hashes {
            let Some(bytes) = read(file)? else { continue };
            if bytes.is_empty() {
                return Err(damaged(file, "is empty".to_owned()));
            }
            let got = sha256(&bytes);
            if got != *want {
                let what = format!(
                    "was changed: its SHA-256 is {}…, SHA256SUMS says {}…",
                    &got[..12],
                    &want[..12]
                );
                return Err(damaged(file, what));
            }
            if file.ends_with(".onnx") || file.ends_with(".npz") || file == "card.toml" {
                files.insert(file.clone(), bytes);
            }
        }
        let Some(text) = files.remove("card.toml") else {
            return Err(damaged("card.toml", absence(&hashes, "card.toml")));
        };
        let text =
            std::str::from_utf8(&text).map_err(|_| damaged("card.toml", "is no text".into()))?;
        let card = Card::parse(model, text)?;
        let reference = card.precision(REFERENCE_PRECISION).cloned();
        let reference = reference.ok_or_else(|| ModelError::Card {
            model: model.to_owned(),
            what: "precision: float32 is missing; export the folder again".to_owned(),
        })?;
        let folder = Self { card, origin, files, hashes };
        folder.required(model, &reference.file)?;
        for p in &folder.card.precision {
            if folder.hashes.get(&p.file) != Some(&p.sha256) {
                let what = format!("precision {}: sha256 is not the one of {}", p.name, p.file);
                return Err(ModelError::Card {
                    model: model.to_owned(),
                    what: format!("{what}; export the folder again"),
                });
            }
        }
        folder.required(model, GOLDEN)?;
        Ok(folder)
    }

    /// Bytes of a file, or why it is not there; `model` names the folder.
    fn required(&self, model: &str, file: &str) -> Result<&[u8], ModelError> {
        self.file(file).ok_or_else(|| ModelError::Damaged {
            model: model.to_owned(),
            file: file.to_owned(),
            what: absence(&self.hashes, file),
        })
    }

    /// Name of the folder in messages: its path, or that it is built in.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.origin {
            Origin::BuiltIn => format!("{} (built in)", self.card.id()),
            Origin::Path(path) => path.display().to_string(),
        }
    }

    /// Bytes of a graph or of arrays, by the name of the file, where it is at hand.
    #[must_use]
    pub fn file(&self, file: &str) -> Option<&[u8]> {
        self.files.get(file).map(|bytes| &**bytes)
    }

    /// The same of a file that the family cannot do without.
    ///
    /// # Errors
    /// [`ModelError::Damaged`].
    pub fn require(&self, file: &str) -> Result<&[u8], ModelError> {
        self.required(&self.name(), file)
    }

    /// Inputs and outputs of the graph `file`.
    ///
    /// # Errors
    /// [`ModelError::Damaged`] when it is missing, [`ModelError::Signature`] when it is no graph.
    pub fn signature(&self, file: &str) -> Result<Signature, ModelError> {
        Signature::read(self.require(file)?).ok_or_else(|| self.unfit(file, "it is no ONNX graph"))
    }

    /// The error of a file that does not fit the card.
    #[must_use]
    pub fn unfit(&self, file: &str, what: &str) -> ModelError {
        ModelError::Signature { model: self.name(), file: file.to_owned(), what: one_line(what) }
    }

    /// The graph that holds the whole network, at a precision of the card.
    ///
    /// # Errors
    /// [`ModelError::NoPrecision`] when the card has none of that name, or the graph is not at hand.
    pub fn window(&self, precision: &str) -> Result<&[u8], ModelError> {
        let no = |what: String, fix: &str| ModelError::NoPrecision {
            model: self.card.id(),
            what,
            fix: fix.to_owned(),
        };
        let Some(entry) = self.card.precision(precision) else {
            let known: Vec<&str> = self.card.precision.iter().map(|p| p.name.as_str()).collect();
            let what = format!("no precision {precision}, it has {}", known.join(", "));
            return Err(no(what, "give one of these with ‹precision›"));
        };
        self.file(&entry.file).ok_or_else(|| {
            let what = format!("{} is not inside this program", entry.file);
            no(what, "give the model's folder with ‹model›")
        })
    }

    /// A graph of several that make up the network together, such as `encode`, where it is at hand.
    #[must_use]
    pub fn graph(&self, name: &str, precision: &str) -> Option<&[u8]> {
        let file = match precision {
            REFERENCE_PRECISION => format!("{name}.onnx"),
            other => format!("{name}.{other}.onnx"),
        };
        self.file(&file)
    }

    /// The golden clips and their answers, an `.npz`.
    #[must_use]
    pub fn golden(&self) -> &[u8] {
        self.file(GOLDEN).unwrap_or_default()
    }

    /// SHA-256 of the float32 graph, hex.
    #[must_use]
    pub fn sha256(&self) -> &str {
        self.card.precision(REFERENCE_PRECISION).map_or("", |p| &p.sha256)
    }

    /// Files listed in `SHA256SUMS` with their hashes.
    #[must_use]
    pub fn hashes(&self) -> &BTreeMap<String, String> {
        &self.hashes
    }
}

#[cfg(test)]
mod tests;
