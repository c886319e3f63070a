"""Relief: heights of the ground, where rays meet it, and the height model a user would give."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .place import Place

Heights = Callable[[np.ndarray, np.ndarray], np.ndarray]  # metres east, north → metres up
BASE_M = 1700.0  # above the sea, where the world's height is 0
FAR_M = 600.0


@dataclass(frozen=True)
class Relief:
    """A plane that falls to the east, and a ridge that runs a little east of north."""

    slope: float = 0.0  # metres a metre
    ridge_m: float = 0.0
    wide_m: float = 35.0

    def height(self, east_m: np.ndarray, north_m: np.ndarray) -> np.ndarray:
        """Metres above the world's 0."""
        across = east_m * 0.94 - north_m * 0.34
        return -self.slope * east_m + self.ridge_m * np.exp(-0.5 * (across / self.wide_m) ** 2)


def cast(at: np.ndarray, rays: np.ndarray, height: Heights, step_m: float = 1.0) -> np.ndarray:
    """East and north `[N, 2]` of the first crossing of each ray with the ground; NaN for none.

    Marches in steps from where the ray is as low as the highest ground could be, then halves the
    step in which it went under.
    """
    out = np.full((len(rays), 2), np.nan)
    side = np.linspace(-FAR_M, FAR_M, 241)
    top = height(*np.meshgrid(at[0] + side, at[1] + side))
    down = -rays[:, 2]
    going = np.flatnonzero(down > 0.05)
    far = np.maximum((at[2] - np.nanmax(top)) / down[going] - step_m, 0)
    near = far.copy()

    def above(k: np.ndarray, s: np.ndarray) -> np.ndarray:
        p = at + rays[k] * s[:, None]
        return p[:, 2] - height(p[:, 0], p[:, 1])

    while len(going):
        far = near + step_m
        under = above(going, far) <= 0
        k, low, high = going[under], near[under], far[under]
        for _ in range(20):
            middle = (low + high) / 2
            deep = above(k, middle) <= 0
            high, low = np.where(deep, middle, high), np.where(deep, low, middle)
        out[k] = (at + rays[k] * high[:, None])[:, :2]
        left = ~under & (far * down[going] < at[2] + FAR_M) & (far < 20 * at[2])
        going, near = going[left], far[left]
    return out


def write_dem(path: Path, place: Place, height: Heights, cell_m: float = 2.0) -> None:
    """A GeoTIFF of heights above the sea on the place's UTM grid, 800 m wide."""
    import rasterio
    from rasterio.transform import from_origin

    middle = place.mapped(place.utm, np.zeros((1, 2)))[0]
    side = round(800 / cell_m)
    west, north = np.floor(middle / 10) * 10 + [-400, 400]
    back = np.linalg.inv(place.to_map(place.utm, (west, north)))
    x, y = np.meshgrid((np.arange(side) + 0.5) * cell_m, -(np.arange(side) + 0.5) * cell_m)
    east_m, north_m = (np.stack([x.ravel(), y.ravel(), np.ones(x.size)], 1) @ back.T)[:, :2].T
    band = (BASE_M + height(east_m, north_m)).reshape(side, side).astype(np.float32)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=side,
        height=side,
        count=1,
        dtype="float32",
        crs=place.utm,
        transform=from_origin(west, north, cell_m, cell_m),
        nodata=-9999.0,
    ) as file:
        file.write(band, 1)
