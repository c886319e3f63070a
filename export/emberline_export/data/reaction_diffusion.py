"""Spiral waves of the λ–ω reaction-diffusion system, from random states and parameters.

With w = u + iv on a periodic square of side 20,

    w_t = (1 − |w|² − iβ|w|²) w + d ∇²w,

as in Champion et al. (SindyAutoencoders, `rd_solver`), solved in Fourier space by the exponential
fourth-order Runge–Kutta scheme of Cox and Matthews (coefficients by Kassam and Trefethen's contour
integral). A film shows u every 0.2 time units, −1..1 as 0..255.

Splits go by initial state: `train`, `val`, `test` draw β from 0.6..1.4 and d from 0.05..0.2;
`test-parameter` draws both from outside that range. `classical-*` is the one spiral of the
literature (β = 1, d = 0.1, u times exp(−0.01 r²)) cut into pieces that are split at random: the
field turns rigidly, so a test piece has near copies in the training part. It stands here to show
that leak beside the nearest-frame row, not to compare models by.
"""

import numpy as np
from scipy import fft

from .clips import Clips

SIDE = 20.0
FRAME_STEP = 0.2
STEP = 0.05  # of the solver; halving it moves a film by less than one grey level in 100 frames
WARM_UP = 8.0  # time units before a film starts: the spirals have formed
INSIDE = {"beta": (0.6, 1.4), "d": (0.05, 0.2)}
OUTSIDE = {"beta": (1.45, 1.8), "d": (0.03, 0.045)}


def solve(w: np.ndarray, beta: np.ndarray, d: np.ndarray, frames: int) -> np.ndarray:
    """Carry states `w` `[B, n, n]` (complex) on; return u at every frame `[B, frames, n, n]`."""
    n = w.shape[-1]
    k = 2 * np.pi * fft.fftfreq(n, SIDE / n)
    beta, d = beta.reshape(-1, 1, 1), d.reshape(-1, 1, 1)
    linear = -d * (k[:, None] ** 2 + k[None] ** 2)
    turn = 1j * beta
    e, e2, q, f1, f2, f3 = coefficients(linear, STEP)

    def growth(spectrum: np.ndarray) -> np.ndarray:
        x = fft.ifft2(spectrum)
        a2 = x.real**2 + x.imag**2
        return fft.fft2((1.0 - a2 - turn * a2) * x)

    v = fft.fft2(w)
    every = round(FRAME_STEP / STEP)
    out = np.empty((len(w), frames, n, n), np.float32)
    for frame in range(frames):
        out[:, frame] = fft.ifft2(v).real
        for _ in range(every if frame + 1 < frames else 0):
            nv = growth(v)
            a = e2 * v + q * nv
            na = growth(a)
            b = e2 * v + q * na
            nb = growth(b)
            c = e2 * a + q * (2 * nb - nv)
            v = e * v + f1 * nv + 2 * f2 * (na + nb) + f3 * growth(c)
    return out


def coefficients(linear: np.ndarray, h: float) -> tuple[np.ndarray, ...]:
    """ETDRK4 weights of the real linear operator, by a contour of 32 points around each value."""
    around = np.exp(1j * np.pi * (np.arange(1, 17) - 0.5) / 16)
    z = h * linear[..., None] + around
    ez = np.exp(z)
    q = h * ((np.exp(z / 2) - 1) / z).mean(-1).real
    f1 = h * ((-4 - z + ez * (4 - 3 * z + z**2)) / z**3).mean(-1).real
    f2 = h * ((2 + z + ez * (z - 2)) / z**3).mean(-1).real
    f3 = h * ((-4 - 3 * z - z**2 + ez * (4 - z)) / z**3).mean(-1).real
    return np.exp(h * linear), np.exp(h * linear / 2), q, f1, f2, f3


