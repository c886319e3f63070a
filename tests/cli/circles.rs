//! Each file of a crate can be read before those that use it: no circle of files inside a crate.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;

use crate::structure::{Arrows, arrows};

/// The crates that are held to it, each by the folder of its sources.
const HELD: &[&str] = &[
    "firmware/lm3s6965/src",
    "firmware/node/src",
    "firmware/nrf52840/src",
    "firmware/rig/src",
    "firmware/wire/src",
    "runtime/drone/src",
    "runtime/engine/src",
    "runtime/fwi/src",
    "runtime/georeference/src",
    "runtime/node/src",
    "runtime/picture/src",
    "runtime/station/src",
    "runtime/src",
    "runtime/telemetry/src",
    "runtime/tracking/src",
    "runtime/vision/src",
    "runtime/weather/src",
];

/// Each circle: its files and what ties them, one line a pair.
fn circles(arrows: &Arrows) -> Vec<String> {
    let graph: DiGraphMap<&str, ()> =
        arrows.keys().map(|(from, to)| (from.as_str(), to.as_str(), ())).collect();
    let found = tarjan_scc(&graph).into_iter().filter(|files| files.len() > 1);
    let lines = found.map(|files| {
        let files: BTreeSet<&str> = files.into_iter().collect();
        let mut text = format!("a circle of {} files", files.len());
        for ((from, to), names) in arrows {
            if files.contains(from.as_str()) && files.contains(to.as_str()) {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                write!(text, "\n  {from} -> {to}: {}", names.join(", ")).expect("text grows");
            }
        }
        text
    });
    lines.collect()
}

