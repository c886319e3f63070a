"""Small radar files in the layouts that weather services use, and their rain by other readers.

Writes tests/golden/radar/: PGM as FMI's open data, GeoTIFF by rasterio, ODIM HDF5 by h5py, and for
each the rain in mm/h as pysteps (PGM, ODIM) or rasterio (GeoTIFF) reads it, in <name>.npz. Also
radar_ground.rs.in: map coordinates by pyproj. The fields are made up; the layouts are real.

Needs pysteps 1.21.5, rasterio 1.4.4, h5py 3.16 and pyproj 3.7.2: python tests/golden/radar.py
"""

import gzip
import sys
from pathlib import Path

import h5py
import numpy as np
import pyproj
import rasterio
from pysteps.io import importers
from pysteps.utils.conversion import to_rainrate
from rasterio.transform import Affine

HERE = Path(__file__).parent
OUT = HERE / "radar"
H, W = 48, 40
MARSHALL_PALMER = {"zr_a": 200.0, "zr_b": 1.6}
LAEA = "+proj=laea +lat_0=55.0 +lon_0=10.0 +x_0=1950000.0 +y_0=-2100000.0 +units=m +ellps=WGS84"
FMI = "+proj=stere +lat_0=90 +lat_ts=60 +lon_0=25 +x_0=0 +y_0=0 +R=6371288 +units=m +no_defs"


def dbz_codes(step: int) -> np.ndarray:
    """Bytes (H, W) as FMI's: a moving shower, 0 no echo, 255 not seen, dBZ = (v - 64) / 2."""
    y, x = np.mgrid[:H, :W].astype(float)
    d2 = (y - 20 - step) ** 2 + (x - 14 - 2 * step) ** 2
    dbz = 47.0 * np.exp(-d2 / 90.0) + 3.0 * np.sin(x / 3.0) * np.cos(y / 4.0)
    v = np.clip(np.round(2 * dbz + 64), 1, 200).astype(np.uint8)
    v[d2 > 260] = 0
    v[:5, 30:] = 255
    return v


def save(name: str, mm_h: np.ndarray) -> None:
    """The rain (H, W) in mm/h that another reader sees, as a film of one frame."""
    np.savez_compressed(OUT / f"{name}.npz", frames=mm_h[None].astype(np.float32), kind="rain")


def rain_of_dbz(dbz: np.ndarray, metadata: dict) -> np.ndarray:
    """Rain by Marshall-Palmer, as pysteps converts it; nothing is cut off at a threshold."""
    metadata = {**metadata, **MARSHALL_PALMER, "threshold": -np.inf, "zerovalue": 0.0}
    return to_rainrate(dbz, metadata)[0]


def pgm(step: int, minute: int) -> bytes:
    """A composite as FMI's archive has it: facts in comments, then one byte a cell."""
    stere = pyproj.Proj(FMI)
    corner = [stere(x, y, inverse=True) for x, y in [(0, -2.6e6), (W * 1e3, -2.6e6 + H * 1e3)]]
    (left, low), (right, high) = corner
    head = f"""P5
# composite_area FIN
# projection_name SUOMI1
# radar KOR 1 21.6460 60.1280
# obstime 2016092817{minute:02}
# producttype CAPPI
# productname LOWEST
# param CorrectedReflectivity
# metersperpixel_x 999.674053
# metersperpixel_y 999.62859
# projection radar {{
# type stereographic
# centrallongitude 25
# centrallatitude 90
# truelatitude 60
# bottomleft {left:.6f} {low:.6f}
# topright {right:.6f} {high:.6f}
# }}
{W} {H}
255
"""
    return head.encode() + dbz_codes(step).tobytes()


def write_pgm() -> None:
    """One file plain and one gzipped; rain by pysteps' importer."""
    (OUT / "fmi.pgm").write_bytes(pgm(0, 0))
    (OUT / "fmi_5.pgm.gz").write_bytes(gzip.compress(pgm(1, 5), mtime=0))
    for name, gzipped in [("fmi.pgm", False), ("fmi_5.pgm.gz", True)]:
        dbz, _, metadata = importers.import_fmi_pgm(str(OUT / name), gzipped=gzipped)
        save(name, rain_of_dbz(dbz, metadata))


