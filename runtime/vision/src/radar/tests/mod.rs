//! Tests of radar inputs against other readers.

mod made;
mod providers;
mod refusals;
mod values;

use std::path::{Path, PathBuf};

use super::ground::Ground;
use super::scan::Scan;
use super::*;
use crate::frame::{Film, Kind, Pixels, TimeSource};
use crate::note::Note;
use crate::source::{SourceOptions, read_film};

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/radar").join(name)
}

fn asked(radar: RadarOptions) -> SourceOptions {
    SourceOptions { radar, ..SourceOptions::default() }
}

fn film(path: &Path, options: &SourceOptions) -> Film {
    read_film(&path.display().to_string(), options).unwrap()
}

/// The notes, a line each.
fn lines(notes: &[Note]) -> String {
    notes.iter().map(|n| format!("{n}\n")).collect()
}

/// The rain of frame 0 `[H, W]`, mm/h.
fn rain(film: &Film) -> ndarray::Array2<f32> {
    assert!(matches!(*film.frames[0].pixels, Pixels::F32(_)), "float mm/h");
    film.frames[0].pixels.first_channel()
}

#[test]
fn fields_are_those_of_the_reference_readers() {
    // Oracle: tests/golden/radar.py: pysteps 1.21.5 (PGM, ODIM with texts of fixed length), rasterio
    // 1.4.4 (GeoTIFF), h5py 3.16 (rate_u16.h5, whose texts pysteps cannot read).
    let acc = RadarOptions {
        unit: Some(RadarUnit::AccumulationMm { minutes: 5.0 }),
        ..RadarOptions::default()
    };
    for (name, options, utc, crs) in [
        ("fmi.pgm", RadarOptions::default(), Some("2016-09-28T17:00:00Z"), "+proj=stere +lat_0=90"),
        (
            "fmi_5.pgm.gz",
            RadarOptions::default(),
            Some("2016-09-28T17:05:00Z"),
            "+proj=stere +lat_0=90",
        ),
        ("rate_f32.tif", RadarOptions::default(), Some("2016-09-28T17:10:00Z"), "EPSG:3067"),
        ("dbz_u8.tif", RadarOptions::default(), None, "EPSG:32635"),
        ("acc_u16.tif", acc, None, "EPSG:4326"),
        ("fmi_items.tif", RadarOptions::default(), Some("2016-09-28T17:10:00Z"), "EPSG:3067"),
        #[cfg(feature = "odim")]
        ("dbzh_u8.h5", RadarOptions::default(), Some("2024-11-26T01:15:00Z"), "+proj=laea"),
        #[cfg(feature = "odim")]
        ("rate_u16.h5", RadarOptions::default(), Some("2024-11-26T01:15:00Z"), "+proj=laea"),
        #[cfg(feature = "odim")]
        ("acrr_f64.h5", RadarOptions::default(), Some("2024-11-26T01:15:00Z"), "+proj=laea"),
        #[cfg(feature = "odim")]
        ("rate_f32.h5", RadarOptions::default(), Some("2024-11-26T01:15:00Z"), "+proj=laea"),
    ] {
        let step_s = utc.is_none().then_some(300.0);
        let ours = film(&golden(name), &SourceOptions { step_s, ..asked(options) });
        let theirs = rain(&film(&golden(&format!("{name}.npz")), &SourceOptions::default()));
        assert_eq!((ours.kind, ours.start_utc()), (Kind::Rain, utc.map(|t| t.parse().unwrap())));
        let source = if utc.is_some() { TimeSource::Utc } else { TimeSource::Step };
        assert_eq!(ours.time_source(), source, "{name}");
        assert!(ours.grid.crs.as_deref().unwrap().starts_with(crs), "{name}: {:?}", ours.grid);
        let ours = rain(&ours);
        assert_eq!(ours.dim(), theirs.dim());
        assert!(ours.iter().any(|v| v.is_nan()) && ours.iter().any(|&v| v > 1.0), "{name}");
        for (a, b) in ours.iter().zip(&theirs) {
            // pysteps gives no echo as -32 or -30 dBZ, 0.0005 mm/h; here it is 0.
            let dry = *a < 1e-3 && *b < 1e-3;
            let near = (a - b).abs() <= 2e-6 * b.abs();
            assert!(dry || near || (a.is_nan() && b.is_nan()), "{name}: {a} for {b}");
        }
    }
}

