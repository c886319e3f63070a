//! However readings are cut into tables, the state ends as that of one long table, to the last digit.

use std::path::Path;

use emberline_fwi::Latitude;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::reading::Reading;
use crate::series::{Series, SeriesNotes};
use crate::standard_time::StandardTime;

/// Numbers by chance, the same ones each time.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    /// From 0 to below `n`.
    fn below(&mut self, n: i64) -> i64 {
        (self.next() % n as u64) as i64
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as i64) as usize]
    }

    fn happens(&mut self, in_100: i64) -> bool {
        self.below(100) < in_100
    }
}

/// Zones by rule, and longitudes that are theirs or give the clock by the sun.
const ZONES: [(Option<&str>, f64); 14] = [
    (Some("EST5EDT,M3.2.0,M11.1.0"), -74.0),
    (Some("EET-2EEST,M3.5.0/3,M10.5.0/4"), 23.7),
    (Some("AEST-10AEDT,M10.1.0,M4.1.0/3"), 151.2),
    (Some("IST-5:30"), 77.2),
    (Some("IST-1GMT0,M10.5.0,M3.5.0/1"), -6.3),
    (Some("<-0330>3:30<-0230>,M3.2.0,M11.1.0"), -52.7),
    (Some("<+13>-13"), -172.0),
    (Some("UTC"), -15.0),
    (None, -165.0),
    (None, -105.0),
    (None, -45.0),
    (None, 0.0),
    (None, 60.0),
    (None, 179.0),
];

/// Some weeks of one station, with all that goes wrong.
fn station(chance: &mut Chance) -> Vec<Reading> {
    let step_s =
        chance.one_of(&[600, 600, 900, 1200, 1800, 3600, 3600, 3600, 10_800, 21_600, 86_400]);
    let step_s = if chance.happens(1) { 60 } else { step_s };
    let month = chance.one_of(&["2026-03-06", "2026-06-20", "2026-10-23", "2025-12-28"]);
    let begin: Timestamp = format!("{month}T00:00:00Z").parse().unwrap();
    let offset_s = chance.below(86_400 / 60) * 60;
    let days = if step_s == 86_400 { 40 } else { 5 + chance.below(9) };
    let whole_degrees = chance.happens(30);
    let jitter_s = chance.one_of(&[0, 0, 0, 40]);
    let mut out = Vec::new();
    let (mut absent, mut stuck, mut dry) = (0, 0, 0);
    let mut held = None;
    for k in 0..days * 86_400 / step_s {
        let mut at_s = offset_s + k * step_s;
        at_s += if jitter_s > 0 { chance.below(jitter_s) } else { 0 };
        let hour = at_s as f64 / 3600.0;
        let day = (std::f64::consts::TAU * (hour - 15.0) / 24.0).cos();
        let noise = chance.below(30) as f64 / 10.0;
        let mut temp = ((18.0 + 7.0 * day + noise) * 10.0).round() / 10.0;
        if whole_degrees {
            temp = temp.round();
        }
        // A sensor that spins for hours, stays for hours, or is not there for days.
        let hours = |chance: &mut Chance, most: i64| (1 + chance.below(most)) * 3600 / step_s + 1;
        if chance.below((86_400 * 5 / step_s).max(9)) == 0 {
            absent = hours(chance, 90);
        }
        if chance.below((86_400 * 4 / step_s).max(9)) == 0 {
            (stuck, held) = (hours(chance, 50), Some(temp));
        }
        if chance.below((86_400 * 5 / step_s).max(9)) == 0 {
            dry = hours(chance, 8);
        }
        (absent, stuck, dry) = (absent - 1, stuck - 1, dry - 1);
        if absent > 0 {
            continue;
        }
        let wet = chance.happens(8);
        let mut r = Reading {
            temp_c: Some(if stuck > 0 { held.unwrap_or(temp) } else { temp }),
            rh_percent: Some((60.0 - 25.0 * day + noise).round()),
            wind_m_s: Some(((3.0 + day + noise) * 10.0).round() / 10.0),
            rain_mm: Some(if wet { chance.below(40) as f64 / 10.0 } else { 0.0 }),
            ..Reading::new(begin.checked_add(SignedDuration::from_secs(at_s)).unwrap())
        };
        if dry > 0 {
            r.rain_mm = None;
        }
        if chance.happens(3) {
            r.temp_c = Some(55.0);
        }
        if chance.happens(4) {
            r.rh_percent = None;
        }
        out.push(r);
    }
    out
}