def write_geotiff() -> None:
    """Three files by rasterio, each read back by rasterio with its own scale and mask."""
    at = Affine(250.0, 0.0, 380_000.0, 0.0, -250.0, 6_700_000.0)
    codes = dbz_codes(2)
    base = {"driver": "GTiff", "height": H, "width": W, "count": 1, "transform": at}

    def write(name: str, values: np.ndarray, crs: str, unit: str | None, **more: object) -> None:
        tags = more.pop("tags", {})
        scale, offset = more.pop("scale", None), more.pop("offset", None)
        how = {**base, **more}
        with rasterio.open(OUT / name, "w", **how, dtype=values.dtype, crs=crs) as file:
            file.write(values, 1)
            file.update_tags(**tags)
            if unit:
                file.units = [unit]
            if scale:
                file.scales, file.offsets = [scale], [offset]

    mm_h = np.where(codes == 255, -9999.0, 10 ** (codes / 60.0) - 1).astype(np.float32)
    write(
        "rate_f32.tif",
        mm_h,
        "EPSG:3067",
        "mm/h",
        nodata=-9999.0,
        compress="deflate",
        predictor=3,
        tiled=True,
        blockxsize=16,
        blockysize=16,
        tags={"valid_time": "2016-09-28T17:10:00Z"},
    )
    scaled = {"scale": 0.5, "offset": -32.0, "nodata": 255}
    write("dbz_u8.tif", codes, "EPSG:32635", "dBZ", compress="lzw", **scaled)
    write(
        "acc_u16.tif",
        codes.astype(np.uint16) * 3,
        "EPSG:4326",
        None,
        nodata=765,
        scale=0.01,
        offset=0.0,
        transform=Affine(0.01, 0, 23.0, 0, -0.005, 61.0),
    )
    # As FMI's archive has them: quantity, gain and values in items of their own, copied by GDAL.
    items = """<GDALMetadata>
<Item name="Observation time" format="YYYYMMDDhhmm">201609281710</Item>
<Item name="Quantity" unit="dBZ">Corrected reflectivity</Item>
<Item name="Gain">0.500000</Item>
<Item name="Offset">-32.000000</Item>
<Item name="Nodata">255</Item>
<Item name="Undetect">0</Item>
</GDALMetadata>"""
    write(
        "fmi_items.tif", codes, "EPSG:3067", None, compress="deflate", tags={"GDAL_METADATA": items}
    )
    with rasterio.open(OUT / "rate_f32.tif") as file:
        save("rate_f32.tif", file.read(1, masked=True).filled(np.nan))
    dbz = {"transform": "dB", "unit": "dBZ", "accutime": 5.0}
    with rasterio.open(OUT / "dbz_u8.tif") as file:
        v = file.read(1, masked=True).astype(float) * file.scales[0] + file.offsets[0]
        save("dbz_u8.tif", rain_of_dbz(v.filled(np.nan), dbz))
        save("fmi_items.tif", rain_of_dbz(v.filled(np.nan), dbz))  # the same field
    with rasterio.open(OUT / "acc_u16.tif") as file:  # mm in 5 minutes
        v = file.read(1, masked=True).astype(float) * file.scales[0] + file.offsets[0]
        save("acc_u16.tif", v.filled(np.nan) * 12.0)


def odim(name: str, quantity: str, stored: np.ndarray, what: dict, **how: object) -> None:
    """A composite in the layout of OPERA (ODIM_H5 2.x)."""
    text = (lambda s: s) if how.get("variable_text") else np.bytes_
    grid = pyproj.Proj(LAEA)
    x, y, cell_m = 1.0e6, -1.5e6, 2000.0
    with h5py.File(OUT / name, "w", libver=how.get("libver", "earliest")) as file:
        file.attrs["Conventions"] = text("ODIM_H5/V2_2")
        root = file.create_group("what")
        root.attrs.update(
            object=text("COMP"),
            version=text("H5rad 2.2"),
            source=text("ORG:247"),
            date=text("20241126"),
            time=text(how.get("end", "011500")),
        )
        where = file.create_group("where")
        where.attrs.update(projdef=text(LAEA), xsize=W, ysize=H, xscale=cell_m, yscale=cell_m)
        right, top = x + W * cell_m, y + H * cell_m
        for corner, at in {
            "LL": (x, y),
            "LR": (right, y),
            "UL": (x, top),
            "UR": (right, top),
        }.items():
            lon, lat = grid(*at, inverse=True)
            where.attrs.update({f"{corner}_lon": lon, f"{corner}_lat": lat})
        data = file.create_group("dataset1/data1")
        own = file["dataset1"].create_group("what")
        own.attrs.update(
            product=text("COMP"),
            startdate=text("20241126"),
            enddate=text("20241126"),
            starttime=text(how.get("start", "011500")),
            endtime=text(how.get("end", "011500")),
        )
        group = data.create_group("what") if how.get("own_what", True) else own
        group.attrs.update(quantity=text(quantity), **what)
        data.create_dataset("data", data=stored, **how.get("filters", {}))
        if how.get("quality"):
            index = np.linspace(0, 1, H * W).reshape(H, W)
            quality = data.create_group("quality1")
            quality.create_group("what").attrs.update(gain=1.0 / 255, offset=0.0)
            quality.create_dataset("data", data=np.round(index * 255).astype(np.uint8))


