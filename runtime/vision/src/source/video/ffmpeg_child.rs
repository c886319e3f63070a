//! The program ffmpeg as a child process: a video's times, then its pictures through a pipe.
//!
//! Nothing of it is trusted: a child that is silent for too long is ended, and one that fails is told
//! in one line.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

/// How long ffmpeg may give nothing before it counts as hung.
const SILENCE_MOST: Duration = Duration::from_secs(60);
/// Pictures that wait to be taken.
const WAITING: usize = 2;
/// Most letters of a line that ffmpeg says.
const LINE_MOST: usize = 4096;

/// One picture as ffmpeg tells of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Told {
    /// Seconds by the file's own clock.
    pub(super) at_s: f64,
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) interlaced: bool,
}

/// A running child, ended when dropped.
pub(super) struct FfmpegChild {
    child: Child,
    out: Receiver<Vec<u8>>,
    said: Receiver<String>,
    /// What it said of errors: how many lines, the first and the last.
    pub(super) complaints: usize,
    pub(super) first: String,
    last: String,
}

/// The version of the ffmpeg at `program`, as it says it.
pub(super) fn version(program: &Path) -> Option<String> {
    let out = Command::new(program).arg("-version").stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    Some(text.lines().next()?.split_whitespace().nth(2)?.to_owned())
}

/// Whether it is a version of before 5, which calls an option otherwise.
fn is_old(program: &Path) -> bool {
    let major = version(program).and_then(|v| v.split('.').next()?.parse::<u32>().ok());
    major.is_some_and(|major| major < 5)
}

/// When each picture of `file` is shown, and of what size it is.
///
/// # Errors
/// What ffmpeg says.
pub(super) fn times(program: &Path, file: &str) -> Result<Vec<Told>, String> {
    let what = ["-vf", "showinfo=checksum=0", "-f", "null", "-"];
    let mut child = FfmpegChild::start(program, "info", file, &what, None)?;
    let (mut told, mut last) = (Vec::new(), String::new());
    loop {
        match child.said.recv_timeout(SILENCE_MOST) {
            Ok(line) => match picture(&line) {
                Some(picture) => told.push(picture),
                None if line.contains(" n:") && line.contains("pts_time:NOPTS") => {
                    return Err("ffmpeg tells no times".into());
                }
                None => last = line,
            },
            Err(RecvTimeoutError::Timeout) => return Err(hung()),
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    child.ended(&last)?;
    Ok(told)
}

fn hung() -> String {
    format!("ffmpeg gives nothing for {} s and was ended", SILENCE_MOST.as_secs())
}

/// What a line of the filter `showinfo` tells of a picture.
fn picture(line: &str) -> Option<Told> {
    line.split_once("showinfo").filter(|(_, rest)| rest.contains(" n:"))?;
    let word = |key: &str| {
        let (_, rest) = line.split_once(key)?;
        rest.split_whitespace().next()
    };
    let (width, height) = word(" s:")?.split_once('x')?;
    Some(Told {
        at_s: word("pts_time:")?.parse().ok().filter(|s: &f64| s.is_finite())?,
        height: height.parse().ok()?,
        width: width.parse().ok()?,
        interlaced: word(" i:")? != "P",
    })
}

impl FfmpegChild {
    /// Starts decoding `file` into pictures of 4:2:0, BT.601 and limited range, `height` × `width`.
    pub(super) fn pictures(
        program: &Path,
        file: &str,
        [height, width]: [usize; 2],
    ) -> Result<Self, String> {
        let bytes = height * width + 2 * height.div_ceil(2) * width.div_ceil(2);
        let scale = "scale=out_range=tv:out_color_matrix=bt601,format=yuv420p";
        let what = ["-vf", scale, "-f", "rawvideo", "-"];
        Self::start(program, "error", file, &what, Some(bytes))
    }

    fn start(
        program: &Path,
        level: &str,
        file: &str,
        what: &[&str],
        bytes: Option<usize>,
    ) -> Result<Self, String> {
        let mut child = Command::new(program)
            .args(["-nostdin", "-hide_banner", "-nostats", "-loglevel", level])
            .args(["-i", &format!("file:{file}"), "-map", "0:v:0", "-an", "-sn", "-dn"])
            .args([if is_old(program) { "-vsync" } else { "-fps_mode" }, "passthrough"])
            .args(what)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| format!("ffmpeg does not start: {e}"))?;
        let (send_out, out) = sync_channel(WAITING);
        if let (Some(mut pipe), Some(bytes)) = (child.stdout.take(), bytes) {
            thread::spawn(move || {
                let mut picture = vec![0; bytes];
                while pipe.read_exact(&mut picture).is_ok() && send_out.send(picture).is_ok() {
                    picture = vec![0; bytes];
                }
            });
        }
        let (send_said, said) = sync_channel(1024);
        if let Some(pipe) = child.stderr.take() {
            thread::spawn(move || {
                let mut lines = BufReader::new(pipe);
                let mut line = Vec::new();
                while lines.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
                    line.truncate(LINE_MOST);
                    let text = String::from_utf8_lossy(&line).trim().to_owned();
                    line.clear();
                    if !text.is_empty() && send_said.send(text).is_err() {
                        break;
                    }
                }
            });
        }
        let [first, last] = [String::new(), String::new()];
        Ok(Self { child, out, said, complaints: 0, first, last })
    }

    /// The next picture; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>, String> {
        let picture = self.out.recv_timeout(SILENCE_MOST);
        self.listen();
        match picture {
            Ok(picture) => Ok(Some(picture)),
            Err(RecvTimeoutError::Timeout) => Err(hung()),
            Err(RecvTimeoutError::Disconnected) => {
                let last = std::mem::take(&mut self.last);
                self.ended(&last).map(|()| None)
            }
        }
    }

    /// Takes what it has said: nobody may leave it waiting.
    fn listen(&mut self) {
        for line in self.said.try_iter() {
            if self.complaints == 0 {
                self.first.clone_from(&line);
            }
            self.complaints += 1;
            self.last = line;
        }
    }

    /// Waits for its end; an error where that is none in order.
    fn ended(&mut self, last: &str) -> Result<(), String> {
        let status = self.child.wait().map_err(|e| format!("ffmpeg was lost: {e}"))?;
        match status.success() {
            true => Ok(()),
            false => Err(format!("ffmpeg cannot decode it ({last})")),
        }
    }
}

