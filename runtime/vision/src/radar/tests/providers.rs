//! Tests of the layouts that single weather services use, against other readers.

use std::io::Write;
use std::path::Path;

use super::{asked, film, golden, lines, rain};
use crate::frame::{Kind, TimeSource};
use crate::radar::format::{Format, Found};
use crate::radar::*;
use crate::source::{SourceOptions, read_film};

/// File, its time, the beginning of its projection, and x, cell and y of its transform.
type Row = (&'static str, &'static str, &'static str, Option<[f64; 3]>);

/// Files of tests/golden/radar_providers.py.
const FILES: &[Row] = &[
    #[cfg(feature = "odim")]
    (
        "knmi_rac.h5",
        "2010-08-26T00:05:00Z",
        "+proj=stere +lat_0=90 +lon_0=0.0",
        Some([0.0, 1e3, -3.65e6]),
    ),
    #[cfg(feature = "odim")]
    ("dmi.h5", "2016-09-28T15:35:00Z", "+proj=stere +ellps=WGS84", None),
    #[cfg(feature = "odim")]
    ("bom.nc", "2020-10-31T00:10:00Z", "+proj=aea +lat_1=-26.2", Some([-11e3, 1e3, 31e3])),
    #[cfg(feature = "odim")]
    ("met_norway.nc", "2020-10-31T00:10:00Z", "+proj=lcc +lat_0=63", Some([-500.0, 1e3, 47.5e3])),
    #[cfg(feature = "grib")]
    ("mrms.grib2.gz", "2019-06-10T00:04:00Z", "EPSG:4326", Some([-97.0, 0.01, 38.0])),
    ("raa01-rw_10000-1408102050-dwd---bin.bz2", "2014-08-10T20:50:00Z", "", None),
    ("raa01-rx_10000-1408102050-dwd---bin.gz", "2014-08-10T20:50:00Z", "", None),
    (
        "AQC151351545F_00005.801.gif",
        "2015-05-15T15:45:00Z",
        "EPSG:21781",
        Some([255e3, 1e3, 480e3]),
    ),
];

#[test]
fn layouts_of_services_are_read_as_other_readers_do() {
    // Oracle: tests/golden/radar_providers.py: pysteps 1.21.5, wradlib 2.9.6, ecCodes 2.50, netCDF4 1.7.5.
    for (name, utc, crs, place) in FILES {
        let ours = film(&golden(name), &SourceOptions::default());
        let theirs = rain(&film(&golden(&format!("{name}.npz")), &SourceOptions::default()));
        assert_eq!(
            (ours.kind, ours.start_utc()),
            (Kind::Rain, Some(utc.parse().unwrap())),
            "{name}"
        );
        assert_eq!(ours.time_source(), TimeSource::Utc, "{name}");
        let found = ours.grid.crs.clone().unwrap_or_default();
        assert!(found.starts_with(crs), "{name}: {found}");
        if let Some([x, cell, y]) = place {
            let t = ours.grid.transform.unwrap();
            let off = [t[0] - x, t[1] - cell, t[3] - y, t[5] + cell];
            assert!(off.iter().all(|o| o.abs() < 1e-5 * cell.max(1.0)), "{name}: {t:?}");
        }
        let ours = rain(&ours);
        assert_eq!(ours.dim(), theirs.dim(), "{name}");
        assert!(ours.iter().any(|v| v.is_nan()) && ours.iter().any(|&v| v > 1.0), "{name}");
        for ((at, a), b) in ours.indexed_iter().zip(&theirs) {
            let near = (a - b).abs() <= 2e-6 * b.abs().max(1e-3);
            assert!(near || (a.is_nan() && b.is_nan()), "{name} {at:?}: {a} for {b}");
        }
    }
}

#[cfg(feature = "odim")]
#[test]
fn a_wrong_corner_of_dmi_is_told_and_not_used() {
    let film = film(&golden("dmi.h5"), &SourceOptions::default());
    let t = film.grid.transform.unwrap();
    assert!((t[1] - 500.0).abs() < 1e-6 && (t[5] + 500.0).abs() < 1e-6, "{t:?}");
    let words = lines(&film.notes);
    assert!(words.contains("its corner LR does not fit"), "{words}");
}

/// A RADOLAN composite of this header and body.
fn radolan(kind: &str, fields: &str, body: &[u8]) -> Vec<u8> {
    let mut all = format!("{kind}102050100000814BY0000000{fields}").into_bytes();
    all.push(3);
    all.extend(body);
    all
}

/// A NIMROD field 40 × 32 at minute `valid`, made from data of minute `made`.
fn nimrod(valid: i16, made: i16, corner: i16) -> Vec<u8> {
    let mut ints = [0i16; 31];
    ints[..11].copy_from_slice(&[2008, 2, 25, 20, valid, 0, 2008, 2, 25, 20, made]);
    (ints[11], ints[12], ints[15], ints[16], ints[23], ints[24]) = (1, 2, 40, 32, corner, -1);
    let mut reals = [0f32; 28];
    (reals[2], reals[3], reals[4], reals[5]) = (1_549_500.0, 1000.0, -404_500.0, 1000.0);
    let mut head: Vec<u8> = ints.iter().flat_map(|v| v.to_be_bytes()).collect();
    head.extend(reals.iter().flat_map(|v| v.to_be_bytes()));
    head.resize(354, 0);
    head.extend(format!("{:8}{:24}{:24}", "mm/h*32", "Nimrod", "Rainfall rate Composite").bytes());
    head.resize(512, 0);
    let mut all = 512u32.to_be_bytes().to_vec();
    all.extend(&head);
    all.extend(512u32.to_be_bytes());
    all.extend(2560u32.to_be_bytes());
    let cell = |i: usize| if i < 32 { -1i16 } else { (i % 7) as i16 * 32 };
    all.extend((0..40 * 32).flat_map(|i| cell(i).to_be_bytes()));
    all.extend(2560u32.to_be_bytes());
    all
}

/// MeteoNet's arrays: two frames of 40 × 32, and the dates of a pickle.
fn meteonet() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let how = zip::write::SimpleFileOptions::default();
    let mut put = |name: &str, descr: &str, shape: &str, body: &[u8]| {
        let head =
            format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({shape}), }}\n");
        zip.start_file(name, how).unwrap();
        zip.write_all(b"\x93NUMPY\x01\x00").unwrap();
        zip.write_all(&(head.len() as u16).to_le_bytes()).unwrap();
        zip.write_all(head.as_bytes()).unwrap();
        zip.write_all(body).unwrap();
    };
    let cell = |i: usize| if i % 1280 < 32 { -1i16 } else { (i % 7) as i16 * 10 };
    let cells: Vec<u8> = (0..2 * 40 * 32).flat_map(|i| cell(i).to_le_bytes()).collect();
    put("data.npy", "<i2", "2, 40, 32", &cells);
    let dates = b"\x80\x04C\x0a\x07\xe0\x08\x1c\x0a\x14\0\0\0\0\x94C\x0a\x07\xe0\x08\x1c\x0a\x19\0\0\0\0\x94.";
    put("dates.npy", "|O", "2,", dates);
    put("miss_dates.npy", "|O", "0,", b".");
    zip.finish().unwrap().into_inner()
}

