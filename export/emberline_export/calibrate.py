"""Fit what is decided after training, on validation: probability calibration, decision threshold.

Probability and decision are two products. Calibration (Platt, two numbers, inside the graph) makes
the said probability match the observed frequency; the threshold (in the card) is where "burns"
gives the best new-burn F1.
"""

import numpy as np
from scipy.optimize import minimize

from .film import Sample
from .physicnet import PhysicNet
from .score import NewBurn
from .validate import network


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


def fit(p: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Platt's a and b by maximum likelihood; `a` stays positive, so leads stay in order."""
    x = np.log(np.clip(p, 1e-6, 1 - 1e-6))
    x = x - np.log1p(-np.exp(x))

    def loss(ab: np.ndarray) -> float:
        z = np.exp(ab[0]) * x + ab[1]
        return float(np.mean(np.logaddexp(0, z) - truth * z))

    a, b = minimize(loss, np.zeros(2), method="Nelder-Mead").x
    return float(np.exp(a)), float(b)


def best_threshold(
    net: PhysicNet, groups: list[list[Sample]], leads: tuple[int, ...] = (5, 10)
) -> float:
    """Threshold with the best mean over groups of new-burn F1 at `leads`."""
    grid = np.round(np.arange(0.15, 0.66, 0.01), 2)
    gain = np.zeros(len(grid))
    run = network(net)
    for samples in groups:
        counts = [NewBurn.zero(len(samples[0].future)) for _ in grid]
        for s in samples:
            n = len(s.future)
            p, truth = run(s)[:n], s.burnt_by[None] <= np.arange(1, n + 1)[:, None, None]
            for c, t in zip(counts, grid, strict=True):
                c.add(p >= t, truth, s.burnt_by == 0)
        gain += [np.mean([c.f1()[x - 1] for x in leads]) for c in counts]
    return float(grid[int(np.argmax(gain))])
