//! Tests of what stored values mean: no data, dry, masked, turned over, and several frames in a file.

use super::lines;
use super::made::{PageOf, Tag, floats, form, on_map, tiff};
use crate::note::Note;
use crate::radar::format::{Format, Found};
use crate::radar::scan::Scan;
use crate::radar::*;

const SIDES: [u32; 2] = [40, 32];
const CELLS: usize = 40 * 32;

fn unit(text: &str) -> String {
    format!("<Item name=\"UNITTYPE\" sample=\"0\" role=\"unittype\">{text}</Item>")
}

/// A float file in this unit whose cells hold `usual`, and the first hundred `odd`, with this no-data text.
fn of_floats(in_unit: &str, usual: f32, odd: &[f32], no_data: &str) -> Vec<u8> {
    let cells = (0..CELLS).map(|i| match (i < 100 && !odd.is_empty(), i) {
        (true, i) => odd[i % odd.len()],
        (false, i) => usual + (i % 17) as f32 / 20.0,
    });
    let mut tags = [form(32, 3, 1, 1), on_map(&unit(in_unit))].concat();
    if !no_data.is_empty() {
        tags.push((42113, Tag::Text(no_data.to_owned())));
    }
    tiff(&[PageOf { sides: SIDES, tags, cells: floats(cells) }])
}

fn scans(bytes: &[u8], options: &RadarOptions) -> Result<Vec<Scan>, RadarError> {
    scans_of(Format::GeoTiff, "x.tif", bytes, options)
}

fn scans_of(
    format: Format,
    name: &str,
    bytes: &[u8],
    options: &RadarOptions,
) -> Result<Vec<Scan>, RadarError> {
    match format.scans(name, bytes, options)? {
        Found::Scans(scans) => Ok(scans),
        Found::Forecast => panic!("{name}: no measurement"),
    }
}

fn none(text: &str) -> RadarOptions {
    RadarOptions { no_data: Some(text.parse().unwrap()), ..RadarOptions::default() }
}

/// Cells of no data, and dry ones.
fn counts(scan: &Scan) -> [usize; 2] {
    let rates = &scan.rates;
    [rates.iter().filter(|v| v.is_nan()).count(), rates.iter().filter(|&&v| v < 0.01).count()]
}

