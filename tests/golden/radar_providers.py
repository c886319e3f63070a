"""Small radar files in the layouts that single weather services use, and their rain by other readers.

Writes into tests/golden/radar/: KNMI's HDF5 and DMI's ODIM by h5py, NetCDF-4 as BoM and MET Norway by
netCDF4, RADOLAN by hand, GRIB2 as MRMS by ecCodes, a GIF as MeteoSwiss's; and for each the rain in mm/h as
pysteps (KNMI, BoM, GIF), wradlib (RADOLAN), ecCodes (GRIB2) or netCDF4 (MET Norway) reads it, in
<name>.npz. The fields are made up; the layouts are real.

Needs h5py 3.16, netCDF4 1.7.5, pysteps 1.21.5, wradlib 2.9.6, eccodes 2.50 and Pillow:
python tests/golden/radar_providers.py
"""

import bz2
import gzip
from pathlib import Path

import eccodes
import h5py
import netCDF4
import numpy as np
import pyproj
import wradlib
from PIL import Image
from pysteps.io import importers

OUT = Path(__file__).parent / "radar"
H, W = 48, 40


def field() -> np.ndarray:
    """A shower (H, W), 0..1; negative is not seen."""
    y, x = np.mgrid[:H, :W].astype(float)
    d2 = (y - 20) ** 2 + (x - 14) ** 2
    v = np.exp(-d2 / 90.0)
    v[d2 > 260] = 0
    v[:5, 30:] = -1
    return v


def save(name: str, mm_h: np.ndarray) -> None:
    """The rain (H, W) in mm/h that another reader sees, as a film of one frame."""
    np.savez_compressed(OUT / f"{name}.npz", frames=mm_h[None].astype(np.float32), kind="rain")


def knmi() -> None:
    """An accumulation of five minutes as KNMI's archive has it."""
    v = field()
    stored = np.where(v < 0, 65535, np.round(v * 300)).astype(np.uint16)
    with h5py.File(OUT / "knmi_rac.h5", "w") as file:
        geo = file.create_group("geographic")
        geo.attrs.update(
            geo_column_offset=np.float32([0]),
            geo_row_offset=np.float32([3650]),
            geo_pixel_size_x=np.float32([1]),
            geo_pixel_size_y=np.float32([-1]),
            geo_number_columns=np.int32([W]),
            geo_number_rows=np.int32([H]),
            geo_dim_pixel=np.bytes_("KM,KM"),
            geo_pixel_def=np.bytes_("LU"),
        )
        proj = "+proj=stere +lat_0=90 +lon_0=0.0 +lat_ts=60.0 +a=6378.137 +b=6356.752 +x_0=0 +y_0=0"
        geo.create_group("map_projection").attrs["projection_proj4_params"] = np.bytes_(proj)
        metres = proj.replace("6378.137", "6378137").replace("6356.752", "6356752")
        stere = pyproj.Proj(metres)
        corners = [(0, -3650 - H), (0, -3650), (W, -3650), (W, -3650 - H)]
        lon_lat = [stere(x * 1e3, y * 1e3, inverse=True) for x, y in corners]
        geo.attrs["geo_product_corners"] = np.float32(np.round(lon_lat, 3)).ravel()
        image = file.create_group("image1")
        image.attrs["image_geo_parameter"] = np.bytes_("ACCUMULATED_PRECIPITATION_[MM]")
        image.create_group("calibration").attrs.update(
            calibration_formulas=np.bytes_("GEO=0.01*PV+0.0"),
            calibration_missing_data=np.int32([65535]),
            calibration_out_of_image=np.int32([65535]),
        )
        image.create_dataset("image_data", data=stored, compression="gzip", chunks=(H, W))
        file.create_group("overview").attrs.update(
            product_datetime_start=np.array([b"26-AUG-2010;00:00:00.000"]),
            product_datetime_end=np.array([b"26-AUG-2010;00:05:00.000"]),
            number_image_groups=np.int32([1]),
        )
    mm, _, _ = importers.import_knmi_hdf5(str(OUT / "knmi_rac.h5"), qty="ACRR", accutime=5.0, pixelsize=1.0)
    save("knmi_rac.h5", mm * 12.0)


