//! A model folder: card, graph, golden clips and their hashes, from a disk or from this program.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use ndarray::Array3;
use sha2::{Digest as _, Sha256};

use super::builtin::{self, BuiltIn};
use super::card::Card;
use super::drift::Habits;
use super::known::{Origin, not_found};
use super::signature::Signature;
use super::{ModelError, one_line};
use crate::forecast::Drift;
use crate::frame::Kind;

/// Most bytes a file of a model may hold.
const FILE_BYTES_MAX: u64 = 1 << 30;

/// A model, whole and checked: every hash holds, and the graph is the one its card describes.
#[derive(Clone, Debug)]
pub struct Folder {
    /// Its contract.
    pub card: Card,
    /// Where it came from.
    pub origin: Origin,
    graphs: BTreeMap<String, Cow<'static, [u8]>>,
    golden: Cow<'static, [u8]>,
    habits: Option<Habits>,
    hashes: BTreeMap<String, String>,
}

impl Folder {
    /// The model inside this program that is for any film that no other is for: fire.
    ///
    /// # Errors
    /// [`ModelError`] when this program was built from a damaged folder.
    pub fn builtin() -> Result<Self, ModelError> {
        Self::inside(builtin::ALL.first().map_or("", |m| m.id))
    }

    /// The model inside this program with this name and version: `fire-v1`.
    ///
    /// # Errors
    /// [`ModelError::NotFound`], or what is wrong when this program was built from a damaged folder.
    pub fn inside(id: &str) -> Result<Self, ModelError> {
        let model = BuiltIn::find(id).ok_or_else(|| not_found(id))?;
        let read = |file: &str| Ok(model.read(file).map(Cow::Borrowed));
        Self::load(&format!("{id} (built in)"), Origin::BuiltIn, read)
    }

    /// The model in the folder `path`.
    ///
    /// # Errors
    /// [`ModelError`] naming the file: missing, empty, changed, of another schema, or a graph that
    /// disagrees with its card.
    pub fn open(path: &Path) -> Result<Self, ModelError> {
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
    fn load(
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
        let hashes = sums(&must("SHA256SUMS")?).map_err(|what| damaged("SHA256SUMS", what))?;
        let mut kept = BTreeMap::new();
        for (file, want) in &hashes {
            let Some(bytes) = read(file)? else { continue };
            if bytes.is_empty() {
                return Err(damaged(file, "is empty".to_owned()));
            }
            let got = hex(&Sha256::digest(&bytes));
            if got != *want {
                let what = format!(
                    "was changed: its SHA-256 is {}…, SHA256SUMS says {}…",
                    &got[..12],
                    &want[..12]
                );
                return Err(damaged(file, what));
            }
            if file.ends_with(".onnx") || file.ends_with(".npz") || file == "card.toml" {
                kept.insert(file.as_str(), bytes);
            }
        }
        let mut take = |file: &str| {
            let listed = hashes.contains_key(file);
            let what = if listed { "is missing" } else { "is not listed in SHA256SUMS" };
            kept.remove(file).ok_or_else(|| damaged(file, what.to_owned()))
        };
        let text = take("card.toml")?;
        let text =
            std::str::from_utf8(&text).map_err(|_| damaged("card.toml", "is no text".into()))?;
        let card = Card::parse(model, text)?;
        let reference = card.precision("float32").cloned().ok_or_else(|| ModelError::Card {
            model: model.to_owned(),
            what: "precision: float32 is missing; export the folder again".to_owned(),
        })?;
        let onnx = take(&reference.file)?;
        for p in &card.precision {
            if hashes.get(&p.file) != Some(&p.sha256) {
                let what = format!("precision {}: sha256 is not the one of {}", p.name, p.file);
                return Err(ModelError::Card {
                    model: model.to_owned(),
                    what: format!("{what}; export the folder again"),
                });
            }
        }
        let unfit = |file: &str, what: &str| ModelError::Signature {
            model: model.to_owned(),
            file: file.to_owned(),
            what: one_line(what),
        };
        let fault = match Signature::read(&onnx) {
            Some(signature) => signature.fault(&card),
            None => Some("it is no ONNX graph".to_owned()),
        };
        if let Some(what) = fault {
            return Err(unfit(&reference.file, &what));
        }
        let golden = take("golden.npz")?;
        let habits = match &card.drift {
            Some(levels) => {
                let read = Habits::read(&take(&levels.file)?, &card);
                Some(read.map_err(|what| unfit(&levels.file, &what))?)
            }
            None => None,
        };
        let mut graphs: BTreeMap<String, Cow<'static, [u8]>> = kept
            .into_iter()
            .filter(|(file, _)| file.ends_with(".onnx"))
            .map(|(file, bytes)| (file.to_owned(), bytes))
            .collect();
        graphs.insert(reference.file, onnx);
        Ok(Self { card, origin, graphs, golden, habits, hashes })
    }

    /// The whole-window graph at a precision of the card.
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
            return Err(no(what, "give one of these with --precision"));
        };
        let graph = self.graphs.get(&entry.file).ok_or_else(|| {
            let what = format!("{} is not inside this program", entry.file);
            no(what, "give the model's folder with --model")
        })?;
        Ok(graph)
    }

    /// A graph of the streaming split (`encode`, `translate`, `decode`), where it is at hand.
    #[must_use]
    pub fn graph(&self, name: &str, precision: &str) -> Option<&[u8]> {
        let file = match precision {
            "float32" => format!("{name}.onnx"),
            other => format!("{name}.{other}.onnx"),
        };
        self.graphs.get(&file).map(|bytes| &**bytes)
    }

    /// The golden clips and their answers, an `.npz`.
    #[must_use]
    pub fn golden(&self) -> &[u8] {
        &self.golden
    }

    /// Drift of a clip of this kind with these codes `[T, h, w]` (coarse, fine), where the card can
    /// tell.
    #[must_use]
    pub fn drift(&self, kind: Kind, codes: [Option<&Array3<u16>>; 2]) -> Option<Drift> {
        self.habits.as_ref()?.drift(self.card.drift.as_ref()?.of(kind), codes)
    }

    /// SHA-256 of the float32 graph, hex.
    #[must_use]
    pub fn sha256(&self) -> &str {
        self.card.precision("float32").map_or("", |p| &p.sha256)
    }

    /// Files listed in `SHA256SUMS` with their hashes.
    #[must_use]
    pub fn hashes(&self) -> &BTreeMap<String, String> {
        &self.hashes
    }
}

