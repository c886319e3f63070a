"""Read output folders with other people's libraries and check that they say the same as ours.

    pip install numpy==2.4.6 pillow==13.0.0 pyproj==3.7.2 rasterio==1.4.4 shapely==2.2.0 \\
        netCDF4==1.7.5.1 xarray==2026.9.0 lxml==6.1.3 pyogrio==0.13.0
    EMBERLINE_KEEP=/some/folder cargo test --release --lib product
    python tests/golden/product_check.py /some/folder/*

numpy reads the arrays, rasterio the GeoTIFFs (values must be equal bit for bit), shapely the
isochrones (each valid, outer rings counter-clockwise, and holding exactly the centres of the cells
said to burn), pyproj's Geod their areas and lengths, lxml and GDAL (pyogrio) KML and KMZ, Pillow
the pictures.
"""

import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path

import netCDF4
import numpy as np
import pyogrio.raw
import rasterio
import rasterio.warp
import shapely
import xarray
from lxml import etree
from PIL import Image
from pyproj import CRS, Geod, Transformer
from shapely.geometry import shape

GEOD = Geod(ellps="WGS84")
KML = "{http://www.opengis.net/kml/2.2}"


def check(out: Path) -> str:
    """Check one folder and say in a line what it holds."""
    facts = json.loads((out / "forecast.json").read_text())
    for name, told in facts["files"].items():
        data = (out / name).read_bytes()
        found = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        assert found == told, name
    product = facts["product"]
    arrays = np.load(out / "forecast.npz", allow_pickle=False)
    if product["kind"] == "rain":
        return check_rain(out, product, arrays)
    if "burn_probability" not in arrays:
        return f"{out.name}: a film, not looked at further"
    lead_s, burn, arrival = arrays["lead_s"], arrays["burn_probability"], arrays["arrival_s"]
    assert lead_s.dtype == np.float64 and list(lead_s) == product["lead_s"]
    assert arrays["frames"].shape == burn.shape == (len(lead_s), *arrival.shape)
    assert burn.dtype == arrival.dtype == arrays["frames"].dtype == np.float32

    grid, on_a_map = product["grid"], product["on_a_map"]
    if on_a_map:
        check_tif(out / "arrival.tif", grid, arrival[None], None)
        check_tif(out / "burn_probability.tif", grid, burn, lead_s)
    else:
        assert not list(out.glob("*.tif")) and not list(out.glob("*.km?"))
    points = check_isochrones(out / "isochrones.geojson", product, burn, arrival, on_a_map)
    if on_a_map:
        fronts = json.loads((out / "isochrones.geojson").read_text())["features"]
        check_kml((out / "forecast.kml").read_bytes(), fronts)
        check_kmz(out / "forecast.kmz", fronts, grid, arrival)
        check_by_gdal(out, fronts)
    if (out / "spread.geojson").exists():
        check_spread(out, product)
    else:
        assert not on_a_map and grid["cell_m"] is None and "spread" not in product

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


def check_rain(out: Path, product: dict, arrays) -> str:
    """Values and place of rain in GeoTIFF and NetCDF."""
    grid, rain = product["grid"], arrays["rain_mm_h"]
    if not product["on_a_map"]:
        return f"{out.name}: not on a map"
    t = grid["transform"]
    rows, cols = (a.ravel() + 0.5 for a in np.mgrid[: grid["height"] : 9, : grid["width"] : 9])
    x, y = t[0] + cols * t[1] + rows * t[2], t[3] + cols * t[4] + rows * t[5]
    scale = 1000.0 if "+a=6378.1" in grid["crs"] else 1.0  # an Earth in kilometres
    told = grid["crs"].replace("6378.137", "6378137").replace("6356.752", "6356752")
    want = Transformer.from_crs(CRS.from_user_input(told), 4326, always_xy=True)
    want = np.array(want.transform(x * scale, y * scale))
    said = []
    if (out / "rain.tif").exists():
        with rasterio.open(out / "rain.tif") as tif:
            assert np.array_equal(tif.read(), rain, equal_nan=True)
    if "rain_likely_mm_h" in arrays and (out / "rain.tif").exists():
        with rasterio.open(out / "rain_likely.tif") as tif:
            assert np.array_equal(tif.read(), arrays["rain_likely_mm_h"], equal_nan=True)
            assert np.allclose(tif.transform.to_gdal(), t, rtol=1e-14, atol=1e-9)
            said.append(f"tif {apart_m(tif, rows, cols, want):.1f} m")
    # NetCDF-4 reads its packed values; GDAL its place.
    with netCDF4.Dataset(out / "rain.nc") as nc:
        for name, array in (
            ("rainfall_rate", "rain_mm_h"),
            ("likely_rainfall_rate", "rain_likely_mm_h"),
        ):
            if array not in arrays:
                continue
            values, want = nc[name][:], arrays[array]
            assert np.array_equal(np.ma.getmaskarray(values), np.isnan(want)), out
            off = np.nanmax(np.abs(values.filled(np.nan) - want), initial=0)
            assert off <= float(nc[name].getncattr("resolution_mm_h")) / 2 + 1e-6, off
        if "lat" in nc.variables:
            lon, lat = (nc[n][:][rows.astype(int), cols.astype(int)] for n in ("lon", "lat"))
            off_m = np.hypot((lon - want[0]) * np.cos(np.radians(lat)), lat - want[1]) * 111195
            assert off_m.max() < 130, (out, grid["crs"], off_m.max())
            said.append(f"lat, lon {off_m.max():.1f} m")
        mapped = "grid_mapping" in nc["rainfall_rate"].ncattrs()
    if mapped:
        with rasterio.open(f"netcdf:{out / 'rain.nc'}:rainfall_rate") as nc:
            # GDAL turns rows that begin in the south.
            turned = rows if t[5] < 0 else grid["height"] - rows
            said.append(f"nc {apart_m(nc, turned, cols, want):.1f} m")
            if told.startswith("EPSG:") and nc.crs.to_epsg() is not None:
                assert f"EPSG:{nc.crs.to_epsg()}" == told
        with xarray.open_dataset(out / "rain.nc", decode_coords="all") as nc:
            crs = CRS.from_cf(nc["crs"].attrs)
            to_wgs84 = Transformer.from_crs(crs, 4326, always_xy=True)
            at = to_wgs84.transform(nc.x.values[cols.astype(int)], nc.y.values[rows.astype(int)])
            said.append(f"xarray {distance_m(np.array(at), want).max():.1f} m")
    else:
        assert t[2] or t[4], (out, grid["crs"])
    return f"{out.name}: {grid['crs']}: " + ", ".join(said)


