//! Text on a line where frames should come: what a GPS receiver, a logger or a console sends.

/// Bytes that are looked at.
pub(super) const LOOKED_AT: usize = 256;
/// Characters of a sample.
const SAMPLE: usize = 24;
/// Of a hundred bytes so many at least are printable in a text.
const PRINTABLE: usize = 90;

/// How a text begins, if bytes are one.
pub(super) fn sample(bytes: &[u8]) -> Option<String> {
    let is_text = |b: &&u8| b.is_ascii_graphic() || matches!(b, b' ' | b'\t' | b'\r' | b'\n');
    if bytes.is_empty() || bytes.iter().filter(is_text).count() * 100 < PRINTABLE * bytes.len() {
        return None;
    }
    let text = String::from_utf8_lossy(bytes);
    let words = |line: &&str| line.chars().filter(|c| !c.is_control()).count() > 3;
    // The first line may have begun before the port was opened.
    let line = text.lines().skip(1).find(words).or(text.lines().find(words))?;
    let short: String = line.trim().chars().filter(|c| !c.is_control()).take(SAMPLE).collect();
    Some(if line.trim().len() > short.len() { format!("{short}…") } else { short })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_told_from_noise() {
        for (bytes, want) in [
            (
                &b"1*47\r\n$GPGGA,123519,4807.038,N,01131.000,E,1\r\n"[..],
                Some("$GPGGA,123519,4807.038,N…"),
            ),
            (b"20.1,53\r\n20.2,54\r\n", Some("20.2,54")),
            (b"temp 20.1 C", Some("temp 20.1 C")),
            (b"\x01\x82\xfe\x00\x91\x13ab", None),
            (b"", None),
        ] {
            assert_eq!(sample(bytes).as_deref(), want);
        }
    }
}
