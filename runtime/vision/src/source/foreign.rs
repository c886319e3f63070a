//! Foreign inputs: what a file is that no reader takes, told by its first bytes, and the command that
//! makes it readable.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::error::SourceError;
use super::ffmpeg_command::{ffmpeg, or_decoder, quoted, recode};

/// Bytes from the beginning of a file that tell what it is.
const HEAD: usize = 1024;
/// Makes odd sides even, which coded colour needs.
const EVEN: &str = "crop=trunc(iw/2)*2:trunc(ih/2)*2";
/// Endings of files that hold a video.
const VIDEOS: [&str; 9] = ["mp4", "mov", "m4v", "mkv", "ts", "avi", "webm", "mpg", "dav"];
const IMAGES: [&str; 6] = ["png", "jpg", "jpeg", "tif", "tiff", "pgm"];

/// What the beginning of a file shows it to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Empty,
    Mp4,
    MpegTs,
    Matroska,
    WebM,
    Avi,
    RawAvc,
    RawHevc,
    Gif,
    Other(&'static str),
    FlirSequence,
    WebPage,
    Picture(&'static str),
}

fn content(head: &[u8]) -> Option<Content> {
    let at = |at: usize, magic: &[u8]| head.get(at..).is_some_and(|b| b.starts_with(magic));
    let sync = |first: usize, packet: usize| {
        head.len() > first + packet && head.iter().skip(first).step_by(packet).all(|&b| b == 0x47)
    };
    let text = head.trim_ascii_start();
    let unit = [&[0, 0, 0, 1][..], &[0, 0, 1]].iter().find_map(|start| head.strip_prefix(*start));
    Some(match unit.and_then(|u| u.first()) {
        _ if head.is_empty() => Content::Empty,
        _ if at(4, b"ftyp") || at(4, b"moov") || at(4, b"styp") => Content::Mp4,
        _ if sync(0, 188) || sync(4, 192) => Content::MpegTs,
        _ if at(0, &[0x1a, 0x45, 0xdf, 0xa3]) => {
            let webm = head.iter().take(64).copied().collect::<Vec<_>>();
            match webm.windows(4).any(|w| w == b"webm") {
                true => Content::WebM,
                false => Content::Matroska,
            }
        }
        _ if at(0, b"RIFF") && at(8, b"AVI ") => Content::Avi,
        _ if at(0, b"GIF8") => Content::Gif,
        _ if at(0, b"FLV\x01") => Content::Other("Flash video"),
        _ if at(0, b"OggS") => Content::Other("Ogg"),
        _ if at(0, &[0x30, 0x26, 0xb2, 0x75]) => Content::Other("Windows Media"),
        _ if at(0, b"DHAV") => Content::Other("a Dahua recording"),
        _ if at(0, b"IMKH") => Content::Other("a Hikvision recording"),
        _ if at(0, b"FFF\0") || at(0, b"AFF\0") => Content::FlirSequence,
        _ if at(0, &[0x89, b'P', b'N', b'G']) => Content::Picture("PNG"),
        _ if at(0, &[0xff, 0xd8, 0xff]) => Content::Picture("JPEG"),
        _ if text.first() == Some(&b'<') => Content::WebPage,
        Some(0xba | 0xb3) => Content::Other("MPEG-2"),
        Some(0x09 | 0x06 | 0x27 | 0x47 | 0x67) => Content::RawAvc,
        Some(0x40 | 0x42 | 0x44 | 0x46 | 0x4e) => Content::RawHevc,
        _ => return None,
    })
}

/// What a file of this ending should be.
fn by_ending(ending: &str) -> Option<Content> {
    Some(match ending {
        "ts" | "m2ts" | "mts" => Content::MpegTs,
        "mkv" => Content::Matroska,
        "webm" => Content::WebM,
        "avi" => Content::Avi,
        "gif" => Content::Gif,
        "h264" | "264" | "avc" => Content::RawAvc,
        "h265" | "265" | "hevc" => Content::RawHevc,
        "seq" | "csq" | "fff" => Content::FlirSequence,
        "wmv" | "asf" => Content::Other("Windows Media"),
        "flv" => Content::Other("Flash video"),
        "mpg" | "mpeg" | "vob" => Content::Other("MPEG-2"),
        "dav" => Content::Other("a Dahua recording"),
        _ => return None,
    })
}

fn refusal(name: &str, content: Content) -> Option<SourceError> {
    let remux = ffmpeg("", name, "-an -c copy", "out.mp4");
    let odd = recode(name, EVEN);
    let raw = |format: &str| {
        let before = format!("-f {format} -framerate 25");
        let command = ffmpeg(&before, name, "-c:v libx264 -pix_fmt yuv420p", "out.mp4");
        format!("say how many pictures a second it has: {command}")
    };
    let put = |fix: String| or_decoder(&format!("convert it: {fix}"));
    let copy = or_decoder(&format!("put it into an MP4: {remux}"));
    let (what, fix) = match content {
        Content::Mp4 => return None,
        Content::Empty => ("the file is empty".into(), "copy or record it again".into()),
        Content::MpegTs => ("it is MPEG-TS".into(), copy),
        Content::Matroska => ("it is Matroska".into(), copy),
        Content::WebM => ("it is WebM".into(), put(odd)),
        Content::Avi => ("it is AVI".into(), put(odd)),
        Content::Gif => ("it is GIF".into(), put(odd)),
        Content::Other(what) => (format!("it is {what}"), put(odd)),
        Content::RawAvc => {
            ("it is H.264 without a file around it, which tells no times".into(), { raw("h264") })
        }
        Content::RawHevc => {
            ("it is H.265 without a file around it, which tells no times".into(), raw("hevc"))
        }
        Content::FlirSequence => (
            "it is a FLIR sequence that is not called .seq, or of an old form (AFF)".into(),
            "call it .seq, or export its frames as 16-bit TIFF with FLIR's own program and give their folder".into(),
        ),
        Content::WebPage => (
            "it is a web page, not a film: the server sent one instead".into(),
            "open its address in a browser and save the film itself".into(),
        ),
        Content::Picture(what) => {
            (format!("it is one {what} picture"), "put the frames into a folder and give it".into())
        }
    };
    Some(SourceError::refused(name, what, fix))
}

/// Whether the file is MP4 or QuickTime, whatever it is called.
#[cfg(any(feature = "video", test))]
pub(super) fn is_mp4(path: &Path) -> bool {
    content(&head(path)) == Some(Content::Mp4)
}

/// Why the file `name`, called as a video is, cannot be read as one; `None` where it may be.
pub(super) fn refuse_no_mp4(name: &str) -> Option<SourceError> {
    let head = head(Path::new(name));
    match content(&head) {
        Some(content) => refusal(name, content),
        // An MP4 begins with a length and a name of four letters.
        None if head.get(4..8).is_some_and(|b| b.iter().all(u8::is_ascii_alphabetic)) => None,
        None => {
            let fix = or_decoder(&format!("convert it: {}", recode(name, "")));
            Some(SourceError::refused(name, "it is no MP4 or QuickTime file", fix))
        }
    }
}

/// Why the file `name` of this ending cannot be read, where that is known.
pub(super) fn refuse_file(name: &str, ending: &str) -> Option<SourceError> {
    if let Some(command) = unpacking(name) {
        let fix = format!("unpack it into a folder and give that: {command}");
        return Some(SourceError::refused(name, "it is an archive of files", fix));
    }
    let known = content(&head(Path::new(name))).filter(|c| *c != Content::Empty);
    refusal(name, known.or_else(|| by_ending(ending))?)
}

/// The command that unpacks the archive `name` into a folder `frames`; `None` where it is none.
fn unpacking(name: &str) -> Option<String> {
    let plain = name.to_ascii_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|e| plain.ends_with(e));
    match () {
        () if ends(&[".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz"]) => {
            Some(format!("mkdir frames && tar -xf {} -C frames", quoted(name)))
        }
        () if ends(&[".zip"]) => Some(format!("unzip {} -d frames", quoted(name))),
        () => None,
    }
}

