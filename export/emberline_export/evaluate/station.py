"""Score the station outlook on held-out months and print the tables of docs/station.md.

Against persistence (the value now) and 24-hour persistence (the value a day before the hour that is
forecast), on hours where all three can be told. Brackets: 95 % bootstrap interval over days, the
three airports of a day drawn together. The model is used as shipped: the best set of inputs whose
readings are there, intervals from the station's own record of 30 days.

    python -m emberline_export evaluate station --data nyc_airports_2013_hourly.csv.gz \\
        --model ../runtime/weather/src/outlook.json
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..train.station.fit import STRENGTH, TEST, VALIDATE, in_months, train
from ..train.station.hours import Hours, read_nyc
from ..train.station.model import SAID, Model, later, outlook, truth

LEADS_SHOWN, DRAWS, SEED = (1, 3, 6), 2000, 7
UNIT = {
    "temp_c": "temperature, °C",
    "rh_percent": "humidity, %",
    "wind_m_s": "wind speed, m/s",
    "wind_vector": "wind vector, m/s",
    "pressure_hpa": "pressure, hPa",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("--data", type=Path, required=True, help="nyc_airports_2013_hourly.csv.gz")
    parser.add_argument("--model", type=Path, required=True, help="file that `train station` wrote")
    parser.add_argument("--months", choices=("test", "validation"), default="test")
    parser.add_argument("--airports-out", action="store_true", help="also hold each airport out")


@dataclass
class Row:
    """Forecasts of one quantity and lead against what came, pooled over stations."""

    day: np.ndarray  # [M] days since 1970
    error: np.ndarray  # [M, 3] absolute: model, persistence, 24-hour persistence
    inside: np.ndarray  # [M] whether the interval held the reading
    width: np.ndarray  # [M] of the interval; of the wind vector the radius
    all_inputs: np.ndarray  # [M] whether the full set was used
    own: np.ndarray  # [M] whether the interval is of the station's own record

    def gain(self) -> tuple[float, float, float]:
        """Model's mean error below that of the better baseline, %; with interval."""
        days, at = np.unique(self.day, return_inverse=True)
        sums = np.stack([np.bincount(at, self.error[:, k], len(days)) for k in range(3)], 1)
        drawn = np.random.default_rng(SEED).integers(len(days), size=(DRAWS, len(days)))
        pools = np.concatenate([sums.sum(0)[None], sums[drawn].sum(1)])  # [1 + DRAWS, 3]
        gain = 100 * (1 - pools[:, 0] / pools[:, 1:].min(1))
        low, high = np.quantile(gain[1:], [0.025, 0.975])
        return float(gain[0]), float(low), float(high)


def row(model: Model, hours: list[Hours], months, what: str, lead: int) -> Row:
    """Score one quantity and lead."""
    parts = []
    for h, use in zip(hours, in_months(hours, months), strict=True):
        said = outlook(model, h, what, lead, use)
        now = truth(h, what)
        came = later(now, lead)
        errors = [said.said - came, now - came, later(now, lead - 24) - came]
        error = np.abs(np.stack(errors, 1))
        ok = use & np.isfinite(error).all(1)
        width = said.half * (1 if what == "wind_vector" else 2)
        inside, full = error[:, 0] <= said.half, said.names == "all"
        day = h.epoch_h() // 24
        parts.append([v[ok] for v in (day, error, inside, width, full, said.own)])
    return Row(*(np.concatenate(p) for p in zip(*parts, strict=True)))


def line(what: str, lead: int, r: Row) -> str:
    """One line of the table."""
    mae, rmse = r.error.mean(0), np.sqrt((r.error**2).mean(0))
    gain, low, high = r.gain()
    pairs = " | ".join(f"{m:.2f} / {s:.2f}" for m, s in zip(mae, rmse, strict=True))
    return (
        f"| {UNIT[what]} | {lead} | {len(r.day)} | {pairs} | {gain:.0f} [{low:.0f}, {high:.0f}] "
        f"| {100 * r.inside.mean():.0f} | {r.width.mean():.2f} | {100 * r.all_inputs.mean():.0f} |"
    )


HEAD = (
    "| quantity | lead, h | hours | **outlook** MAE / RMSE | persistence | 24-h persistence "
    "| MAE below the better of both, % | inside the 80 % interval, % | mean width | all inputs, % |"
    "\n|---|---|---|---|---|---|---|---|---|---|"
)


def main(args: argparse.Namespace) -> int:
    """Print the tables, and where the model does not clearly beat both baselines."""
    hours, model = read_nyc(args.data), Model.read(args.model)
    months = TEST if args.months == "test" else VALIDATE
    rows = {
        (what, lead): row(model, hours, months, what, lead) for what in SAID for lead in LEADS_SHOWN
    }
    print(HEAD)
    for (what, lead), r in rows.items():
        print(line(what, lead, r))
    lost = [f"{UNIT[w]} at {h} h" for (w, h), r in rows.items() if r.gain()[1] <= 0]
    print(f"\nnot clearly better than both baselines: {', '.join(lost) or 'none'}")
    own = np.concatenate([r.own for r in rows.values()]).mean()
    print(f"intervals from the station's own record: {100 * own:.1f} %")
    if args.airports_out:
        print(f"\n{HEAD.replace('| quantity', '| airport held out, quantity')}")
        for out in hours:
            others = train([h for h in hours if h is not out], STRENGTH)
            for what in SAID:
                for lead in LEADS_SHOWN:
                    r = row(others, [out], months, what, lead)
                    print(line(what, lead, r).replace("| ", f"| {out.name}, ", 1))
    return 0
