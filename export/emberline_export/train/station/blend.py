"""Blend: what several forecasters say of one quantity, weighted by how they did at this station.

Forecasters are the model's regressions, persistence (the value now), yesterday (the value a day
before the hour that is forecast) and the usual day (the value now and the mean change of the same
hours over seven days). Their weights are not negative, sum to 1, and make the squared errors of the
hours before least: recent hours and the same time of day count most, and a few hours' worth of the
training stations' weights steady them. Where persistence or yesterday alone had the smaller mean
error, it is taken instead. The interval is the quantile of the errors that were made in just this
way, widened or narrowed while it held too few or too many. The runtime has the same in
`runtime/weather/src/outlook/blend.rs`.
"""

from bisect import bisect_left, insort
from dataclasses import dataclass

import numpy as np

USUAL_DAYS, SWEEPS = 7, 20
PERSISTENCE, YESTERDAY, USUAL = -3, -2, -1  # places among the forecasters, regressions first


@dataclass(frozen=True)
class Rules:
    """How the past counts."""

    forget_h: float = 672  # after so long an hour's errors count 1/e
    learn_h: int = 2160  # and not at all after so long
    prior_h: float = 10  # the training stations' weights count as so many hours
    near: float = 0.5  # how an eighth of the day counts for the next to it
    far: float = 0.2  # and for the others
    steady: float = 0.03  # how fast intervals are widened


@dataclass
class Columns:
    """One column for each station, quantity, lead and set of inputs; rows are hours of issue."""

    said: np.ndarray  # [N, B, K] by forecaster, complex; NaN where it cannot be told
    came: np.ndarray  # [N, B] what was read `lead` hours later
    lead: np.ndarray  # [B] hours
    part: np.ndarray  # [N, B] time of day, 0 to parts - 1
    scale: np.ndarray  # [N, B] usual error at that time of day over that of the whole day
    prior: np.ndarray  # [B, K] weights at the training stations
    error: np.ndarray  # [B] relative error that holds 80 % of theirs


@dataclass
class Blended:
    """What is told."""

    said: np.ndarray  # [N, B] complex
    half: np.ndarray  # [N, B] half width of the interval
    own: np.ndarray  # [N, B] errors of the station's own that it is from, 0 for the shipped one
    weights: np.ndarray  # [N, B, K]


def least_squares(q: np.ndarray, b: np.ndarray, w: np.ndarray, sweeps: int = SWEEPS) -> np.ndarray:
    """Weights `[B, K]` from `w` on that make w'qw - 2b'w least: pairs exchange what they hold."""
    w, size = w.copy(), w.shape[1]
    slope = np.einsum("bij,bj->bi", q, w) - b
    for _ in range(sweeps):
        for i in range(size):
            for j in range(i + 1, size):
                bend = q[:, i, i] + q[:, j, j] - 2 * q[:, i, j]
                with np.errstate(divide="ignore", invalid="ignore"):
                    d = np.where(bend > 0, (slope[:, j] - slope[:, i]) / bend, 0.0)
                d = np.clip(d, -w[:, i], w[:, j])
                w[:, i] += d
                w[:, j] -= d
                slope += d[:, None] * (q[:, :, i] - q[:, :, j])
    return w


def squares(e: np.ndarray) -> np.ndarray:
    """Products of errors `[B, K, K]` of `e` `[B, K]`."""
    return np.real(np.conj(e)[:, :, None] * e[:, None, :])


def day_weights(parts: int, rules: Rules) -> np.ndarray:
    """How errors of one part of the day count for another, `[parts, parts]`."""
    apart = np.abs(np.subtract.outer(np.arange(parts), np.arange(parts)))
    apart = np.minimum(apart, parts - apart)
    return np.choose(np.minimum(apart, 2), [1.0, rules.near, rules.far])


class Windows:
    """Relative errors of the last hours, sorted, a list a column."""

    def __init__(self, columns: int, rows: int):
        """Empty ones."""
        self.sorted = [[] for _ in range(columns)]
        self.at = np.full((rows, columns), np.nan)

    def add(self, b: int, row: int, value: float) -> None:
        """One error of a forecast issued at `row`."""
        insort(self.sorted[b], value)
        self.at[row, b] = value

    def drop(self, row: int) -> None:
        """Forget forecasts issued at `row`."""
        for b in np.flatnonzero(np.isfinite(self.at[row])):
            held = self.sorted[b]
            del held[bisect_left(held, self.at[row, b])]

    def quantile(self, b: int, level: float) -> float:
        """Split-conformal: the ⌈(n + 1) · level⌉-th smallest."""
        held = self.sorted[b]
        return held[min(int(np.ceil((len(held) + 1) * level)), len(held)) - 1]


