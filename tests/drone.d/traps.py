"""Azimuth, handedness, order of axes: one hot spot a quadrant, on both sides of everything."""

import math
from pathlib import Path

import numpy as np
from ground import Flat, pixels, utm_of
from picture import HFOV_DEG, SPOTS, TIMES_S, burns, write_film
from pose import Pose
from program import CELL_M, ground
from table import Table

# Both hemispheres, east and west of the zone's middle, at its border, far north.
PLACES = {
    "N, W of meridian": (40.0, -107.3),
    "N, E of meridian": (40.0, -103.2),
    "S, W of meridian": (-33.9, 148.2),
    "S, E of meridian": (-33.9, 152.6),
    "63° N, E of Greenwich": (63.4, 10.4),
    "equator, zone's border": (-0.3, 35.99),
}
LOOKS = {"down": (-90.0, 0.0), "60° down": (-60.0, 0.0), "60° down, roll 10°": (-60.0, 10.0)}


def rows(table: Table, program: Path, room: Path) -> None:
    """A row a place and look; four headings each."""
    film = room / "spots.npz"
    write_film(film)
    for place, (lat, lon) in PLACES.items():
        for look, (pitch, roll) in LOOKS.items():
            if look != "down" and not place.startswith(("N, W", "S, E")):
                continue
            worst, why = 0.0, ""
            for yaw in (0, 90, 180, 270):
                pose = Pose(lat, lon, 100.0, float(yaw), pitch, roll)
                words = " ".join((place, look, str(yaw))).replace("°", "").replace(" ", "-")
                lines = room / f"{words.replace(',', '')}.ndjson"
                told = [pose.line(s, "alt_agl_m", HFOV_DEG, look != "down") for s in TIMES_S]
                lines.write_text("\n".join(told) + "\n")
                out = room / f"{lines.stem}-out"
                try:
                    off = furthest(ground(program, film, out, "--pose", lines), pose)
                except (ValueError, KeyError, OSError) as e:
                    off, why = math.inf, f"yaw {yaw}: {e}"
                worst = max(worst, off)
            figure = f"{worst:.3f} m" if math.isfinite(worst) else why or "a spot is not there"
            limit = 0.1 + CELL_M
            table.row(f"{place}, {look}: within {limit} m", figure, worst <= limit)


def furthest(found, pose: Pose) -> float:
    """How far the middle of a spot's burnt cells lies off, the furthest of the four.

    Infinite where the map is another, a spot is not there, or something burns that should not.
    """
    if found.crs != utm_of(pose):
        return math.inf
    seen = pixels(pose, found.east, found.north, Flat().up(found.east, found.north))
    should = burns(*seen)
    worst = 0.0
    for number in range(1, len(SPOTS) + 1):
        cells = should == number
        # A spot's own ground and 3 m about it.
        middle = np.array([found.east[cells].mean(), found.north[cells].mean()])
        reach = np.hypot(found.east[cells] - middle[0], found.north[cells] - middle[1]).max() + 3
        near = np.hypot(found.east - middle[0], found.north - middle[1]) < reach
        here = found.burnt & near
        if not cells.any() or not here.any() or abs(here.sum() / cells.sum() - 1) > 0.2:
            return math.inf
        there = np.array([found.east[here].mean(), found.north[here].mean()])
        worst = max(worst, float(np.hypot(*(there - middle))))
    wrong = (found.burnt & (should == 0)).sum() / max(found.burnt.sum(), 1)
    return worst if wrong < 0.2 else math.inf
