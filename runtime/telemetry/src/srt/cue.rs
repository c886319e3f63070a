//! Cues: the lines of a subtitle file that say from when to when, and the text between them.

/// What stands between the two times.
const ARROW: &str = "-->";

/// A cue: when it begins, seconds from the film's start, and its text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Cue<'a> {
    pub(crate) from_s: f64,
    /// The number of its line in the file, from 1.
    pub(crate) line: u64,
    pub(crate) text: &'a str,
}

/// Whether this is the beginning of a file of subtitles.
pub(crate) fn is_subtitles(text: &str) -> bool {
    text.lines().take(8).any(|line| times(line).is_some())
}

/// The cues of a file. It is cut at its lines of times, not at blank lines: some have those inside.
pub(crate) fn cues(text: &str) -> impl Iterator<Item = Cue<'_>> {
    let mut rest = text;
    let mut line = 0;
    std::iter::from_fn(move || {
        loop {
            if rest.is_empty() {
                return None;
            }
            let (first, after) = rest.split_once('\n').unwrap_or((rest, ""));
            line += 1;
            rest = after;
            let Some(from_s) = times(first) else { continue };
            // Up to the next line of times; the cue's number before that does no harm.
            let mut end = 0;
            for line in after.split_inclusive('\n') {
                if times(line).is_some() {
                    break;
                }
                end += line.len();
            }
            return Some(Cue { from_s, line, text: &after[..end] });
        }
    })
}

/// Where a line such as `00:00:01,033 --> 00:00:01,066` begins.
fn times(line: &str) -> Option<f64> {
    let (from, to) = line.split_once(ARROW)?;
    time(to.trim())?;
    time(from.trim())
}

/// Hours, minutes and seconds with a point or a comma.
fn time(text: &str) -> Option<f64> {
    let mut parts = text.splitn(3, ':');
    let mut whole = || parts.next()?.trim().parse::<u32>().ok().map(f64::from);
    let (hours, minutes) = (whole()?, whole()?);
    let seconds: f64 = parts.next()?.split_whitespace().next()?.replace(',', ".").parse().ok()?;
    (minutes < 60.0 && (0.0..60.0).contains(&seconds))
        .then_some(hours * 3600.0 + minutes * 60.0 + seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cues_begin_at_their_times_and_keep_blank_lines() {
        let text = "1\r\n00:00:00,000 --> 00:00:00,033\r\na\r\n\r\nb\r\n\r\n2\r\n\
                    01:00:01.500-->01:00:02.000\r\nc";
        let all: Vec<_> = cues(text).map(|c| (c.from_s, c.line)).collect();
        assert_eq!(all, [(0.0, 2), (3601.5, 8)]);
        assert!(cues(text).next().unwrap().text.contains('b'));
        assert!(is_subtitles(text) && !is_subtitles("a --> b\n"));
        // Days: hours go on.
        assert_eq!(cues("24:00:00,000 --> 24:00:01,000").next().map(|c| c.from_s), Some(86_400.0));
    }
}
