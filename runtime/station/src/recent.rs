//! The last lines of this process's log, for its page: held in memory, few and short.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// Lines that are held, and most characters of each.
const LINES: usize = 300;
const CHARS: usize = 500;

static RECENT: Mutex<VecDeque<String>> = Mutex::new(VecDeque::new());

/// Takes in what was written to the log, a line or several. Control characters are left out: a line is a line.
pub fn take(text: &str) {
    let mut recent = RECENT.lock().unwrap_or_else(PoisonError::into_inner);
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if recent.len() >= LINES {
            recent.pop_front();
        }
        recent.push_back(line.chars().filter(|c| !c.is_control()).take(CHARS).collect());
    }
}

/// The last lines, newest first.
#[must_use]
pub fn lines() -> Vec<String> {
    RECENT.lock().unwrap_or_else(PoisonError::into_inner).iter().rev().cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_held_and_no_more() {
        take("\u{1b}[2Jfirst\n\nsecond\r\n");
        assert_eq!(lines()[..2], ["second", "[2Jfirst"]);
        take(&"x".repeat(2 * CHARS));
        assert_eq!(lines()[0].len(), CHARS);
        (0..2 * LINES).for_each(|k| take(&k.to_string()));
        assert_eq!(lines().len(), LINES);
    }
}
