"""Moving MNIST: two digits that drift over a dark square and bounce off its walls.

The standard recipe (Srivastava et al. 2015): 64² cells, two digits, random start and heading, a
step of 0.1 of the free canvas, brightest digit wins where they overlap. Training films come from
the training digits; `test` is 10,000 films from the test digits, fixed by a seed. It is *not* the
published `mnist_test_seq.npy`, so figures stand beside published ones with that said.
"""

import gzip
from pathlib import Path

import numpy as np

from .clips import Clips

CELLS, DIGIT, STEP = 64, 28, 0.1


def digits(root: Path, part: str) -> np.ndarray:
    """Digits `[N, 28, 28]` uint8 of `train` or `t10k` from an IDX file."""
    path = root / "mnist" / f"{part}-images-idx3-ubyte.gz"
    if not path.exists():
        raise FileNotFoundError(f"{path}: missing; set EMBERLINE_DATA to the folder that holds it")
    raw = gzip.decompress(path.read_bytes())
    magic, count, h, w = np.frombuffer(raw, ">i4", 4)
    if (magic, h, w) != (2051, DIGIT, DIGIT) or len(raw) != 16 + count * h * w:
        raise ValueError(f"{path}: not an IDX file of 28×28 digits")
    return np.frombuffer(raw, np.uint8, offset=16).reshape(count, h, w)


def path(rng: np.random.Generator, frames: int) -> np.ndarray:
    """Top-left corner `[frames, 2]` (row, column) of one digit."""
    at = rng.random(2)
    angle = rng.random() * 2 * np.pi
    step = np.array([np.sin(angle), np.cos(angle)]) * STEP
    out = np.empty((frames, 2))
    for t in range(frames):
        at = at + step
        low, high = at <= 0, at >= 1
        step = np.where(low, np.abs(step), np.where(high, -np.abs(step), step))
        at = np.clip(at, 0, 1)
        out[t] = at
    return (out * (CELLS - DIGIT)).astype(np.int64)


def film(rng: np.random.Generator, pool: np.ndarray, frames: int, count: int = 2) -> np.ndarray:
    """One film `[frames, 64, 64]` uint8."""
    out = np.zeros((frames, CELLS, CELLS), np.uint8)
    for _ in range(count):
        digit = pool[rng.integers(len(pool))]
        for t, (y, x) in enumerate(path(rng, frames)):
            view = out[t, y : y + DIGIT, x : x + DIGIT]
            np.maximum(view, digit, out=view)
    return out


def draw(pool: np.ndarray, split: str, count: int, frames: int, seed: int) -> Clips:
    """`count` films; film `i` is the same whatever `count` is."""
    films = [film(np.random.default_rng([seed, i]), pool, frames) for i in range(count)]
    return Clips(np.stack(films), np.array([f"{split}-{seed}-{i}" for i in range(count)]))


def make(scale: float, root: Path) -> tuple[dict[str, Clips], dict]:
    """All splits; validation draws other paths of training digits, `test` unseen digits."""
    train, test = digits(root, "train"), digits(root, "t10k")
    count = lambda full: max(round(full * scale), 4)  # noqa: E731
    splits = {
        "train": draw(train[:50_000], "train", count(10_000), 20, 1),
        "val": draw(train[50_000:], "val", count(500), 20, 2),
        "test": draw(test, "test", count(10_000), 20, 3),
        "test-long": draw(test, "test-long", count(100), 110, 4),
    }
    return splits, {"set": "moving-mnist", "step": 1.0, "cells": CELLS, "published_file": False}
