//! Parts of thermal images, from the first of a node to its images and notes.

use emberline_simulated_node::{Random, SimulatedNode};
use emberline_wire::{Frame, Message, PART, ThermalContent, ThermalPart};
use jiff::Timestamp;

use std::time::Duration;

use super::*;
use crate::image::Image;
use crate::mlx90640::golden::{Case, cases};
use crate::mlx90640::{PIXELS, WORDS};
use crate::session::{Now, Session};
use crate::store::Store;

const CALIBRATION: ThermalContent = ThermalContent::Mlx90640Calibration;

/// An array on a line.
struct Scene {
    room: tempfile::TempDir,
    thermal: Thermal,
    image: u16,
    since_s: u64,
    notes: Vec<String>,
}

impl Scene {
    fn new() -> Self {
        let room = tempfile::tempdir().unwrap();
        let thermal = Thermal::open(room.path());
        Self { room, thermal, image: 0, since_s: 0, notes: Vec::new() }
    }

    /// The gateway starts anew.
    fn restart(&mut self) {
        self.thermal = Thermal::open(self.room.path());
    }

    /// Sends the rows of `words` but `lost`.
    fn send(
        &mut self,
        content: ThermalContent,
        half: u8,
        words: &[u16; WORDS],
        lost: Option<usize>,
    ) -> Option<TempsC> {
        self.image = self.image.wrapping_add(1);
        self.since_s += 2;
        let mut image = None;
        let parts = parts(self.image, content, half, words).into_iter().enumerate();
        for (_, part) in parts.filter(|(row, _)| Some(*row) != lost) {
            let out = self.thermal.take(&part, Duration::from_secs(self.since_s)).unwrap();
            self.notes.extend(out.notes.iter().map(ToString::to_string));
            image = image.or(out.image);
        }
        image
    }

    /// Sends both halves.
    fn both(&mut self, case: &Case) -> Option<TempsC> {
        let [first, second] = case.ram();
        assert_eq!(self.send(ThermalContent::Mlx90640Words, 0, &first, None), None);
        self.send(ThermalContent::Mlx90640Words, 1, &second, None)
    }
}

/// What is there is what the library says, to 0.01 °C.
fn near(image: &[Option<f64>], case: &Case) {
    for (got, want) in image.iter().zip(&case.to_c) {
        let Some(got) = got else { continue };
        assert!((got - want.unwrap()).abs() < 0.016, "{got} °C, not {want:?}");
        assert!((got * 100.0 - (got * 100.0).round()).abs() < 1e-6, "{got} is to 0.01 °C");
    }
    assert!(image.iter().flatten().count() > 700);
}

#[test]
fn words_and_a_calibration_are_an_image() {
    let case = &cases()[0];
    let mut scene = Scene::new();
    scene.send(CALIBRATION, 0, &case.eeprom(), None);
    let (rows, columns, image) = scene.both(case).unwrap();
    assert_eq!((rows, columns, image.len()), (24, 32, PIXELS));
    near(&image, case);
    assert!(scene.notes.is_empty(), "{:?}", scene.notes);
}

#[test]
fn a_missing_calibration_is_reported_once_and_a_kept_one_serves_after_a_restart() {
    let case = &cases()[0];
    let mut scene = Scene::new();
    scene.send(CALIBRATION, 0, &case.eeprom(), Some(7));
    assert_eq!(scene.both(case), None);
    assert_eq!(scene.both(case), None);
    assert_eq!(scene.notes.len(), 1, "{:?}", scene.notes);
    assert!(scene.notes[0].contains("after each 100 half images"), "{:?}", scene.notes);
    scene.send(CALIBRATION, 0, &case.eeprom(), None);
    assert!(scene.both(case).is_some());
    scene.restart();
    assert!(scene.both(case).is_some());
    std::fs::write(scene.room.path().join("mlx90640.json"), "{\"chip\":").unwrap();
    scene.restart();
    assert_eq!(scene.both(case), None);
}

#[test]
fn a_replaced_array_is_never_computed_with_the_old_calibration() {
    let [old, new, ..] = &cases()[..] else { panic!("two arrays") };
    for lost in [None, Some(3)] {
        let mut scene = Scene::new();
        scene.send(CALIBRATION, 0, &old.eeprom(), None);
        assert!(scene.both(old).is_some());
        scene.send(CALIBRATION, 0, &new.eeprom(), lost);
        assert_eq!(scene.both(new).is_some(), lost.is_none());
        assert!(scene.notes[0].contains("another thermal array"), "{:?}", scene.notes);
        scene.restart();
        assert_eq!(scene.both(new).is_some(), lost.is_none());
    }
}