#[test]
fn values_that_are_no_measurement_are_no_data_or_asked_about() {
    type Want = Result<[usize; 2], &'static str>;
    let plain = RadarOptions::default();
    let far = 9.969_21e36_f32;
    let rows: Vec<(&str, Vec<u8>, RadarOptions, Want)> = vec![
        (
            "dBZ −999",
            of_floats("dBZ", 20.0, &[-999.0], ""),
            plain.clone(),
            Err(
                "100 cells hold -999, below -40 dBZ, which no radar measures; say ‹no-data› -999 where it \
                 means no data, or ‹no-data› none where it is dry",
            ),
        ),
        (
            "dBZ −9999",
            of_floats("dBZ", 20.0, &[-9999.0], ""),
            plain.clone(),
            Err("‹no-data› -9999"),
        ),
        (
            "dBZ −32768",
            of_floats("dBZ", 20.0, &[-32768.0], ""),
            plain.clone(),
            Err("‹no-data› -32768"),
        ),
        ("dBZ −99", of_floats("dBZ", 20.0, &[-99.0], ""), plain.clone(), Err("‹no-data› -99 ")),
        (
            "dBZ of two",
            of_floats("dBZ", 20.0, &[-999.0, -99.0], ""),
            plain.clone(),
            Err(
                "50 cells hold -999 and 50 cells hold -99, below -40 dBZ, which no radar measures; say \
                 ‹no-data› -999,-99 where all of them mean no data, ‹no-data› -999 where the others are \
                 dry, or",
            ),
        ),
        (
            "dBZ of two, as asked",
            of_floats("dBZ", 20.0, &[-999.0, -99.0], ""),
            none("-999,-99"),
            Ok([100, 0]),
        ),
        (
            "dBZ, the rest dry",
            of_floats("dBZ", 20.0, &[-999.0, -99.0], ""),
            none("-999"),
            Ok([50, 50]),
        ),
        ("dBZ, all dry", of_floats("dBZ", 20.0, &[-999.0, -99.0], ""), none("none"), Ok([0, 100])),
        (
            "dBZ −999.9 as a text",
            of_floats("dBZ", 20.0, &[-999.9], "-999.9"),
            plain.clone(),
            Ok([100, 0]),
        ),
        (
            "no echo",
            of_floats("dBZ", 20.0, &[f32::NEG_INFINITY, -32.0], ""),
            plain.clone(),
            Ok([0, 100]),
        ),
        (
            "mm/h −3 and −1",
            of_floats("mm/h", 1.0, &[-3.0, -1.0], "-3"),
            plain.clone(),
            Err("50 cells hold -1, a rain rate below 0 (read as mm/h); say ‹no-data› -3,-1 where"),
        ),
        (
            "mm/h 999",
            of_floats("mm/h", 1.0, &[999.0], ""),
            plain.clone(),
            Err(
                "of 1280 cells 100 cells hold 999, far above all others, which is no rain (read as mm/h); \
                 say ‹no-data› 999 where it means no data, or the right unit with ‹unit›",
            ),
        ),
        ("mm/h 999, as asked", of_floats("mm/h", 1.0, &[999.0], ""), none("999"), Ok([100, 0])),
        ("mm/h 255", of_floats("mm/h", 1.0, &[255.0], ""), plain.clone(), Err("‹no-data› 255")),
        (
            "mm/h 9.97e36",
            of_floats("mm/h", 1.0, &[far], ""),
            plain.clone(),
            Err(
                "hold 9.96921e36, far above all others, which is no rain (read as mm/h); say ‹no-data› \
                 9.96921e36",
            ),
        ),
        (
            "mm/h 9.97e36, as asked",
            of_floats("mm/h", 1.0, &[far], ""),
            none("9.96921e36"),
            Ok([100, 0]),
        ),
        (
            "mm/h 65535",
            of_floats("mm/h", 1.0, &[65535.0], ""),
            plain.clone(),
            Err("‹no-data› 65535"),
        ),
        (
            "mm/h −3.4e38",
            of_floats("mm/h", 1.0, &[f32::MIN], "-3.40282e+38"),
            plain.clone(),
            Ok([100, 0]),
        ),
        (
            "heavy rain",
            of_floats("mm/h", 1.0, &[180.0, 250.0, 250.5, 310.0], ""),
            plain.clone(),
            Ok([0, 0]),
        ),
        ("NaN", of_floats("mm/h", 1.0, &[f32::NAN], ""), plain.clone(), Ok([100, 0])),
        (
            "5 min 65.535",
            of_floats("mm in 5 min", 0.1, &[65.535], ""),
            plain,
            Err("‹no-data› 65.535"),
        ),
    ];
    for (what, bytes, options, want) in rows {
        let seen_all = "the file names no value for no data: every cell counts as seen";
        match (scans(&bytes, &options), want) {
            (Ok(scans), Ok(want)) => {
                assert_eq!(counts(&scans[0]), want, "{what}");
                if want[0] > 0 {
                    assert!(!lines(&scans[0].notes).contains(seen_all), "{what}");
                }
            }
            (Err(e), Err(want)) => {
                let e = e.to_string();
                assert!(e.contains(want) && !e.contains('\n'), "{what}: {e}");
            }
            (got, want) => panic!("{what}: {got:?} is not {want:?}"),
        }
    }
    let whole = scans(&of_floats("mm/h", 1.0, &[], ""), &RadarOptions::default()).unwrap();
    assert!(lines(&whole[0].notes).contains("every cell counts as seen"));
}

/// A mask of one bit a cell, by which the first row was not seen.
fn mask(bits: u32) -> PageOf {
    let cells = (0..5 * 32).map(|i| if i < 5 { 0 } else { 255 }).collect();
    let mut tags = form(1, 1, 1, 4);
    tags.push((254, Tag::Long(bits)));
    PageOf { sides: SIDES, tags, cells }
}

