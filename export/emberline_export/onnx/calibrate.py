"""Fit what is decided after training, on validation: leaning, calibration, decision threshold.

Leaning (how far an unsure network trusts the speed blend, see `ArrivalHead`) and threshold are
chosen so that the *worst* margin over the best simple forecaster, over all validation groups and
leads, is as large as it can be. Calibration (Kull's beta calibration, three numbers, inside the
graph) then makes the said probability match the observed frequency; the threshold moves along with
it, so that what is said to burn stays the same. Probability and decision are two products.

Simulated fires grow more evenly than real ones: one calibration cannot serve both. With real masks
at hand it is theirs, and simulated fires burn more often than said.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
import torch
from scipy.optimize import minimize

from ..data.film import Sample
from ..data.scores.fire import score
from ..models.physicnet.forecast import network
from ..models.physicnet.network import PhysicNet
from ..models.simple.fire import NAMES, simple

LEADS = (5, 10, 20)
# Looked through for the leaning.
SHARES, KNEES, SLOPES = (0.35, 0.5, 0.65), (-1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0), (1.5, 3.0, 6.0)


@dataclass
class Cells:
    """Open cells of one validation group, flat: arrival parameters and when they burnt."""

    params: torch.Tensor  # [6, N]
    burnt_by: np.ndarray  # [N]
    leads: int
    bars: dict[int, float]  # best simple forecaster's new-burn F1 by lead


@torch.no_grad()
def cells_of(net: PhysicNet, samples: list[Sample], reach_px: float = 60.0) -> Cells:
    """Run the network once; keep cells within reach of the front, or burnt within the horizon."""
    leads, params, by = len(samples[0].future), [], []
    for s in samples:
        h, w = s.front.shape[1:]
        pad = ((0, 0), (0, -h % 8), (0, -w % 8))
        frames = torch.from_numpy(np.pad(s.frames, pad, mode="edge"))[None, :, None]
        front = torch.from_numpy(np.pad(s.front, pad, mode="edge"))[None]
        out = net(frames, front)["params"][0, :, :h, :w]
        keep = (s.burnt_by > 0) & ((s.front[0] < reach_px) | (s.burnt_by <= leads))
        params.append(out[:, torch.from_numpy(keep)])
        by.append(s.burnt_by[keep])
    rows = [score(samples, simple(n, leads), [0.5])["f1"][0.5] for n in NAMES]
    bars = {x: max(float(r[x - 1]) for r in rows) for x in LEADS if x <= leads}
    return Cells(torch.cat(params, 1), np.concatenate(by), leads, bars)


def margins(net: PhysicNet, cells: Cells, thresholds: np.ndarray) -> np.ndarray:
    """New-burn F1 less the bar, `[threshold, lead]`."""
    lead = torch.tensor([float(x) for x in cells.bars])
    with torch.no_grad():
        p = net.arrival.probability(cells.params[None, :, None, :], lead)[0, :, 0].numpy()
    out = np.zeros((len(thresholds), len(lead)))
    for j, (x, bar) in enumerate(cells.bars.items()):
        truth = cells.burnt_by <= x
        above = np.searchsorted(thresholds, p[j], side="right")  # thresholds each cell reaches
        n = len(thresholds) + 1
        said, hit = (
            np.bincount(k, minlength=n)[::-1].cumsum()[::-1][1:] for k in (above, above[truth])
        )
        out[:, j] = 2 * hit / np.maximum(said + truth.sum(), 1) - bar
    return out


def choose_leaning(net: PhysicNet, groups: dict[str, Cells]) -> tuple[float, list[str]]:
    """Set `lean` in `net`; return the threshold (before calibration) and a report."""
    thresholds = np.round(np.arange(0.18, 0.42, 0.02), 2)
    best = (-9.0, 0.3, (0.0, 2.2, 8.0))
    for lean in [(0.0, 2.2, 8.0), *product(SHARES, KNEES, SLOPES)]:
        net.arrival.lean.copy_(torch.tensor(lean))
        worst = np.min([margins(net, c, thresholds).min(1) for c in groups.values()], 0)
        i = int(np.argmax(worst))
        if worst[i] > best[0]:
            best = (float(worst[i]), float(thresholds[i]), lean)
    net.arrival.lean.copy_(torch.tensor(best[2]))
    share, knee, slope = best[2]
    lines = [f"leaning share {share} knee {knee} slope {slope}, worst margin {best[0]:+.3f}"]
    for name, c in groups.items():
        m = margins(net, c, np.array([best[1]]))[0]
        text = ", ".join(
            f"lead {x} {b:.3f} {d:+.3f}" for (x, b), d in zip(c.bars.items(), m, strict=True)
        )
        lines.append(f"  {name}: best simple F1 and margin: {text}")
    return best[1], lines


def moved(p: np.ndarray, abc: tuple[float, float, float]) -> np.ndarray:
    """Where calibration takes probabilities `p`."""
    a, b, c = abc
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return 1 / (1 + np.exp(-(a * np.log(p) - b * np.log1p(-p) + c)))


def worst_gap(p: np.ndarray, truth: np.ndarray, least: int = 500) -> float:
    """Largest gap between said and observed of a tenth with at least `least` cells."""
    tenth = np.minimum((p * 10).astype(int), 9)
    n, said, seen = (np.bincount(tenth, w, 10) for w in (None, p, truth))
    return float((np.abs(said - seen) / np.maximum(n, 1))[n >= least].max())


def outcomes(net: PhysicNet, samples: list[Sample]) -> tuple[np.ndarray, np.ndarray]:
    """Said probability and outcome of every cell and lead near the fire, flat."""
    run, ps, ts = network(net), [], []
    for s in samples:
        leads = len(s.future)
        near = (s.burnt_by > 0) & (s.front[0] <= 4 * leads)
        truth = s.burnt_by[None] <= np.arange(1, leads + 1)[:, None, None]
        ps.append(run(s)[:leads][:, near].ravel())
        ts.append(truth[:, near].ravel())
    return np.concatenate(ps), np.concatenate(ts)


def fit(p: np.ndarray, truth: np.ndarray) -> tuple[float, float, float]:
    """Kull's a, b and c by maximum likelihood; a and b stay positive, so leads stay in order."""
    p = np.clip(p, 1e-6, 1 - 1e-6)
    yes, no = np.log(p), -np.log1p(-p)

    def loss(abc: np.ndarray) -> float:
        z = np.exp(abc[0]) * yes + np.exp(abc[1]) * no + abc[2]
        return float(np.mean(np.logaddexp(0, z) - truth * z))

    a, b, c = minimize(loss, np.zeros(3), method="Nelder-Mead", options={"maxiter": 400}).x
    return float(np.exp(a)), float(np.exp(b)), float(c)