def distance_m(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Metres between longitudes and latitudes, about."""
    east = (a[0] - b[0] + 180) % 360 - 180
    return np.hypot(east * np.cos(np.radians(b[1])), a[1] - b[1]) * 111195


def apart_m(file, rows, cols, want) -> float:
    """How far GDAL places cells from where they are: less than 130 m (datums moved two ways)."""
    assert file.crs is not None, file.name
    a = file.transform
    x, y = a.c + cols * a.a + rows * a.b, a.f + cols * a.d + rows * a.e
    at = np.array(rasterio.warp.transform(file.crs, "EPSG:4326", list(x), list(y)))
    off = distance_m(at, want).max()
    assert off < 130, (file.name, file.crs.to_wkt(), off)
    return off


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
        check_size(feature["properties"], area, on_a_map, grid["cell_m"])
        points += shapely.get_num_coordinates(area)
    return points


def check_size(told: dict, area, on_a_map: bool, cell_m: float | None) -> None:
    """Area and length of a front: on the ground by pyproj, else in cells."""
    if not on_a_map and cell_m is None:
        assert "area_ha" not in told and "perimeter_m" not in told
        return
    m2 = m = 0.0
    for polygon in area.geoms:
        for k, ring in enumerate([polygon.exterior, *polygon.interiors]):
            if on_a_map:
                ring_m2, ring_m = GEOD.polygon_area_perimeter(*ring.xy)
            else:
                ring_m2, ring_m = shapely.Polygon(ring).area * cell_m**2, ring.length * cell_m
            m2 += abs(ring_m2) * (-1 if k else 1)
            m += ring_m
    # GeographicLib itself is good to a tenth of a square metre.
    assert abs(told["area_ha"] * 1e4 - m2) <= 0.005 * m2 + 0.1, (told, m2)
    assert abs(told["perimeter_m"] - m) <= 0.005 * m, (told, m)


def kml_areas(placemark) -> list:
    """The rings of a placemark: closed, outer ones counter-clockwise."""
    polygons = []
    for polygon in placemark.iter(f"{KML}Polygon"):
        assert polygon.findtext(f"{KML}altitudeMode") == "clampToGround"
        rings = []
        for text in polygon.iter(f"{KML}coordinates"):
            ring = [tuple(map(float, p.split(","))) for p in text.text.split()]
            assert len(ring) >= 4 and ring[0] == ring[-1]
            assert all(abs(lon) <= 180 for lon, *_ in ring)
            assert shapely.LinearRing(ring).is_ccw == (not rings)
            rings.append(ring)
        polygons.append(shapely.Polygon(rings[0], rings[1:]))
    return polygons


def check_kml(document: bytes, fronts: list) -> None:
    """Order, times, styles and shapes of the placemarks against the isochrones."""
    kml = etree.fromstring(document)
    styles = {f"#{style.get('id')}" for style in kml.iter(f"{KML}Style")}
    marks = list(kml.iter(f"{KML}Placemark"))
    shown = [f for f in fronts if f["geometry"]["coordinates"]]
    assert len(marks) == len(shown)
    # The last lead comes first: it lies lowest.
    order = [f for f in shown[::-1] if not f["properties"]["observed"]]
    order += [f for f in shown if f["properties"]["observed"]]
    for mark, front in zip(marks, order, strict=True):
        told = front["properties"]
        tags = [child.tag.removeprefix(KML) for child in mark]
        want = ["name", "description", "TimeSpan", "styleUrl", "ExtendedData", "MultiGeometry"]
        assert tags == [w for w in want if w != "TimeSpan" or "valid_time" in told]
        assert mark.findtext(f"{KML}styleUrl") in styles
        assert "confirm by eye" in mark.findtext(f"{KML}description")
        if "valid_time" in told:
            begin = mark.findtext(f"{KML}TimeSpan/{KML}begin")
            end = mark.findtext(f"{KML}TimeSpan/{KML}end")
            assert begin == told["valid_time"] and (end is None) == told["observed"]
            assert end is None or end > begin
        data = {d.get("name"): float(d.findtext(f"{KML}value")) for d in mark.iter(f"{KML}Data")}
        assert data == {name: told[name] for name in data} and len(data) == 4
        areas = kml_areas(mark)
        of = shape(front["geometry"])
        if "simplified" not in mark.findtext(f"{KML}description") and len(areas) == len(of.geoms):
            apart = [
                np.abs(np.subtract(a.exterior.coords[:], b.exterior.coords[:])).max()
                for a, b in zip(areas, of.geoms, strict=True)
            ]
            assert max(apart, default=0) * 111_320 < 0.1, max(apart)


def check_kmz(path: Path, fronts: list, grid: dict, arrival) -> None:
    """The same document, and a picture whose pixels are the cells that lie there."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["doc.kml", "files/burns.png"]
        document = archive.read("doc.kml")
        with Image.open(io.BytesIO(archive.read("files/burns.png"))) as png:
            assert png.mode == "RGBA" and max(png.size) <= 1024
            alpha = np.asarray(png)[..., 3]
    check_kml(document, fronts)
    overlay = etree.fromstring(document).find(f".//{KML}GroundOverlay")
    assert overlay.findtext(f"{KML}Icon/{KML}href") == "files/burns.png"
    box = {edge.tag.removeprefix(KML): float(edge.text) for edge in overlay.find(f"{KML}LatLonBox")}
    h, w = alpha.shape
    rows, cols = np.mgrid[:h:3, :w:3]
    lon = box["west"] + (cols + 0.5) / w * (box["east"] - box["west"])
    lat = box["north"] - (rows + 0.5) / h * (box["north"] - box["south"])
    crs = CRS.from_user_input(grid["crs"])
    x, y = Transformer.from_crs(4326, crs, always_xy=True).transform(lon, lat)
    a, b, c, d, e, f = (grid["transform"][k] for k in (0, 1, 2, 3, 4, 5))
    col = ((x - a) * f - (y - d) * c) / (b * f - c * e)
    row = ((y - d) * b - (x - a) * e) / (b * f - c * e)
    inside = (col >= 0) & (col < grid["width"]) & (row >= 0) & (row < grid["height"])
    burns = np.zeros(col.shape, bool)
    at = row[inside].astype(int), col[inside].astype(int)
    burns[inside] = ~np.isnan(arrival[at])
    # On the border of two cells either may be taken.
    assert (burns == (alpha[::3, ::3] > 0)).mean() > 0.99, path


def check_by_gdal(out: Path, fronts: list) -> None:
    """GDAL reads KML and KMZ, and its areas are those of the isochrones."""
    shown = sum(bool(f["geometry"]["coordinates"]) for f in fronts)
    for name in ("forecast.kml", "forecast.kmz"):
        _, _, shapes, _ = pyogrio.raw.read(out / name)
        areas = [g for g in shapely.from_wkb(shapes) if g is not None and g.area > 0]
        assert len(areas) >= shown, (name, len(areas), shown)
        told = [f["properties"]["area_ha"] for f in fronts if f["geometry"]["coordinates"]]
        found = [abs(GEOD.geometry_area_perimeter(g)[0]) / 1e4 for g in areas[-shown:]]
        for ha, want in zip(sorted(found), sorted(told), strict=True):
            assert abs(ha - want) <= 0.005 * want + 1e-5, (name, ha, want)


def check_spread(out: Path, product: dict) -> None:
    """Points lie on the front now; the summary is numpy's of them."""
    collection = json.loads((out / "spread.geojson").read_text())
    fronts = json.loads((out / "isochrones.geojson").read_text())["features"]
    points, told = collection["features"], product["spread"]
    assert told["points"] == len(points)
    assert told["points_without_rate"] == collection["emberline:points_without_rate"]
    if not points:
        return
    rates = np.array([p["properties"]["spread_rate_m_min"] for p in points])
    assert np.isclose(np.median(rates), told["median_m_min"], rtol=1e-4)
    assert np.isclose(np.quantile(rates, 0.9), told["p90_m_min"], rtol=1e-4)
    name = "spread_towards_deg" if product["on_a_map"] else "spread_towards_picture_deg"
    assert all(0 <= p["properties"][name] < 360 for p in points)
    now = shape(fronts[0]["geometry"])
    cell = np.sqrt(now.area / fronts[0]["properties"]["cells"])
    for point in points:
        assert now.boundary.distance(shape(point["geometry"])) < cell


if __name__ == "__main__":
    for folder in map(Path, sys.argv[1:]):
        if (folder / "forecast.json").exists():
            print(check(folder))