def write_odim() -> None:
    """Files by h5py; rain by pysteps' importer."""
    codes = dbz_codes(3)
    packed = {"chunks": (13, 11), "compression": "gzip", "compression_opts": 6}
    odim(
        "dbzh_u8.h5",
        "DBZH",
        codes,
        {"gain": 0.5, "offset": -32.0, "nodata": 255.0, "undetect": 0.0},
        filters=packed,
    )
    rate = np.where(codes == 0, 0, np.where(codes == 255, 65535, codes.astype(int) * 37))
    odim(
        "rate_u16.h5",
        "RATE",
        rate.astype(">u2"),
        {"gain": 0.01, "offset": 0.0, "nodata": 65535.0, "undetect": 0.0},
        own_what=False,
        filters={**packed, "shuffle": True, "fletcher32": True},
        variable_text=True,
        quality=True,
    )
    real = np.where(codes == 0, -8888000.0, np.where(codes == 255, -9999000.0, codes / 7.0))
    odim(
        "acrr_f64.h5",
        "ACRR",
        real,
        {"gain": 1.0, "offset": 0.0, "nodata": -9999000.0, "undetect": -8888000.0},
        start="001500",
        libver="latest",
        filters=packed,
    )
    # The hour that ends a quarter earlier; no other reader is asked.
    odim(
        "acrr_before.h5",
        "ACRR",
        real,
        {"gain": 1.0, "offset": 0.0, "nodata": -9999000.0, "undetect": -8888000.0},
        start="000000",
        end="010000",
        filters=packed,
    )
    odim(
        "rate_f32.h5",
        "RATE",
        real.astype(np.float32),
        {"gain": 1.0, "offset": 0.0, "nodata": -9999000.0, "undetect": -8888000.0},
        libver="v110",
    )
    # The same without checksums and packing: tests change its bytes into other habits of writers.
    odim(
        "rate_plain.h5",
        "RATE",
        real.astype(np.float32),
        {"gain": 1.0, "offset": 0.0, "nodata": -9999000.0, "undetect": -8888000.0},
    )
    for name, quantity in [
        ("dbzh_u8.h5", "DBZH"),
        ("rate_u16.h5", "RATE"),
        ("acrr_f64.h5", "ACRR"),
        ("rate_f32.h5", "RATE"),
    ]:
        if how_pysteps_reads(name):
            field, _, metadata = importers.import_odim_hdf5(str(OUT / name), qty=quantity)
        else:
            field, metadata = by_h5py(name), {}
        if quantity == "DBZH":
            field = rain_of_dbz(field, metadata)
        save(name, field)


def how_pysteps_reads(name: str) -> bool:
    """pysteps 1.21 takes texts of fixed length only."""
    return name != "rate_u16.h5"


def by_h5py(name: str) -> np.ndarray:
    """RATE by the words of ODIM: value = gain x stored + offset, nodata and undetect apart."""
    with h5py.File(OUT / name) as file:
        stored = file["dataset1/data1/data"][...]
        what = file["dataset1/what"].attrs
        field = stored * what["gain"] + what["offset"]
        field[stored == what["undetect"]] = 0.0
        field[stored == what["nodata"]] = np.nan
    return field


def write_ground() -> None:
    """Longitude, latitude -> x, y of the projections that radar services use."""
    rows = []
    for name, crs, lon, lat in [
        ("FMI_STEREO", FMI, 24.87, 60.27),
        ("OPERA_LAEA", LAEA, -10.4346, 31.7462),
        ("UTM35", "EPSG:3067", 24.87, 60.27),
        ("DEGREES", "EPSG:4326", 24.87, 60.27),
    ]:
        to = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
        # A projection on a sphere takes the latitude as it is, as radar software does.
        x, y = pyproj.Proj(crs)(lon, lat) if crs.startswith("+") else to.transform(lon, lat)
        rows.append(
            f'const GOLDEN_{name}: Golden =\n    ("{crs}", [{lon}, {lat}], [{x!r}, {y!r}]);\n'
        )
    (HERE / "radar_ground.rs.in").write_text("".join(rows))


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    write_pgm()
    write_geotiff()
    write_odim()
    write_ground()
    sys.exit(0)