#[test]
fn numbers_are_those_that_gdal_reads() {
    let scaled = |items: &str| format!("{}{items}", unit("mm/h"));
    let half = "<Item name=\"SCALE\" sample=\"0\" role=\"scale\">0.5</Item>";
    let page =
        |bits: u16, format: u16, bands: u16, photometric: u16, items: &str, cells: Vec<u8>| {
            PageOf {
                sides: SIDES,
                tags: [form(bits, format, bands, photometric), on_map(&scaled(items))].concat(),
                cells,
            }
        };
    let with = |mut page: PageOf, tag: u16, value: Tag| {
        page.tags.push((tag, value));
        page
    };
    let bytes = |v: u8| vec![v; CELLS];
    let two = |a: u8, b: u8| [a, b].repeat(CELLS);
    type Row = (&'static str, Vec<PageOf>, Result<(f32, usize), &'static str>);
    let rows: Vec<Row> = vec![
        ("as it is", vec![page(8, 1, 1, 1, half, bytes(7))], Ok((3.5, 0))),
        ("0 is white", vec![page(8, 1, 1, 0, half, bytes(7))], Ok((3.5, 0))),
        (
            "0 is white, no data",
            vec![with(
                page(8, 1, 1, 0, half, [vec![255; 40], vec![7; CELLS - 40]].concat()),
                42113,
                Tag::Text("255".into()),
            )],
            Ok((3.5, 40)),
        ),
        ("0 is white, 16 bit", vec![page(16, 1, 1, 0, half, [7, 0].repeat(CELLS))], Ok((3.5, 0))),
        (
            "0 is white, floats",
            vec![page(32, 3, 1, 0, "", floats([3.5; CELLS]))],
            Err(
                "0 for white; convert all: mkdir plain; for f in \".\"/*.tif; do gdal_translate -co \
                 PHOTOMETRIC=MINISBLACK \"$f\" plain/\"$(basename \"$f\")\"; done",
            ),
        ),
        ("a palette", vec![page(8, 1, 1, 3, "", bytes(7))], Err("-co PHOTOMETRIC=MINISBLACK")),
        ("half floats", vec![page(16, 3, 1, 1, "", [0x00, 0x43].repeat(CELLS))], Ok((3.5, 0))),
        ("a mask", vec![page(8, 1, 1, 1, half, bytes(7)), mask(4)], Ok((3.5, 40))),
        (
            "a mask and a smaller one",
            vec![
                page(8, 1, 1, 1, half, bytes(7)),
                mask(4),
                PageOf { sides: [8, 8], cells: vec![255; 8], ..mask(5) },
            ],
            Ok((3.5, 40)),
        ),
        (
            "transparency",
            vec![with(
                page(
                    8,
                    1,
                    2,
                    1,
                    half,
                    [two(7, 0)[..80].to_vec(), two(7, 255)[80..].to_vec()].concat(),
                ),
                338,
                Tag::Shorts(vec![2]),
            )],
            Ok((3.5, 40)),
        ),
        ("colours", vec![page(8, 1, 3, 2, "", vec![7; 3 * CELLS])], Err("a picture in colour")),
        (
            "packed",
            vec![{
                let mut page = page(8, 1, 1, 1, half, bytes(7));
                page.tags[1].1 = Tag::Shorts(vec![50000]);
                page
            }],
            Err("gdal_translate -co COMPRESS=DEFLATE \"$f\" plain/"),
        ),
    ];
    for (what, pages, want) in rows {
        match (scans(&tiff(&pages), &RadarOptions::default()), want) {
            (Ok(scans), Ok((rate, unseen))) => {
                assert_eq!((scans.len(), scans[0].rates[[31, 39]]), (1, rate), "{what}");
                assert_eq!(counts(&scans[0])[0], unseen, "{what}");
                let all = "every cell counts as seen";
                assert_eq!(lines(&scans[0].notes).contains(all), unseen == 0, "{what}");
            }
            (Err(e), Err(want)) => {
                let e = e.to_string();
                assert!(e.contains(want) && !e.contains('\n'), "{what}: {e}");
            }
            (got, want) => panic!("{what}: {got:?} is not {want:?}"),
        }
    }
}