/// Why the address `name` is no input; `None` where it is no address.
pub(super) fn refuse_address(name: &str) -> Option<SourceError> {
    let (scheme, _) = name.split_once("://")?;
    let (what, command) = match scheme.to_ascii_lowercase().as_str() {
        "rtsp" | "rtsps" => (
            "a camera's stream",
            ffmpeg("-rtsp_transport tcp", name, "-t 600 -an -c copy", "film.mp4"),
        ),
        "http" | "https" if name.contains(".m3u8") => {
            ("a stream", ffmpeg("", name, "-t 600 -an -c copy", "film.mp4"))
        }
        "http" | "https" => ("a web address", format!("curl -fL -o film.mp4 {}", quoted(name))),
        "rtmp" | "udp" | "rtp" | "srt" => {
            ("a stream", ffmpeg("", name, "-t 600 -an -c copy", "film.mp4"))
        }
        _ => return None,
    };
    let fix = format!("record it into a file first: {command}");
    Some(SourceError::refused(name, format!("{what} is no file"), fix))
}

/// Why a folder of pieces of a recording is no film; `None` where there are none, or images besides.
pub(super) fn refuse_segments(name: &str) -> Option<SourceError> {
    let files = std::fs::read_dir(name).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let endings: Vec<String> =
        files.filter_map(|p| Some(p.extension()?.to_str()?.to_owned())).collect();
    let is = |ending: &str, of: &[&str]| of.contains(&ending.to_ascii_lowercase().as_str());
    if endings.iter().any(|e| is(e, &IMAGES) || is(e, &["npz", "h5"])) {
        return None;
    }
    let videos: Vec<&String> = endings.iter().filter(|e| is(e, &VIDEOS)).collect();
    let ending = videos.first()?;
    let folder = quoted(name);
    Some(SourceError::refused(
        name,
        format!("a folder of {} video files is no film", videos.len()),
        format!(
            "give one of them, or put them together: for f in {folder}/*.{ending}; do echo \"file \
             '$(realpath \"$f\")'\"; done > list.txt && ffmpeg -f concat -safe 0 -i list.txt -an -c \
             copy out.mp4"
        ),
    ))
}

