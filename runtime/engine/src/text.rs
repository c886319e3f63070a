//! Text on one line: what engines, systems and files say, fit for a message.

/// Most letters of it.
const LINE_CHARS: usize = 400;

/// Any text on one line, without what would break a terminal, cut where it is long.
#[must_use]
pub fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || c.is_control()).collect();
    let mut line = words.into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
    if line.chars().count() > LINE_CHARS {
        line = line.chars().take(LINE_CHARS).chain("…".chars()).collect();
    }
    line
}
