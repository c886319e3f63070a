"""Score the station outlook on hours and climates it never saw; print the table of docs/station.md.

Against persistence (the value now) and yesterday (the value a day before the hour forecast), on
hours where all can be told, from the third week on (of `--data`, those of its test or validation
months). The outlook is used as shipped: weights and intervals from the station's own past. `before`
is the first regression alone, which is what the outlook was until it was blended.

    python -m emberline_export evaluate station --model ../runtime/weather/src/outlook.json \\
        --tmy3 TMY3/AZ-Phoenix_Sky_Harbor_Intl_Ap.tmy3 --table raws_2020.csv.gz,-119.69
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..train.station.fit import CLIMATES, TEST, VALIDATE
from ..train.station.hours import Hours, read_nyc, read_table, read_tmy3
from ..train.station.model import SAID, Model, forecasters, later, outlooks, truth

LEADS_SHOWN, FIRST_H = (1, 3, 6), 24 * 14
UNIT = {
    "temp_c": "temperature, °C",
    "rh_percent": "humidity, %",
    "wind_m_s": "wind speed, m/s",
    "wind_vector": "wind vector, m/s",
    "pressure_hpa": "pressure, hPa",
}
HEAD = (
    "| station | quantity | lead, h | hours | before | persistence | yesterday | **outlook** "
    "| of the better of both, % | inside, % | mean width |\n|" + "---|" * 11
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("--model", type=Path, required=True, help="file that `train station` wrote")
    parser.add_argument("--data", type=Path, help="nyc_airports_2013_hourly.csv.gz")
    parser.add_argument("--months", choices=("test", "validation"), default="test", help="of data")
    parser.add_argument("--tmy3", type=Path, nargs="*", default=[], help="TMY3 files")
    parser.add_argument("--table", nargs="*", default=[], help="FILE,LONGITUDE: our own columns")


@dataclass
class Row:
    """Errors of one station, quantity and lead."""

    error: np.ndarray  # [M, 4] absolute: before, persistence, yesterday, outlook
    inside: np.ndarray  # [M] whether the interval held the reading
    width: np.ndarray  # [M] of the interval; of the wind vector the radius

    def ratio(self) -> float:
        """Outlook's mean error over that of the better of persistence and yesterday, %."""
        mean = self.error.mean(0)
        return float(100 * mean[3] / mean[1:3].min())


Case = tuple[Hours, np.ndarray]  # a station, and the hours of issue that are scored


def score(model: Model, cases: list[Case]) -> dict[tuple[str, str, int], Row]:
    """By station, quantity and lead, where there are at least 500 hours."""
    keys = [(h, use, w, lead) for h, use in cases for w in SAID for lead in LEADS_SHOWN]
    told = outlooks(model, [(h, w, lead) for h, _, w, lead in keys])
    out = {}
    for (h, use, what, lead), o in zip(keys, told, strict=True):
        came = later(truth(h, what), lead)
        say = forecasters(model, h, what, "all", lead)
        say[:, 0] = first_regression(model, h, what, lead)
        error = np.abs(np.stack([say[:, 0], say[:, -3], say[:, -2], o.said], 1) - came[:, None])
        ok = use & np.isfinite(error).all(1)
        if ok.sum() >= 500:
            width = o.half[ok] * (1 if what == "wind_vector" else 2)
            out[h.name, what, lead] = Row(error[ok], error[ok, 3] <= o.half[ok], width)
    return out


def first_regression(model: Model, hours: Hours, what: str, lead: int) -> np.ndarray:
    """What the first regression says `[N]`, by the best set whose readings are there."""
    out = np.full(len(hours), np.nan + 0j)
    for name in model.error[what]:
        said = forecasters(model, hours, what, name, lead)[:, 0]
        new = np.isnan(out) & np.isfinite(said)
        out[new] = said[new]
    return out


def cases_of(args: argparse.Namespace) -> list[Case]:
    """Stations and hours that are asked for."""
    out: list[Case] = []
    if args.data:
        months = TEST if args.months == "test" else VALIDATE
        out += [(h, np.isin(h.months(), list(months))) for h in read_nyc(args.data)]
    trained = {f for fs in CLIMATES.values() for f in fs}
    for path in args.tmy3:
        if path.stem in trained:
            raise SystemExit(f"error: {path}: was trained on; give a station of another climate")
        h = read_tmy3(path)
        out.append((h, np.arange(len(h)) >= FIRST_H))
    for text in args.table:
        path, _, longitude = text.rpartition(",")
        h = read_table(Path(path), float(longitude))
        out.append((h, np.arange(len(h)) >= FIRST_H))
    return out


def line(station: str, what: str, lead: int, r: Row) -> str:
    """One line of the table."""
    before, persistence, yesterday, now = r.error.mean(0)
    return (
        f"| {station} | {UNIT[what]} | {lead} | {len(r.error)} | {before:.2f} | {persistence:.2f} "
        f"| {yesterday:.2f} | **{now:.2f}** | {r.ratio():.0f} | {100 * r.inside.mean():.1f} "
        f"| {r.width.mean():.2f} |"
    )


def main(args: argparse.Namespace) -> int:
    """Print the table, and where the outlook is not as it should be."""
    rows = score(Model.read(args.model), cases_of(args))
    print(HEAD)
    for key, r in rows.items():
        print(line(*key, r))
    worse = [f"{s}, {UNIT[w]}, {h} h" for (s, w, h), r in rows.items() if r.ratio() > 102]
    print(f"\nmore than 2 % worse than persistence or yesterday: {'; '.join(worse) or 'none'}")
    held = {key: 100 * r.inside.mean() for key, r in rows.items()}
    off = [f"{s}, {UNIT[w]}, {h} h" for (s, w, h), v in held.items() if not 77 <= v <= 83]
    print(f"interval holds less than 77 or more than 83 %: {'; '.join(off) or 'none'}")
    return 0