def dmi() -> None:
    """DMI's ODIM: gain and offset in /what, the quantity in data1, a wrong corner LR."""
    proj = "+proj=stere +ellps=WGS84 +lat_0=56 +lon_0=10.5666 +lat_ts=56"
    v = field()
    stored = np.where(v < 0, 255, np.where(v == 0, 0, np.round(v * 90 + 70))).astype(np.uint8)
    with h5py.File(OUT / "dmi.h5", "w") as file:
        file.attrs["Conventions"] = np.bytes_("ODIM_H5/V2_0")
        file.create_group("what").attrs.update(
            object=np.bytes_("COMP"),
            date=np.bytes_("20160928"),
            time=np.bytes_("153500"),
            gain=0.5,
            offset=-32.0,
            nodata=255.0,
            undetect=0.0,
            product=np.bytes_("DBZH"),
        )
        where = file.create_group("where")
        where.attrs.update(projdef=np.bytes_(proj), xsize=W, ysize=H, xscale=500.0, yscale=500.0)
        at = pyproj.Proj(proj)
        x1, y1 = at(9.0, 56.0)
        x2, y2 = x1 + 500 * W, y1 + 500 * H
        for name, xy in {"LL": (x1, y1), "UL": (x1, y2), "UR": (x2, y2), "LR": (x2, y1)}.items():
            lon, lat = at(*xy, inverse=True)
            lat = lat + 0.2 if name == "LR" else lat
            where.attrs.update({f"{name}_lon": lon, f"{name}_lat": lat})
        data = file.create_group("dataset1/data1")
        data.attrs["quantity"] = np.bytes_("DBZH")
        data.create_dataset("data", data=stored)
    dbz = stored * 0.5 - 32.0
    rain = (10 ** (dbz / 10) / 200.0) ** (1 / 1.6)
    save("dmi.h5", np.where(stored == 255, np.nan, np.where(stored == 0, 0.0, rain)))


def bom() -> None:
    """An accumulation of ten minutes as BoM's Rainfields."""
    v = field()
    with netCDF4.Dataset(OUT / "bom.nc", "w") as file:
        for name, n in [("y", H), ("n2", 2), ("x", W)]:
            file.createDimension(name, n)
        end = file.createVariable("valid_time", "i8")
        end.setncatts({"standard_name": "time", "units": "seconds since 1970-01-01 00:00:00 UTC"})
        end[...] = 1604103000
        start = file.createVariable("start_time", "i8")
        start.units = "seconds since 1970-01-01 00:00:00 UTC"
        start[...] = 1604102400
        for name, values in [("x", np.arange(W) - 10.5), ("y", 30.5 - np.arange(H))]:
            axis = file.createVariable(name, "f8", (name,))
            axis.setncatts({"standard_name": f"projection_{name}_coordinate", "units": "km"})
            axis[:] = values
        rain = file.createVariable("precipitation", "i2", ("y", "x"), fill_value=-1, zlib=True)
        rain.set_auto_maskandscale(False)
        rain.setncatts(
            {
                "standard_name": "precipitation_amount",
                "units": "kg m-2",
                "scale_factor": 0.05,
                "add_offset": 0.0,
                "grid_mapping": "proj",
            }
        )
        rain[:] = np.where(v < 0, -1, np.round(v * 200)).astype(np.int16)
        proj = file.createVariable("proj", "i1")
        proj.setncatts(
            {
                "grid_mapping_name": "albers_conical_equal_area",
                "standard_parallel": [-26.2, -29.3],
                "longitude_of_central_meridian": 153.24,
                "latitude_of_projection_origin": -27.7178,
                "false_easting": 0.0,
                "false_northing": 0.0,
                "semi_major_axis": 6378137.0,
                "semi_minor_axis": 6356752.31414,
            }
        )
    mm, _, _ = importers.import_bom_rf3(str(OUT / "bom.nc"))
    save("bom.nc", np.ma.filled(mm, np.nan) * 6.0)


def met_norway() -> None:
    """A rate and its times, south up, with a PROJ string, as MET Norway's Nordic mosaic."""
    v = field()
    with netCDF4.Dataset(OUT / "met_norway.nc", "w") as file:
        for name, n in [("time", 1), ("Yc", H), ("Xc", W)]:
            file.createDimension(name, n)
        time = file.createVariable("time", "f8", ("time",))
        time.units = "seconds since 1970-01-01 00:00:00 +00:00"
        time[:] = [1604103000]
        for name, values in [("Xc", np.arange(W) * 1e3), ("Yc", np.arange(H) * 1e3)]:
            axis = file.createVariable(name, "f4", (name,))
            axis.setncatts({"standard_name": f"projection_{name[0].lower()}_coordinate", "units": "m"})
            axis[:] = values
        rain = file.createVariable(
            "lwe_precipitation_rate", "f4", ("time", "Yc", "Xc"), fill_value=9.96921e36, zlib=True
        )
        rain.setncatts({"units": "mm/h", "grid_mapping": "projection_lambert"})
        rain[0] = np.ma.masked_less(v, 0)[::-1] * 20.0
        clutter = file.createVariable("is_clutter", "i1", ("time", "Yc", "Xc"))
        clutter.units = "1"
        clutter[:] = 0
        proj = file.createVariable("projection_lambert", "i4")
        proj.setncatts(
            {
                "grid_mapping_name": "lambert_conformal_conic",
                "proj4": "+proj=lcc +lat_0=63 +lon_0=15 +lat_1=63 +lat_2=63 +no_defs +R=6.371e+06",
            }
        )
    with netCDF4.Dataset(OUT / "met_norway.nc") as file:
        rain = file["lwe_precipitation_rate"][0]
    save("met_norway.nc", np.ma.filled(rain.astype(float), np.nan)[::-1])


