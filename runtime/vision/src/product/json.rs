//! `forecast.json`: who made the forecast of what, how, and what each file of the folder holds.

use std::fs::{self, File};
use std::io::{self, Read as _, Write};
use std::path::Path;

use ndarray::Array2;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::facts::{Facts, NOTICE};
use super::parts::{Fire, Parts, Wet};
use crate::clip::{Clip, Span, Unit};
use crate::forecast::{Forecast, Provenance};
use crate::rain_rate::LEAST_MM_H;

/// The provenance's own members in their order, then `product` and `files` (all but this one).
pub(crate) fn document(
    folder: &Path,
    facts: &Facts,
    clip: &Clip,
    f: &Forecast,
    parts: Parts<'_>,
    provenance: &Provenance,
    spread: Option<Value>,
) -> io::Result<Value> {
    let mut out = match serde_json::to_value(provenance)? {
        Value::Object(members) => members,
        other => Map::from_iter([("provenance".to_owned(), other)]),
    };
    let mut product = json!({
        "notice": NOTICE,
        "maker": facts.maker,
        "kind": clip.kind,
        "issue_time": facts.issue.map(|t| t.to_string()),
        "issue_film_s": facts.issue_s,
        "step_s": clip.step_s,
        "lead_s": f.lead_s,
    });
    if let Parts::Fire(Fire { burn, .. }) = parts {
        product["threshold"] = json!(burn.threshold);
    }
    product["rollout_from_lead"] = json!(f.rollout_from_lead);
    product["frames_unit"] = match clip.unit {
        Unit::Span(Span { zero, one }) => json!({ "intensity_0_is": zero, "intensity_1_is": one }),
        Unit::RainCode => json!("code: 0 dry, else R = 0.1 * 10^(0.015 (code - 1)) mm/h"),
        Unit::RainMmH => json!("mm/h"),
    };
    product["grid"] = json!(f.grid);
    product["on_a_map"] = json!(f.grid.is_georeferenced());
    if let Some(masked) = &f.grid.masked {
        product["cells_masked"] = json!(set(masked));
    }
    match parts {
        Parts::Fire(Fire { burning, burn }) => {
            if !burning.is_known_fire {
                product["is_known_fire"] = json!(false);
            }
            product["burnt_cells_now"] = json!(set(&burning.now()));
            let by_lead = (0..f.lead_s.len()).map(|l| set(&burn.by(l)));
            product["burnt_cells_by_lead"] = by_lead.collect();
            if let Some(spread) = spread {
                product["spread"] = spread;
            }
        }
        Parts::Film => {}
        Parts::Rain(Wet { unseen, rain }) => {
            product["cells_without_data"] = json!(set(&unseen.now()));
            let wet = |l| {
                let lead = f.likely_mm_h(l)?;
                Some(lead.iter().filter(|v| **v >= LEAST_MM_H).count())
            };
            if let Some(shares) = rain.from_outside_by_lead() {
                // To a hundredth of a percent: a share of cells.
                let rounded = shares.iter().map(|s| (s * 1e4).round() / 1e4);
                product["from_outside_share_by_lead"] = rounded.collect();
            }
            product["wet_cells_by_lead"] = (0..f.lead_s.len()).filter_map(wet).collect();
        }
    }
    product["notes"] = json!(provenance.forecast_notes);
    out.insert("product".to_owned(), product);
    out.insert("files".to_owned(), Value::Object(files(folder)?));
    Ok(Value::Object(out))
}

/// Cells that are set.
fn set(mask: &Array2<bool>) -> usize {
    mask.iter().filter(|b| **b).count()
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
