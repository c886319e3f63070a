"""Recorded rows of the benchmark, read back and refused where they cannot stand side by side."""

import json
from collections import defaultdict
from pathlib import Path

import numpy as np

Methods = dict[str, list[dict]]  # method → a row a seed
KINDS = ("score", "cost", "rollout", "grid", "level", "drift")


def read(path: Path) -> dict[str, list[dict]]:
    """Rows by kind, a later row of the same run in place of an earlier one."""
    last: dict[tuple, dict] = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        try:
            row = json.loads(line)
            kind = row.get("row", "score")
            names = ("task", "split", "method", "seed") if kind == "score" else ("task", "method")
            key = (kind, *(row[n] for n in names), row.get("part"))
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as e:
            raise ValueError(f"{path}:{number}: not a benchmark row ({e})") from None
        if kind not in KINDS:
            raise ValueError(f"{path}:{number}: row of kind `{kind}`; known: {', '.join(KINDS)}")
        last.pop(key, None)
        last[key] = row
    found: dict[str, list[dict]] = defaultdict(list)
    for (kind, *_), row in last.items():
        found[kind].append(row)
    return found


def by_task(rows: list[dict]) -> dict[tuple[str, str], Methods]:
    """Score rows by task and split, then method."""
    found: dict[tuple[str, str], Methods] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        found[row["task"], row["split"]][row["method"]].append(row)
    return found


def comparable(methods: Methods) -> None:
    """Refuse to set side by side what saw other films."""
    for what in ("train_sha256", "test_sha256"):
        seen = {r[what] for rows in methods.values() for r in rows}
        if len(seen) > 1:
            raise ValueError(f"rows of different {what}: {', '.join(sorted(seen))}; score again")
    if len({len(r["event"]) for rows in methods.values() for r in rows}) > 1:
        raise ValueError("rows over different numbers of films (--limit); score again")


def by_film(rows: list[dict], name: str) -> np.ndarray:
    """Score of each film, mean over seeds."""
    return np.mean([r["by_film"][name] for r in rows], axis=0)


def interval(values: np.ndarray, events: list[str], draws: int = 1000) -> tuple[float, float]:
    """95 % bootstrap interval of the mean over events."""
    names, index = np.unique(events, return_inverse=True)
    sums = np.bincount(index, values)
    counts = np.bincount(index)
    pick = np.random.default_rng(0).integers(len(names), size=(draws, len(names)))
    means = sums[pick].sum(1) / counts[pick].sum(1)
    return tuple(np.percentile(means, [2.5, 97.5]))