def radolan() -> None:
    """RW of two bytes in a .bz2, RX of one byte in a .gz, as DWD's."""
    v = field()[::-1]
    cells = np.where(v < 0, 2500 | 0x2000, np.round(v * 250)).astype("<u2")
    cells[3, 3] = 2490 | 0x8000
    cells[4, 4] |= 0x1000
    rx = np.where(v < 0, 250, np.round(v * 150)).astype(np.uint8)
    for name, kind, body, pack in [
        ("raa01-rw_10000-1408102050-dwd---bin.bz2", "RW", cells.tobytes(), bz2.compress),
        ("raa01-rx_10000-1408102050-dwd---bin.gz", "RX", rx.tobytes(), lambda b: gzip.compress(b, mtime=0)),
    ]:
        precision, minutes = ("E-01", 60) if kind == "RW" else ("E+00", 5)
        rest = f"VS 3SW   2.13.1PR {precision}INT{minutes:4d}GP{H:4d}x{W:4d}MS 14<boo,ros,emd> "
        size = len(kind) + 15 + 9 + len(rest) + 1 + len(body)
        head = f"{kind}102050100000814BY{size:7d}{rest}"
        (OUT / name).write_bytes(pack(head.encode() + b"\x03" + body))
        plain = OUT / "plain"
        plain.write_bytes(head.encode() + b"\x03" + body)
        data, attrs = wradlib.io.read_radolan_composite(str(plain))
        plain.unlink()
        data = data.astype(float).reshape(H, W)
        data[data == -9999] = np.nan
        if kind == "RX":
            data = 10 ** ((data / 2 - 32.5) / 10)  # wradlib gives the bytes themselves
            data = np.where(rx == 0, 0, (data / 200.0) ** (1 / 1.6))
            data[rx == 250] = np.nan
        else:
            data[3, 3] = np.nan  # clutter, which wradlib tells apart in a mask
        save(name, data[::-1])


def mrms() -> None:
    """PrecipRate in PNG packing by ecCodes, from the numbers of MRMS's tables."""
    v = field()
    rate = np.where(v < 0, -3.0, np.round(v * 400) / 10.0)
    rate[10, 2] = -1.0
    message = eccodes.codes_grib_new_from_samples("regular_ll_sfc_grib2")
    for key, value in {
        "discipline": 209,
        "centre": 161,
        "dataDate": 20190610,
        "dataTime": 4,
        "significanceOfReferenceTime": 3,
        "typeOfProcessedData": 7,
        "parameterCategory": 6,
        "parameterNumber": 1,
        "Ni": W,
        "Nj": H,
        "latitudeOfFirstGridPointInDegrees": 37.995,
        "longitudeOfFirstGridPointInDegrees": 263.005,
        "latitudeOfLastGridPointInDegrees": 37.995 - 0.01 * (H - 1),
        "longitudeOfLastGridPointInDegrees": 263.005 + 0.01 * (W - 1),
        "iDirectionIncrementInDegrees": 0.01,
        "jDirectionIncrementInDegrees": 0.01,
        "decimalScaleFactor": 1,
    }.items():
        eccodes.codes_set(message, key, value)
    eccodes.codes_set(message, "bitsPerValue", 16)
    eccodes.codes_set_values(message, rate.ravel())
    eccodes.codes_set(message, "packingType", "grid_png")
    whole = eccodes.codes_get_message(message)
    (OUT / "mrms.grib2.gz").write_bytes(gzip.compress(whole, mtime=0))
    read = eccodes.codes_get_values(message).reshape(H, W)
    assert np.abs(read - rate).max() < 1e-3, "packing of ecCodes"
    save("mrms.grib2.gz", np.where(read < -0.5, np.nan, read))


def meteoswiss() -> None:
    """The numbers of pysteps' reading of an AQC picture, one of each colour."""
    picture = np.zeros((640, 710), np.uint8)
    picture[100:102, 50:221] = np.arange(171)
    picture[:5, 600:] = 255
    image = Image.fromarray(picture, mode="P")
    image.putpalette(list(range(256)) * 3)
    comment = b"generated by Meteoswiss\nPRDT=AQC151351545 SCALE=mmh2LASSEN8bitmm_mn ACCUm=000005\n"
    name = OUT / "AQC151351545F_00005.801.gif"
    image.save(name, comment=comment)
    mm, _, _ = importers.import_mch_gif(str(name), product="AQC", unit="mm", accutime=5)
    save(name.name, np.asarray(mm) * 12.0)


if __name__ == "__main__":
    for make in [knmi, dmi, bom, met_norway, radolan, mrms, meteoswiss]:
        make()
        print(make.__name__)