/// A NetCDF-3 file of `times` of a variable, `unit` and more attributes given.
#[cfg(feature = "odim")]
fn netcdf(unit: &str, times: usize, more: impl Fn(&mut netcdf3::DataSet)) -> Vec<u8> {
    use netcdf3::{DataSet, FileWriter, Version};
    let mut set = DataSet::new();
    set.add_fixed_dim("time", times).unwrap();
    set.add_fixed_dim("lat", 40).unwrap();
    set.add_fixed_dim("lon", 32).unwrap();
    set.add_var_f64("time", &["time"]).unwrap();
    set.add_var_attr_string("time", "units", "minutes since 2020-01-01 00:00").unwrap();
    for (axis, unit) in [("lat", "degrees_north"), ("lon", "degrees_east")] {
        set.add_var_f32(axis, &[axis]).unwrap();
        set.add_var_attr_string(axis, "units", unit).unwrap();
    }
    set.add_var_f32("rain", &["time", "lat", "lon"]).unwrap();
    set.add_var_attr_string("rain", "units", unit).unwrap();
    set.add_var_attr_f32("rain", "_FillValue", vec![-9.0]).unwrap();
    more(&mut set);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.nc");
    let mut file = FileWriter::create_new(&path).unwrap();
    file.set_def(&set, Version::Classic, 0).unwrap();
    let minutes: Vec<f64> = (0..times).map(|i| 5.0 * i as f64).collect();
    file.write_var_f64("time", &minutes).unwrap();
    let lat: Vec<f32> = (0..40).map(|i| 50.0 + 0.01 * i as f32).collect();
    let lon: Vec<f32> = (0..32).map(|i| 300.0 + 0.01 * i as f32).collect();
    file.write_var_f32("lat", &lat).unwrap();
    file.write_var_f32("lon", &lon).unwrap();
    // Of reflectivities another value stands for what is not seen, and nothing says so.
    let gone = if unit == "dBZ" { -99.0 } else { -9.0 };
    let cells: Vec<f32> = (0..times * 1280)
        .map(|i| if i % 1280 < 32 { gone } else { (i / 32 % 40) as f32 })
        .collect();
    file.write_var_f32("rain", &cells).unwrap();
    for name in set.get_var_names() {
        if !["time", "lat", "lon", "rain"].contains(&name.as_str()) {
            file.write_var_f32(&name, &cells).unwrap();
        }
    }
    file.close().unwrap();
    std::fs::read(path).unwrap()
}