#[test]
fn places_are_those_of_the_reference_readers() {
    // Oracle: the corners that tests/golden/radar.py put into the files, by pyproj and rasterio.
    for (name, want, off) in [
        ("fmi.pgm", [0.0, 1000.0, 0.0, -2.6e6 + 48e3, 0.0, -1000.0], 0.1),
        ("rate_f32.tif", [380e3, 250.0, 0.0, 6.7e6, 0.0, -250.0], 1e-6),
        #[cfg(feature = "odim")]
        ("dbzh_u8.h5", [1e6, 2000.0, 0.0, -1.5e6 + 96e3, 0.0, -2000.0], 1e-3),
    ] {
        let grid = film(&golden(name), &SourceOptions::default()).grid;
        let t = grid.transform.unwrap();
        assert!(t.iter().zip(want).all(|(a, b)| (a - b).abs() < off), "{name}: {t:?}");
        assert!((grid.cell_m.unwrap() - want[1]).abs() < 0.01, "{name}");
    }
}

#[cfg(feature = "odim")]
#[test]
fn quality_and_a_part_of_the_map_are_used_where_asked_for() {
    let whole = film(&golden("rate_u16.h5"), &SourceOptions::default());
    assert!(whole.notes.iter().any(|n| n.to_string().contains("quality field; it is not used")));
    let options = RadarOptions { least_quality: Some(0.5), ..RadarOptions::default() };
    let trusted = film(&golden("rate_u16.h5"), &asked(options));
    assert!(
        trusted
            .notes
            .iter()
            .any(|n| n.to_string().contains("of too low quality are taken as no data"))
    );
    let (a, b) = (rain(&whole), rain(&trusted));
    // Quality rises from 0 to 1 row by row: the upper half is lost, the lower one is as it was.
    assert!(b.rows().into_iter().take(23).all(|r| r.iter().all(|v| v.is_nan())));
    assert!(a.iter().zip(&b).skip(25 * 40).all(|(x, y)| x == y || x.is_nan()));
    let centre = Ground::of(whole.grid.crs.as_deref().unwrap()).unwrap();
    let [lon_deg, lat_deg] = centre.lon_lat([1.041e6, -1.451e6]).unwrap();
    let around = Some(Around { lon_deg, lat_deg, side_km: 64.0 });
    let part =
        film(&golden("rate_u16.h5"), &asked(RadarOptions { around, ..RadarOptions::default() }));
    assert_eq!((part.grid.height, part.grid.width), (32, 32));
    let (row, col) = (23 - 16, 20 - 16); // of the window's corner
    assert_eq!(rain(&part)[[5, 6]].to_bits(), a[[row + 5, col + 6]].to_bits());
    let e = read_film(
        &golden("fmi.pgm").display().to_string(),
        &asked(RadarOptions { least_quality: Some(0.5), ..RadarOptions::default() }),
    );
    assert!(e.unwrap_err().to_string().contains("it has no quality field; leave ‹quality› out"));
}

/// A float32 GeoTIFF 40 × 32 of 1.5 everywhere, with these keys, metadata items and no-data text.
fn tiff_of(keys: &[u16], items: &str, no_data: &str) -> Vec<u8> {
    use tiff::encoder::{TiffEncoder, colortype::Gray32Float};
    use tiff::tags::Tag;
    let mut out = std::io::Cursor::new(Vec::new());
    let mut file = TiffEncoder::new(&mut out).unwrap();
    let mut image = file.new_image::<Gray32Float>(40, 32).unwrap();
    let tags = image.encoder();
    tags.write_tag(Tag::Unknown(33550), &[1000.0, 1000.0, 0.0][..]).unwrap();
    tags.write_tag(Tag::Unknown(33922), &[0.0, 0.0, 0.0, 4e5, 67e5, 0.0][..]).unwrap();
    tags.write_tag(Tag::Unknown(34735), keys).unwrap();
    let doubles = [60.0, 10.0, 1.0, 0.0, 0.0, 6_370_040.0, 6_370_040.0];
    tags.write_tag(Tag::Unknown(34736), &doubles[..]).unwrap();
    tags.write_tag(Tag::Unknown(42112), items).unwrap();
    tags.write_tag(Tag::Unknown(42113), no_data).unwrap();
    image.write_data(&[1.5f32; 40 * 32]).unwrap();
    out.into_inner()
}