#[test]
fn bands_and_pages_are_frames_where_their_times_are_told() {
    let describe = |band: usize, text: &str| {
        format!(
            "<Item name=\"DESCRIPTION\" sample=\"{band}\" role=\"description\">{text}</Item>\
             <Item name=\"UNITTYPE\" sample=\"{band}\" role=\"unittype\">mm/h</Item>"
        )
    };
    let bands = |texts: [&str; 2]| {
        let items: String = texts.iter().enumerate().map(|(i, t)| describe(i, t)).collect();
        let cells = floats((0..2 * CELLS).map(|i| 1.0 + (i % 2) as f32));
        let tags = [form(32, 3, 2, 1), vec![(338, Tag::Shorts(vec![0]))], on_map(&items)].concat();
        vec![PageOf { sides: SIDES, tags, cells }]
    };
    let pages = |dates: [&str; 2]| -> Vec<PageOf> {
        let page = |(i, date): (usize, &str)| {
            let mut tags = [form(32, 3, 1, 1), on_map(&unit("mm/h"))].concat();
            if !date.is_empty() {
                tags.push((306, Tag::Text(date.to_owned())));
            }
            PageOf { sides: SIDES, tags, cells: floats([1.0 + i as f32; CELLS]) }
        };
        dates.into_iter().enumerate().map(page).collect()
    };
    let times = ["2024-09-25T14:35:00Z", "2024-09-25T14:40:00Z"];
    for (what, made, want) in [
        ("bands of times", bands(times), Ok(times)),
        ("bands of digits", bands(["202409251435", "202409251440"]), Ok(times)),
        ("pages", pages(["2024:09:25 14:35:00", "2024:09:25 14:40:00"]), Ok(times)),
        (
            "bands of no time",
            bands(["Band 1", "Band 2"]),
            Err("x.tif: it holds 2 frames and tells no time"),
        ),
        (
            "pages of no time",
            pages(["", ""]),
            Err("say ‹step› SECONDS where they follow each other"),
        ),
        ("pages written at once", pages(["2024:09:25 14:35:00"; 2]), Err("tells no time of each")),
        (
            "bands of other things",
            bands(["rain_rate", "quality"]),
            Err("'rain_rate', which is no time"),
        ),
    ] {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("x.tif"), tiff(&made)).unwrap();
        let uri = dir.path().join("x.tif").display().to_string();
        match (Sequence::read(&uri, &RadarOptions::default(), false), want) {
            (Ok(film), Ok(want)) => {
                let told: Vec<String> =
                    film.frames.iter().map(|f| f.utc.unwrap().to_string()).collect();
                assert_eq!(told, want, "{what}");
                let rates: Vec<f32> = film.frames.iter().map(|f| f.rates[[3, 4]]).collect();
                assert_eq!(rates, [1.0, 2.0], "{what}");
                let told = |n: &&Note| n.to_string().contains("as UTC where they name no zone");
                assert_eq!(film.notes.iter().filter(told).count(), 1, "{what}");
            }
            (Err(e), Err(want)) => {
                let e = e.to_string();
                assert!(e.contains(want) && !e.contains('\n'), "{what}: {e}");
                if what != "bands of other things" {
                    let film = Sequence::read(&uri, &RadarOptions::default(), true).unwrap();
                    assert_eq!((film.frames.len(), film.times_from), (2, None), "{what}");
                }
            }
            (got, want) => panic!("{what}: {got:?} is not {want:?}"),
        }
    }
}