#[test]
fn what_is_wrong_is_reported_once_a_kind() {
    let case = &cases()[0];
    let mut scene = Scene::new();
    let mut dead = case.eeprom();
    dead[64..80].fill(0);
    for _ in 0..2 {
        scene.send(CALIBRATION, 0, &dead, None);
    }
    scene.send(CALIBRATION, 0, &case.eeprom(), None);
    let [half, _] = case.ram();
    for _ in 0..3 {
        let mut torn = half;
        torn[778] = 0;
        scene.send(ThermalContent::Mlx90640Words, 0, &torn, None);
        scene.send(ThermalContent::Mlx90640Words, 0, &half, None);
    }
    let want =
        ["16 pixels deviate", "own temperature or supply cannot be", "came without the other"];
    assert_eq!(scene.notes.len(), want.len(), "{:?}", scene.notes);
    for (note, want) in scene.notes.iter().zip(want) {
        assert!(note.contains(want), "{note}");
    }
}

#[test]
fn a_pixel_that_the_maker_gave_up_is_null() {
    let case = &cases()[0];
    let mut words = case.eeprom();
    words[64 + 5] = 0;
    words[64 + 40] |= 1;
    let mut scene = Scene::new();
    scene.send(CALIBRATION, 0, &words, None);
    let (_, _, image) = scene.both(case).unwrap();
    let sound = |i: &usize| case.to_c[*i].is_some_and(|c| (-39.9..299.9).contains(&c));
    let null: Vec<_> = (0..PIXELS).filter(sound).filter(|i| image[*i].is_none()).collect();
    assert_eq!(null, [5, 40]);
}

/// The parts of 26 rows.
fn parts(image: u16, content: ThermalContent, half: u8, words: &[u16; WORDS]) -> Vec<ThermalPart> {
    let part = |(row, words): (usize, &[u16])| {
        let values = std::array::from_fn(|i| Some(words[i].cast_signed()));
        ThermalPart::new(image, content, half, [26, 32], (row * PART) as u16, &values)
    };
    words.chunks(PART).enumerate().map(part).collect()
}

#[test]
fn a_node_that_sends_words_has_temperatures_in_its_day_file() {
    let room = tempfile::tempdir().unwrap();
    let store = Store::open(room.path()).unwrap();
    let mut session = Session::new(&store, "ttyX");
    let mut node = SimulatedNode::new(0x51, 1, 100);
    let now = |s: u64| Now {
        since: Duration::from_secs(s),
        utc: Timestamp::from_second(1_800_000_000 + s as i64).unwrap(),
    };
    session.take(&node.poll(1000), now(1));
    let case = &cases()[0];
    let [first, second] = case.ram();
    let mut notes = Vec::new();
    for (image, content, half, words) in [
        (0, ThermalContent::Mlx90640Words, 0, &first), // its calibration was lost
        (1, CALIBRATION, 0, &case.eeprom()),
        (2, ThermalContent::Mlx90640Words, 0, &first),
        (3, ThermalContent::Mlx90640Words, 1, &second),
    ] {
        for part in parts(image, content, half, words) {
            let frame = Frame::new(&Message::Thermal(part));
            let output = session.take(frame.bytes(), now(2 + u64::from(image)));
            notes.extend(output.notes.iter().map(ToString::to_string));
        }
    }
    assert_eq!(notes.iter().filter(|n| n.contains("thermal array")).count(), 1, "{notes:?}");
    let file = room.path().join("node-00000051/2027-01-15.thermal.ndjson");
    let stored = std::fs::read_to_string(file).unwrap();
    let images: Vec<Image> = stored.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!((images.len(), session.counters().images), (1, 1));
    assert_eq!((images[0].rows, images[0].columns, images[0].temp_c.len()), (24, 32, PIXELS));
    near(&images[0].temp_c, case);
    assert!(room.path().join("node-00000051/mlx90640.json").exists());
}

#[test]
fn any_parts_are_borne() {
    let case = &cases()[0];
    let mut random = Random(11);
    let mut scene = Scene::new();
    let mut images = 0;
    for round in 0..400 {
        scene.send(CALIBRATION, 0, &case.eeprom(), None);
        for half in [0, 1] {
            let mut words = case.ram()[usize::from(half)];
            for word in &mut words {
                if random.below(400) == 0 {
                    *word = random.below(65_536) as u16;
                }
            }
            let image = scene.send(ThermalContent::Mlx90640Words, half, &words, None);
            images += u32::from(image.is_some());
            for c in image.iter().flat_map(|(_, _, image)| image.iter().flatten()) {
                assert!((-40.0..=300.0).contains(c), "{c}");
            }
        }
        for _ in 0..40 {
            let content = [CALIBRATION, ThermalContent::Mlx90640Words][random.below(2) as usize];
            let size = [[26, 32], [random.below(256) as u8, random.below(256) as u8]]
                [random.below(2) as usize];
            let values = std::array::from_fn(|_| {
                (random.below(9) > 0).then_some(random.below(65_536) as u16 as i16)
            });
            let [image, first] = [5, 40].map(|n| random.below(n) as u16);
            let half = random.below(4) as u8;
            let part = ThermalPart::new(image, content, half, size, first * 32, &values);
            let out = scene.thermal.take(&part, Duration::from_secs(round)).unwrap();
            assert!(out.image.is_none_or(|(_, _, image)| image.len() <= 1024));
        }
    }
    println!("{images} images among random parts");
    assert!(images > 100 && scene.notes.len() <= 9, "{images}, {:?}", scene.notes);
}
