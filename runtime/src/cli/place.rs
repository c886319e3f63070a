//! A place that was typed as two words, `--at 45 -75`, as the one that is meant.

use std::ffi::OsString;

/// The words of the command line, a place in one of them.
pub(crate) fn typed() -> Vec<OsString> {
    joined(std::env::args_os())
}

fn joined(words: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut out: Vec<OsString> = Vec::new();
    let is_number = |word: &OsString| {
        word.to_str().is_some_and(|w| w.trim_end_matches(',').parse::<f64>().is_ok())
    };
    for word in words {
        let after_at = out.len().checked_sub(2).is_some_and(|i| out[i] == "--at");
        match out.last_mut() {
            Some(latitude) if after_at && is_number(latitude) && is_number(&word) => {
                let bare = latitude.to_string_lossy().trim_end_matches(',').to_owned();
                *latitude = format!("{bare},{}", word.to_string_lossy()).into();
            }
            _ => out.push(word),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_of_two_words_is_one() {
        for (typed, want) in [
            ("w f --at 45 -75 --json", "w f --at 45,-75 --json"),
            ("w f --at 45, -75", "w f --at 45,-75"),
            ("w f --at 45,-75 --json", "w f --at 45,-75 --json"),
            ("w --at 45,-75 2026", "w --at 45,-75 2026"),
            ("w --at -45 75 f", "w --at -45,75 f"),
            ("w f --at", "w f --at"),
        ] {
            let got = joined(typed.split(' ').map(OsString::from));
            let want: Vec<OsString> = want.split(' ').map(OsString::from).collect();
            assert_eq!(got, want);
        }
    }
}
