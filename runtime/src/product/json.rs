//! `forecast.json`: who made the forecast of what, how, and what each file of the folder holds.

use std::fs::{self, File};
use std::io::{self, Read as _, Write};
use std::path::Path;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::facts::{Facts, NOTICE};
use crate::clip::Clip;
use crate::forecast::Forecast;

/// The report's own members in their order, then `product` and `files` (all but this one).
pub(crate) fn document(
    folder: &Path,
    facts: &Facts,
    clip: &Clip,
    f: &Forecast,
    report: &Value,
) -> io::Result<Value> {
    let mut out = report.as_object().cloned().unwrap_or_default();
    let burnt_now = clip.burnt_now().iter().filter(|b| **b).count();
    let burnt_by: Vec<usize> =
        (0..f.lead_s.len()).map(|l| f.burnt_by(l).iter().filter(|b| **b).count()).collect();
    let product = json!({
        "notice": NOTICE,
        "maker": facts.maker,
        "kind": clip.kind,
        "issue_time": facts.issue.map(|t| t.to_string()),
        "issue_film_s": facts.issue_s,
        "step_s": clip.step_s,
        "lead_s": f.lead_s,
        "threshold": f.threshold,
        "rollout_from_lead": f.rollout_from_lead,
        "frames_unit": { "intensity_0_is": clip.span.zero, "intensity_1_is": clip.span.one },
        "grid": f.grid,
        "on_a_map": f.grid.is_georeferenced(),
        "burnt_cells_now": burnt_now,
        "burnt_cells_by_lead": burnt_by,
        "notes": clip.notes.iter().chain(&f.notes).collect::<Vec<_>>(),
    });
    out.insert("product".to_owned(), product);
    out.insert("files".to_owned(), Value::Object(files(folder)?));
    Ok(Value::Object(out))
}

/// Pretty, with a line end.
pub(crate) fn write(sink: &mut impl Write, document: &Value) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *sink, document)?;
    sink.write_all(b"\n")
}

/// Size and SHA-256 of each file, in name order.
fn files(folder: &Path) -> io::Result<Map<String, Value>> {
    let mut names = fs::read_dir(folder)?
        .map(|e| e.map(|e| e.file_name().to_string_lossy().into_owned()))
        .collect::<io::Result<Vec<_>>>()?;
    names.sort();
    let mut out = Map::new();
    for name in names {
        let (bytes, sha256) = digest(&folder.join(&name))?;
        out.insert(name, json!({ "bytes": bytes, "sha256": sha256 }));
    }
    Ok(out)
}

/// Size and SHA-256 (hex) of one file, read in pieces.
fn digest(path: &Path) -> io::Result<(u64, String)> {
    let (mut file, mut hash, mut bytes) = (File::open(path)?, Sha256::new(), 0u64);
    let mut piece = vec![0u8; 1 << 16];
    loop {
        let n = file.read(&mut piece)?;
        if n == 0 {
            break;
        }
        hash.update(&piece[..n]);
        bytes += n as u64;
    }
    Ok((bytes, hash.finalize().iter().map(|b| format!("{b:02x}")).collect()))
}
