//! Commands that turn the pictures of a folder into others that are read.

use std::path::Path;

/// Runs `command` over all files beside the file `name`, each `$f` into a file in the folder `out`.
pub(in crate::source) fn each(name: &str, out: &str, command: &str) -> String {
    let path = Path::new(name);
    let folder = match path.parent().map(|p| p.display().to_string()) {
        Some(folder) if !folder.is_empty() => folder,
        _ => ".".to_owned(),
    };
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    // A page of a file is named after it.
    let ending = ending.split(',').next().unwrap_or_default();
    format!(
        "mkdir {out}; for f in \"{folder}\"/*.{ending}; do {command} \
         \"{out}/${{f##*/}}\"; done"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_names_the_folder_and_the_ending() {
        for (name, pictures) in [
            ("a b/f1.tif", "\"a b\"/*.tif"),
            ("f1.tiff", "\".\"/*.tiff"),
            ("d/s.tif, page 3", "\"d\"/*.tif;"),
        ] {
            let line = each(name, "plain", "gdal_translate \"$f\"");
            assert!(line.contains(pictures), "{line}");
            assert!(line.ends_with("do gdal_translate \"$f\" \"plain/${f##*/}\"; done"), "{line}");
        }
    }
}
