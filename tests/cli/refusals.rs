//! Bad input of every kind: exit code 2, one line on stderr, and nothing left behind.

use std::fs::{self, File};
use std::process::{Command, Stdio};

use ndarray::{Array3, Array4};
use ndarray_npy::{NpzWriter, WritableElement};
use sha2::{Digest, Sha256};

use crate::room::{EMBERLINE, Ran, Room, SMALL, heat};

/// A film of one array.
fn film<T: WritableElement>(room: &Room, name: &str, frames: &Array3<T>) {
    let mut npz = NpzWriter::new(File::create(room.path(name)).expect("the room"));
    npz.add_array("frames", frames).expect("an array");
    npz.finish().expect("a whole file");
}

/// The built-in model as a folder.
fn model(room: &Room, name: &str) {
    let from = concat!(env!("CARGO_MANIFEST_DIR"), "/models/fire-v1");
    fs::create_dir(room.path(name)).expect("the room");
    for entry in fs::read_dir(from).expect("the model").flatten() {
        fs::copy(entry.path(), room.path(name).join(entry.file_name())).expect("a copy");
    }
}

/// Writes `SHA256SUMS` anew, as someone would who changed a file on purpose.
pub(crate) fn seal(room: &Room, name: &str) {
    let mut lines = String::new();
    for entry in fs::read_dir(room.path(name)).expect("the model").flatten() {
        let file = entry.file_name().to_string_lossy().into_owned();
        if file != "SHA256SUMS" {
            let hash = Sha256::digest(fs::read(entry.path()).expect("a file"));
            let hash: String = hash.iter().map(|b| format!("{b:02x}")).collect();
            lines += &format!("{hash}  {file}\n");
        }
    }
    fs::write(room.path(name).join("SHA256SUMS"), lines).expect("the room");
}

fn spoil_card(room: &Room, name: &str, from: &str, to: &str) {
    model(room, name);
    let card = room.path(name).join("card.toml");
    let text = fs::read_to_string(&card).expect("a card");
    assert!(text.contains(from), "{from}");
    fs::write(&card, text.replacen(from, to, 1)).expect("the room");
    seal(room, name);
}

