"""Spread: burn one drawn landscape with pyretechnics and keep its physics in pixels and frames.

Rothermel surface fire, crown fire and optional spotting on a level set. pyretechnics is pinned:
2026.8.10 is EPL-2.0, later versions are noncommercial. It is imported on first use only.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import metadata
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from . import landscape as land

PYRETECHNICS = "2026.8.10"
STEPS_S = np.array([5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 450, 600], float)
FUEL_HEAT_KJ_M2 = 8000.0  # typical heat per area; sets how many firebrands a cell throws
SPOTTING_SHARE = 0.2


class PyretechnicsError(RuntimeError):
    """pyretechnics is missing or not the pinned version."""


@dataclass(frozen=True)
class FireConfig:
    """Bounds of one fire; areas are counted in cells at whole frames."""

    grid: int = 128
    span: int = 40  # frames kept after frame 0
    context: int = 10  # frames a model sees: 0 .. context-1
    horizon: int = 20  # frames it forecasts
    head_px: tuple[float, float] = (0.3, 2.6)  # wanted head speed, px per frame
    min_start_cells: int = 4  # at frame 0
    max_start_share: float = 0.35  # of the map, at frame 0
    min_new_cells: int = 15  # in the horizon
    max_end_share: float = 0.85  # of the map, at the end of the horizon
    max_ros_px: float = 4.0  # px per frame, for the fastest twentieth of the cells


@dataclass(frozen=True)
class Fire:
    """One burnt fire; maps `[n, n]` with row 0 NORTH, times in frames after frame 0."""

    seed: int
    arrival: NDArray[np.float32]  # negative before frame 0, +inf never in the span
    ros: NDArray[np.float16]  # px/frame, 0 where not reached
    intensity: NDArray[np.float16]  # log10 of max(fireline kW/m, 1), 0 where not reached
    fuel: NDArray[np.uint8]  # Scott & Burgan number
    dem_m: NDArray[np.float16]  # above the mean
    residence: np.float32  # flame residence time, frames
    cell_m: np.float32
    dt_s: np.float32
    wind_kmh: NDArray[np.float32]  # [span + 1], from frame 0
    wind_from_deg: NDArray[np.float32]  # [span + 1]
    moisture: NDArray[np.float32]  # [5] kg/kg: dead 1, 10, 100 h, live herbaceous, live woody
    ignition: np.uint8  # index into landscape.KINDS
    spotting: np.uint8  # 1 when firebrands were on
    crown_share: np.float32  # of the cells reached after ignition


@dataclass(frozen=True)
class Rejected:
    """A seed whose fire is not worth keeping, and why."""

    seed: int
    reason: str


@cache
def require_pyretechnics() -> SimpleNamespace:
    """Return the modules used of the pinned pyretechnics.

    Raises PyretechnicsError with one line when it is missing or another version.
    """
    try:
        found = metadata.version("pyretechnics")
    except metadata.PackageNotFoundError:
        raise PyretechnicsError(
            f"pyretechnics is not installed here; pip install pyretechnics=={PYRETECHNICS}"
        ) from None
    if found != PYRETECHNICS:
        raise PyretechnicsError(
            f"pyretechnics {found} found, {PYRETECHNICS} wanted (EPL-2.0; later is noncommercial)"
        )
    from pyretechnics import burn_cells, eulerian_level_set, fuel_models
    from pyretechnics.space_time_cube import SpaceTimeCube

    return SimpleNamespace(
        burn_cells=burn_cells,
        level_set=eulerian_level_set,
        fuel_models=fuel_models,
        Cube=SpaceTimeCube,
    )


def make_fire(seed: int, config: FireConfig) -> Fire | Rejected:
    """Draw, burn and judge the fire of `seed`; the same seed and config give the same fire."""
    rng = np.random.default_rng(seed)
    n = config.grid
    kind = str(rng.choice(land.KINDS, p=land.KIND_SHARES))
    warm = int(rng.integers(2, 13) if kind in ("large", "several") else rng.integers(4, 27))
    place = land.draw_landscape(rng, n)
    if place.burnable.mean() < 0.5:
        return Rejected(seed, "mostly unburnable")
    lit = land.draw_ignition(rng, n, kind) & place.burnable
    if not lit.any():
        return Rejected(seed, "ignition on unburnable")
    weather = land.draw_weather(rng, warm + config.span + 1)
    cubes = space_time_cubes(place, weather)
    head_m_min = _head_speed(rng, cubes, place.burnable, len(weather.wind_kmh))
    low, high = config.head_px
    wanted_px = np.exp(rng.uniform(np.log(low), np.log(high)))
    dt_s = _nearest_step(60 * wanted_px * place.cell_m / max(head_m_min, 1e-6))
    head_px = head_m_min * dt_s / 60 / place.cell_m
    if not 0.8 * low <= head_px <= 1.2 * high:
        return Rejected(seed, "no frame interval fits the head speed")
    spots = _firebrands(rng, seed, place.cell_m) if rng.random() < SPOTTING_SHARE else None
    maps = burn(cubes, lit, place.cell_m, dt_s / 60, warm + config.span + 0.5, spots)
    arrival = maps["time_of_arrival"] * np.float32(60 / dt_s) - np.float32(warm)
    arrival = np.where(arrival <= config.span, arrival, np.float32(np.inf))
    ros_px = maps["spread_rate"] * np.float32(dt_s / 60 / place.cell_m)
    reason = reject_reason(arrival, ros_px, config)
    if reason:
        return Rejected(seed, reason)
    grown = np.isfinite(arrival) & (ros_px > 0)
    crown = (maps["fire_type"] >= 2) & grown
    ros_px, kw_m = _fill(grown, ros_px, maps["fireline_intensity"])
    reached = np.isfinite(arrival)
    return Fire(
        seed=seed,
        arrival=_north_up(_age_inwards(arrival, lit, warm, max(head_px, 0.3)), np.float32),
        ros=_north_up(np.where(reached, np.clip(ros_px, 1e-3, 100), 0), np.float16),
        intensity=_north_up(np.where(reached, np.log10(np.maximum(kw_m, 1)), 0), np.float16),
        fuel=_north_up(place.fuel, np.uint8),
        dem_m=_north_up(place.dem_m, np.float16),
        residence=np.float32(_residence_min(place.models) * 60 / dt_s),
        cell_m=np.float32(place.cell_m),
        dt_s=np.float32(dt_s),
        wind_kmh=weather.wind_kmh[warm:],
        wind_from_deg=weather.wind_from_deg[warm:],
        moisture=weather.moisture,
        ignition=np.uint8(land.KINDS.index(kind)),
        spotting=np.uint8(spots is not None),
        crown_share=np.float32(crown.sum() / max(int(grown.sum()), 1)),
    )


def space_time_cubes(place: land.Landscape, weather: land.Weather) -> dict[str, Any]:
    """Inputs of pyretechnics by its names, one band per frame."""
    shape = (len(weather.wind_kmh), *place.fuel.shape)
    dead_1h, dead_10h, dead_100h, herbaceous, woody = (float(m) for m in weather.moisture)
    values: dict[str, Any] = {
        "slope": place.slope,
        "aspect": place.aspect_deg,
        "fuel_model": place.fuel,
        "canopy_cover": place.trees * np.float32(place.canopy_cover),
        "canopy_height": place.trees * np.float32(place.canopy_height_m),
        "canopy_base_height": place.trees * np.float32(place.canopy_base_m),
        "canopy_bulk_density": place.trees * np.float32(place.canopy_kg_m3),
        "temperature": weather.air_c,
        "wind_speed_10m": weather.wind_kmh,
        "upwind_direction": weather.wind_from_deg,
        "fuel_moisture_dead_1hr": dead_1h,
        "fuel_moisture_dead_10hr": dead_10h,
        "fuel_moisture_dead_100hr": dead_100h,
        "fuel_moisture_live_herbaceous": herbaceous,
        "fuel_moisture_live_woody": woody,
        "foliar_moisture": weather.foliar,
    }
    cube = require_pyretechnics().Cube
    return {name: cube(shape, value) for name, value in values.items()}


def burn(
    cubes: dict[str, Any],
    lit: land.Mask,
    cell_m: float,
    band_min: float,
    bands: float,
    spots: dict[str, float] | None = None,
) -> dict[str, NDArray[Any]]:
    """Run the level set for `bands` bands; returns pyretechnics' maps, row 0 south, minutes."""
    level_set = require_pyretechnics().level_set
    state = level_set.SpreadState(cubes["fuel_model"].shape)
    state.ignite_cells((0, 0), np.where(lit, np.float32(-1), np.float32(1)))
    result = level_set.spread_fire_with_phi_field(
        cubes, state, (band_min, cell_m, cell_m), 0.0, bands * band_min, spot_config=spots
    )
    layers = ["fire_type", "spread_rate", "fireline_intensity", "time_of_arrival"]
    return result["spread_state"].get_full_matrices(layers)


