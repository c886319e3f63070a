"""The outlook model: ridge regressions of a change on readings, blended by what they did lately.

A regression is fitted by target, lead and set of terms, once for each group of training stations.
Forecasts `[N]` are issued at each hour for `lead` hours later; NaN where no set has its readings.
How regressions, persistence, yesterday and the usual day are weighted, and where intervals come
from, is in `blend.py`; with too short a record, weights and intervals are those of the training
stations. The runtime has the same in `runtime/weather/src/outlook/`.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from .blend import USUAL_DAYS, Columns, Rules, blend
from .hours import Hours, humidity
from .terms import TARGETS, shifted, table

LEADS_H = (1, 2, 3, 4, 5, 6)
LEVEL, DAY_PARTS, FORMAT = 0.8, 8, 2
SAID = ("temp_c", "rh_percent", "wind_m_s", "wind_vector", "pressure_hpa")
BESIDES = ("persistence", "yesterday", "usual day")  # forecasters beside the regressions


@dataclass
class Fit:
    """Weights of one target and set, by regression and lead."""

    terms: list[str]
    weights: list[list[list[float]]] = field(default_factory=list)  # [R][L][1 + K], constant first


@dataclass
class Model:
    """All targets, and what is known of their errors."""

    fits: dict[str, dict[str, Fit]]  # target, set
    prior: dict[str, list[list[float]]]  # said: weights `[L][R + 3]` where the record is too short
    error: dict[str, dict[str, list[float]]]  # said, set: 80 % of errors are below, by lead
    day: dict[str, list[list[float]]]  # said: relative error `[L][DAY_PARTS]`, solar time of issue
    about: dict
    record_h: int = 720  # how far back the station's own errors count for intervals
    record_least: int = 200  # fewer of them are not enough
    rules: Rules = field(default_factory=Rules)

    def regressions(self) -> list[str]:
        """Their names."""
        return [r["name"] for r in self.about["regressions"]]

    def write(self, path: Path) -> None:
        """As the runtime embeds it: one line a row of weights."""
        sets = {
            t: [{"set": s, "terms": f.terms, "weights": f.weights} for s, f in by.items()]
            for t, by in self.fits.items()
        }
        head = self.about | {"format": FORMAT, "level": LEVEL, "leads_h": LEADS_H}
        head |= {"record_h": self.record_h, "record_least": self.record_least}
        head |= {"blend": asdict(self.rules), "targets": sets}
        head |= {"prior": self.prior, "error": self.error, "day": self.day}
        path.write_text(one_line_rows(json.dumps(head, indent=1)) + "\n")

    @classmethod
    def read(cls, path: Path) -> "Model":
        """What `write` wrote."""
        d = json.loads(path.read_text())
        fits = {
            t: {f["set"]: Fit(f["terms"], f["weights"]) for f in sets}
            for t, sets in d["targets"].items()
        }
        about = {k: d[k] for k in ("name", "regressions", "licence")}
        known = (d["prior"], d["error"], d["day"], about, d["record_h"], d["record_least"])
        return cls(fits, *known, Rules(**d["blend"]))


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


def moments(hours: Hours, use: np.ndarray, target: str, terms: list[str], lead: int) -> np.ndarray:
    """Sums of products `[2 + K, 2 + K]` of 1, the terms and the change, over issue times `use`."""
    x = table(hours, terms, lead)[use]
    y = (shifted(hours.values[target], lead) - hours.values[target])[use]
    ok = np.isfinite(x).all(1) & np.isfinite(y)
    z = np.column_stack([np.ones(ok.sum()), x[ok], y[ok]])
    return z.T @ z


def ridge(m: np.ndarray, strength: float) -> list[float]:
    """Constant and weights of the change on the terms, standardised inside, from `moments`."""
    n, mean = m[0, 0], m[0] / m[0, 0]
    c = (m - n * np.outer(mean, mean))[1:, 1:]
    mean, spread = mean[1:], np.sqrt(np.diag(c)[:-1] / n)
    z = c[:-1, :-1] / np.outer(spread, spread)
    w = np.linalg.solve(z + strength * np.eye(len(z)), c[:-1, -1] / spread) / spread
    return [float(f"{v:.6g}") for v in [mean[-1] - mean[:-1] @ w, *w]]


Moments = dict[tuple[str, str, int], np.ndarray]  # by target, set and lead


def moments_of(hours: list[Hours], use: list[np.ndarray]) -> Moments:
    """Those of every regression."""
    return {
        (t, s, lead): sum(moments(h, u, t, terms, lead) for h, u in zip(hours, use, strict=True))
        for t, sets in TARGETS.items()
        for s, terms in sets.items()
        for lead in LEADS_H
    }


def fit_all(groups: list[list[Moments]], strength: float) -> dict[str, dict[str, Fit]]:
    """Every target and set, a regression for each group of stations."""

    def rows(key: tuple[str, str]) -> list[list[list[float]]]:
        return [[ridge(sum(m[*key, h] for m in g), strength) for h in LEADS_H] for g in groups]

    return {
        t: {s: Fit(terms, rows((t, s))) for s, terms in sets.items()} for t, sets in TARGETS.items()
    }


def by_set(model: Model, hours: Hours, target: str, name: str, lead: int) -> list[np.ndarray]:
    """Forecasts `[N]` of one target by one set, one a regression; NaN where one is missing."""
    fit = model.fits[target].get(name)
    if fit is None:
        return [np.full(len(hours), np.nan)]
    x = table(hours, fit.terms, lead)
    now = hours.values[target]
    said = [now + w[lead - 1][0] + x @ np.array(w[lead - 1][1:]) for w in fit.weights]
    return [np.maximum(v, 0) for v in said] if target == "wind_m_s" else said


def sets_of(model: Model, what: str) -> list[str]:
    """Names of the sets, best first."""
    return list(model.fits[{"rh_percent": "dew_c", "wind_vector": "wind_u"}.get(what, what)])


def said_by_set(model: Model, hours: Hours, what: str, name: str, lead: int) -> list[np.ndarray]:
    """Forecasts `[N]` (wind vector: complex, east + i north) by one set, one a regression."""

    def pairs(first: str, second: str):
        both = (by_set(model, hours, t, name, lead) for t in (first, second))
        return zip(*both, strict=True)

    if what == "rh_percent":
        return [humidity(temp, dew) for temp, dew in pairs("temp_c", "dew_c")]
    if what == "wind_vector":
        return [u + 1j * v for u, v in pairs("wind_u", "wind_v")]
    return by_set(model, hours, what, name, lead)


def usual_day(hours: Hours, what: str, lead: int) -> np.ndarray:
    """The value now and the mean change of the same hours over the days before `[N]`."""
    now = truth(hours, what)
    days = [24 * k for k in range(1, USUAL_DAYS + 1)]
    changes = np.stack([later(now, lead - d) - later(now, -d) for d in days])
    there = np.isfinite(changes)
    with np.errstate(invalid="ignore"):
        said = now + np.where(there, changes, 0).sum(0) / there.sum(0)
    if what == "rh_percent":
        return np.clip(said, 0, 100)
    return np.maximum(said, 0) if what == "wind_m_s" else said


def forecasters(model: Model, hours: Hours, what: str, name: str, lead: int) -> np.ndarray:
    """What every forecaster says `[N, K]`, complex: regressions of one set, then `BESIDES`."""
    now = truth(hours, what)
    besides = [now, later(now, lead - 24), usual_day(hours, what, lead)]
    return np.stack([*said_by_set(model, hours, what, name, lead), *besides], 1).astype(complex)


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
    own: np.ndarray  # whether weights and interval are of the station's own record
    weights: np.ndarray  # [N, K] by forecaster


def outlooks(
    model: Model, cases: list[tuple[Hours, str, int]], issue: list[np.ndarray] | None = None
) -> list[Outlook]:
    """All forecasts of each case (station, quantity, lead) at its issue times `[N]` (or all)."""
    out, columns = [], []
    for i, (h, what, lead) in enumerate(cases):
        n, left = len(h), np.ones(len(h), bool) if issue is None else issue[i].copy()
        size = len(model.regressions()) + len(BESIDES)
        nan = np.full(n, np.nan)
        o = Outlook(nan + 0j, nan.copy(), np.full(n, "", object), nan == 0, np.zeros((n, size)))
        out.append(o)
        for name in sets_of(model, what):
            said = forecasters(model, h, what, name, lead)
            new = left & np.isfinite(said[:, : -len(BESIDES)]).all(1)
            left &= ~new
            if new.any():
                columns.append((i, name, said, new))
    rows = max((len(c[2]) for c in columns), default=0)

    def padded(v: np.ndarray, fill: float) -> np.ndarray:
        return np.concatenate([v, np.full((rows - len(v), *v.shape[1:]), fill, v.dtype)])

    def each(make, fill: float) -> np.ndarray:
        return np.stack([padded(make(*cases[i], name), fill) for i, name, _, _ in columns], 1)

    if not columns:
        return out
    blended = blend(
        Columns(
            np.stack([padded(c[2], np.nan) for c in columns], 1),
            each(lambda h, what, lead, _: later(truth(h, what), lead).astype(complex), np.nan),
            np.array([cases[i][2] for i, *_ in columns]),
            each(lambda h, what, lead, _: day_part(h), 0),
            each(lambda h, what, lead, _: np.array(model.day[what][lead - 1])[day_part(h)], 1),
            np.array([model.prior[cases[i][1]][cases[i][2] - 1] for i, *_ in columns]),
            np.array([model.error[cases[i][1]][name][cases[i][2] - 1] for i, name, *_ in columns]),
        ),
        model.rules,
        DAY_PARTS,
        model.record_h,
        model.record_least,
        LEVEL,
    )
    for b, (i, name, _, new) in enumerate(columns):
        at = np.flatnonzero(new)
        out[i].said[at], out[i].half[at] = blended.said[at, b], blended.half[at, b]
        out[i].names[at], out[i].own[at] = name, blended.own[at, b] > 0
        out[i].weights[at] = blended.weights[at, b]
    return out