#[test]
fn what_a_service_means_is_kept() {
    let mut body = vec![0u8; 2 * 1280];
    body[..2].copy_from_slice(&(2500u16 | 0x2000).to_le_bytes());
    body[2..4].copy_from_slice(&25u16.to_le_bytes());
    let ry = |kind: &str, more: &str| {
        radolan(kind, &format!("VS 3SW   2.13.1PR E-02INT   5GP  40x  32{more}MS 3<a>"), &body)
    };
    let words = RadarOptions { unit: Some(RadarUnit::MmH), ..RadarOptions::default() };
    let plain = RadarOptions::default();
    // Case, name, bytes, options, frames and value of a cell there, or what is said.
    type Want = Result<(usize, [usize; 2], f32), &'static str>;
    let cases: Vec<(&str, &str, Vec<u8>, &RadarOptions, Want)> = vec![
        ("RY is mm in 5 min from the south", "RY", ry("RY", ""), &plain, Ok((1, [39, 1], 3.0))),
        (
            "a sum of a day",
            "SF",
            radolan("SF", "VS 3SW   2.13.1PR E-01INT   1U1GP  40x  32MS 3<a>", &body),
            &plain,
            Ok((1, [39, 1], 2.5 / 24.0)),
        ),
        (
            "RE is no rain",
            "RE",
            ry("RE", ""),
            &plain,
            Err("the share of precipitation that is solid; give"),
        ),
        (
            "another product",
            "RD",
            ry("RD", ""),
            &plain,
            Err("it is product RD, which is not known"),
        ),
        ("a unit that is said", "RD", ry("RD", ""), &words, Ok((1, [39, 1], 0.25))),
        ("a forecast", "RV", ry("RV", "VV  05MF 0"), &plain, Err("it holds forecasts, no meas")),
        ("short", "RY", ry("RY", "")[..900].to_vec(), &plain, Err("but holds 8")),
        ("no ETX", "RY", ry("RY", "")[..60].to_vec(), &plain, Err("its header does not end")),
        ("NIMROD", "a.dat", nimrod(15, 15, 0), &plain, Ok((1, [1, 1], 33.0 % 7.0))),
        ("NIMROD from below", "a.dat", nimrod(15, 15, 1), &plain, Ok((1, [38, 1], 33.0 % 7.0))),
        ("a forecast of NIMROD", "a.dat", nimrod(30, 15, 0), &plain, Err("it holds forecasts")),
        ("a short NIMROD", "a.dat", nimrod(15, 15, 0)[..900].to_vec(), &plain, Err("fewer cells")),
        ("MeteoNet", "rainfall_SE.npz", meteonet(), &plain, Ok((2, [1, 1], 5.0 * 1.2))),
        (
            "MeteoNet renamed",
            "x.npz",
            meteonet(),
            &plain,
            Err("its unit is not known; say ‹unit›, ‹scale›"),
        ),
    ];
    for (case, name, bytes, options, want) in cases {
        check(case, name, &bytes, options, want);
    }
    fn check(case: &str, name: &str, bytes: &[u8], options: &RadarOptions, want: Want) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        match (read_film(&path.display().to_string(), &asked(options.clone())), want) {
            (Ok(film), Ok((frames, at, mm_h))) => {
                assert_eq!(film.frames.len(), frames, "{case}");
                let got = rain(&film)[at];
                assert!((got - mm_h).abs() < 1e-5, "{case}: {got} for {mm_h}");
            }
            (Err(e), Err(why)) => {
                let e = e.to_string();
                assert!(e.contains(why) && !e.contains('\n'), "{case}: {e}");
            }
            (got, _) => panic!("{case}: {got:?}"),
        }
    }
    #[cfg(feature = "odim")]
    {
        let quantity = RadarOptions { quantity: Some("rain".into()), ..RadarOptions::default() };
        let five = Some(RadarUnit::AccumulationMm { minutes: 5.0 });
        let five = RadarOptions { unit: five, ..RadarOptions::default() };
        let second = |set: &mut netcdf3::DataSet| {
            set.add_var_f32("rate", &["time", "lat", "lon"]).unwrap();
            set.add_var_attr_string("rate", "units", "mm/h").unwrap();
        };
        let ours = |set: &mut netcdf3::DataSet| {
            set.add_global_attr_string("source", "emberline 0.1.0, rain-v1").unwrap();
        };
        let none = |_: &mut netcdf3::DataSet| {};
        // Row 38 of the file is row 1 from the north.
        for (case, bytes, options, want) in [
            (
                "frames of one file, south up",
                netcdf("mm h-1", 3, none),
                &plain,
                Ok((3, [1, 1], 38.0)),
            ),
            ("per second", netcdf("kg m-2 s-1", 1, none), &words, Ok((1, [1, 1], 38.0))),
            (
                "an amount of untold time",
                netcdf("mm", 2, none),
                &plain,
                Err("does not tell of how long; say"),
            ),
            ("an amount of told time", netcdf("mm", 2, none), &five, Ok((2, [1, 1], 456.0))),
            (
                "two fields",
                netcdf("mm/h", 2, second),
                &plain,
                Err("several fields of rain: rain, rate; name"),
            ),
            ("two fields, one named", netcdf("mm/h", 2, second), &quantity, Ok((2, [1, 1], 38.0))),
            (
                "no rain",
                netcdf("K", 2, none),
                &plain,
                Err("is known to be rain: rain; name one with"),
            ),
            (
                "signs that nothing explains",
                netcdf("dBZ", 2, none),
                &plain,
                Err("below -40 dBZ, which no radar measures; say ‹no-data› -99"),
            ),
            (
                "a forecast of ours",
                netcdf("mm/h", 2, ours),
                &plain,
                Err("forecast of emberline, no meas"),
            ),
        ] {
            check(case, "x.nc", &bytes, options, want);
        }
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.nc");
        std::fs::write(&path, netcdf("mm/h", 2, none)).unwrap();
        let grid = film(&path, &SourceOptions::default()).grid;
        let t = grid.transform.unwrap();
        let want = [-60.005, 0.01, 0.0, 50.395, 0.0, -0.01];
        assert!(t.iter().zip(want).all(|(a, b)| (a - b).abs() < 1e-4), "{t:?}");
    }
}

