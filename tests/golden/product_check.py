"""Read output folders with other people's libraries and check that they say the same as ours.

    pip install numpy==2.4.6 pillow==13.0.0 pyproj==3.7.2 rasterio==1.4.4 shapely==2.2.0
    EMBERLINE_KEEP=/some/folder cargo test --release --lib product
    python tests/golden/product_check.py /some/folder/*

numpy reads the arrays, rasterio the GeoTIFFs (values must be equal bit for bit), shapely the
isochrones (each valid, outer rings counter-clockwise, and holding exactly the centres of the cells
said to burn), Pillow the pictures.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import rasterio
import shapely
from PIL import Image
from pyproj import CRS, Transformer
from shapely.geometry import shape


def check(out: Path) -> str:
    """Check one folder and say in a line what it holds."""
    facts = json.loads((out / "forecast.json").read_text())
    for name, told in facts["files"].items():
        data = (out / name).read_bytes()
        found = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        assert found == told, name
    product = facts["product"]
    arrays = np.load(out / "forecast.npz", allow_pickle=False)
    lead_s, burn, arrival = arrays["lead_s"], arrays["burn_probability"], arrays["arrival_s"]
    assert lead_s.dtype == np.float64 and list(lead_s) == product["lead_s"]
    assert arrays["frames"].shape == burn.shape == (len(lead_s), *arrival.shape)
    assert burn.dtype == arrival.dtype == arrays["frames"].dtype == np.float32

    grid, on_a_map = product["grid"], product["on_a_map"]
    if on_a_map:
        check_tif(out / "arrival.tif", grid, arrival[None], None)
        check_tif(out / "burn_probability.tif", grid, burn, lead_s)
    else:
        assert not list(out.glob("*.tif"))
    points = check_isochrones(out / "isochrones.geojson", product, burn, arrival, on_a_map)

    with Image.open(out / "overlay.png") as png:
        png.load()
        size = png.size
    with Image.open(out / "forecast.gif") as gif:
        shots = gif.n_frames
        assert gif.info["loop"] == 0 and shots > 1
        for i in range(shots):
            gif.seek(i)
            gif.load()
    return f"{out.name}: {len(lead_s)} leads, {points} points, png {size}, gif {shots} shots"


def check_tif(path: Path, grid: dict, values: np.ndarray, lead_s: np.ndarray | None) -> None:
    """Values, place, no-data, names and units of one GeoTIFF."""
    with rasterio.open(path) as tif:
        assert CRS.from_user_input(tif.crs).to_epsg() == CRS.from_user_input(grid["crs"]).to_epsg()
        assert np.allclose(tif.transform.to_gdal(), grid["transform"], rtol=1e-14, atol=1e-9)
        assert np.isnan(tif.nodata) and set(tif.dtypes) == {"float32"}
        assert np.array_equal(tif.read(), values, equal_nan=True), path
        assert all(tif.descriptions) and tif.compression.name == "deflate"
        assert set(tif.units) == {"s" if lead_s is None else "1"}
        if lead_s is not None:
            assert [float(tif.tags(i)["lead_s"]) for i in tif.indexes] == list(lead_s)
        assert "not for evacuation" in tif.tags()["TIFFTAG_IMAGEDESCRIPTION"]


def check_isochrones(path: Path, product: dict, burn, arrival, on_a_map: bool) -> int:
    """Validity and meaning of every front; gives the number of points."""
    collection = json.loads(path.read_text())
    assert (collection["emberline:coordinates"] == "pixel") == (not on_a_map)
    grid = product["grid"]
    rows, cols = np.mgrid[: grid["height"], : grid["width"]] + 0.5
    if on_a_map:
        t = grid["transform"]
        x, y = t[0] + cols * t[1] + rows * t[2], t[3] + cols * t[4] + rows * t[5]
        to_wgs84 = Transformer.from_crs(CRS.from_user_input(grid["crs"]), 4326, always_xy=True)
        cols, rows = to_wgs84.transform(x, y)
    features = collection["features"]
    assert [f["properties"]["lead_s"] for f in features] == [0.0, *product["lead_s"]]
    points = 0
    for i, feature in enumerate(features):
        area = shape(feature["geometry"])
        assert area.geom_type == "MultiPolygon" and area.is_valid, (path, i)
        for polygon in area.geoms:
            assert polygon.exterior.is_ccw and not any(r.is_ccw for r in polygon.interiors), path
        told = arrival == 0 if i == 0 else burn[i - 1] >= np.float32(product["threshold"])
        shapely.prepare(area)
        found = shapely.contains_xy(area, cols, rows)
        assert np.array_equal(found, told), f"{path} feature {i}: {(found != told).sum()} cells"
        assert feature["properties"]["cells"] == told.sum()
        points += shapely.get_num_coordinates(area)
    return points


if __name__ == "__main__":
    for folder in map(Path, sys.argv[1:]):
        if (folder / "forecast.json").exists():
            print(check(folder))