#[test]
fn a_unit_that_says_too_little_is_named() {
    for (text, want) in [
        ("mm", "its unit is 'mm', which does not say over what time; say it with ‹unit›"),
        ("kg m-2", "its unit is 'kg m-2', which does not say over what time"),
        ("furlong", "its unit is 'furlong', which is not known as one of rain; say it with ‹unit›"),
    ] {
        let bytes = of_floats(text, 1.0, &[], "");
        let e = scans(&bytes, &RadarOptions::default()).unwrap_err().to_string();
        assert!(e.contains(want), "{e}");
        assert_eq!(geotiff::tells_rain(&bytes), text != "furlong", "{text}");
    }
    for (text, rate) in
        [("kg m-2 s-1", 3600.0), ("in/hr", 25.4), ("mm/5min", 12.0), ("mm per hour", 1.0)]
    {
        let got = scans(&of_floats(text, 1.0, &[], ""), &RadarOptions::default());
        match got {
            Ok(scans) => assert_eq!(scans[0].rates[[0, 0]], rate, "{text}"),
            Err(e) => assert!(rate > 2000.0, "{text}: {e}"),
        }
    }
}

#[test]
fn a_damaged_file_costs_its_frame_and_no_more() {
    let whole = |i: usize| of_floats("mm/h", 1.0 + i as f32 / 10.0, &[], "");
    let cut = |i: usize| whole(i)[..3000].to_vec();
    let page = b"<html><body>Too many requests</body></html>".to_vec();
    let name = |i: usize| format!("20240925143{i}.tif");
    type Case = (&'static str, Vec<Vec<u8>>, Result<&'static str, &'static str>);
    let cases: Vec<Case> = vec![
        (
            "newest cut",
            vec![whole(0), whole(1), whole(2), cut(3)],
            Ok("is damaged and left out: not a whole TIFF file"),
        ),
        (
            "newest cut, its age",
            vec![whole(0), whole(1), whole(2), cut(3)],
            Ok("it would be the newest frame: the forecast starts from one 60 s older"),
        ),
        (
            "empty",
            vec![whole(0), vec![], whole(2), whole(3)],
            Ok("202409251431.tif is damaged and left"),
        ),
        (
            "a web page",
            vec![page.clone(), whole(1), whole(2)],
            Ok("202409251430.tif is damaged and left"),
        ),
        (
            "half of them",
            vec![whole(0), whole(1), cut(2), cut(3)],
            Err("202409251432.tif: not a whole TIFF"),
        ),
        ("one of two", vec![whole(0), cut(1)], Err("202409251431.tif: not a whole TIFF")),
    ];
    for (what, files, want) in cases {
        let dir = tempfile::tempdir().unwrap();
        let n = files.len();
        for (i, bytes) in files.iter().enumerate() {
            std::fs::write(dir.path().join(name(i)), bytes).unwrap();
        }
        assert!(claims(dir.path(), false), "{what}");
        let uri = dir.path().display().to_string();
        match (Sequence::read(&uri, &RadarOptions::default(), false), want) {
            (Ok(film), Ok(want)) => {
                assert_eq!(film.frames.len(), n - 1, "{what}");
                let told = lines(&film.notes);
                assert!(told.contains(want), "{what}: {told}");
            }
            (Err(e), Err(want)) => {
                let e = e.to_string();
                assert!(e.contains(want) && !e.contains('\n'), "{what}: {e}");
            }
            (got, want) => panic!("{what}: {got:?} is not {want:?}"),
        }
    }
}

/// `bytes` with each `from` as `to`.
#[cfg(feature = "odim")]
fn swapped(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let (mut out, mut at) = (bytes.to_vec(), 0);
    while let Some(found) = out[at..].windows(from.len()).position(|w| w == from) {
        out.splice(at + found..at + found + from.len(), to.iter().copied());
        at += found + to.len();
    }
    assert_ne!(out, bytes, "nothing to swap");
    out
}

#[cfg(feature = "odim")]
#[test]
fn odim_files_are_read_by_the_habits_of_their_writers() {
    let whole = std::fs::read(super::golden("rate_plain.h5")).unwrap();
    let read = |bytes: &[u8], options: &RadarOptions| {
        scans_of(Format::Odim, "x.h5", bytes, options).map(|mut all| all.remove(0))
    };
    let plain = RadarOptions::default();
    let as_was = read(&whole, &plain).unwrap();
    let [unseen, dry] = counts(&as_was);
    assert!(unseen > 0 && dry > 0);
    // No data as another value: in the cells, float32, and in the attribute, float64.
    let other = |cell: f32, attribute: f64| {
        let cells = swapped(&whole, &(-9_999_000f32).to_le_bytes(), &cell.to_le_bytes());
        swapped(&cells, &(-9_999_000f64).to_le_bytes(), &attribute.to_le_bytes())
    };
    let untold = swapped(&other(9.969_21e36, 0.0), b"nodata", b"no_ata");
    let same = swapped(&whole, &(-8_888_000f64).to_le_bytes(), &(-9_999_000f64).to_le_bytes());
    let renamed = |from: &[&str]| {
        from.iter().fold(whole.clone(), |bytes, key| {
            swapped(&bytes, key.as_bytes(), key.replace("L_", "X_").replace("R_", "X_").as_bytes())
        })
    };
    type Want<'a> = Result<[usize; 2], &'a str>;
    let rows: Vec<(&str, Vec<u8>, RadarOptions, Want<'_>)> = vec![
        ("as it was", whole.clone(), plain.clone(), Ok([unseen, dry])),
        ("−999.9", other(-999.9, -999.9), plain.clone(), Ok([unseen, dry])),
        ("9.96921e36", other(9.969_21e36, 9.96921e36), plain.clone(), Ok([unseen, dry])),
        ("NaN", other(f32::NAN, f64::NAN), plain.clone(), Ok([unseen, dry])),
        (
            "untold",
            untold.clone(),
            plain.clone(),
            Err("cells hold 9.96921e36, far above all others"),
        ),
        ("untold, as asked", untold, none("9.96921e36"), Ok([unseen, dry])),
        ("taken as dry", whole.clone(), none("none"), Ok([0, dry + unseen])),
        (
            "the same value",
            {
                let cells = (-8_888_000f32).to_le_bytes();
                swapped(&same, &cells, &(-9_999_000f32).to_le_bytes())
            },
            plain.clone(),
            Ok([unseen + dry, 0]),
        ),
        (
            "the same value, dry",
            {
                let cells = (-8_888_000f32).to_le_bytes();
                swapped(&same, &cells, &(-9_999_000f32).to_le_bytes())
            },
            none("none"),
            Ok([0, unseen + dry]),
        ),
        (
            "dataset2 alone",
            swapped(&whole, b"dataset1", b"dataset2"),
            plain.clone(),
            Ok([unseen, dry]),
        ),
        ("one corner", renamed(&["LL_l", "LR_l", "UR_l"]), plain.clone(), Ok([unseen, dry])),
        ("two corners", renamed(&["LL_l", "UR_l"]), plain, Ok([unseen, dry])),
    ];
    for (what, bytes, options, want) in rows {
        match (read(&bytes, &options), want) {
            (Ok(scan), Ok(want)) => {
                // Cells a little above 0 count as dry here, and none is.
                assert_eq!(counts(&scan), want, "{what}");
                let (a, b) = (scan.transform.unwrap(), as_was.transform.unwrap());
                assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-3), "{what}: {a:?}");
                assert!(!lines(&scan.notes).contains("every cell counts as seen"), "{what}");
            }
            (Err(e), Err(want)) => {
                let e = e.to_string();
                assert!(e.contains(want) && !e.contains('\n'), "{what}: {e}");
            }
            (got, want) => panic!("{what}: {got:?} is not {want:?}"),
        }
    }
    let dir = tempfile::tempdir().unwrap();
    for minute in ["25", "30"] {
        let bytes = swapped(&whole, b"011500", format!("01{minute}00").as_bytes());
        std::fs::write(dir.path().join(format!("composite_hx_20241126_01{minute}-hd5")), bytes)
            .unwrap();
    }
    assert!(claims(dir.path(), false), "files called …-hd5");
    let uri = dir.path().display().to_string();
    assert_eq!(Sequence::read(&uri, &RadarOptions::default(), false).unwrap().frames.len(), 2);
}
