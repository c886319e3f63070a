"""Hold what Rust computed from real radar against pysteps: `python tests/radar.py FOLDER`.

FOLDER holds `EVENT.NNN.npz` as `tests/radar.rs` writes them. Prints the tables of
`docs/rain-baselines.md`; exit status 1 when a difference is beyond its tolerance.

Oracles: pysteps 1.21.5 (motion, extrapolation, CSI, POD, FAR, bias, FSS, CRPS, reliability),
scipy 1.17.1 (blur), the definition E|X-y| - E|X-X'|/2 (CRPS where members equal the truth: pysteps
leaves a term out there).
"""

import os
import sys
import time
import warnings
from collections import defaultdict
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["PYSTEPS_SILENT"] = "1"
sys.stdout, keep = open(os.devnull, "w"), sys.stdout  # pysteps greets on import
import cv2  # noqa: E402
import numpy as np  # noqa: E402
from pysteps.extrapolation.semilagrangian import extrapolate  # noqa: E402
from pysteps.motion.lucaskanade import dense_lucaskanade  # noqa: E402
from pysteps.verification import detcatscores, probscores, spatialscores  # noqa: E402
from scipy.ndimage import gaussian_filter  # noqa: E402

sys.stdout = keep
cv2.setNumThreads(1)

RATES = (0.1, 0.5, 1.0, 5.0)
WINDOWS = (1, 9, 32)
SCORED = (1, 3, 6, 9, 12)
ENSEMBLE_LEAD = 6
METHODS = ("persistence", "Lucas-Kanade", "Farnebäck", "honest")
SHOWN = (1, 3), (1, 1)  # rates of the CSI, and rate and window of the FSS, in the skill table
# Largest difference allowed. Shares are 0..1 in single precision. Motion is reported only: it
# differs where pysteps takes another of equally near neighbours. What follows from it, skill, must
# agree.
TOLERANCE = {
    "extrapolation": 1e-6,
    "cells with data": 0,
    "CSI POD FAR bias": 1e-12,
    "FSS": 1e-9,
    "CRPS, no ties": 1e-9,
    "CRPS, definition": 1e-9,
    "reliability": 1e-6,
    "rank": 0.02,
    "skill CSI": 1e-3,
    "skill FSS": 1e-3,
}


def decibels(share: np.ndarray) -> np.ndarray:
    """Shares of the rain code → dBR, -15 for dry, NaN for no data."""
    code = share.astype(np.float64) * 254
    return np.where(code < 0.5, -15.0, -10.0 + 0.15 * (code - 1)) + 0 * code


def rate(share: np.ndarray) -> np.ndarray:
    """Shares of the rain code → mm/h."""
    code = share.astype(np.float64) * 254
    return np.where(code < 0.5, 0.0, 0.1 * 10 ** (0.015 * (code - 1))) + 0 * code


