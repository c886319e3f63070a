"""Maps that the built program writes of rain, read by rasterio, xarray and pyproj."""

import os
import subprocess
from pathlib import Path

import numpy as np
import pyproj
import pytest
import rasterio
import xarray
from rasterio.warp import transform

PROGRAM = Path(__file__).parents[2] / "target" / "release" / "emberline"
HEIGHT, WIDTH = 40, 48
# Name, CRS as a provider tells it, transform, and the CRS as PROJ takes it where that differs.
PLACES = [
    (
        "polar stereographic, FMI",
        "+proj=stere +lat_0=90 +lat_ts=60 +lon_0=25 +x_0=380886.310 +y_0=3395677.920 +R=6371288 "
        "+units=m +no_defs",
        [2e5, 2000, 0, 6e5, 0, -2000],
        None,
    ),
    (
        "polar stereographic in kilometres, KNMI",
        "+proj=stere +lat_0=90 +lon_0=0 +lat_ts=60 +a=6378.14 +b=6356.75 +x_0=0 +y_0=0",
        [100, 2, 0, -3700, 0, -2],
        "+proj=stere +lat_0=90 +lon_0=0 +lat_ts=60 +a=6378140 +b=6356750 +units=km",
    ),
    (
        "equal-area, OPERA",
        "+proj=laea +lat_0=55 +lon_0=10 +x_0=1950000 +y_0=-2100000 +datum=WGS84 +units=m",
        [2e6, 2000, 0, -1.9e6, 0, -2000],
        None,
    ),
    (
        "conformal conic",
        "+proj=lcc +lat_1=49 +lat_2=44 +lat_0=46.5 +lon_0=3 +x_0=700000 +y_0=6600000 +ellps=GRS80",
        [7e5, 1000, 0, 66e5, 0, -1000],
        None,
    ),
    ("Mercator", "+proj=merc +lat_ts=30 +lon_0=5 +ellps=bessel", [1e5, 900, 0, 4e6, 0, -900], None),
    ("UTM by its code", "EPSG:32635", [4e5, 1000, 0, 68e5, 0, -1000], None),
    ("degrees", "EPSG:4326", [24.0, 0.01, 0, 61.0, 0, -0.01], None),
]