#[test]
fn geotiffs_are_placed_as_gdal_places_them_or_told_why_not() {
    let unit = "<Item name=\"UNITTYPE\" sample=\"0\" role=\"unittype\">mm/h</Item>";
    let utm = |raster| vec![1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, raster, 3072, 0, 1, 3067];
    let own = [1, 1, 0, 2, 1024, 0, 1, 1, 3072, 0, 1, 32767];
    let read = |bytes: &[u8]| {
        geotiff::read("x.tif", bytes, &RadarOptions::default()).map(|mut all| all.remove(0))
    };
    let area = read(&tiff_of(&utm(1), unit, "nan")).unwrap();
    let point = read(&tiff_of(&utm(2), unit, "nan")).unwrap();
    assert_eq!(area.transform, Some([4e5, 1000.0, 0.0, 67e5, 0.0, -1000.0]));
    // A pixel that is a point has its coordinates in its centre.
    assert_eq!(point.transform, Some([399_500.0, 1000.0, 0.0, 6_700_500.0, 0.0, -1000.0]));
    let spelled = read(&tiff_of(&own, unit, "nan")).unwrap();
    assert_eq!(spelled.crs, None);
    assert!(spelled.notes.contains(&Note::ProjectionNotRead));
    // RADOLAN's grid as GDAL spells it out: polar stereographic on a sphere, true at 60 degrees.
    let radolan = [
        1, 1, 0, 13, 1024, 0, 1, 1, 1025, 0, 1, 1, 2048, 0, 1, 32767, 2050, 0, 1, 32767, 2054, 0,
        1, 9102, 2057, 34736, 1, 5, 2058, 34736, 1, 6, 3072, 0, 1, 32767, 3074, 0, 1, 32767, 3075,
        0, 1, 15, 3076, 0, 1, 9001, 3081, 34736, 1, 0, 3095, 34736, 1, 1,
    ];
    let spelled = read(&tiff_of(&radolan, unit, "nan")).unwrap();
    let want = "+proj=stere +lon_0=10 +lat_ts=60 +lat_0=90 +x_0=0 +y_0=0 +a=6370040 +b=6370040 \
                +units=m +no_defs";
    assert_eq!(spelled.crs.as_deref(), Some(want));
    assert!(!spelled.notes.contains(&Note::ProjectionNotRead));
    let item = |name: &str, text: &str| format!("{unit}<Item name=\"{name}\">{text}</Item>");
    let degrees = [1, 1, 0, 2, 1024, 0, 1, 2, 2048, 0, 1, 4326];
    for (bytes, why) in [
        (tiff_of(&utm(1), "", "nan"), "does not say what its values are; say it with ‹unit›"),
        (tiff_of(&utm(1), "<Item name=\"unit\">mm</Item>", "nan"), "does not say over what time"),
        (tiff_of(&utm(1), unit, "none"), "its no-data value 'none' is no number"),
        (tiff_of(&utm(1), &item("Gain", "0"), "nan"), "its gain is 0"),
        (tiff_of(&utm(1), &item("Offset", "x"), "nan"), "its Offset 'x' is no number"),
        (tiff_of(&utm(1), &item("time", "noon"), "nan"), "its time 'noon' is no time"),
        (tiff_of(&degrees, unit, "nan"), "does not lie on the projection EPSG:4326"),
    ] {
        let got = read(&bytes).and_then(|raw| Scan::of(raw, &RadarOptions::default()));
        let e = got.unwrap_err().to_string();
        assert!(e.contains(why) && !e.contains('\n'), "{why}: {e}");
    }
}

#[test]
fn tiffs_are_rain_where_they_say_so_or_are_asked_to_be() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::copy(golden("acc_u16.tif"), dir.path().join("202401010000.tif")).unwrap();
    std::fs::copy(golden("acc_u16.tif"), dir.path().join("202401010005.tif")).unwrap();
    let path = dir.path();
    assert!(!claims(path, false), "a TIFF without a unit is a picture");
    let rain = SourceOptions { kind: Some(Kind::Rain), ..SourceOptions::default() };
    let e = read_film(&path.display().to_string(), &rain).unwrap_err().to_string();
    assert!(e.contains("does not say what its values are; say it with ‹unit›"), "{e}");
    let film =
        film(path, &asked(RadarOptions { unit: Some(RadarUnit::MmH), ..RadarOptions::default() }));
    assert_eq!((film.time_source(), film.step_s()), (TimeSource::Name, 300.0));
    assert!(claims(&golden("dbz_u8.tif"), false));
    std::fs::copy(golden("dbz_u8.tif"), path.join("202401010010.tif")).unwrap();
}