#[test]
fn grids_of_dwd_lie_where_wradlib_has_them() {
    // Oracle: wradlib 2.9.6, georef.get_radolan_grid: x and y of the south-western corner, km.
    for (grid, version, x, y) in [
        (" 900x 900", 3, -523.46216692, -4658.64472427),
        (" 900x 900", 5, -523.6968352177, -4672.08886193059),
        ("1100x 900", 3, -443.46216692, -4758.64472427),
        ("1100x 900", 5, -443.6968352177, -4772.08886193059),
        ("1200x1100", 3, -543.46216692, -4808.64472427),
        ("1200x1100", 5, -543.6968352177, -4822.08886193059),
        ("1500x1400", 3, -673.46216692, -5008.64472427),
    ] {
        let sides: Vec<usize> = grid.split('x').map(|s| s.trim().parse().unwrap()).collect();
        let body = vec![0; sides[0] * sides[1] * 2];
        let fields = format!("VS{version:2}SW   2.13.1PR E-02INT   5GP{grid}MS 3<a>");
        let bytes = radolan("RY", &fields, &body);
        let found = Format::Radolan.scans("RY", &bytes, &RadarOptions::default()).unwrap();
        let Found::Scans(scans) = found else { panic!("a measurement") };
        let t = scans[0].transform.unwrap();
        let south = t[3] + t[5] * sides[0] as f64;
        assert!((t[0] - 1e3 * x).abs() < 0.01 && (south - 1e3 * y).abs() < 0.01, "{grid}: {t:?}");
    }
}