/// The tables that a logger makes of readings: each from one index to before another.
fn cuts(chance: &mut Chance, all: &[Reading], time: &StandardTime) -> Vec<[usize; 2]> {
    let kind = chance.below(5);
    let every = 1 + chance.below(200) as usize;
    let key = |r: &Reading, i: usize| -> (Date, i64) {
        let utc_s = r.time.as_second();
        let utc_day = StandardTime::new(Some("UTC"), 0.0).unwrap().day(r.time);
        match kind {
            0 => (utc_day, utc_s / 3600),
            1 => (utc_day, 0),
            2 => (time.day(r.time), 0),
            3 => (utc_day, utc_s / 21_600),
            _ => (Date::MIN, (i / every) as i64),
        }
    };
    let mut out: Vec<[usize; 2]> = Vec::new();
    let mut begin = 0;
    for i in 1..=all.len() {
        if i == all.len() || key(&all[i], i) != key(&all[begin], begin) {
            out.push([begin, i]);
            begin = i;
        }
    }
    // Tables that overlap, and one that comes again.
    if chance.happens(40) {
        let back = chance.below(60) as usize;
        out.iter_mut().for_each(|t| t[0] = t[0].saturating_sub(back));
    }
    if chance.happens(40) {
        let again = chance.below(out.len() as i64) as usize;
        let to = again + 1 + chance.below((out.len() - again) as i64) as usize;
        out.insert(to, out[again]);
    }
    out
}

fn run(readings: &[Reading], time: &StandardTime, memory: Memory) -> FireWeather {
    let series = Series::new(readings.to_vec(), SeriesNotes::default());
    follow(series.readings(), time, latitude(), memory).unwrap()
}

fn latitude() -> Latitude {
    Latitude::new(45.0).unwrap()
}

/// What the next run finds in the file.
fn kept(memory: &Memory) -> Memory {
    Memory::of(&memory.bytes().unwrap(), Path::new("s.json"), None, latitude()).unwrap()
}

#[test]
fn a_thousand_ways_to_cut_readings_into_tables_end_alike() {
    let (mut counted, mut restarts, mut missing) = (0, 0, 0);
    for draw in 0..1000 {
        let mut chance = Chance(draw);
        let (zone, longitude_deg) = chance.one_of(&ZONES);
        let time = StandardTime::new(zone, longitude_deg).unwrap();
        let mut all = station(&mut chance);
        let mut tables = cuts(&mut chance, &all, &time);
        // One table is lost: its readings are in none.
        if tables.len() > 2 && chance.happens(40) {
            let [from, to] = tables.remove(1 + chance.below(tables.len() as i64 - 1) as usize);
            let lost: Vec<Timestamp> = all[from..to].iter().map(|r| r.time).collect();
            let held = |r: &Reading| !lost.contains(&r.time);
            let parts =
                tables.iter().map(|&[a, b]| all[a..b].iter().copied().filter(held).collect());
            let parts: Vec<Vec<Reading>> = parts.collect();
            all.retain(held);
            end_alike(draw, &all, &parts, &time);
            continue;
        }
        let parts: Vec<Vec<Reading>> = tables.iter().map(|&[a, b]| all[a..b].to_vec()).collect();
        let whole = end_alike(draw, &all, &parts, &time);
        counted += whole.stepped;
        restarts += whole.starts.len();
        missing += whole.missing.iter().map(|m| m.days).sum::<usize>();
    }
    // The draws are worth something.
    assert!(counted > 2000 && restarts > 300 && missing > 500, "{counted} {restarts} {missing}");
}

/// Runs table after table, and all in one; returns the latter.
#[track_caller]
fn end_alike(
    draw: u64,
    all: &[Reading],
    parts: &[Vec<Reading>],
    time: &StandardTime,
) -> FireWeather {
    let whole = run(all, time, Memory::new(None));
    let mut memory = Memory::new(None);
    let mut stepped = 0;
    for part in parts.iter().filter(|p| !p.is_empty()) {
        let got = run(part, time, kept(&memory));
        stepped += got.stepped;
        memory = got.memory;
    }
    let same = kept(&memory) == kept(&whole.memory) && memory == whole.memory;
    assert!(
        same,
        "draw {draw} ({} readings, {} tables, {time})\n{}\n{}",
        all.len(),
        parts.len(),
        String::from_utf8_lossy(&memory.bytes().unwrap()),
        String::from_utf8_lossy(&whole.memory.bytes().unwrap()),
    );
    assert!(stepped >= whole.stepped, "draw {draw}: {stepped} of {}", whole.stepped);
    whole
}

#[test]
fn a_table_that_comes_late_by_a_day_is_counted_as_if_it_had_not() {
    let time = StandardTime::new(None, -105.0).unwrap();
    for draw in 0..100 {
        let mut chance = Chance(draw);
        let all = station(&mut chance);
        if all.len() > 2500 || all.len() < 60 {
            continue;
        }
        let whole = run(&all, &time, Memory::new(None)).memory;
        // The second of three tables comes last; it holds less than two days.
        let day = |r: &Reading| (r.time.as_second() - all[0].time.as_second()) / 86_400;
        let late = 2 + chance.below(3);
        let of = |part: &dyn Fn(i64) -> bool| -> Vec<Reading> {
            all.iter().filter(|r| part(day(r))).copied().collect()
        };
        let mut memory = Memory::new(None);
        for part in
            [of(&|d| d < late), of(&|d| d == late + 1), of(&|d| d == late), of(&|d| d > late)]
        {
            memory = run(&part, &time, kept(&memory)).memory;
        }
        assert_eq!((memory.state, memory.last), (whole.state, whole.last), "draw {draw}");
    }
}
