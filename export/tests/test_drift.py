"""Drift: bits by hand; a network's own films are alike, films that move otherwise are not."""

import numpy as np
import pytest
import torch

from emberline_export.models.physicnet import drift
from emberline_export.models.physicnet.level import NetConfig
from emberline_export.models.physicnet.network import PhysicNet


def test_divergence_by_hand():
    """0 for the same, 1 for nothing shared, in between by the formula."""
    p, q = np.array([0.5, 0.5]), np.array([1.0, 0.0])
    assert drift.divergence_bits(p, p) == 0
    assert drift.divergence_bits(np.array([1.0, 0]), np.array([0, 1.0])) == pytest.approx(1)
    want = 0.5 * (0.5 * np.log2(0.5 / 0.75) + 0.5 * np.log2(0.5 / 0.25)) + 0.5 * np.log2(1 / 0.75)
    assert drift.divergence_bits(p, q) == pytest.approx(want)


def test_area_under_the_curve():
    """1 apart, 0.5 the same, ties count half."""
    a, b = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    assert drift.area_under_curve(a, b) == 1 and drift.area_under_curve(b, a) == 0
    assert drift.area_under_curve(a, a) == 0.5


def films(step: int) -> list[np.ndarray]:
    """Stripes that move by `step` cells a frame."""
    wave = (np.arange(32) // 4 % 2).astype(np.float32)
    return [
        np.stack([np.tile(np.roll(wave, s + step * t), (32, 1)) for t in range(4)])
        for s in range(8)
    ]


def test_films_that_move_otherwise_are_unlike():
    """Usage of still stripes: still stripes are alike, moving and foreign films are not."""
    torch.manual_seed(0)
    net = PhysicNet(NetConfig(context=4, leads=2, arrival=False)).train()
    for _ in range(5):  # let the codebooks settle on the stripes
        net.encode(torch.from_numpy(np.concatenate(films(0)))[:, None])
    net.eval()
    usage = drift.learn(net, films(0))
    assert all(u.sum() == pytest.approx(1) for u in usage.use)
    level = drift.levels(np.array([drift.signals(net, usage, f) for f in films(0)]))
    ratio = {n: drift.ratio(drift.signals(net, usage, films(n)[3]), level) for n in (0, 2)}
    noise = np.random.default_rng(0).random((4, 32, 32))
    assert ratio[0] <= 1 < ratio[2]
    assert drift.ratio(drift.signals(net, usage, noise), level) > 1
