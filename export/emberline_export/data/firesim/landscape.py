"""Landscapes: terrain, fuel, canopy, weather and ignition of one fire, drawn from a generator.

Maps are `[n, n]` with row 0 SOUTH and column 0 west, as pyretechnics wants them; `spread` turns
them north-up when the fire is kept. Nothing here needs pyretechnics.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

Rng = np.random.Generator
Map = NDArray[np.float32]
Mask = NDArray[np.bool_]

CELLS_M = (5.0, 10.0, 15.0, 20.0, 30.0)
TERRAINS = {"flat": 0.005, "gentle": 0.08, "hilly": 0.25, "steep": 0.5}  # mean slope, rise/run
TERRAIN_SHARES = (0.2, 0.3, 0.3, 0.2)

# Scott & Burgan models by carrier: grass, grass-shrub, shrub, timber understory, litter, slash.
CARRIERS = {
    "GR": (101, 102, 103, 104, 105, 107),
    "GS": (121, 122, 123),
    "SH": (141, 142, 145, 147),
    "TU": (161, 162, 165),
    "TL": (181, 183, 185, 186, 188),
    "SB": (201, 202),
}
CARRIER_SHARES = (0.22, 0.17, 0.2, 0.24, 0.12, 0.05)
FOREST = frozenset(CARRIERS["TU"] + CARRIERS["TL"] + CARRIERS["SB"])  # always under trees
WOODED_SHARE = 0.5  # of fires where the other carriers stand under trees too
UNBURNABLE = (91, 98, 99)  # urban, water, bare ground

KINDS = ("point", "multi", "line", "patch", "large", "several")
KIND_SHARES = (0.27, 0.19, 0.18, 0.15, 0.14, 0.07)


@dataclass(frozen=True)
class Landscape:
    """What the fire burns over; maps `[n, n]`, row 0 south."""

    cell_m: float
    dem_m: Map
    slope: Map  # rise/run
    aspect_deg: Map  # downslope, clockwise from north
    fuel: Map  # Scott & Burgan number
    models: tuple[int, ...]  # burnable numbers on the map
    trees: Map  # 1 under canopy, else 0
    canopy_cover: float  # 0..1
    canopy_height_m: float
    canopy_base_m: float
    canopy_kg_m3: float

    @property
    def burnable(self) -> Mask:
        """Cells that can burn, `[n, n]`."""
        return (self.fuel < 90) | (self.fuel > 99)


@dataclass(frozen=True)
class Weather:
    """Wind per band (one band = one frame) and the moisture and air of the whole fire."""

    wind_kmh: Map  # [bands], 10 m above ground
    wind_from_deg: Map  # [bands], where it comes from, clockwise from north
    moisture: Map  # [5] kg/kg: dead 1 h, 10 h, 100 h, live herbaceous, live woody
    foliar: float  # kg/kg
    air_c: float


@lru_cache(maxsize=4)
def _log_wavenumbers(n: int) -> Map:
    """Log of the wave number on a half plane for an n x n real field, 0 at the mean."""
    k = np.hypot(np.fft.fftfreq(n)[:, None], np.fft.rfftfreq(n)[None, :]) * n
    k[0, 0] = 1.0
    return np.log(k).astype(np.float32)


def gaussian_field(rng: Rng, n: int, beta: float) -> Map:
    """Random field `[n, n]` with spectrum k^-beta, mean 0, deviation 1.

    Made on twice the width and cropped, so opposite edges do not match.
    """
    wide = 2 * n
    log_k = _log_wavenumbers(wide)
    amplitude = np.exp(np.float32(-0.5 * beta) * log_k)
    amplitude[0, 0] = 0.0
    phase = rng.random(log_k.shape, dtype=np.float32) * np.float32(2 * np.pi)
    spectrum = np.empty(log_k.shape, np.complex64)
    spectrum.real = amplitude * np.cos(phase)
    spectrum.imag = amplitude * np.sin(phase)
    field = fft.irfft2(spectrum, s=(wide, wide))[:n, :n]
    return ((field - field.mean()) / (field.std() + 1e-12)).astype(np.float32)


def draw_landscape(rng: Rng, n: int) -> Landscape:
    """Draw terrain, fuel and canopy on an n x n grid."""
    cell_m = float(rng.choice(CELLS_M))
    dem_m, slope, aspect_deg = _terrain(rng, n, cell_m)
    fuel, models = _fuel(rng, n)
    under_trees = set(models) if rng.random() < WOODED_SHARE else FOREST & set(models)
    return Landscape(
        cell_m=cell_m,
        dem_m=dem_m,
        slope=slope,
        aspect_deg=aspect_deg,
        fuel=fuel,
        models=models,
        trees=np.isin(fuel, list(under_trees)).astype(np.float32),
        canopy_cover=float(rng.uniform(0.3, 0.7)),
        canopy_height_m=float(rng.uniform(8, 22)),
        canopy_base_m=float(rng.uniform(0.3, 4.0)),
        canopy_kg_m3=float(rng.uniform(0.08, 0.28)),
    )


def _terrain(rng: Rng, n: int, cell_m: float) -> tuple[Map, Map, Map]:
    """Elevation in m above its mean, slope (rise/run), aspect (degrees), each `[n, n]`."""
    mean_slope = TERRAINS[str(rng.choice(list(TERRAINS), p=TERRAIN_SHARES))]
    dem = gaussian_field(rng, n, rng.uniform(3.2, 4.2))
    azimuth = rng.uniform(0, 2 * np.pi)
    axis = np.linspace(-0.5, 0.5, n, dtype=np.float32)
    tilt = rng.uniform(0, 6.0)
    dem = dem + np.float32(tilt * np.cos(azimuth)) * axis[None, :]
    dem = dem + np.float32(tilt * np.sin(azimuth)) * axis[:, None]
    north, east = np.gradient(dem, cell_m)  # rows grow north
    scale = mean_slope * rng.uniform(0.6, 1.4) / (np.hypot(east, north).mean() + 1e-12)
    north, east, dem = north * scale, east * scale, dem * scale
    slope = np.clip(np.hypot(east, north), 0, 1.2)
    aspect = np.degrees(np.arctan2(-east, -north)) % 360
    return tuple(m.astype(np.float32) for m in (dem - dem.mean(), slope, aspect))


def _fuel(rng: Rng, n: int) -> tuple[Map, tuple[int, ...]]:
    """Fuel numbers `[n, n]` and the burnable ones among them.

    Two carriers at most meet on one map, so that neighbours are plausible.
    """
    wanted = int(rng.choice([1, 2, 3, 4], p=[0.25, 0.3, 0.25, 0.2]))
    pair = rng.choice(list(CARRIERS), size=2, replace=False, p=CARRIER_SHARES)
    pool = [model for carrier in pair for model in CARRIERS[carrier]]
    models = rng.choice(pool, size=min(wanted, len(pool)), replace=False)
    fuel = np.full((n, n), models[0], np.float32)
    if len(models) > 1:
        field = gaussian_field(rng, n, rng.uniform(3.0, 5.0))
        cuts = np.quantile(field, np.linspace(0, 1, len(models) + 1)[1:-1])
        fuel = models[np.digitize(field, cuts)].astype(np.float32)
    bare = np.zeros((n, n), bool)
    if rng.random() < 0.45:  # rock, water
        field = gaussian_field(rng, n, rng.uniform(3.0, 4.5))
        bare |= field > np.quantile(field, 1 - rng.uniform(0.01, 0.12))
    if rng.random() < 0.45:  # roads, fire breaks
        for _ in range(rng.integers(1, 3)):
            bare |= _road(rng, n)
    fuel[bare] = rng.choice(UNBURNABLE)
    return fuel, tuple(int(model) for model in models)


def _road(rng: Rng, n: int) -> Mask:
    """Bending line 1.4 to 3.2 cells wide across the map, sometimes with a gap."""
    rows, cols = np.mgrid[0:n, 0:n].astype(np.float32)
    angle = rng.uniform(0, np.pi)
    x0, y0 = rng.uniform(0.2, 0.8, 2) * n
    across = (cols - x0) * np.sin(angle) - (rows - y0) * np.cos(angle)
    along = (cols - x0) * np.cos(angle) + (rows - y0) * np.sin(angle)
    waves, phase = rng.uniform(0.5, 2), rng.uniform(0, 6)
    bend = rng.uniform(0, 0.06) * n * np.sin(2 * np.pi * along / n * waves + phase)
    road = np.abs(across + bend) < rng.uniform(0.7, 1.6)
    if rng.random() < 0.6:
        road &= np.abs(along - rng.uniform(-0.3, 0.3) * n) >= rng.uniform(2, 6)
    return road


def draw_weather(rng: Rng, bands: int) -> Weather:
    """Draw moisture and a wind series: gusts and wander as AR(1), a quarter with a shift."""
    dead_1h = float(np.clip(rng.beta(2.0, 3.0) * 0.17 + 0.03, 0.03, 0.20))
    moisture = (
        dead_1h,
        dead_1h + rng.uniform(0.005, 0.02),
        dead_1h + rng.uniform(0.02, 0.04),
        rng.uniform(0.3, 1.2),
        rng.uniform(0.6, 1.5),
    )
    mean_kmh = float(np.clip(rng.gamma(2.4, 9.0), 0, 65))
    gust = _ar1(rng.normal(0, 0.6, bands), 0.8)
    wander = _ar1(rng.normal(0, 0.5, bands), 0.85)
    speed = np.clip(mean_kmh * (1 + rng.uniform(0.05, 0.25) * gust), 0, 90)
    direction = rng.uniform(0, 360) + wander * rng.uniform(3, 15)
    if rng.random() < 0.25:
        start = int(rng.integers(bands // 3, bands))
        turn_deg = rng.choice([-1, 1]) * rng.uniform(30, 110)
        direction = direction + turn_deg * np.clip((np.arange(bands) - start) / 3.0, 0, 1)
    return Weather(
        wind_kmh=speed.astype(np.float32),
        wind_from_deg=(direction % 360).astype(np.float32),
        moisture=np.array(moisture, np.float32),
        foliar=float(rng.uniform(0.85, 1.2)),
        air_c=float(rng.uniform(12, 40)),
    )


def _ar1(noise: NDArray[np.float64], keep: float) -> NDArray[np.float64]:
    """Autoregressive series `[bands]` that starts at 0."""
    series = np.zeros_like(noise)
    for band in range(1, len(noise)):
        series[band] = keep * series[band - 1] + noise[band]
    return series


def draw_ignition(rng: Rng, n: int, kind: str) -> Mask:
    """Cells alight when the simulation starts, `[n, n]`; unburnable cells are not yet removed."""
    centre = n // 2 + rng.integers(-n // 5, n // 5 + 1, 2)
    lit = np.zeros((n, n), bool)
    match kind:
        case "point":
            lit[tuple(centre)] = True
        case "multi":
            for _ in range(rng.integers(2, 6)):
                lit[_near(rng, n, centre, n // 6)] = True
        case "line":
            angle, length = rng.uniform(0, np.pi), rng.uniform(0.05, 0.30) * n
            steps = np.linspace(-length / 2, length / 2, 2 * n)
            offset = np.outer(steps, (np.sin(angle), np.cos(angle)))
            rows, cols = np.clip(np.rint(centre + offset), 4, n - 5).astype(int).T
            lit[rows, cols] = True
        case "patch":
            lit |= _patch(rng, n, centre, rng.uniform(0.02, 0.10) * n)
        case "large":
            lit |= _patch(rng, n, centre, rng.uniform(0.10, 0.25) * n)
        case "several":
            for _ in range(rng.integers(2, 4)):
                where = np.array(_near(rng, n, centre, n // 3))
                lit |= _patch(rng, n, where, rng.uniform(0.03, 0.12) * n)
        case _:
            raise ValueError(f"unknown ignition kind {kind!r}; known: {', '.join(KINDS)}")
    return lit


def _near(rng: Rng, n: int, centre: NDArray[np.int64], reach: int) -> tuple[int, int]:
    """Row and column within `reach` of the centre, four cells or more inside the map."""
    row, col = np.clip(centre + rng.integers(-reach, reach + 1, 2), 4, n - 5)
    return int(row), int(col)


def _patch(rng: Rng, n: int, centre: NDArray[np.int64], radius: float) -> Mask:
    """Ragged blob `[n, n]` of about `radius` cells."""
    rows, cols = np.ogrid[0:n, 0:n]
    distance = np.hypot(rows - centre[0], cols - centre[1])
    return distance + 0.35 * radius * gaussian_field(rng, n, 3.2) < max(radius, 0.8)
