"""Uneven fires, films with a memory and with clutter, memories beside the tracker."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from fires import write_shard

from emberline_export.__main__ import main
from emberline_export.data.film import FilmConfig, sample_of
from emberline_export.data.firesim.travel_time import SPAN, Ground, when
from emberline_export.data.front import front_of
from emberline_export.data.shards import Shards
from emberline_export.evaluate.memories import classical, sketch
from emberline_export.models.physicnet.checkpoint import widened
from emberline_export.models.physicnet.network import NetConfig, PhysicNet
from emberline_export.onnx.calibrate import fit, moved, worst_gap


@pytest.mark.parametrize(("long", "back"), [(0.0, 10.0), (0.6, 40.0)])
def test_fire_spreads_in_ellipses(long: float, back: float) -> None:
    """On even ground the head does a cell in one; the back a share that the ellipse tells."""
    ground = Ground(np.ones((41, 41)), np.zeros((41, 41)), long, 0.0)
    time = ground.travel([(20, 20)])
    assert time[20, 30] == pytest.approx(10) and time[20, 10] == pytest.approx(back)


def test_slow_edges_die_and_barriers_hold() -> None:
    """Where the ellipse is slower than `dies_below` nothing spreads, and not over bare ground."""
    speed = np.ones((41, 41))
    speed[:, 30] = speed[:, 31] = 0.0
    time = Ground(speed, np.zeros((41, 41)), 0.6, 0.45).travel([(20, 20)])
    assert np.isinf(time[20, 10]) and np.isfinite(time[20, 29]) and np.isinf(time[20, 35])


def test_a_part_that_stands_still_reaches_nothing_more() -> None:
    """Arrival is when the head has run so far; never, where it does not get there."""
    run = np.clip(np.arange(-SPAN, SPAN, dtype=float), 0, 5)
    assert when(np.array([3.0, 5.0, 6.0]), run).tolist() == [3.0, 5.0, np.inf]


def test_the_verb_writes_what_training_reads(tmp_path: Path) -> None:
    """A seed gives the same fire; the folder tells for how long fires are known."""
    for name in ("a", "b"):
        command = ["data", "fire-uneven", str(tmp_path / name), "--count", "2", "--grid", "48"]
        assert main([*command, "--split", "train"]) == 0
    a, b = (np.load(tmp_path / n / "shard_00000.npz") for n in ("a", "b"))
    assert all(np.array_equal(a[k], b[k]) for k in a.files)
    assert json.loads((tmp_path / "a" / "manifest.json").read_text())["span"] == SPAN
    assert Shards(tmp_path / "a").span == SPAN
    assert main([*command, "--split", "train"]) == 1  # it holds shards already


def test_a_memory_tells_how_long_an_edge_stands_still(tmp_path: Path) -> None:
    """Ten frames tell ten at most; a memory tells more, up to a hundred."""
    burnt = np.repeat(np.eye(24, dtype=bool)[None], 10, 0)
    for since, want in ((None, 10), (50, 50), (400, 100)):
        known = None if since is None else np.where(burnt[-1], since, 0)
        assert front_of(burnt, known).still == pytest.approx(np.log(want), abs=1e-5)
    fires, cfg = Shards(write_shard(tmp_path, 12)), FilmConfig(history=1.0, mask=1.0, clean=1.0)
    found = [sample_of(np.random.default_rng(k), fires.fire(k), cfg) for k in range(12)]
    assert any(s is not None and np.isfinite(s.front).all() for s in found)


def test_clutter_is_cut_away(tmp_path: Path) -> None:
    """Of a cluttered thermal film only burnt ground is warmer than the background."""
    fires, cfg = Shards(write_shard(tmp_path, 12)), FilmConfig(mask=0.0, clutter=1.0)
    found = [sample_of(np.random.default_rng(k), fires.fire(k), cfg) for k in range(12)]
    for s in filter(None, found):
        now = s.front[0] == 0
        assert len(np.unique(s.frames[-1][~now])) == 1


def test_a_wider_network_gives_the_same_answers() -> None:
    """New front maps weigh nothing at first."""
    torch.manual_seed(0)
    old, new = PhysicNet(NetConfig()).eval(), PhysicNet(NetConfig(front=6)).eval()
    new.load_state_dict(widened(old.state_dict(), new))
    frames, front = torch.rand(1, 10, 1, 32, 32), torch.rand(1, 6, 32, 32) * 5
    a, b = (net(frames, front)["burn_probability"] for net in (old, new))
    assert torch.allclose(a, b, atol=1e-6)


def test_calibration_makes_said_and_seen_agree() -> None:
    """What burns half as often as said is said half as often; order stays."""
    rng = np.random.default_rng(0)
    p = rng.uniform(0.02, 0.98, 200_000)
    truth = rng.random(len(p)) < p**2
    abc = fit(p, truth)
    assert worst_gap(p, truth) > 0.2 and worst_gap(moved(p, abc), truth) < 0.03
    assert (np.diff(moved(np.sort(p), abc)) > 0).all()


def test_memories_keep_what_has_cooled() -> None:
    """A hot disc that moves on leaves burnt ground behind; a warm rock is none."""
    yy, xx = np.mgrid[0:80, 0:120]
    film = np.full((20, 80, 120), 20, np.uint8)
    film[:, 60:75, 90:110] = 90  # a rock
    for k in range(20):
        film[k][np.hypot(yy - 40, xx - 20 - 2 * k) <= 12] = 220
    truth = np.maximum.accumulate(film > 200, axis=0)[-2]
    for memory in (classical(film), sketch(film)):
        hit = memory[-1] & truth
        assert hit.sum() > 0.9 * truth.sum() and memory[-1].sum() < 1.2 * truth.sum()
        assert (
            not memory[-1][60:75, 90:110].any() and (np.diff(memory.astype(int), axis=0) >= 0).all()
        )