class Event:
    """Sums and largest differences over the starts of one event."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.starts = 0
        self.worst = defaultdict(float)
        self.cpu = np.zeros(4)  # motion, extrapolation: Rust, then pysteps
        self.ties = np.zeros(2)
        self.gaps = np.zeros(2)  # of motion, and share of cells where it is above 0.01
        self.counts = self.fss = 0
        self.theirs = {}

    def differ(self, what: str, by: float) -> None:
        """Keep the largest; NaN counts as infinite."""
        self.worst[what] = max(self.worst[what], by if by == by else np.inf)

    def add(self, z: dict) -> None:
        """All starts of one file."""
        self.counts = self.counts + z["counts"].sum(0)
        self.fss = self.fss + z["fss"].sum(0)
        for i in range(len(z["context"])):
            one = {k: v[i] for k, v in z.items()}
            self.starts += 1
            self.cpu[:2] += one["cpu_s"]
            self.extrapolation(one)
            self.forecast(one)
            self.scores(one)
            self.ensemble(one)
            self.smoothed(one)

    def extrapolation(self, z: dict) -> None:
        """The same frame along the same motion."""
        start = time.process_time()
        want = extrapolate(
            z["context"][-1].astype(np.float64),
            z["flow"].astype(np.float64),
            12,
            allow_nonfinite_values=True,
        )
        self.cpu[3] += time.process_time() - start
        ok, ours = np.isfinite(want), np.isfinite(z["carried"])
        self.differ("cells with data", float((ok != ours).sum()))
        self.differ("extrapolation", float(np.abs(want - z["carried"])[ok & ours].max()))

    def forecast(self, z: dict) -> None:
        """Motion by pysteps, and what a forecast along it is worth."""
        start = time.process_time()
        flow = dense_lucaskanade(decibels(z["context"]))
        self.cpu[2] += time.process_time() - start
        gap = np.hypot(*(flow - z["flow"]))
        self.gaps += [gap.mean(), (gap > 0.01).mean()]
        self.differ("largest motion", float(gap.max()))
        last = z["context"][-1].astype(np.float64)
        frames = extrapolate(last, flow, 12, outval=0.0, allow_nonfinite_values=True)
        for k, truth in enumerate(z["truth_mm_h"]):
            predicted = rate(frames[SCORED[k] - 1]).astype(np.float32)
            for r in RATES:
                self.accumulate(("csi", k, r), predicted, truth)
            r, w = RATES[SHOWN[1][0]], WINDOWS[SHOWN[1][1]]
            fss = self.theirs.setdefault(("fss", k), spatialscores.fss_init(r, w))
            spatialscores.fss_accum(fss, *both(predicted, truth))

    def accumulate(self, key: tuple, predicted: np.ndarray, truth: np.ndarray) -> None:
        """One frame into pysteps' table, which counts `> thr` where ours counts `>=`."""
        thr = np.nextafter(np.float32(key[-1]), np.float32(0))
        table = self.theirs.setdefault(key, detcatscores.det_cat_fct_init(thr))
        ok = np.isfinite(predicted) & np.isfinite(truth)
        detcatscores.det_cat_fct_accum(table, predicted[ok], truth[ok])

    def scores(self, z: dict) -> None:
        """Scores of Rust's own Lucas-Kanade forecast by pysteps."""
        for k, truth in enumerate(z["truth_mm_h"]):
            predicted = z["predicted_mm_h"][k]
            counts = z["counts"][1, k].reshape(4, 4)
            sums = z["fss"][1, k].reshape(4, 3, 2)
            for i, r in enumerate(RATES):
                self.accumulate(("own", k, r), predicted, truth)
                ok = np.isfinite(predicted) & np.isfinite(truth)
                thr = np.nextafter(np.float32(r), np.float32(0))
                want = detcatscores.det_cat_fct(
                    predicted[ok], truth[ok], thr, list(scores_of(counts[i]))
                )
                for name, got in scores_of(counts[i]).items():
                    if np.isfinite(got) or np.isfinite(want[name]):
                        self.differ("CSI POD FAR bias", float(abs(got - want[name])))
                for j, w in enumerate(WINDOWS):
                    want_fss = spatialscores.fss(*both(predicted, truth), np.float32(r), w)
                    squared, reference = sums[i, j]
                    if reference > 0:
                        self.differ("FSS", float(abs(1 - squared / reference - want_fss)))

    def ensemble(self, z: dict) -> None:
        """CRPS and reliability of the ensemble."""
        x = z["members_mm_h"].astype(np.float64)
        y = z["truth_mm_h"][SCORED.index(ENSEMBLE_LEAD)].astype(np.float64)
        got = z["ensemble"]
        ok = np.isfinite(x).all(0) & np.isfinite(y)
        pairs = np.abs(x[:, None] - x[None])[..., ok].mean((0, 1))
        want = (np.abs(x - y)[:, ok].mean(0) - pairs / 2).mean()
        self.differ("CRPS, definition", abs(got[0] / got[1] - want))
        tied = (x == y).any(0)
        if (ok & ~tied).any():
            theirs = probscores.CRPS(x, np.where(tied, np.nan, y))
            self.differ("CRPS, no ties", abs(got[2] / got[3] - theirs))
        self.ties += [got[0] / got[1], probscores.CRPS(x, y)]
        for i, r in enumerate(RATES):
            p = np.where(ok, (x >= np.float32(r)).mean(0), np.nan)
            table = probscores.reldiag_init(np.float32(r), n_bins=10, min_count=1)
            probscores.reldiag_accum(table, p, y)
            cells, observed, probability = got[4 + 30 * i :][:30].reshape(10, 3).T
            self.differ("reliability", float(np.abs(cells - table["num_idx"]).max()))
            self.differ("reliability", float(np.abs(observed - table["Y_sum"]).max()))
            n = np.maximum(cells, 1)
            self.differ("reliability", float(np.abs(probability / n - table["X_sum"] / n).max()))

    def smoothed(self, z: dict) -> None:
        """Blur and rank as `export/emberline_export/models/simple/rain.py`; it knows no holes."""
        last = z["context"][-1]
        if np.isnan(last).any():
            return
        soft = gaussian_filter(z["border"], 0.8 * np.sqrt(12), mode="nearest")
        out = np.empty_like(soft).ravel()
        out[np.argsort(soft, axis=None, kind="stable")] = np.sort(last, axis=None)
        self.differ("rank", float(np.abs(out - z["honest"].ravel()).max()))

    def skill(self) -> list[tuple[str, list[list[float]]]]:
        """By method: for each lead CSI at two rates and FSS; pysteps last."""
        self.differ("mean motion", float(self.gaps[0] / self.starts))
        self.differ("cells where above 0.01", float(self.gaps[1] / self.starts))
        rows = []
        leads = range(self.counts.shape[1])
        window = 2 * (3 * SHOWN[1][0] + SHOWN[1][1])
        for m, name in enumerate(METHODS):
            csi = lambda k, i: scores_of(self.counts[m, k, 4 * i : 4 * i + 4])["CSI"]  # noqa: B023, E731
            fss = lambda k: 1 - np.divide(*self.fss[m, k, window : window + 2])  # noqa: B023, E731
            rows.append((name, [[csi(k, SHOWN[0][0]), csi(k, SHOWN[0][1]), fss(k)] for k in leads]))
        pysteps = []
        for k in leads:
            csi = [
                float(
                    detcatscores.det_cat_fct_compute(self.theirs["csi", k, RATES[i]], "CSI")["CSI"]
                )
                for i in SHOWN[0]
            ]
            pysteps.append([*csi, float(spatialscores.fss_compute(self.theirs["fss", k]))])
        for k in leads:
            for ours, theirs, what in zip(
                rows[1][1][k], pysteps[k], ("CSI", "CSI", "FSS"), strict=True
            ):
                self.differ(f"skill {what}", abs(ours - theirs))
        return [*rows, ("pysteps LK", pysteps)]