def reject_reason(arrival: land.Map, ros_px: land.Map, config: FireConfig) -> str | None:
    """Why a fire `[n, n]` (arrival in frames, speed in px/frame) is not kept, or None."""
    last = config.context + config.horizon - 1
    start, seen, end = (int((arrival <= at).sum()) for at in (0, config.context - 1, last))
    if start < config.min_start_cells:
        return "too small at frame 0"
    if start > config.max_start_share * arrival.size:
        return "too large at frame 0"
    if end - seen < config.min_new_cells:
        return "no growth in the horizon"
    if end > config.max_end_share * arrival.size:
        return "fills the map"
    if np.quantile(ros_px[(arrival > 0) & (arrival <= last)], 0.95) > config.max_ros_px:
        return "too fast for the frame interval"
    return None


def _head_speed(rng: land.Rng, cubes: dict[str, Any], burnable: land.Mask, bands: int) -> float:
    """Head fire speed in m/min, its 0.6 quantile over 24 random burnable cells and bands."""
    head_fire = require_pyretechnics().burn_cells.burn_cell_as_head_fire
    cells = np.argwhere(burnable)
    cells = cells[rng.integers(0, len(cells), 24)]
    times = rng.integers(0, bands, 24)
    speeds = [
        head_fire(cubes, (int(t), int(row), int(col)))["spread_rate"]
        for t, (row, col) in zip(times, cells, strict=True)
    ]
    return float(np.quantile(speeds, 0.6))


