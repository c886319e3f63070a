//! Video devices: looked at, opened and set to a format; each refusal says what to do.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::Path;

use emberline_vision::frame::Kind;
use linuxvideo::format::{Format as Kept, PixFormat, PixelFormat};
use linuxvideo::stream::ReadStream;
use linuxvideo::{BufType, CapabilityFlags, Device};

use super::format::{Code, Format, letters};
use super::raw::Layout;
use crate::source::Fault;

/// Number of the kernel's driver of video devices.
const VIDEO_MAJOR: u32 = 81;

/// Opens the device `path` and starts its stream in the format that suits `kind`, at the size it is set to.
pub(super) fn open(path: &Path, kind: Kind) -> Result<(ReadStream, Layout), Fault> {
    let failed = |cause: io::Error| fault(path, &cause);
    let refused = |why: String| Fault { refused: true, why: format!("{}: {why}", path.display()) };
    // Looked at before it is opened: opening some devices does something.
    let about = fs::metadata(path).map_err(failed)?;
    if !about.file_type().is_char_device() || rustix::fs::major(about.rdev()) != VIDEO_MAJOR {
        return Err(refused(NO_VIDEO.to_owned()));
    }
    let device = Device::open(path).map_err(failed)?;
    let can = device.capabilities().map_err(failed)?.device_capabilities();
    if let Some(why) = no_capture(can) {
        return Err(refused(why.to_owned()));
    }
    let mut offered: Vec<Code> = Vec::new();
    for format in device.formats(BufType::VIDEO_CAPTURE) {
        offered.push(format.map_err(failed)?.pixel_format().as_fourcc());
    }
    let Some(code) = Format::choose(kind, &offered) else {
        let offered: Vec<String> = offered.into_iter().map(letters).collect();
        return Err(refused(format!(
            "of kind {kind} it gives no picture that is read (only {}): give another device, or another kind",
            offered.join(", ")
        )));
    };
    let Kept::VideoCapture(kept) = device.format(BufType::VIDEO_CAPTURE).map_err(failed)? else {
        return Err(refused(NO_CAPTURE.to_owned()));
    };
    let wanted = PixFormat::new(kept.width(), kept.height(), PixelFormat::from_fourcc(code));
    let capture = device.video_capture(wanted).map_err(failed)?;
    let set = capture.format();
    let Some(format) = Format::of(set.pixel_format().as_fourcc()) else {
        let what = letters(set.pixel_format().as_fourcc());
        return Err(refused(format!("it keeps to {what}, which is not read: give another device")));
    };
    let layout = Layout {
        format,
        width: set.width() as usize,
        height: set.height() as usize,
        bytes_per_line: set.bytes_per_line() as usize,
    };
    Ok((capture.into_stream().map_err(failed)?, layout))
}

const NO_VIDEO: &str = "it is no video device: give /dev/video0, or one of those in /dev/v4l/by-id";
const NO_CAPTURE: &str = "it captures no pictures (a camera may have several devices): give its \
                          other one, such as /dev/video0";

/// Why a device of these capabilities is not read.
fn no_capture(can: CapabilityFlags) -> Option<&'static str> {
    if can.contains(CapabilityFlags::VIDEO_CAPTURE) {
        let streams = can.contains(CapabilityFlags::STREAMING);
        return (!streams).then_some("it has no stream, which alone is read: give another device");
    }
    match can.contains(CapabilityFlags::VIDEO_CAPTURE_MPLANE) {
        true => {
            Some("it captures in several planes, which cannot be read yet: give another device")
        }
        false => Some(NO_CAPTURE),
    }
}

/// What an error of the device `path` means.
pub(super) fn fault(path: &Path, cause: &io::Error) -> Fault {
    use rustix::io::Errno;
    let of = |errno: Errno| cause.raw_os_error() == Some(errno.raw_os_error());
    let (refused, why) = match cause.kind() {
        ErrorKind::NotFound => (false, "there is no such device: plug the camera in".to_owned()),
        ErrorKind::PermissionDenied => {
            let fix = "add the user to the group video (usermod -aG video NAME) and start anew";
            (true, format!("it may not be read: {fix}"))
        }
        ErrorKind::ResourceBusy => {
            (false, format!("another program uses it: end that (fuser {})", path.display()))
        }
        _ if of(Errno::NODEV) || of(Errno::NXIO) || of(Errno::IO) => {
            (false, "it is gone: plug the camera out and in".to_owned())
        }
        _ if of(Errno::NOTTY) => (true, NO_VIDEO.to_owned()),
        _ => (false, format!("{cause}; plug the camera out and in")),
    };
    Fault { refused, why: format!("{}: {why}", path.display()) }
}

#[cfg(test)]
mod tests {
    use rustix::io::Errno;

    use super::*;

    #[test]
    fn what_is_no_video_device_ends_in_one_line() {
        let room = tempfile::tempdir().unwrap();
        let file = room.path().join("video0");
        fs::write(&file, b"no device").unwrap();
        let fifo = room.path().join("video1");
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        for (path, is_refused, want) in [
            (file.as_path(), true, "it is no video device: give"),
            (fifo.as_path(), true, "it is no video device"),
            (Path::new("/dev/null"), true, "it is no video device"),
            (room.path(), true, "it is no video device"),
            (
                room.path().join("none").as_path(),
                false,
                "there is no such device: plug the camera in",
            ),
        ] {
            let fault = open(path, Kind::Thermal).err().unwrap();
            let place = path.display().to_string();
            assert!(fault.why.starts_with(&place) && fault.why.contains(want), "{fault:?}");
            assert!(fault.refused == is_refused && !fault.why.contains('\n'), "{fault:?}");
        }
    }

    #[test]
    fn errors_of_a_device_say_what_to_do() {
        for (errno, is_refused, want) in [
            (Errno::NOENT, false, "plug the camera in"),
            (Errno::ACCESS, true, "add the user to the group video"),
            (Errno::BUSY, false, "another program uses it: end that (fuser /dev/video7)"),
            (Errno::NODEV, false, "it is gone"),
            (Errno::NOTTY, true, "no video device"),
            (Errno::INVAL, false, "plug the camera out and in"),
        ] {
            let fault = fault(Path::new("/dev/video7"), &errno.into());
            assert!(fault.why.contains(want) && fault.refused == is_refused, "{fault:?}");
        }
        let (capture, streams) = (CapabilityFlags::VIDEO_CAPTURE, CapabilityFlags::STREAMING);
        for (can, want) in [
            (capture | streams, None),
            (capture, Some("no stream")),
            (CapabilityFlags::VIDEO_CAPTURE_MPLANE | streams, Some("several planes")),
            (CapabilityFlags::META_CAPTURE | streams, Some("captures no pictures")),
        ] {
            let why = no_capture(can);
            assert_eq!(why.is_some(), want.is_some(), "{why:?}");
            assert!(why.unwrap_or("").contains(want.unwrap_or("")), "{why:?}");
        }
    }
}