def scores_of(counts: np.ndarray) -> dict[str, float]:
    """Scores of hits, false alarms, misses, correct negatives; NaN with nothing to divide by."""
    h, f, m, _ = counts
    with np.errstate(all="ignore"):
        names = {
            "CSI": (h, h + f + m),
            "POD": (h, h + m),
            "FAR": (f, h + f),
            "BIAS": (h + f, h + m),
        }
        return {k: float(np.float64(a) / b) for k, (a, b) in names.items()}


def both(predicted: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both frames with no data where either has none."""
    hole = np.isnan(predicted) | np.isnan(truth)
    return np.where(hole, np.nan, predicted), np.where(hole, np.nan, truth)


def row(*cells: str) -> None:
    """One row of a table."""
    print("|", " | ".join(cells), "|")


def rule(columns: int) -> None:
    """The line below a table's head."""
    print("|" + "---|" * columns)


def main(folder: Path) -> int:
    """Print the tables."""
    events: dict[str, Event] = defaultdict(Event)
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as z:
            events[path.name.split(".")[0]].add(dict(z))
    if not events:
        print(f"error: no .npz in {folder}", file=sys.stderr)
        return 2
    skill = {name: event.skill() for name, event in events.items()}
    row("largest difference", "tolerance", *events)
    rule(2 + len(events))
    bad = []
    for what in ["largest motion", "cells where above 0.01", *TOLERANCE]:
        limit = TOLERANCE.get(what)
        values = [e.worst.get(what) for e in events.values()]
        cells = ["-" if v is None else f"{v:.2g}" for v in values]
        row(what, "reported only" if limit is None else f"{limit:g}", *cells)
        bad += [what for v in values if limit is not None and v is not None and v > limit]
    print()
    row("mean over starts", *events)
    rule(1 + len(events))
    row("starts", *(str(e.starts) for e in events.values()))
    costs = ["motion, Rust", "12 leads, Rust", "motion, pysteps", "12 leads, pysteps"]
    for i, what in enumerate(costs):
        row(f"{what}, ms CPU", *(f"{1e3 * e.cpu[i] / e.starts:.0f}" for e in events.values()))
    for i, what in enumerate(["CRPS, ours, mm/h", "CRPS, pysteps with ties, mm/h"]):
        row(what, *(f"{e.ties[i] / e.starts:.4f}" for e in events.values()))
    print()
    row("event", "method", *(f"lead {k}" for k in SCORED))
    rule(2 + len(SCORED))
    for name, rows in skill.items():
        for method, leads in rows:
            cells = [" / ".join(f"{v:.3f}" for v in lead) for lead in leads]
            row(name, method, *cells, *["-"] * (len(SCORED) - len(cells)))
    if bad:
        print(f"beyond tolerance: {', '.join(sorted(set(bad)))}", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(main(Path(sys.argv[1])))
