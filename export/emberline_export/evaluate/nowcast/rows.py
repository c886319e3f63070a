"""Recorded nowcast rows: read back, set side by side, pooled over starts, with intervals.

Counts and sums add up over starts before dividing, so a score of an event is that of all its cells.
Intervals are of paired differences: starts are drawn again, the same for both methods. Neighbouring
starts see much of the same rain, so whole blocks of consecutive starts are drawn, as long as the
longest lead; windows of one hour side by side are a block each. Where a lead has fewer than two
blocks there is no interval.
"""

import json
from collections import defaultdict
from pathlib import Path

import numpy as np

from ...data.rain_starts import LEADS
from ...data.scores.rain import bias, csi

Runs = dict[tuple[int, int], dict]  # (film, frame) → row
DRAWS = 2000


def key(row: dict) -> tuple:
    """What makes two rows the same run."""
    same = (row[n] for n in ("event", "method", "film", "at"))
    return (*same, json.dumps(row["made"], sort_keys=True))


def read(path: Path) -> list[dict]:
    """All rows, in order."""
    rows = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        try:
            row = json.loads(line)
            key(row)
        except (json.JSONDecodeError, KeyError, TypeError) as e:
            raise ValueError(f"{path}:{number}: not a nowcast row ({e})") from None
        rows.append(row)
    return rows


def by_event(rows: list[dict]) -> dict[str, dict[str, Runs]]:
    """Event → method → runs, a later row in place of an earlier one of the same start."""
    found: dict[str, dict[str, Runs]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        found[row["event"]][row["method"]][row["film"], row["at"]] = row
    for event, methods in found.items():
        comparable(event, methods)
    for method in {r["method"] for r in rows}:
        runs = [r for methods in found.values() for r in methods.get(method, {}).values()]
        if len({r["probabilistic"] for r in runs}) > 1:
            raise ValueError(f"{method}: only some rows have chances; run `evaluate nowcast` again")
    return found


def comparable(event: str, methods: dict[str, Runs]) -> None:
    """Refuse to set side by side other starts, other data, or a method of two versions."""
    if len({frozenset(runs) for runs in methods.values()}) > 1:
        told = ", ".join(f"{m} {len(runs)}" for m, runs in methods.items())
        raise ValueError(
            f"{event}: methods have other starts ({told}); run `evaluate nowcast` again"
        )
    if len({r["made"]["data_sha256"] for runs in methods.values() for r in runs.values()}) > 1:
        raise ValueError(f"{event}: rows of different films; run `evaluate nowcast` again")
    for method, runs in methods.items():
        if len({json.dumps(r["made"], sort_keys=True) for r in runs.values()}) > 1:
            raise ValueError(
                f"{event}: {method}: rows of two versions; run `evaluate nowcast` again"
            )


def at_lead(runs: Runs, name: str, lead: int) -> np.ndarray:
    """A count or sum at a lead (from 1), a row a start that has it, in the order of starts."""
    return np.array([r[name][lead - 1] for _, r in sorted(runs.items()) if r["leads"] >= lead])


def fss(sums: np.ndarray) -> np.ndarray:
    """Fractions skill score of sums `[…, 2]`; NaN where it rained in neither."""
    some = sums[..., 1] > 0
    return np.where(some, 1 - sums[..., 0] / np.where(some, sums[..., 1], 1), np.nan)


def pod(c: np.ndarray) -> np.ndarray:
    """Share of what rained that was said, of counts `[…, 3]`; NaN where it did not rain."""
    seen = c[..., 0] + c[..., 1]
    return np.where(seen > 0, c[..., 0] / np.maximum(seen, 1), np.nan)


def far(c: np.ndarray) -> np.ndarray:
    """Share of what was said that did not rain, of counts `[…, 3]`; NaN where none was said."""
    yes = c[..., 0] + c[..., 2]
    return np.where(yes > 0, c[..., 2] / np.maximum(yes, 1), np.nan)


RATIOS = {
    "csi": ("counts", csi),
    "bias": ("counts", bias),
    "pod": ("counts", pod),
    "far": ("counts", far),
    "fss": ("fss", fss),
}


def pooled(runs: Runs, score: str, rate: int, lead: int) -> float:
    """A score at the index of a rate and a lead; NaN where no start has the lead."""
    name, of = RATIOS[score]
    each = at_lead(runs, name, lead)
    return float(of(each[:, rate].sum(0))) if len(each) else np.nan


def per_cell(runs: Runs, name: str, lead: int) -> np.ndarray | float:
    """A sum over cells divided by cells; NaN where no start has the lead."""
    each = at_lead(runs, name, lead)
    return each.sum(0) / at_lead(runs, "cells", lead).sum() if len(each) else np.nan


def block_starts(runs: Runs) -> int:
    """Consecutive starts that make a block: the longest lead's time, or one window."""
    films = {film for film, _ in runs}
    frames = sorted(at for _, at in runs)
    if len(films) > 1 or len(frames) < 2:
        return 1
    return -(-LEADS // int(np.diff(frames).min()))


def difference(a: Runs, b: Runs, score: str, rate: int, lead: int) -> tuple[float, ...]:
    """`a` less `b` at a lead, with its 95 % interval where there are two blocks."""
    name, of = RATIOS[score]
    x, y = (at_lead(runs, name, lead)[:, rate] for runs in (a, b))
    here, block = float(of(x.sum(0)) - of(y.sum(0))), block_starts(a)
    if len(x) < 2 * block:
        return (here,)
    rng, count = np.random.default_rng(0), -(-len(x) // block)
    first = rng.integers(len(x) - block + 1, size=(DRAWS, count, 1))
    pick = (first + np.arange(block)).reshape(DRAWS, -1)[:, : len(x)]
    gaps = of(x[pick].sum(1)) - of(y[pick].sum(1))
    return (here, *np.nanpercentile(gaps, [2.5, 97.5]))