impl Drop for FfmpegChild {
    fn drop(&mut self) {
        if self.child.kill().is_ok() {
            // An ended child is waited for, or it stays in the table of processes.
            let _status = self.child.wait();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_showinfo_tells_time_size_and_fields() {
        let line = "[Parsed_showinfo_0 @ 0x7f] n:   1 pts:    512 pts_time:0.04    duration:    \
                    512 duration_time:0.04    fmt:yuv420p cl:left sar:2/1 s:80x96 i:P iskey:0";
        let told = Told { at_s: 0.04, height: 96, width: 80, interlaced: false };
        assert_eq!(picture(line), Some(told));
        assert!(picture(&line.replace("i:P", "i:T")).unwrap().interlaced);
        for other in ["", "[Parsed_showinfo_0 @ 0x7f] config in time_base: 1/12800", "Stream s:1x2"]
        {
            assert_eq!(picture(other), None, "{other}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_child_that_fails_is_told_in_one_line() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join("ffmpeg");
        std::fs::write(&program, "#!/bin/sh\necho one >&2\necho 'no such codec' >&2\nexit 3\n")
            .unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let e = times(&program, "film.mkv").unwrap_err();
        assert_eq!(e, "ffmpeg cannot decode it (no such codec)");
        let mut child = FfmpegChild::pictures(&program, "film.mkv", [32, 32]).unwrap();
        assert!(child.next().unwrap_err().starts_with("ffmpeg cannot decode it"));
        assert!(times(&dir.path().join("none"), "a").unwrap_err().contains("does not start"));
    }
}