def _nearest_step(wanted_s: float) -> float:
    """Frame interval of `STEPS_S` nearest to the wanted one, by ratio."""
    return float(STEPS_S[np.argmin(np.abs(np.log(STEPS_S / wanted_s)))])


def _firebrands(rng: land.Rng, seed: int, cell_m: float) -> dict[str, float]:
    """Spotting of one fire: 0.001 to 0.05 firebrands a cell, landing some cells downwind."""
    per_cell = 10 ** rng.uniform(-3.0, -1.3)
    return {
        "random_seed": seed,
        "firebrands_per_unit_heat": float(per_cell / (FUEL_HEAT_KJ_M2 * cell_m**2)),
        "downwind_distance_mean": float(rng.uniform(0.5, 1.5) * cell_m),
        "fireline_intensity_exponent": 0.3,
        "wind_speed_exponent": 0.55,
        "downwind_variance_mean_ratio": 8 * cell_m,
        "crosswind_distance_stdev": cell_m,
        "decay_distance": 500.0,
    }


def _residence_min(models: tuple[int, ...]) -> float:
    """Flame residence time in minutes, 384 / sigma (Anderson 1969), sigma in 1/ft for 1 h fuel."""
    fuel_models = require_pyretechnics().fuel_models
    sigma = np.mean([fuel_models.get_fuel_model(model)["sigma"][0] for model in models])
    return 384 / max(float(sigma), 300.0)


def _north_up(values: NDArray[Any], kind: type) -> NDArray[Any]:
    """Map with row 0 north, of the wanted type, from one with row 0 south."""
    return np.ascontiguousarray(values[::-1].astype(kind))


def _fill(known: land.Mask, *maps: land.Map) -> list[land.Map]:
    """Copy each map `[n, n]` with every cell not known taken from the nearest known one."""
    rows, cols = distance_transform_edt(~known, return_distances=False, return_indices=True)
    return [values[rows, cols] for values in maps]


def _age_inwards(
    arrival: NDArray[np.float32], lit: land.Mask, warm: int, px_per_frame: float
) -> NDArray[np.float32]:
    """Give the cells lit by hand an arrival that gets older towards their middle.

    A patch lit at one instant would flame as a whole; a real fire that size burnt its way there.
    """
    depth = distance_transform_edt(lit) - 1 if lit.sum() > 4 else 0.0
    return np.where(lit, -warm - depth / px_per_frame, arrival).astype(np.float32)
