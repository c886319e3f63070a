"""Where the world lies: metres east and north of a real place, as degrees and as UTM.

True north and true metres are those of the azimuthal equidistant projection about the place, so
that the turn and the scale of a UTM grid are in the flights as they are in the field.
"""

from functools import cached_property

import numpy as np
from pyproj import CRS, Transformer

REACH_M = 250.0  # of a world about its place


class Place:
    """A world's middle, degrees of WGS 84."""

    def __init__(self, lat_deg: float = 40.0, lon_deg: float = -105.3) -> None:
        """Some way west of the middle of zone 13, where grid north is .2° off, by default."""
        self.lat_deg, self.lon_deg = lat_deg, lon_deg
        self.crs = CRS.from_proj4(
            f"+proj=aeqd +lat_0={lat_deg} +lon_0={lon_deg} +datum=WGS84 +units=m"
        )

    @cached_property
    def _degrees(self) -> Transformer:
        return Transformer.from_crs(self.crs, "EPSG:4326", always_xy=True)

    def degrees(self, east_m: np.ndarray, north_m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Latitude and longitude of points of the world."""
        lon, lat = self._degrees.transform(east_m, north_m)
        return lat, lon

    @property
    def utm(self) -> str:
        """The code of the zone the place lies in."""
        zone = int((self.lon_deg + 180) // 6) + 1
        return f"EPSG:{(32600 if self.lat_deg >= 0 else 32700) + zone}"

    def mapped(self, crs: str, points: np.ndarray) -> np.ndarray:
        """Points `[N, 2]` of the world in another reference system."""
        other = Transformer.from_crs(self.crs, crs, always_xy=True)
        return np.stack(other.transform(points[:, 0], points[:, 1]), 1)

    def to_map(self, crs: str, origin: tuple[float, float] = (0.0, 0.0)) -> np.ndarray:
        """Affine `[3, 3]` from metres of the world to metres of a map less its origin.

        Over a world of half a kilometre a map is flat: what is left is less than a millimetre.
        """
        side = np.linspace(-REACH_M, REACH_M, 5)
        points = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)
        there = self.mapped(crs, points) - np.asarray(origin)
        known = np.c_[points, np.ones(len(points))]
        return np.vstack([np.linalg.lstsq(known, there, rcond=None)[0].T, [0, 0, 1]])