#[test]
fn damaged_files_of_services_are_told_and_never_a_panic() {
    let mut files: Vec<(String, Vec<u8>)> = FILES
        .iter()
        .map(|(name, ..)| ((*name).to_owned(), std::fs::read(golden(name)).unwrap()))
        .collect();
    files.push(("a.dat".to_owned(), nimrod(15, 15, 0)));
    files.push(("rainfall.npz".to_owned(), meteonet()));
    #[cfg(feature = "odim")]
    files.push(("x.nc".to_owned(), netcdf("mm/h", 2, |_| {})));
    // Packed files would only show that the packing is checked: what is in them is tried too.
    let inside: Vec<_> = files
        .iter()
        .filter(|(name, _)| name.ends_with(".gz") || name.ends_with(".bz2"))
        .map(|(name, bytes)| {
            (name.clone(), crate::radar::packed::unpack(bytes).unwrap().into_owned())
        })
        .collect();
    files.extend(inside);
    let dir = tempfile::tempdir().unwrap();
    let mut state = 88_172_645_463_325_252_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize
    };
    for (name, whole) in files {
        let path = dir.path().join(&name);
        std::fs::write(&path, &whole).unwrap();
        let format = Format::of(Path::new(&path)).unwrap();
        let read = |bytes: &[u8]| {
            let got = format.scans(&name, bytes, &RadarOptions::default());
            if let Err(e) = &got {
                let e = e.to_string();
                assert!(!e.contains('\n') && e.chars().count() < 700, "{name}: {e}");
            }
            got.is_ok()
        };
        assert!(read(&whole) && !read(&[7; 5000]), "{name}");
        for part in 1..50 {
            read(&whole[..whole.len() * part / 50]);
        }
        let tries = if whole.len() > 100_000 { 20 } else { 300 };
        for _ in 0..tries {
            let mut bytes = whole.clone();
            for _ in 0..=random() % 4 {
                let at = random() % bytes.len();
                bytes[at] = if random() % 3 == 0 { 255 } else { random() as u8 };
            }
            read(&bytes);
        }
    }
}