/// Everything that the table below refers to.
fn furnish(room: &Room) {
    room.npz("good.npz", 14);
    let whole = fs::read(room.path("good.npz")).expect("just written");
    room.write("cut.npz", &whole[..whole.len() / 2]);
    room.write("empty.npz", b"");
    room.write("text.npz", b"frames = 3\n");
    // Whole numbers that float32 would round.
    film(room, "int64.npz", &heat(14, 40, 48).mapv(|v| (i64::from(v) << 30) + 1));
    let mut nan = heat(14, 40, 48).mapv(f32::from);
    nan[[12, 20, 20]] = f32::NAN;
    film(room, "nan.npz", &nan);
    film(room, "one.npz", &heat(1, 40, 48));
    film(room, "narrow.npz", &heat(14, 40, 16));
    let mut npz = NpzWriter::new(File::create(room.path("named.npz")).expect("the room"));
    npz.add_array("heat", &Array4::<u8>::zeros((14, 40, 48, 1))).expect("an array");
    npz.finish().expect("a whole file");
    // An MP4 box that promises more than there is.
    room.write("cut.mp4", b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2\0\x01\0\0moov\0\0\0\x6cmvhd");
    room.write("junk.mp4", &[0x5a; 4096]);
    fs::create_dir(room.path("no-frames")).expect("the room");
    room.pngs("cut-frame", 12);
    let frame = room.path("cut-frame/frame_005.png");
    let bytes = fs::read(&frame).expect("a frame");
    fs::write(&frame, &bytes[..bytes.len() / 2]).expect("the room");

    model(room, "zero");
    fs::write(room.path("zero/model.onnx"), b"").expect("the room");
    model(room, "tampered");
    let onnx = room.path("tampered/model.onnx");
    let mut bytes = fs::read(&onnx).expect("a graph");
    let at = bytes.len() / 2;
    bytes[at] ^= 0x10;
    fs::write(&onnx, bytes).expect("the room");
    model(room, "no-sums");
    fs::remove_file(room.path("no-sums/SHA256SUMS")).expect("the room");
    spoil_card(room, "leads", "leads = 20", "leads = 12");
    spoil_card(room, "schema", "schema = 2", "schema = 9");
    spoil_card(room, "field", "licence", "license");
    room.write("file", b"a file");
    fs::create_dir(room.path("mine")).expect("the room");
    room.write("mine/thesis.txt", b"do not remove");
}

#[test]
fn bad_input_ends_in_one_line_and_leaves_nothing() {
    let room = Room::new();
    furnish(&room);
    struct Case {
        args: &'static [&'static str],
        want: &'static str,
    }
    for Case { args, want } in [
        // The film.
        Case { args: &["nowhere.npz"], want: "nowhere.npz: no such file" },
        Case { args: &["cut.npz"], want: "cut.npz" },
        Case { args: &["empty.npz"], want: "empty.npz" },
        Case { args: &["text.npz"], want: "text.npz" },
        Case { args: &["int64.npz"], want: "float32 rounds" },
        Case { args: &["nan.npz"], want: "nan.npz" },
        Case { args: &["one.npz", "--step", "2"], want: "10 frames 2 s apart need 18 s" },
        Case { args: &["narrow.npz"], want: "narrow.npz" },
        Case { args: &["named.npz"], want: "--array" },
        Case { args: &["good.npz", "--array", "heat"], want: "no array heat" },
        Case { args: &["cut.mp4"], want: "cut.mp4" },
        Case { args: &["junk.mp4"], want: "junk.mp4" },
        Case { args: &["no-frames"], want: "no-frames" },
        Case { args: &["cut-frame", "--step", "5"], want: "frame_005.png" },
        Case { args: &["sim:flood"], want: "sim:fire" },
        Case { args: &["sim:rain?kind=mask"], want: "sim:rain has no 'kind'" },
        Case { args: &["sim:rain", "--kind", "mask"], want: "leave --kind out" },
        Case { args: &["good.npz", "--kind", "rain"], want: "kind rain needs uint8 codes" },
        // What is asked of it.
        Case { args: &["good.npz", "--at", "99"], want: "--at counts from 0 to 13" },
        Case { args: &["good.npz", "--at", "2"], want: "give --at 9" },
        Case { args: &["good.npz", "--step", "0"], want: "step" },
        Case { args: &["good.npz", "--step", "0.001"], want: "" },
        Case { args: &["good.npz", "--leads", "0"], want: "--leads" },
        Case { args: &["good.npz", "--kind", "smoke"], want: "thermal, mask, rgb" },
        Case {
            args: &["good.npz", "--engine", "ort-cpu"],
            want: "engine ort-cpu: no ONNX Runtime",
        },
        Case { args: &["good.npz", "--engine", "cuda"], want: "engine cuda: no ONNX Runtime" },
        Case { args: &["good.npz", "--engine", "tensorrt"], want: "engine tensorrt: no ONNX" },
        Case { args: &["good.npz", "--verbose"], want: "unexpected argument '--verbose'" },
        // The model.
        Case {
            args: &["good.npz", "--model", "smoke"],
            want: "no such model or folder; known here: ",
        },
        Case { args: &["good.npz", "--model", "./zero"], want: "model.onnx is empty" },
        Case { args: &["good.npz", "--model", "./tampered"], want: "model.onnx was changed" },
        Case { args: &["good.npz", "--model", "./no-sums"], want: "SHA256SUMS" },
        Case {
            args: &["good.npz", "--model", "./leads"],
            want: "output forecast is [1,20,1,*,*], the card wants [1,12,1,*,*]",
        },
        Case { args: &["good.npz", "--model", "./schema"], want: "schema 9, this version reads 2" },
        Case { args: &["good.npz", "--model", "./field"], want: "unknown field `license`" },
    ] {
        let mut all = vec!["forecast", args[0], "out"];
        all.extend(&args[1..]);
        let ran = room.run(&all);
        refused(&ran, want, &all);
        assert!(!room.path("out").exists(), "{all:?} left an output");
        assert_eq!(room.hidden(), Vec::<String>::new(), "{all:?} left something");
    }
    // Outputs that cannot be.
    for (out, want) in [("file", "is a file"), ("file/out", "file"), ("mine", "thesis.txt")] {
        let all = ["forecast", "good.npz", out];
        refused(&room.run(&all), want, &all);
        assert_eq!(room.hidden(), Vec::<String>::new(), "{all:?} left something");
    }
    assert_eq!(fs::read(room.path("file")).expect("still there"), b"a file");
    assert!(room.path("mine/thesis.txt").is_file());
}

#[track_caller]
pub(crate) fn refused(ran: &Ran, want: &str, args: &[&str]) {
    assert_eq!(ran.code, Some(2), "{args:?}: {ran:?}");
    assert_eq!(ran.out, "", "{args:?}");
    assert_eq!(ran.err.lines().count(), 1, "{args:?}: {}", ran.err);
    assert!(ran.err.starts_with("error: "), "{args:?}: {}", ran.err);
    assert!(ran.err.contains(want), "{args:?}: wanted {want:?}: {}", ran.err);
    assert!(ran.err.ends_with('\n'), "{args:?}");
}

/// A full disk, stood in for by a limit on file sizes: writes fail, the program lives on to say so.
#[test]
fn a_full_disk_ends_in_one_line_and_leaves_nothing() {
    let room = Room::new();
    for kib in [1, 8, 40] {
        let script = format!("trap '' XFSZ; ulimit -f {kib}; exec \"$0\" \"$@\"");
        let mut command = Command::new("bash");
        command.args(["-c", &script, EMBERLINE, "forecast", SMALL, "out", "--engine", "tract"]);
        command.current_dir(room.path("")).stdin(Stdio::null());
        let ran = Ran::of(&command.output().expect("bash"));
        refused(&ran, "out/", &["ulimit"]);
        assert!(!room.path("out").exists(), "{kib}");
        assert_eq!(room.hidden(), Vec::<String>::new(), "{kib}");
    }
}
