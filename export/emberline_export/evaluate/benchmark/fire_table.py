"""Tables of fire: new burn and arrival time of every method, on one grid or one real clip."""

import numpy as np

from ...data.scores.rows import Methods
from ...onnx.page import table
from .fire import LEADS, f1
from .methods import SHIPPED
from .tables import ORDER

BY = (5, 10, 20)  # leads by which PhysicNet is set beside the best other method


def counts_of(rows: list[dict]) -> np.ndarray:
    """Counts `[seeds, films, leads, 3]`."""
    return np.array([r["fire"]["counts"] for r in rows])


def f1_interval(counts: np.ndarray, events: list[str], draws: int = 1000) -> np.ndarray:
    """95 % bootstrap interval `[2, leads]` of F1 over events, mean over seeds."""
    names, index = np.unique(events, return_inverse=True)
    sums = np.zeros((len(counts), len(names), *counts.shape[2:]))
    for s, films in enumerate(counts):
        np.add.at(sums[s], index, films)
    pick = np.random.default_rng(0).integers(len(names), size=(draws, len(names)))
    drawn = np.stack([f1(sums[:, p].sum(1)).mean(0) for p in pick])
    return np.percentile(drawn, [2.5, 97.5], axis=0)


def row(method: str, rows: list[dict]) -> list[str]:
    """One line: means over seeds, with the spread of seeds where there are several."""
    counts, events = counts_of(rows), rows[0]["fire"]["event"]
    by_seed = f1(counts.sum(1))
    low, high = f1_interval(counts, events)
    cells = []
    for k in range(len(LEADS)):
        text = f"{by_seed[:, k].mean():.3f}"
        text += f" ± {by_seed[:, k].std():.3f}" if len(rows) > 1 else ""
        several = len(set(events)) > 1
        cells.append(text + (f" [{low[k]:.3f}, {high[k]:.3f}]" if several else ""))
    late = np.array([r["fire"]["late"] for r in rows])  # [seeds, films, (3 horizons, 1, cells)]
    total = late.sum(1)
    cells += [f"{(total[:, i] / np.maximum(total[:, 2], 1)).mean():.2f}" for i in (0, 1)]
    some = late[..., 2] > 0
    cells.append(f"{np.median(late[..., 1][some] / late[..., 2][some]):.2f}")
    seeds = len(rows) if rows[0]["weights"] else ""
    at = "/".join(f"{r['fire']['threshold']:.2f}" for r in rows)
    return [method, str(seeds), at, *cells]


def lead_over(methods: Methods) -> str:
    """PhysicNet less the best other method at each lead, learned peers and simple ones alike."""
    mean = {m: f1(counts_of(r).sum(1)).mean(0) for m, r in methods.items()}
    said = []
    for lead in BY:
        k = LEADS.index(lead)
        others = (m for m in mean if not m.startswith(("physicnet", SHIPPED)))
        best = max(others, key=lambda m: mean[m][k])
        gap = mean["physicnet"][k] - mean[best][k]
        said.append(f"{gap:+.3f} over {best} at lead {lead}")
    return "PhysicNet: F1 " + ", ".join(said) + "."


def sections(splits: dict[str, Methods]) -> list[dict[str, str | None]]:
    """Of every split its name, its table, and PhysicNet's lead (None: it was not trained)."""
    head = ["method", "seeds", "threshold", *(f"F1 lead {k}" for k in LEADS)]
    head += ["arrival MAE, never = 3 horizons", "never = horizon", "median over fires"]
    return [
        {
            "split": split,
            "table": table(head, [row(m, methods[m]) for m in ORDER if m in methods]),
            "lead": lead_over(methods) if "physicnet" in methods else None,
        }
        for split, methods in splits.items()
    ]
