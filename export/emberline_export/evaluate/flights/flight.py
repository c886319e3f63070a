"""Flights: where a camera really was, and what its telemetry says of that."""

from dataclasses import dataclass

import numpy as np

from .camera import Lens, Pose, body
from .relief import Relief

PATHS = ("hover", "patrol", "orbit", "mower")
LATE_S = 0.1
ARM_M = 0.3  # the receiver stands this far behind the camera
# Slow and fast parts of what is wrong with telemetry: standard deviation, seconds.
GPS_M, HEIGHT_M = ((1.5, 60.0), (0.15, 0.5)), ((2.0, 60.0),)
YAW_DEG, TILT_DEG = ((2.0, 120.0), (0.2, 0.5)), ((0.5, 30.0), (0.05, 0.5))
ORBIT_M, ORBIT_UP_M, SPEED_M_S = 40.0, 70.0, 5.0
LEG_M, LEGS_APART_M = 120.0, 60.0
YAW_DEG_S = 30.0  # a drone turns no faster


@dataclass(frozen=True)
class Flight:
    """What is flown: a film, a path, a seed, and what makes it harder."""

    film: str
    path: str
    seed: int
    start: int = 0  # frame of the film
    seconds: int = 150
    every_s: int = 1
    contrast: float = 1.0
    outage_s: tuple[int, int] | None = None
    lens: Lens = Lens()
    relief: Relief = Relief()

    @property
    def name(self) -> str:
        """For people and files."""
        return f"{self.film} {self.path} {self.seed}"

    @property
    def times_s(self) -> list[int]:
        """When frames are taken."""
        first, after = self.outage_s or (0, 0)
        return [s for s in range(0, self.seconds + 1, self.every_s) if not first <= s < after]


def wander(rng: np.random.Generator, n: int, *parts: tuple[float, float]) -> np.ndarray:
    """Sums of Ornstein–Uhlenbeck processes, a value a second, each begun in its own spread."""
    out = np.zeros(n)
    for spread, tau_s in parts:
        keep = np.exp(-1 / tau_s)
        x = rng.normal() * spread
        for k in range(n):
            out[k] += x
            x = keep * x + np.sqrt(1 - keep * keep) * spread * rng.normal()
    return out


def headed(wanted_deg: np.ndarray, deg_s: float = YAW_DEG_S) -> np.ndarray:
    """Headings that follow the wanted ones no faster than a drone turns, without jumps of 360°."""
    out = wanted_deg.astype(float).copy()
    for k in range(1, len(out)):
        out[k] = out[k - 1] + np.clip((out[k] - out[k - 1] + 180) % 360 - 180, -deg_s, deg_s)
    return out


def legs(t: np.ndarray, wide_m: float) -> np.ndarray:
    """Places `[N, 2]` and headings on parallel legs from south to north and back."""
    half, step = wide_m / 2, LEGS_APART_M
    corners, side = [(-half, -step)], 1
    for north in (-step, 0, step, 0, -step):
        if corners[-1][1] != north:
            corners.append((corners[-1][0], north))
        corners.append((side * half, north))
        side = -side
    corners = np.array(corners)
    along = np.r_[0, np.cumsum(np.hypot(*np.diff(corners, axis=0).T))]
    at = np.minimum(t * SPEED_M_S, along[-1] - 1e-6)
    k = np.searchsorted(along, at, side="right") - 1
    ways = np.diff(corners, axis=0)[k]
    places = corners[k] + ways * ((at - along[k]) / np.hypot(*ways.T))[:, None]
    return np.c_[places, np.degrees(np.arctan2(ways[:, 0], ways[:, 1]))]


def truth(flight: Flight, rng: np.random.Generator, wide_m: float) -> np.ndarray:
    """East, north, up (m), yaw, side, pitch (degrees) at each second `[N, 6]`."""
    n = flight.seconds + 1
    t = np.arange(n, dtype=float)
    phase = rng.uniform(0, 2 * np.pi, 4)

    def ou(spread: float, tau_s: float) -> np.ndarray:
        return wander(rng, n, (spread, tau_s))

    down = np.full(n, -90.0)
    if flight.path == "hover":
        at = [ou(2, 15), ou(2, 15), 100 * (1 + ou(0.02, 30))]
        return np.stack([*at, ou(3, 20), ou(0.5, 3), down + ou(0.5, 3)], 1)
    if flight.path == "patrol":
        east = 25 * np.sin(t / 35 + phase[0]) + ou(1, 8)
        north = 12 * np.sin(t / 27 + phase[1]) + ou(1, 8)
        up = 100 * (1 + 0.12 * np.sin(t / 60 + phase[2]))
        yaw = 60 * np.sin(t / 80 + phase[3]) + ou(2, 10)
        return np.stack([east, north, up, yaw, ou(1, 3), down + ou(1, 3)], 1)
    if flight.path == "orbit":
        round_ = phase[0] + SPEED_M_S / ORBIT_M * t
        east, north = ORBIT_M * np.sin(round_) + ou(1, 8), ORBIT_M * np.cos(round_) + ou(1, 8)
        up = ORBIT_UP_M * (1 + ou(0.02, 30))
        inwards = np.degrees(np.unwrap(np.arctan2(-east, -north)))
        pitch = -np.degrees(np.arctan2(up, np.hypot(east, north)))
        return np.stack([east, north, up, inwards + ou(1, 5), ou(0.5, 3), pitch + ou(0.5, 3)], 1)
    east, north, wanted = legs(t, min(LEG_M, wide_m * 0.7)).T
    up = 100 * (1 + ou(0.01, 30))
    yaw = headed(wanted) + ou(1, 5)
    return np.stack([east + ou(0.5, 8), north + ou(0.5, 8), up, yaw, ou(1, 3), down + ou(1, 3)], 1)


def told(true: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What telemetry says of a flight, in the same columns: late, off, of another place aboard."""
    n = len(true)
    t = np.arange(n, dtype=float)
    out = np.stack([np.interp(t - LATE_S, t, column) for column in true.T], 1)
    ahead = np.radians(true[:, 3])
    out[:, 0] -= ARM_M * np.sin(ahead)
    out[:, 1] -= ARM_M * np.cos(ahead)
    for k, parts in enumerate((GPS_M, GPS_M, HEIGHT_M, YAW_DEG, TILT_DEG, TILT_DEG)):
        out[:, k] += wander(rng, n, *parts)
    return out


def poses(columns: np.ndarray) -> list[Pose]:
    """A pose a row."""
    return [Pose(row[:3], body(row[3], row[4], row[5])) for row in columns]
