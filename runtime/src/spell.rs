//! Spelling: how a person types what the library names.
//!
//! The library speaks of settings and never of flags: in its messages a setting stands between single
//! angle quotes, `say it with ‹unit›`, and so does a use case, `run ‹emberline doctor›`. Here, and only
//! here, they become what this program's command line calls them.

/// Settings that a message of the library may name, each the flag of the same name.
pub(crate) const SETTINGS: [&str; 54] = [
    "area",
    "around",
    "array",
    "at",
    "baud",
    "camera",
    "cell",
    "column",
    "cot",
    "crs",
    "cuda-graph",
    "data",
    "decoder",
    "dem",
    "dla",
    "engine",
    "every",
    "features",
    "force",
    "format",
    "frame-every",
    "fwi-start",
    "fwi-state",
    "ground-m",
    "hfov",
    "kind",
    "leads",
    "listen",
    "mask",
    "model",
    "name-time",
    "nadir",
    "no-data",
    "palette",
    "picture",
    "pose",
    "pose-offset",
    "precision",
    "quality",
    "quantity",
    "rain",
    "rate",
    "scale",
    "start-utc",
    "state",
    "station",
    "steady",
    "step",
    "store",
    "time-format",
    "unit",
    "until",
    "zone",
    "zr",
];

/// `text` as this command line says it: `--unit` for `‹unit›`, `` `emberline doctor` `` for
/// `‹emberline doctor›`. What is no setting, such as part of a file's name, stays as it is.
pub(crate) fn spelled(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('‹') {
        out += before;
        match after.split_once('›') {
            Some((word, behind)) if SETTINGS.contains(&word) => {
                out += &format!("--{word}");
                rest = behind;
            }
            Some((words, behind)) if words.starts_with("emberline ") => {
                out += &format!("`{words}`");
                rest = behind;
            }
            _ => {
                out.push('‹');
                rest = after;
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn settings_become_flags_and_all_else_stays() {
        for (text, want) in [
            ("give ‹step› 30 or ‹at› 4", "give --step 30 or --at 4"),
            ("run ‹emberline doctor›", "run `emberline doctor`"),
            ("film‹1›.mp4: cut", "film‹1›.mp4: cut"),
            ("an open ‹step", "an open ‹step"),
            ("plain", "plain"),
        ] {
            assert_eq!(spelled(text), want);
        }
    }

    #[test]
    fn every_setting_is_a_flag_of_some_verb() {
        fn flags(command: &clap::Command, out: &mut Vec<String>) {
            out.extend(command.get_arguments().filter_map(|a| a.get_long()).map(str::to_owned));
            command.get_subcommands().for_each(|c| flags(c, out));
        }
        let mut all = vec!["features".to_owned()]; // cargo's own
        flags(&crate::cli::Cli::command(), &mut all);
        for setting in SETTINGS {
            assert!(all.iter().any(|flag| flag == setting), "--{setting} is no flag");
        }
    }
}