/// `SHA256SUMS` as `sha256sum` writes it: hash, two spaces, file name.
pub(super) fn sums(bytes: &[u8]) -> Result<BTreeMap<String, String>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "is no text".to_owned())?;
    let mut out = BTreeMap::new();
    for (k, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        let wrong = || format!("line {}: not \"hash  file\"", k + 1);
        let (hash, file) = line.split_once(char::is_whitespace).ok_or_else(wrong)?;
        let file = file.trim_start().trim_start_matches('*');
        let is_hash = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
        let is_plain =
            !file.is_empty() && !file.contains(['/', '\\', ' ']) && !file.starts_with('.');
        if !is_hash || !is_plain {
            return Err(wrong());
        }
        out.insert(file.to_owned(), hash.to_ascii_lowercase());
    }
    Ok(out)
}

/// Bytes as hex digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// The folder that the built-in fire model comes from.
    const FIRE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/fire-v1");

    /// A copy of it.
    fn copy(to: &Path) {
        for file in files(Path::new(FIRE)) {
            let bytes = fs::read(Path::new(FIRE).join(&file)).expect("its file");
            fs::write(to.join(file), bytes).expect("a temporary folder can be written");
        }
    }

    fn files(at: &Path) -> Vec<String> {
        let entries = fs::read_dir(at).expect("a folder").flatten();
        entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect()
    }

    /// Writes SHA256SUMS anew.
    fn seal(at: &Path) {
        let line = |file: String| {
            let bytes = fs::read(at.join(&file)).expect("just written");
            format!("{}  {file}\n", hex(&Sha256::digest(bytes)))
        };
        let text: String = files(at).into_iter().filter(|f| f != "SHA256SUMS").map(line).collect();
        fs::write(at.join("SHA256SUMS"), text).expect("a temporary folder can be written");
    }

    #[test]
    fn a_folder_that_is_not_as_it_was_made_is_refused() {
        struct Case {
            spoil: fn(&Path),
            want: &'static str,
        }
        for Case { spoil, want } in [
            Case {
                spoil: |p| fs::write(p.join("model.onnx"), []).expect("w"),
                want: "model.onnx is empty",
            },
            Case {
                spoil: |p| {
                    let mut b = fs::read(p.join("model.onnx")).expect("r");
                    let at = b.len() / 2;
                    b[at] ^= 1;
                    fs::write(p.join("model.onnx"), b).expect("w");
                },
                want: "model.onnx was changed",
            },
            Case {
                spoil: |p| fs::remove_file(p.join("golden.npz")).expect("rm"),
                want: "golden.npz: ",
            },
            Case {
                spoil: |p| {
                    fs::remove_file(p.join("model.int8.onnx")).expect("rm");
                    seal(p);
                },
                want: "precision int8: sha256 is not the one of model.int8.onnx",
            },
            Case {
                spoil: |p| fs::remove_file(p.join("SHA256SUMS")).expect("rm"),
                want: "SHA256SUMS: ",
            },
            Case {
                spoil: |p| fs::write(p.join("SHA256SUMS"), "x").expect("w"),
                want: "SHA256SUMS line 1",
            },
            Case {
                spoil: |p| {
                    let t = fs::read_to_string(p.join("SHA256SUMS")).expect("r");
                    let kept: Vec<&str> = t.lines().filter(|l| !l.ends_with("card.toml")).collect();
                    let t = kept.join("\n");
                    fs::write(p.join("SHA256SUMS"), t).expect("w");
                },
                want: "card.toml is not listed in SHA256SUMS",
            },
            Case {
                spoil: |p| {
                    fs::write(p.join("model.onnx"), b"not a graph").expect("w");
                    let new = hex(&Sha256::digest(b"not a graph"));
                    let card = fs::read_to_string(p.join("card.toml")).expect("r");
                    let old = Folder::builtin().expect("built in").sha256().to_owned();
                    fs::write(p.join("card.toml"), card.replace(&old, &new)).expect("w");
                    seal(p);
                },
                want: "model.onnx does not fit its card: it is no ONNX graph",
            },
            Case {
                spoil: |p| {
                    let card = fs::read_to_string(p.join("card.toml")).expect("r");
                    fs::write(p.join("card.toml"), card.replace("leads = 20", "leads = 12"))
                        .expect("w");
                    seal(p);
                },
                want: "output forecast is [1,20,1,*,*], the card wants [1,12,1,*,*]",
            },
        ] {
            let at = tempfile::tempdir().expect("a temporary folder");
            copy(at.path());
            assert!(Folder::open(at.path()).is_ok());
            spoil(at.path());
            let said = Folder::open(at.path()).expect_err(want).to_string();
            assert!(said.contains(want), "{want}: {said}");
            assert!(!said.contains('\n'), "{said}");
        }
    }
}
