"""The outlook model: ridge regression of a change on readings, by target, lead and set of terms.

Forecasts `[N]` are issued at each hour for `lead` hours later; NaN where no set has its readings.
Intervals come from the errors that the same set made in the 30 days before, each divided by the
usual error at its time of day; with too few of those, from the errors the model was shipped with.
The runtime has the same in `runtime/weather/src/outlook/`.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .hours import Hours, humidity
from .terms import TARGETS, shifted, table

LEADS_H = (1, 2, 3, 4, 5, 6)
LEVEL, DAY_PARTS = 0.8, 8
SAID = ("temp_c", "rh_percent", "wind_m_s", "wind_vector", "pressure_hpa")


@dataclass
class Fit:
    """Weights of one target and set, by lead."""

    terms: list[str]
    weights: list[list[float]] = field(default_factory=list)  # [L][1 + K], constant first


@dataclass
class Model:
    """All targets, and what is known of their errors."""

    fits: dict[str, dict[str, Fit]]  # target, set
    error: dict[str, dict[str, list[float]]]  # said, set: 80 % of errors are below, by lead
    day: dict[str, list[list[float]]]  # said: relative error `[L][DAY_PARTS]`, solar time of issue
    about: dict[str, str]
    record_h: int = 720  # how far back the station's own errors count
    record_least: int = 200  # fewer of them are not enough

    def write(self, path: Path) -> None:
        """As the runtime embeds it: one line a row of weights."""
        sets = {
            t: [{"set": s, "terms": f.terms, "weights": f.weights} for s, f in by.items()]
            for t, by in self.fits.items()
        }
        head = self.about | {"format": 1, "level": LEVEL, "leads_h": LEADS_H}
        head |= {"record_h": self.record_h, "record_least": self.record_least}
        text = json.dumps(head | {"targets": sets, "error": self.error, "day": self.day}, indent=1)
        path.write_text(one_line_rows(text) + "\n")

    @classmethod
    def read(cls, path: Path) -> "Model":
        """What `write` wrote."""
        d = json.loads(path.read_text())
        fits = {
            t: {f["set"]: Fit(f["terms"], f["weights"]) for f in sets}
            for t, sets in d["targets"].items()
        }
        about = {k: d[k] for k in ("name", "trained_on", "licence")}
        return cls(fits, d["error"], d["day"], about, d["record_h"], d["record_least"])


def one_line_rows(text: str) -> str:
    """Put every innermost list of numbers on one line."""
    out, row = [], None
    for line in text.splitlines():
        bare = line.strip()
        if row is None and bare.endswith("["):
            row = [line]
        elif row is not None and bare.endswith("["):
            out += row
            row = [line]
        elif row is not None and bare.rstrip(",") == "]":
            flat = " ".join(r.strip() for r in row[1:])
            out.append(row[0] + flat + bare if '"' not in flat else "\n".join([*row, line]))
            row = None
        elif row is not None:
            row.append(line)
        else:
            out.append(line)
    return "\n".join(out)


def ridge(x: np.ndarray, y: np.ndarray, strength: float) -> np.ndarray:
    """Constant and weights `[1 + K]` of `y` `[N]` on `x` `[N, K]`, standardised inside."""
    mean, spread = x.mean(0), x.std(0)
    z = (x - mean) / spread
    w = np.linalg.solve(z.T @ z + strength * np.eye(z.shape[1]), z.T @ (y - y.mean())) / spread
    return np.concatenate([[y.mean() - mean @ w], w])


def fit_one(
    hours: list[Hours], use: list[np.ndarray], target: str, terms: list[str], strength: float
) -> Fit:
    """Fit every lead on the hours `use` (masks `[N]` of issue times, one a station)."""
    out = Fit(terms)
    for lead in LEADS_H:
        x = np.concatenate([table(h, terms, lead)[u] for h, u in zip(hours, use, strict=True)])
        y = np.concatenate(
            [
                (shifted(h.values[target], lead) - h.values[target])[u]
                for h, u in zip(hours, use, strict=True)
            ]
        )
        ok = np.isfinite(x).all(1) & np.isfinite(y)
        w = ridge(x[ok], y[ok], strength)
        out.weights.append([float(f"{v:.6g}") for v in w])
    return out


def fit_all(hours: list[Hours], use: list[np.ndarray], strength: float) -> dict:
    """Every target and set."""
    return {
        t: {s: fit_one(hours, use, t, terms, strength) for s, terms in sets.items()}
        for t, sets in TARGETS.items()
    }


def by_set(model: Model, hours: Hours, target: str, name: str, lead: int) -> np.ndarray:
    """Forecasts `[N]` of one target by one set, NaN where a reading is missing."""
    fit = model.fits[target].get(name)
    if fit is None:
        return np.full(len(hours), np.nan)
    w = fit.weights[lead - 1]
    said = hours.values[target] + w[0] + table(hours, fit.terms, lead) @ np.array(w[1:])
    return np.maximum(said, 0) if target == "wind_m_s" else said


def sets_of(model: Model, what: str) -> list[str]:
    """Names of the sets, best first."""
    return list(model.fits[{"rh_percent": "dew_c", "wind_vector": "wind_u"}.get(what, what)])


def said_by_set(model: Model, hours: Hours, what: str, name: str, lead: int) -> np.ndarray:
    """Forecasts `[N]` (wind vector: complex, east + i north) by one set."""
    if what == "rh_percent":
        temp, dew = (by_set(model, hours, t, name, lead) for t in ("temp_c", "dew_c"))
        return humidity(temp, dew)
    if what == "wind_vector":
        u, v = (by_set(model, hours, t, name, lead) for t in ("wind_u", "wind_v"))
        return u + 1j * v
    return by_set(model, hours, what, name, lead)


def truth(hours: Hours, what: str) -> np.ndarray:
    """Readings `[N]` of what is forecast."""
    v = hours.values
    return v["wind_u"] + 1j * v["wind_v"] if what == "wind_vector" else v[what]


def later(v: np.ndarray, by_h: int) -> np.ndarray:
    """`shifted`, complex numbers too."""
    if np.iscomplexobj(v):
        return shifted(v.real, by_h) + 1j * shifted(v.imag, by_h)
    return shifted(v, by_h)


def day_part(hours: Hours) -> np.ndarray:
    """Eighth of the solar day `[N]`, 0 from midnight."""
    return (hours.solar_h() * DAY_PARTS / 24).astype(int) % DAY_PARTS


def quantile(errors: np.ndarray) -> float:
    """Split-conformal quantile: the ⌈(n + 1) · level⌉-th smallest."""
    k = min(int(np.ceil((len(errors) + 1) * LEVEL)), len(errors))
    return float(np.sort(errors)[k - 1])


@dataclass
class Outlook:
    """Forecasts of one quantity at one lead `[N]`."""

    said: np.ndarray
    half: np.ndarray  # half width of the 80 % interval; of the wind vector the radius
    names: np.ndarray  # set used, "" where there is no forecast
    own: np.ndarray  # whether the interval is of the station's own record


def outlook(
    model: Model, hours: Hours, what: str, lead: int, issue: np.ndarray | None = None
) -> Outlook:
    """All forecasts of `what`, `lead` hours ahead, at the issue times `issue` `[N]` (or all)."""
    n, target = len(hours), truth(hours, what)
    issue = np.ones(n, bool) if issue is None else issue
    scale = np.array(model.day[what][lead - 1])[day_part(hours)]
    out = Outlook(
        np.full(n, np.nan, target.dtype), np.full(n, np.nan), np.full(n, "", object), issue & False
    )
    for name in sets_of(model, what):
        said = said_by_set(model, hours, what, name, lead)
        new = issue & np.isfinite(said) & (out.names == "")
        out.said[new], out.names[new] = said[new], name
        relative = np.abs(said - later(target, lead)) / scale
        for i in np.flatnonzero(new):
            past = relative[max(0, i - model.record_h) : max(0, i - lead + 1)]
            past = past[np.isfinite(past)]
            out.own[i] = len(past) >= model.record_least
            q = quantile(past) if out.own[i] else model.error[what][name][lead - 1]
            out.half[i] = q * scale[i]
    return out
