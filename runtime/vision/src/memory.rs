//! Memory that this process may still take, as the system reports it (Linux; elsewhere it is unknown).

use std::path::Path;

/// Bytes this process may still take, and what sets that limit; `None` where the
/// system reports nothing.
///
/// The least of: memory that is free or can be freed at once (`/proc/meminfo`), what the process's own
/// limit leaves (`ulimit -v`), and what its control group leaves (a container's or service's limit).
#[must_use]
pub fn available() -> Option<(u64, &'static str)> {
    under(Path::new("/"))
}

/// The same on a machine whose files lie below `root`.
fn under(root: &Path) -> Option<(u64, &'static str)> {
    let text = |path: &str| std::fs::read_to_string(root.join(path)).ok();
    let free = text("proc/meminfo").and_then(|t| kib(&t, "MemAvailable:"));
    let limit = text("proc/self/limits").and_then(|t| {
        let line = t.lines().find_map(|l| l.strip_prefix("Max address space"))?;
        let most: u64 = line.split_whitespace().next()?.parse().ok()?;
        Some(most.saturating_sub(kib(&text("proc/self/status")?, "VmSize:")?))
    });
    let group = text("proc/self/cgroup").and_then(|t| {
        let group = t.lines().find_map(|l| l.strip_prefix("0::"))?.trim_start_matches('/');
        let number = |file: &str| -> Option<u64> {
            let path = Path::new("sys/fs/cgroup").join(group).join(file);
            std::fs::read_to_string(root.join(path)).ok()?.trim().parse().ok()
        };
        Some(number("memory.max")?.saturating_sub(number("memory.current")?))
    });
    let all = [(free, "free on this machine"), (limit, "ulimit -v"), (group, "control group")];
    all.into_iter().filter_map(|(bytes, what)| Some((bytes?, what))).min_by_key(|(bytes, _)| *bytes)
}

/// Bytes of the line that begins with `key`, as `MemAvailable:  123 kB`.
fn kib(table: &str, key: &str) -> Option<u64> {
    let row = table.lines().find_map(|l| l.strip_prefix(key))?;
    Some(row.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tightest_limit_counts() {
        const FREE: (&str, &str) = ("proc/meminfo", "MemTotal: 900 kB\nMemAvailable:   500 kB\n");
        const STATUS: (&str, &str) = ("proc/self/status", "Name:\tx\nVmSize:\t     100 kB\n");
        let limits = |most: &str| format!("Limit  Soft\nMax address space  {most}  9  bytes\n");
        let (tight, none) = (limits("307200"), limits("unlimited"));
        let group = [
            ("proc/self/cgroup", "0::/a/b\n"),
            ("sys/fs/cgroup/a/b/memory.max", "150000\n"),
            ("sys/fs/cgroup/a/b/memory.current", "50000\n"),
        ];
        let cases = [
            (vec![FREE], Some((512_000, "free on this machine"))),
            (vec![FREE, STATUS, ("proc/self/limits", &tight)], Some((204_800, "ulimit -v"))),
            (
                vec![FREE, STATUS, ("proc/self/limits", &none)],
                Some((512_000, "free on this machine")),
            ),
            ([&group[..], &[FREE]].concat(), Some((100_000, "control group"))),
            (vec![], None),
        ];
        for (files, want) in cases {
            let root = tempfile::tempdir().expect("a temporary folder");
            for (file, text) in files {
                let path = root.path().join(file);
                std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
                std::fs::write(path, text).expect("a file");
            }
            assert_eq!(under(root.path()), want);
        }
    }
}
