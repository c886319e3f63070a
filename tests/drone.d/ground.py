"""Where on the ground: geodesics of the ellipsoid, a height model, and rays that are marched.

The oracle of these rows: nothing of it is the program's, and nothing of export's.
"""

from dataclasses import dataclass

import numpy as np
from picture import FOCAL_PX, HEIGHT, WIDTH
from pose import Pose
from pyproj import Geod, Transformer

GEOD = Geod(ellps="WGS84")


def utm_of(pose: Pose) -> str:
    """The zone that a pose lies in."""
    zone = int((pose.lon_deg + 180) // 6) + 1
    return f"EPSG:{(32600 if pose.lat_deg >= 0 else 32700) + zone}"


@dataclass(frozen=True)
class Dem:
    """Heights `[H, W]` of cells on a UTM grid, north up; bilinear between their middles."""

    band: np.ndarray
    west: float
    north: float
    cell_m: float

    def up(self, east: np.ndarray, north: np.ndarray) -> np.ndarray:
        """Height at places of the map; NaN outside."""
        col = (np.asarray(east) - self.west) / self.cell_m - 0.5
        row = (self.north - np.asarray(north)) / self.cell_m - 0.5
        high, wide = self.band.shape
        inside = (col >= 0) & (row >= 0) & (col < wide - 1) & (row < high - 1)
        c, r = np.where(inside, col, 0).astype(int), np.where(inside, row, 0).astype(int)
        a, b = np.where(inside, col, 0) - c, np.where(inside, row, 0) - r
        near = self.band[r, c] * (1 - a) + self.band[r, c + 1] * a
        far = self.band[r + 1, c] * (1 - a) + self.band[r + 1, c + 1] * a
        return np.where(inside, near * (1 - b) + far * b, np.nan)


class Flat:
    """Ground at height 0."""

    def up(self, east: np.ndarray, north: np.ndarray) -> np.ndarray:
        """0 everywhere."""
        return np.zeros(np.shape(east))


def pixels(pose: Pose, east: np.ndarray, north: np.ndarray, up: np.ndarray) -> np.ndarray:
    """Where places of the pose's UTM map are seen, `[2, …]`; NaN behind the camera."""
    lon, lat = Transformer.from_crs(utm_of(pose), "EPSG:4326", always_xy=True).transform(
        east, north
    )
    here = np.broadcast_arrays(np.full(np.shape(lon), pose.lon_deg), pose.lat_deg)
    azimuth, _, away = GEOD.inv(*here, lon, lat)
    azimuth = np.radians(azimuth)
    ned = np.stack([away * np.cos(azimuth), away * np.sin(azimuth), pose.up_m - up])
    x, y, z = np.einsum("ij,i...->j...", pose.matrix(), ned)
    with np.errstate(divide="ignore", invalid="ignore"):
        ahead = np.where(z > 0, z, np.nan)
        return np.stack([WIDTH / 2 + FOCAL_PX * x / ahead, HEIGHT / 2 + FOCAL_PX * y / ahead])


def cast(pose: Pose, x: np.ndarray, y: np.ndarray, dem: Dem, step_m: float = 0.25) -> np.ndarray:
    """Places `[N, 2]` of the map at which rays through pixels `[N]` first meet the ground."""
    rays = pose.matrix() @ np.stack(
        [(x - WIDTH / 2) / FOCAL_PX, (y - HEIGHT / 2) / FOCAL_PX, np.ones(len(x))]
    )
    rays /= np.linalg.norm(rays, axis=0)
    azimuth, flat = np.degrees(np.arctan2(rays[1], rays[0])), np.hypot(rays[0], rays[1])
    to_map = Transformer.from_crs("EPSG:4326", utm_of(pose), always_xy=True)
    here = np.full(len(x), pose.lon_deg), np.full(len(x), pose.lat_deg)
    out = np.full((len(x), 2), np.nan)
    # A ray is straight on the map, too: its place at 1 km tells its direction there.
    lon, lat, _ = GEOD.fwd(*here, azimuth, np.full(len(x), 1000.0))
    begin = np.array(to_map.transform(pose.lon_deg, pose.lat_deg))
    ways = (np.stack(to_map.transform(lon, lat), 1) - begin) / 1000 * flat[:, None]
    going = np.flatnonzero(rays[2] > 0.05)
    far = 0.0
    while len(going) and far < 20 * pose.up_m:
        far += step_m
        at = begin + ways[going] * far
        up = dem.up(at[:, 0], at[:, 1])
        hit = pose.up_m - rays[2, going] * far <= up
        out[going[hit]] = at[hit]
        going = going[~hit & ~np.isnan(up)]
    return out
