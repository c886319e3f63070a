"""Chance of each rate: a logistic curve whose numbers change with the logarithm of the lead."""

import numpy as np

REFERENCE_MIN = 30.0
ROUNDS = 12


def design(x: np.ndarray, minutes: np.ndarray | float) -> np.ndarray:
    """`[n, 2 (F + 1)]`: one and features, and the same times ln(lead / 30 min)."""
    t = np.log(np.asarray(minutes, np.float32) / REFERENCE_MIN) * np.ones(len(x), np.float32)
    x = np.concatenate([np.ones((len(x), 1), np.float32), x], 1)
    return np.concatenate([x, x * t[:, None]], 1)


def fit(
    x: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray,
    ridge: float,
    prior: np.ndarray | None = None,
) -> np.ndarray:
    """Numbers of the curve by Newton's method, weighted; ridge on standardised columns.

    What little is known does not change is drawn to `prior`, or to nothing: heavy rain is rare, and
    its curve is much like that of the rate before.
    """
    weight = weight / weight.sum()
    mean = weight @ x
    spread = np.sqrt(np.maximum(weight @ (x - mean) ** 2, 0))
    mean[0], spread[0] = 0, 1
    spread[spread < 1e-6] = 1
    z = ((x - mean) / spread).astype(np.float64)
    drawn, keep = np.zeros(z.shape[1]), ridge * np.eye(z.shape[1])
    if prior is not None:
        drawn = prior * spread
        drawn[0] = prior[0] + (prior[1:] * mean[1:]).sum()
    b = drawn.copy()
    keep[0, 0] = 1e-9
    for _ in range(ROUNDS):
        p = 1 / (1 + np.exp(-np.clip(z @ b, -30, 30)))
        bend = (z * (weight * np.maximum(p * (1 - p), 1e-7))[:, None]).T @ z + keep
        step = np.linalg.solve(bend, z.T @ (weight * (y - p)) - keep @ (b - drawn))
        b += step
        if np.abs(step).max() < 1e-5:
            break
    out = b / spread
    out[0] -= (b[1:] * mean[1:] / spread[1:]).sum()
    return out


def chance(b: np.ndarray, x: np.ndarray, minutes: float) -> np.ndarray:
    """Chance `[n]` of features `[n, F]`; the curve at a lead is one plane."""
    t, f = np.log(minutes / REFERENCE_MIN), x.shape[1] + 1
    at = b[:f] + b[f:] * t
    return 1 / (1 + np.exp(-np.clip(at[0] + x @ at[1:], -30, 30)))
