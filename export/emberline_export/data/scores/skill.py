"""Recorded rows of the rain nowcast's skill: sums by event, step, class of lead and method.

A row a line (NDJSON): `event`, `step_min` of what was seen, `lead_min` (class of lead), `method`,
`starts`, and sums over them: of a field `counts` (a rate of `RATES_MM_H` a row: hits, misses, false
alarms), `fss`, `mae`, `amount`; of chances `brier`, `crps`, `reliable`. Events weigh the same in
what is pooled, each by the cells that it knows.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

RATES_MM_H = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)  # of chances and counts
FSS_MM_H = (0.5, 1.0, 5.0)
RELIABLE_MM_H = (0.1, 0.5, 1.0, 5.0)
# Lead in minutes → the leads that may stand for it: films end early, and steps do not meet it.
CLASSES = {10: (8, 12), 20: (18, 22), 30: (26, 34), 45: (42, 48), 60: (48, 64), 120: (112, 128)}
Sums = dict[str, np.ndarray]
Found = dict[tuple[int, str], dict[str, Sums]]  # (class of lead, method) → event → sums


def line(event: str, step_min: float, lead_min: int, method: str, starts: int, sums: Sums) -> str:
    """A row as text."""
    short = lambda v: float(f"{v:.9g}")  # noqa: E731
    told = {k: np.vectorize(short, otypes=[float])(v).tolist() for k, v in sums.items()}
    names = {"event": event, "step_min": step_min, "lead_min": lead_min, "method": method}
    return json.dumps(names | {"starts": starts} | told, separators=(",", ":")) + "\n"


def read(path: Path) -> list[dict]:
    """All rows, sums as arrays.

    # Errors
    `ValueError` where a line is no such row.
    """
    rows = []
    for number, text in enumerate(path.read_text().splitlines(), 1):
        try:
            row = json.loads(text)
            rows.append({k: np.array(v) if isinstance(v, list) else v for k, v in row.items()})
            _ = [row[k] for k in ("event", "step_min", "lead_min", "method", "starts")]
        except (json.JSONDecodeError, KeyError, AttributeError) as e:
            raise ValueError(f"{path}:{number}: not a row of rain skill ({e})") from None
    return rows


def at_steps(rows: Iterable[dict], steps: dict[str, float]) -> Found:
    """Rows of each event at one step of what was seen."""
    found: Found = {}
    for row in rows:
        if row["step_min"] == steps.get(row["event"]):
            found.setdefault((row["lead_min"], row["method"]), {})[row["event"]] = row
    return found


def pooled(of: dict[str, Sums], events: Iterable[str], rate: float) -> np.ndarray:
    """Hits, misses, false alarms as shares of the cells known, summed over events."""
    k = RATES_MM_H.index(rate)
    return sum((of[e]["counts"][k] / of[e]["mae"][1] for e in events if e in of), np.zeros(3))


def csi(n: np.ndarray) -> float:
    """Critical success index."""
    return float(n[0] / max(n.sum(), 1e-12))


def bias(n: np.ndarray) -> float:
    """Area said over area that came."""
    return float((n[0] + n[2]) / max(n[0] + n[1], 1e-12))


def fss(of: dict[str, Sums], events: Iterable[str]) -> np.ndarray:
    """Fractions skill score at `FSS_MM_H`."""
    sums = sum(of[e]["fss"] / of[e]["mae"][1] for e in events)
    return 1 - sums[:, 0] / np.maximum(sums[:, 1], 1e-12)


def crps(of: dict[str, Sums], events: Iterable[str], fair: bool = False) -> float:
    """Mean over events, mm/h; of an ensemble, as a sample where `fair`."""
    place = -2 if fair else 0
    return float(np.mean([of[e]["crps"][place] / of[e]["crps"][-1] for e in events]))


def reliability(of: Iterable[Sums], rate: float) -> np.ndarray:
    """By tenth of the chance `[10, 3]`: share of cells, mean said, share that came."""
    k = RELIABLE_MM_H.index(rate)
    sums = sum(s["reliable"][k] / s["crps"][-1] for s in of)
    cells = np.maximum(sums[:, 0], 1e-12)
    return np.stack([sums[:, 0] / sums[:, 0].sum(), sums[:, 1] / cells, sums[:, 2] / cells], 1)
