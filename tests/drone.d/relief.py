"""A ridge by a height model: the ground that rays meet first, and none behind it."""

from pathlib import Path

import numpy as np
import rasterio
from ground import Dem, cast, utm_of
from picture import HFOV_DEG, TIMES_S, burns, middles, write_film
from pose import Pose
from program import CELL_M, ground
from pyproj import Transformer
from rasterio.transform import from_origin
from table import Table

BASE_M, DEM_CELL_M, SIDE = 1500.0, 2.0, 300
POSES = {
    "down": Pose(40.0, -105.3, BASE_M + 100, 30.0),
    "60° down, to the ridge": Pose(40.0, -105.3, BASE_M + 100, 70.0, -60.0),
    "55° down, along it": Pose(40.0, -105.3, BASE_M + 110, 160.0, -55.0, 5.0),
}


def ridge(pose: Pose) -> Dem:
    """40 m high, so steep that it hides what lies behind; it runs a little west of north."""
    to_map = Transformer.from_crs("EPSG:4326", utm_of(pose), always_xy=True)
    east, north = np.round(to_map.transform(pose.lon_deg, pose.lat_deg))
    half = SIDE * DEM_CELL_M / 2
    row, col = np.mgrid[:SIDE, :SIDE] + 0.5
    x, y = col * DEM_CELL_M - half, half - row * DEM_CELL_M
    across = (x - 45) * 0.95 + y * 0.31
    band = BASE_M + 0.05 * y + 40 * np.exp(-0.5 * (across / 16) ** 2)
    return Dem(band.astype(np.float32), east - half, north + half, DEM_CELL_M)


def rows(table: Table, program: Path, room: Path) -> None:
    """A row a pose."""
    film = room / "spots.npz"
    write_film(film)
    for number, (name, pose) in enumerate(POSES.items()):
        dem, path = ridge(pose), room / f"dem-{number}.tif"
        shape = {"width": SIDE, "height": SIDE, "count": 1, "dtype": "float32"}
        place = from_origin(dem.west, dem.north, DEM_CELL_M, DEM_CELL_M)
        with rasterio.open(
            path, "w", driver="GTiff", crs=utm_of(pose), transform=place, nodata=-9999, **shape
        ) as file:
            file.write(dem.band, 1)
        lines = room / f"relief-{number}.ndjson"
        told = [pose.line(s, "alt_msl_m", HFOV_DEG, name != "down") for s in TIMES_S]
        lines.write_text("\n".join(told) + "\n")
        limit, what = DEM_CELL_M + CELL_M, f"ridge, {name}: within a cell of the model"
        try:
            found = ground(program, film, room / f"relief-{number}", "--pose", lines, "--dem", path)
        except (ValueError, KeyError, OSError) as e:
            table.row(what, str(e), False)
            continue
        x, y = (a[burns(*middles()) > 0] for a in middles())
        hits = cast(pose, x, y, dem)
        there = np.stack([found.east[found.burnt], found.north[found.burnt]], 1)
        if not len(there):
            table.row(what, "nothing burns", False)
            continue
        # Every burnt cell has been hit, and beside every hit something burns.
        off = apart(there, hits), apart(hits[~np.isnan(hits).any(1)], there)
        flat = apart(there, cast(pose, x, y, level(dem)))
        figure = f"{off[0]:.2f}, {off[1]:.2f} m (flat ground: {flat:.0f} m)"
        table.row(what, figure, max(off) <= limit)


def level(dem: Dem) -> Dem:
    """The same model without relief: what the row must tell from it."""
    return Dem(np.full_like(dem.band, BASE_M), dem.west, dem.north, dem.cell_m)


def apart(points: np.ndarray, others: np.ndarray) -> float:
    """Distance to the nearest other below which 99 of 100 points lie."""
    nearest = [np.hypot(*(others - p).T).min() for p in points]
    return float(np.percentile(nearest, 99))