fn head(path: &Path) -> Vec<u8> {
    let mut out = Vec::new();
    let read = File::open(path).map(|f| f.take(HEAD as u64).read_to_end(&mut out));
    drop(read);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_film_is_named_with_the_command_that_makes_it_one() {
        let mut ts = vec![0u8; 600];
        ts.iter_mut().step_by(188).for_each(|b| *b = 0x47);
        let webm = [&[0x1a, 0x45, 0xdf, 0xa3][..], b"....B\x82\x84webm"].concat();
        let rows: [(&str, &[u8], &str); 15] = [
            ("a.mp4", b"", "the file is empty"),
            ("a.mp4", &ts, "it is MPEG-TS; put it into an MP4: ffmpeg -i "),
            ("a.mp4", &[0x1a, 0x45, 0xdf, 0xa3, 1], "it is Matroska; put it into an MP4"),
            ("a.mov", &webm, "it is WebM; convert it: ffmpeg"),
            ("a.mp4", b"RIFF\x10\0\0\0AVI LIST", "it is AVI; convert it: ffmpeg"),
            ("a.mp4", b"GIF89a", "it is GIF; convert it: ffmpeg"),
            ("a.mp4", &[0, 0, 0, 1, 0x67, 0x42], "it is H.264 without a file around it"),
            ("a.mp4", &[0, 0, 1, 0x40, 1], "ffmpeg -f hevc -framerate 25 -i "),
            ("a.mp4", b"\n<!DOCTYPE html>", "it is a web page"),
            ("a.mp4", &[0x89, b'P', b'N', b'G'], "it is one PNG picture"),
            ("a.mp4", b"{\"error\": 401}", "it is no MP4 or QuickTime file; convert it: ffmpeg"),
            ("a.seq", b"FFF\0", "it is a FLIR sequence"),
            ("a.ts", b"x", "it is MPEG-TS"),
            ("a.h264", b"x", "-f h264 -framerate 25 -i "),
            ("a.avi", b"", "it is AVI"),
        ];
        let dir = tempfile::tempdir().unwrap();
        for (name, bytes, want) in rows {
            let path = dir.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            let name = path.display().to_string();
            let ending = name.rsplit('.').next().unwrap();
            let e = match ending {
                "mp4" | "mov" => refuse_no_mp4(&name),
                _ => refuse_file(&name, ending),
            };
            let e = e.unwrap_or_else(|| panic!("{name}: {want}")).to_string();
            assert!(e.contains(want) && !e.contains('\n'), "{e}");
        }
        let path = dir.path().join("b.bin");
        std::fs::write(&path, b"\0\0\0\x20ftypisom").unwrap();
        assert!(is_mp4(&path) && refuse_file(&path.display().to_string(), "bin").is_none());
    }

    #[test]
    fn addresses_and_folders_of_pieces_are_refused_with_a_command() {
        for (name, want) in [
            ("rtsp://cam/1", Some("ffmpeg -rtsp_transport tcp -i rtsp://cam/1 -t 600")),
            ("http://cam/a.mp4", Some("curl -fL -o film.mp4 http://cam/a.mp4")),
            ("https://cam/a.m3u8?x&y", Some("ffmpeg -i 'https://cam/a.m3u8?x&y'")),
            ("sim:fire", None),
        ] {
            let e = refuse_address(name).map(|e| e.to_string());
            assert_eq!(e.is_some(), want.is_some(), "{name}");
            assert!(want.is_none_or(|w| e.as_ref().unwrap().contains(w)), "{e:?}");
        }
        let dir = tempfile::tempdir().unwrap();
        let name = dir.path().display().to_string();
        for (file, want) in
            [("notes.txt", false), ("10.mp4", true), ("11.mp4", true), ("a.png", false)]
        {
            std::fs::write(dir.path().join(file), b"").unwrap();
            let e = refuse_segments(&name).map(|e| e.to_string());
            assert_eq!(e.is_some(), want, "{file}: {e:?}");
            assert!(
                e.is_none_or(|e| e.contains("*.mp4; do echo ") && e.contains("ffmpeg -f concat"))
            );
        }
    }
}