def blend(
    c: Columns, rules: Rules, parts: int, record_h: int, record_least: int, level: float
) -> Blended:
    """Forecasts at every hour, each from all that was known then (not `learn_h` alone)."""
    rows, columns, size = c.said.shape
    b_all, kernel = np.arange(columns), day_weights(parts, rules)
    error = c.said - c.came[:, :, None]
    whole = np.isfinite(error).all(2)
    forget = np.exp(-1 / rules.forget_h)
    products = np.zeros((columns, parts, size, size))
    count = np.zeros((columns, parts))
    means = np.zeros((columns, parts, 3))  # of the blend, persistence and yesterday
    windows, wider = Windows(columns, rows), np.zeros(columns)
    mixed = np.full((rows, columns), np.nan + 0j)
    relative = np.full((rows, columns), np.nan)  # half width before the scale, of own errors only
    weights, half = np.zeros_like(c.said.real), np.full((rows, columns), np.nan)
    out = Blended(mixed.copy(), half, whole & 0, weights)
    for t in range(rows):
        products *= forget
        count *= forget
        means *= forget
        if t > record_h:
            windows.drop(t - record_h - 1)
        issued = t - c.lead
        known = np.flatnonzero((issued >= 0) & whole[np.maximum(issued, 0), b_all])
        if len(known):
            s, part = issued[known], c.part[issued[known], known]
            e, came = error[s, known], c.came[s, known]
            products[known, part] += squares(e)
            count[known, part] += 1
            told = np.stack([mixed[s, known] - came, e[:, PERSISTENCE], e[:, YESTERDAY]], 1)
            means[known, part] += np.abs(told)
            missed = np.abs(out.said[s, known] - came) / c.scale[s, known]
            for b, row, m in zip(known, s, missed, strict=True):
                windows.add(b, row, m)
            told_half = relative[s, known]
            step = rules.steady * ((missed > told_half) - (1 - level))
            wider[known] += np.where(np.isfinite(told_half), step, 0)
        there = np.isfinite(c.said[t])
        prior = np.where(there, c.prior, 0)
        prior = prior / np.maximum(prior.sum(1, keepdims=True), 1e-300)
        held = np.array([len(w) for w in windows.sorted])
        own = held >= max(record_least, 1)
        w = prior.copy()
        near = kernel[c.part[t]]
        if own.any():
            q = np.einsum("bp,bpij->bij", near, products)[own]
            n = np.einsum("bp,bp->b", near, count)[own]
            best = np.einsum("bii->bi", q).min(1) / n
            steady = rules.prior_h * best
            q = q + steady[:, None, None] * np.eye(size)
            w[own] = restricted(q, steady[:, None] * prior[own], prior[own], there[own])
        out.weights[t] = w
        mixed[t] = np.where(there.any(1), (w * np.where(there, c.said[t], 0)).sum(1), np.nan)
        out.said[t] = mixed[t]
        mean = np.einsum("bp,bpi->bi", near, means)
        mean[:, 1:][~there[:, [PERSISTENCE, YESTERDAY]]] = np.inf
        choice = np.where(own, mean.argmin(1), 0)
        for k, place in ((1, PERSISTENCE), (2, YESTERDAY)):
            pick = choice == k
            out.said[t, pick] = c.said[t, pick, place]
            out.weights[t, pick] = np.eye(size)[place]
        wide = c.error.copy()
        for b in np.flatnonzero(own):
            wide[b] = windows.quantile(b, level) * np.exp(wider[b])
        relative[t] = np.where(own, wide, np.nan)
        out.half[t] = wide * c.scale[t]
        out.own[t] = np.where(own, held, 0)
    return out


def restricted(q: np.ndarray, b: np.ndarray, w: np.ndarray, there: np.ndarray) -> np.ndarray:
    """`least_squares` among those that are there, group by group of the same ones."""
    out = np.zeros_like(w)
    for mask in np.unique(there, axis=0):
        rows, k = np.flatnonzero((there == mask).all(1)), np.flatnonzero(mask)
        if len(k):
            some = np.ix_(rows, k)
            out[some] = least_squares(q[np.ix_(rows, k, k)], b[some], w[some])
    return out
