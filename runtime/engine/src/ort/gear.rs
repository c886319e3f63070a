//! The graphics card and the NVIDIA libraries of this machine: what an engine built here is good for.
//!
//! Read from what the kernel shows and from the files that this process has mapped, whose names hold
//! their versions (`libnvinfer.so.10.3.0`). Nothing is loaded for it. What cannot be read is
//! "unknown".

use std::path::Path;

/// What a TensorRT engine depends on besides the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Gear {
    /// Card or board: `NVIDIA H100 80GB HBM3`, `NVIDIA Jetson Orin NX Developer Kit`.
    pub(super) card: String,
    /// Driver, by the kernel's module and, of a Jetson, its release.
    pub(super) driver: String,
    /// TensorRT's version, once its library is mapped.
    pub(super) tensorrt: String,
}

impl Gear {
    /// Of this machine, with what this process has mapped by now.
    pub(super) fn here() -> Self {
        Self::under(Path::new("/"))
    }

    /// Of a machine whose files lie below `root`.
    fn under(root: &Path) -> Self {
        let text = |path: &str| {
            let bytes = std::fs::read(root.join(path)).unwrap_or_default();
            String::from_utf8_lossy(&bytes).trim_matches(['\0', '\n', ' ']).to_owned()
        };
        let mut cards = cards(&root.join("proc/driver/nvidia/gpus"));
        if cards.is_empty() {
            cards.push(text("proc/device-tree/model"));
        }
        let module = text("proc/driver/nvidia/version");
        let module = module.lines().next().and_then(|l| l.split_once("version: "));
        let module = module.map_or("", |(_, v)| v);
        let jetson = text("etc/nv_tegra_release");
        let jetson = jetson.lines().next().unwrap_or_default().trim_start_matches(['#', ' ']);
        let mapped = text("proc/self/maps");
        Self {
            card: known(&cards.join(" + ")),
            driver: known([module, jetson].join(" ").trim()),
            tensorrt: known(&mapped_version(&mapped, "libnvinfer.so.").unwrap_or_default()),
        }
    }

    /// First number of TensorRT's version.
    pub(super) fn tensorrt_major(&self) -> Option<u32> {
        self.tensorrt.split('.').next()?.parse().ok()
    }
}

fn known(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() { "unknown".to_owned() } else { words.join(" ") }
}

/// Models of the cards that NVIDIA's module shows, in order of their addresses.
fn cards(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut places: Vec<_> = entries.flatten().map(|e| e.path()).collect();
    places.sort_unstable();
    let model = |place: &std::path::PathBuf| {
        let text = std::fs::read_to_string(place.join("information")).ok()?;
        let line = text.lines().find_map(|l| l.strip_prefix("Model:"))?;
        Some(line.trim().to_owned())
    };
    places.iter().filter_map(model).collect()
}

/// Version behind `prefix` of a file that `maps` (as in `/proc/self/maps`) names.
fn mapped_version(maps: &str, prefix: &str) -> Option<String> {
    let files = maps.lines().filter_map(|l| Path::new(l.split_whitespace().nth(5)?).file_name());
    let version = |name: &std::ffi::OsStr| Some(name.to_str()?.strip_prefix(prefix)?.to_owned());
    files.filter_map(version).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_known_by_its_files() {
        let maps = "7f00-7f01 r-xp 00000000 08:01 5 /usr/lib/libc.so.6\n\
                    7f02-7f03 r-xp 00000000 08:01 6 /opt/lib/libnvinfer.so.10.3.0\n\
                    7f04-7f05 r-xp 00000000 08:01 7 /opt/lib/libnvinfer_plugin.so.10.3.0\n";
        let station: &[(&str, &str)] = &[
            ("proc/driver/nvidia/gpus/0000:1b:00.0/information", "Model: \t\t NVIDIA H100\nIRQ: 5"),
            (
                "proc/driver/nvidia/version",
                "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54  Fri\nGCC version: 12\n",
            ),
            ("proc/self/maps", maps),
        ];
        let jetson: &[(&str, &str)] = &[
            ("proc/device-tree/model", "NVIDIA Jetson Orin NX\0"),
            ("etc/nv_tegra_release", "# R36 (release), REVISION: 4.0, GCID: 37537400\nmore\n"),
            ("proc/self/maps", ""),
        ];
        for (files, want, major) in [
            (
                station,
                ["NVIDIA H100", "NVIDIA UNIX x86_64 Kernel Module 550.54 Fri", "10.3.0"],
                Some(10),
            ),
            (
                jetson,
                [
                    "NVIDIA Jetson Orin NX",
                    "R36 (release), REVISION: 4.0, GCID: 37537400",
                    "unknown",
                ],
                None,
            ),
            (&[], ["unknown"; 3], None),
        ] {
            let root = tempfile::tempdir().expect("a temporary folder");
            for (file, text) in files {
                let path = root.path().join(file);
                std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
                std::fs::write(path, text).expect("a file");
            }
            let gear = Gear::under(root.path());
            assert_eq!([&*gear.card, &*gear.driver, &*gear.tensorrt], want);
            assert_eq!(gear.tensorrt_major(), major);
        }
    }
}