def shower() -> np.ndarray:
    """Rain in mm/h that drifts east, with a corner that the radar does not see, `[6, H, W]`."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    films = [20 * np.exp(-((y - 20) ** 2 + (x - 15 - 2 * k) ** 2) / 90) for k in range(6)]
    rain = np.stack(films).astype(np.float32)
    rain[rain < 0.1] = 0
    rain[:, :4, :4] = np.nan
    return rain


@pytest.mark.skipif(
    not PROGRAM.exists() and not os.environ.get("CI"), reason="NOT RUN: the program is not built"
)
@pytest.mark.parametrize(("name", "crs", "grid", "plain"), PLACES, ids=[p[0] for p in PLACES])
def test_rain_lies_where_its_radar_saw_it(
    tmp_path: Path, name: str, crs: str, grid: list[float], plain: str | None
) -> None:
    """Values (of NetCDF to half its step), times, units, and places to a millionth of a degree."""
    times = np.array([f"2026-08-03T12:{5 * k:02d}:00Z" for k in range(6)])
    about = {"kind": "rain", "crs": crs, "transform": np.array(grid), "time_utc": times}
    np.savez(tmp_path / "clip.npz", frames=shower(), **about)
    call = [PROGRAM, "forecast", tmp_path / "clip.npz", tmp_path / "out", "--engine", "tract"]
    done = subprocess.run(call, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    said = np.load(tmp_path / "out" / "forecast.npz")
    rates, percent = said["rain_mm_h"], said["rain_probability_percent"].astype(np.float32)
    percent[percent == 255] = np.nan
    told = [int(np.flatnonzero(np.isclose(said["probability_mm_h"], r))[0]) for r in (0.1, 1, 5)]

    columns, rows = np.array([0, 20, WIDTH - 1]), np.array([0, 17, HEIGHT - 1])
    x, y = grid[0] + (columns + 0.5) * grid[1], grid[3] + (rows + 0.5) * grid[5]
    there = pyproj.Transformer.from_crs(plain or crs, "EPSG:4326", always_xy=True)
    lon, lat = there.transform(x, y)

    with rasterio.open(tmp_path / "out" / "rain.tif") as tif:
        assert np.array_equal(tif.read(), rates, equal_nan=True)
        assert list(tif.transform.to_gdal()) == grid and set(tif.units) == {"mm/h"}
        at = transform(tif.crs, "EPSG:4326", x, y)
        assert np.allclose(at, [lon, lat], rtol=0, atol=1e-6), name

    with rasterio.open(tmp_path / "out" / "rain_probability.tif") as tif:
        bands = tif.read().reshape(3, *rates.shape)
        assert np.array_equal(bands, percent[told] / np.float32(100), equal_nan=True)
        assert "0.1 mm/h at +300 s" in tif.descriptions[0] and set(tif.units) == {"1"}

    with xarray.open_dataset(tmp_path / "out" / "rain.nc") as nc:
        chance = nc["rain_probability"]
        assert chance.dims == ("threshold", "time", "y", "x")
        assert np.array_equal(chance.values, percent[told], equal_nan=True)
        assert chance.attrs["units"] == "percent"
        assert np.allclose(nc["threshold"].values, [0.1, 1, 5])
        rain = nc["rainfall_rate"]
        half_a_step = rain.encoding["scale_factor"] / 2 + 1e-6
        assert half_a_step < 0.051 and np.array_equal(np.isnan(rain.values), np.isnan(rates))
        assert np.allclose(rain.values, rates, rtol=0, atol=half_a_step, equal_nan=True)
        assert rain.attrs["units"] == "mm h-1" and nc.attrs["Conventions"].startswith("CF-1.")
        assert str(nc["time"].values[0]).startswith("2026-08-03T12:30:00")
        assert str(nc["forecast_reference_time"].values).startswith("2026-08-03T12:25:00")
        assert nc["lead"].values.astype("timedelta64[s]").astype(int)[0] == 300
        mapped = pyproj.CRS.from_cf(nc["crs"].attrs)
        back = pyproj.Transformer.from_crs(mapped, "EPSG:4326", always_xy=True)
        at = back.transform(nc["x"].values[columns], nc["y"].values[rows])
        assert np.allclose(at, [lon, lat], rtol=0, atol=1e-6), name
        if crs != "EPSG:4326":
            # Single precision.
            assert np.allclose(nc["lon"].values[rows, columns], lon, rtol=0, atol=1e-5)
            assert np.allclose(nc["lat"].values[rows, columns], lat, rtol=0, atol=1e-5)


@pytest.mark.skipif(
    not PROGRAM.exists() and not os.environ.get("CI"), reason="NOT RUN: the program is not built"
)
def test_a_projection_without_a_code_is_told_and_nonsense_is_refused(tmp_path: Path) -> None:
    """The map of one, and one line and no folder of the other."""
    about = {"kind": "rain", "dt_s": 300.0, "transform": np.array([0.0, 1000, 0, 0, 0, -1000])}
    for proj in ("aeqd", "nonsense"):
        np.savez(tmp_path / "clip.npz", frames=shower(), crs=f"+proj={proj} +lat_0=50", **about)
        call = [PROGRAM, "forecast", tmp_path / "clip.npz", tmp_path / proj, "--engine", "tract"]
        done = subprocess.run(call, capture_output=True, text=True)
        if proj == "aeqd":
            assert done.returncode == 0, done.stderr
            with rasterio.open(tmp_path / proj / "rain.tif") as tif:
                assert tif.crs.to_dict()["proj"] == "aeqd"
            continue
        told = [line for line in done.stderr.splitlines() if line.startswith("error")]
        assert done.returncode == 2 and len(told) == 1 and proj in told[0]
        assert not (tmp_path / proj).exists()
