//! Commands: how a person makes an input readable with ffmpeg, ready to be pasted.

use std::path::PathBuf;

/// `name` as a shell takes it.
pub(super) fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/+,:@%=".contains(c);
    let name = if name.starts_with('-') { format!("./{name}") } else { name.to_owned() };
    match name.chars().all(plain) && !name.is_empty() {
        true => name,
        false => format!("'{}'", name.replace('\'', "'\\''")),
    }
}

/// `ffmpeg` from the input `name`, with `before` and `after` it, into the file `to`.
pub(super) fn ffmpeg(before: &str, name: &str, after: &str, to: &str) -> String {
    let space = if before.is_empty() { "" } else { " " };
    format!("ffmpeg {before}{space}-i {} {after} {to}", quoted(name))
}

/// Codes the video of `name` anew as H.264, through the filters `filters` where there are any.
pub(super) fn recode(name: &str, filters: &str) -> String {
    let filters = if filters.is_empty() { String::new() } else { format!("-vf \"{filters}\" ") };
    ffmpeg("", name, &format!("{filters}-c:v libx264 -pix_fmt yuv420p"), "out.mp4")
}

/// Where ffmpeg is, if it is on the path.
pub(super) fn find() -> Option<PathBuf> {
    let name = if cfg!(windows) { "ffmpeg.exe" } else { "ffmpeg" };
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(name)).find(|p| p.is_file())
}

/// `command`, and that ffmpeg can be let decode the film where it is there.
pub(super) fn or_decoder(command: &str) -> String {
    match find() {
        Some(_) if cfg!(feature = "video") => {
            format!("{command} (or let ffmpeg decode it here: ‹decoder› ffmpeg)")
        }
        _ => command.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_a_shell_would_split_them() {
        for (name, want) in [
            ("a/b-1.mp4", "a/b-1.mp4"),
            ("a b.mp4", "'a b.mp4'"),
            ("it's.mp4", "'it'\\''s.mp4'"),
            ("-x.mp4", "./-x.mp4"),
            ("$HOME.mp4", "'$HOME.mp4'"),
        ] {
            assert_eq!(
                recode(name, ""),
                format!("ffmpeg -i {want} -c:v libx264 -pix_fmt yuv420p out.mp4")
            );
        }
        assert!(recode("a", "yadif").contains("-i a -vf \"yadif\" -c:v"));
    }
}
