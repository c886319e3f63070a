//! Folders that are not as they were made.

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
        format!("{}  {file}\n", sha256(&bytes))
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
                let new = sha256(b"not a graph");
                let card = fs::read_to_string(p.join("card.toml")).expect("r");
                let old = Folder::open(Path::new(FIRE)).expect("whole").sha256().to_owned();
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
        assert!(crate::model::open(at.path(), &crate::model::FAMILIES).is_ok());
        spoil(at.path());
        let said =
            crate::model::open(at.path(), &crate::model::FAMILIES).expect_err(want).to_string();
        assert!(said.contains(want), "{want}: {said}");
        assert!(!said.contains('\n'), "{said}");
    }
}
