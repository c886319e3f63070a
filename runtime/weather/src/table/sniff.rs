//! What a file is that is no table, by its first bytes, so that the refusal can say what to do.

/// How far bytes that are no text are looked for: a cut last row may end in them.
const LOOKED_AT: usize = 8192;
/// What to do with most of them.
pub(super) const FIX: &str = "give a table with a header and a row a time";
const FILM: &str = "give a .csv; ‹emberline forecast› reads films and images";
const SHEET: &str = "save the sheet as CSV";
const DATABASE: &str =
    "give its rows, as `sqlite3 -csv -header FILE 'select * from archive' | ‹emberline weather -›`";

/// First bytes, where they lie, what has them, and what to do.
const BEGINNINGS: [(usize, &[u8], &str, &str); 12] = [
    (4, b"ftyp", "a film", FILM),
    (0, b"\x1aE\xdf\xa3", "a film", FILM),
    (0, b"RIFF", "a film, sound or image", FILM),
    (0, b"\x89PNG", "an image", FILM),
    (0, b"\xff\xd8\xff", "an image", FILM),
    (0, b"II*\0", "an image", FILM),
    (0, b"MM\0*", "an image", FILM),
    (0, b"GIF8", "an image", FILM),
    (0, b"PK\x03\x04", "a spreadsheet or a .zip", SHEET),
    (0, b"\xd0\xcf\x11\xe0", "a spreadsheet", SHEET),
    (0, b"SQLite format 3\0", "a database of SQLite", DATABASE),
    (0, b"%PDF", "a PDF", FIX),
];

/// What a file that begins with `start` is, and what to do, unless it may be text.
pub(super) fn not_text(start: &[u8]) -> Option<(&'static str, &'static str)> {
    let begins = |(at, bytes, ..): &&(usize, &[u8], &str, &str)| {
        start.get(*at..).is_some_and(|rest| rest.starts_with(bytes))
    };
    match BEGINNINGS.iter().find(begins) {
        Some((.., what, fix)) => Some((what, fix)),
        None => start[..start.len().min(LOOKED_AT)].contains(&0).then_some(("binary data", FIX)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_named() {
        for (start, want) in [
            (&b"\0\0\0\x20ftypisom"[..], Some("a film")),
            (b"\x89PNG\r\n", Some("an image")),
            (b"PK\x03\x04", Some("a spreadsheet or a .zip")),
            (b"SQLite format 3\0", Some("a database of SQLite")),
            (b"abc\0def", Some("binary data")),
            (b"time,temp_c\n", None),
            (b"\xef\xbb\xbftime,temp_c\n", None),
            (b"", None),
        ] {
            assert_eq!(not_text(start).map(|(what, _)| what), want, "{start:?}");
        }
    }
}