def spirals(rng: np.random.Generator, n: int) -> np.ndarray:
    """Draw a state `[n, n]` with one to three spiral cores and a little smooth noise."""
    axis = (np.arange(n) + 0.5) / n * SIDE
    w = np.ones((n, n), complex)
    radius = np.full((n, n), np.inf)
    for _ in range(int(rng.integers(1, 4))):
        cy, cx = rng.uniform(0, SIDE, 2)
        dy, dx = ((a - c + SIDE / 2) % SIDE - SIDE / 2 for a, c in ((axis, cy), (axis, cx)))
        r = np.hypot(dy[:, None], dx[None])
        arms = int(rng.choice([-1, 1]))
        w = w * np.tanh(r) * np.exp(1j * arms * np.arctan2(dy[:, None], dx[None]))
        radius = np.minimum(radius, r)
    w = w * np.exp(1j * (rng.uniform(0, 2 * np.pi) - radius))
    noise = fft.fft2(rng.standard_normal((n, n)) + 1j * rng.standard_normal((n, n)))
    k = 2 * np.pi * fft.fftfreq(n, SIDE / n)
    smooth = fft.ifft2(noise * np.exp(-0.5 * (k[:, None] ** 2 + k[None] ** 2)))
    return w + 0.1 * smooth / np.abs(smooth).std()


def grey(u: np.ndarray) -> np.ndarray:
    """−1..1 → 0..255."""
    return np.round(np.clip((u + 1) / 2, 0, 1) * 255).astype(np.uint8)


def draw(
    split: str, count: int, frames: int, n: int, within: dict, seed: int, batch: int = 16
) -> Clips:
    """Films of `count` random states; state `i` is the same whatever `count` is."""
    warm = round(WARM_UP / FRAME_STEP)
    films, beta, d = [], [], []
    for first in range(0, count, batch):
        rngs = [np.random.default_rng([seed, i]) for i in range(first, min(first + batch, count))]
        beta.append(np.array([r.uniform(*within["beta"]) for r in rngs]))
        d.append(np.array([r.uniform(*within["d"]) for r in rngs]))
        states = np.stack([spirals(r, n) for r in rngs])
        films.append(grey(solve(states, beta[-1], d[-1], warm + frames)[:, warm:]))
    event = np.array([f"{split}-{seed}-{i}" for i in range(count)])
    facts = {"beta": np.concatenate(beta), "d": np.concatenate(d)}
    return Clips(np.concatenate(films), event, facts)


def classical(pieces: int, frames: int, n: int, seed: int) -> dict[str, Clips]:
    """Cut the literature's single trajectory into pieces, split 80/10/10 at random: it leaks."""
    axis = (np.arange(n) / n - 0.5) * SIDE
    r = np.hypot(axis[:, None], axis[None])
    angle = np.arctan2(axis[:, None], axis[None])
    w = np.tanh(r) * np.exp(1j * (angle - r))
    u = solve(w[None], np.ones(1), np.full(1, 0.1), pieces * frames)[0] * np.exp(-0.01 * r**2)
    films = grey(u).reshape(pieces, frames, n, n)
    order = np.random.default_rng(seed).permutation(pieces)
    ends = round(0.8 * pieces), round(0.9 * pieces)
    parts = np.split(order, ends)
    names = ("classical-train", "classical-val", "classical-test")
    return {
        name: Clips(films[sorted(p)], np.array([f"piece-{i}" for i in sorted(p)]))
        for name, p in zip(names, parts, strict=True)
    }


def make(scale: float, n: int = 64) -> tuple[dict[str, Clips], dict]:
    """All splits; `scale` 1 is the benchmark's size. Test films are long enough for 100 leads."""
    count = lambda full: max(round(full * scale), 4)  # noqa: E731
    splits = {
        "train": draw("train", count(600), 40, n, INSIDE, 1),
        "val": draw("val", count(60), 40, n, INSIDE, 2),
        "test": draw("test", count(100), 110, n, INSIDE, 3),
        "test-parameter": draw("test-parameter", count(100), 110, n, OUTSIDE, 4),
        **classical(max(count(100), 10), 40, n, 5),
    }
    facts = {
        "set": "reaction-diffusion",
        "step": FRAME_STEP,
        "cells": n,
        "side": SIDE,
        "inside": INSIDE,
        "outside": OUTSIDE,
    }
    return splits, facts