#[test]
fn no_crate_has_a_circle_of_files() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in HELD {
        let arrows = arrows(&top.join(folder));
        assert!(arrows.len() > 2, "{folder}: {} arrows", arrows.len());
        found.extend(circles(&arrows).into_iter().map(|circle| format!("{folder}: {circle}")));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The circles of a crate of these files, each a name and its text.
fn circles_of(files: &[(&str, &str)]) -> Vec<String> {
    let room = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let file = room.path().join(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(file, text).expect("a file");
    }
    circles(&arrows(room.path()))
}

#[test]
fn circles_are_found() {
    let two = ("lib.rs", "mod a; mod b;");
    let room = ("lib.rs", "mod room;");
    for (what, files, ties) in [
        (
            "by imports",
            [two, ("a.rs", "use crate::b::B; pub struct A(B);"), ("b.rs", "use crate::a::A; pub struct B;")],
            ["a.rs -> b.rs: B", "b.rs -> a.rs: A"],
        ),
        (
            "by paths in code, one inside a macro",
            [
                two,
                ("a.rs", "pub fn a() { crate::b::b() }"),
                ("b.rs", "pub fn b() { println!(\"{}\", crate::a::LIMIT) }"),
            ],
            ["a.rs -> b.rs: b", "b.rs -> a.rs: LIMIT"],
        ),
        (
            "through an imported module",
            [
                two,
                ("a.rs", "use crate::b; pub fn a() { b::b() }"),
                ("b.rs", "use super::a::{self}; pub fn b() { a::a() }"),
            ],
            ["a.rs -> b.rs: b", "b.rs -> a.rs: a"],
        ),
        (
            "an item of mod.rs that a child takes, and mod.rs the child",
            [
                room,
                ("room/mod.rs", "mod child; pub struct Error; pub fn f() { child::g() }"),
                ("room/child.rs", "use super::Error; pub fn g() -> Error { Error }"),
            ],
            ["room/child.rs -> room/mod.rs: Error", "room/mod.rs -> room/child.rs: g"],
        ),
        (
            "the same in a file beside the folder, by a glob and a re-export that is used",
            [
                room,
                ("room.rs", "mod child; pub use child::Child; pub struct Error(Child);"),
                ("room/child.rs", "use super::*; pub struct Child; fn f() -> Error { todo!() }"),
            ],
            ["room.rs -> room/child.rs: Child", "room/child.rs -> room.rs: Error"],
        ),
        (
            "what a macro defines",
            [
                two,
                ("a.rs", "make!(struct Table); fn f() { crate::b::b() }"),
                ("b.rs", "use crate::a::Table; pub fn b() {}"),
            ],
            ["a.rs -> b.rs: b", "b.rs -> a.rs: Table"],
        ),
        (
            "through the crate's face",
            [
                ("lib.rs", "mod a; mod b; pub use a::A; pub use b::B;"),
                ("a.rs", "use crate::B; pub struct A(B);"),
                ("b.rs", "impl From<crate::A> for B {} pub struct B;"),
            ],
            ["a.rs -> b.rs: B", "b.rs -> a.rs: A"],
        ),
        (
            "below an import, a function and a module for tests",
            [
                two,
                (
                    "a.rs",
                    "#[cfg(test)] use std::fs; #[cfg(test)] fn t() {} #[cfg(test)] mod tests { fn f() {} }
                     pub fn a() { crate::b::b() }",
                ),
                ("b.rs", "#[cfg(not(test))] use crate::a::a; pub fn b() { a() }"),
            ],
            ["a.rs -> b.rs: b", "b.rs -> a.rs: a"],
        ),
        (
            "in an attribute, and in what is for tests or a feature",
            [
                two,
                ("a.rs", "#[serde(with = \"crate::b::text\")] pub struct A;"),
                ("b.rs", "#[cfg(any(test, feature = \"f\"))] fn f(a: crate::a::A) {} pub mod text {}"),
            ],
            ["a.rs -> b.rs: serialize", "b.rs -> a.rs: A"],
        ),
    ] {
        let found = circles_of(&files);
        let want = format!("a circle of 2 files\n  {}\n  {}", ties[0], ties[1]);
        assert_eq!(found, [want], "{what}");
    }
}

#[test]
fn what_is_no_circle_is_not_found() {
    for (what, files) in [
        (
            "a face: mod.rs declares and re-exports, the child takes an item of it",
            [
                ("lib.rs", "mod room;"),
                ("room/mod.rs", "mod child; pub(crate) use child::Child; pub trait Chip {}"),
                ("room/child.rs", "pub struct Child; impl super::Chip for Child {}"),
            ],
        ),
        (
            "siblings that meet in the face only",
            [
                ("lib.rs", "mod a; mod b; pub use a::A; pub use b::B;"),
                ("a.rs", "use crate::B; pub struct A(B);"),
                ("b.rs", "pub struct B;"),
            ],
        ),
        (
            "ties for tests only",
            [
                ("lib.rs", "mod a; mod b;"),
                ("a.rs", "pub struct A(crate::b::B);"),
                (
                    "b.rs",
                    "pub struct B; #[cfg(test)] use crate::a::A;
                     impl B { #[cfg(test)] fn a(self) -> A { todo!() } }
                     #[cfg(all(test, feature = \"f\"))] mod tests { use crate::a::A; }",
                ),
            ],
        ),
        (
            "a file for tests only",
            [
                ("lib.rs", "mod a; #[cfg(test)] mod fake;"),
                ("a.rs", "pub struct A; #[cfg(test)] mod tests { use crate::fake::Fake; }"),
                ("fake.rs", "pub struct Fake(crate::a::A);"),
            ],
        ),
        (
            "words that look like paths: a crate's name, a method, documentation",
            [
                ("lib.rs", "mod a; mod b;"),
                ("a.rs", "use b::B; pub fn b() { x!(y.b()) } pub fn f(_: crate::b::B) {}"),
                (
                    "b.rs",
                    "//! [`crate::a::f`]\n/// See [`super::a`].\npub struct B; fn f() { ::a::f() }",
                ),
            ],
        ),
    ] {
        assert_eq!(circles_of(&files), [""; 0], "{what}");
    }
}
