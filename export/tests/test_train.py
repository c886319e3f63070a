"""Training: films are reproducible, runs resume, ranks agree."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from fires import write_shard

from emberline_export.data.film import FilmConfig, sample_of
from emberline_export.data.shards import Shards, plain
from emberline_export.models.physicnet.checkpoint import load_network
from emberline_export.train.run import TrainConfig, train


@pytest.fixture(scope="session")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixteen elliptical fires."""
    return write_shard(tmp_path_factory.mktemp("shards"), 16)


def config(shards: Path, steps: int) -> TrainConfig:
    """Small and quick; no real film, so that it runs without the data folder."""
    return TrainConfig((str(shards),), steps=steps, batch=4, grids=(64,), real=0.0, workers=0)


def test_a_film_is_the_same_for_the_same_seed(shards: Path) -> None:
    """Every random choice comes from one generator."""
    fire = Shards(shards).fire(3)
    a, b, c = (sample_of(np.random.default_rng(s), fire, FilmConfig()) for s in (5, 5, 6))
    assert np.array_equal(a.frames, b.frames) and np.array_equal(a.burnt_by, b.burnt_by)
    assert not np.array_equal(a.future, c.future)


def test_samples_keep_their_promises(shards: Path) -> None:
    """Intensity in 0..1, finite fronts, 0 exactly where burnt now."""
    fires, cfg = Shards(shards), FilmConfig()
    for seed in range(40):
        s = sample_of(np.random.default_rng(seed), fires.fire(seed % 16), cfg)
        if s is None:
            continue
        assert s.frames.shape == (10, 64, 64) and s.future.shape == (20, 64, 64)
        assert 0 <= s.frames.min() and s.frames.max() <= 1 and np.isfinite(s.front).all()
        assert (s.burnt_by[s.front[0] == 0] == 0).all()
        assert not s.is_mask or ((s.front[0] == 0) == (s.burnt_by == 0)).all()


def test_a_resumed_run_goes_on_and_refuses_another_configuration(
    shards: Path, tmp_path: Path
) -> None:
    """The step counter goes on; a changed configuration is an error, not a surprise."""
    run = tmp_path / "run"
    train(config(shards, 2), run, save_every=1)
    assert torch.load(run / "last.pt", weights_only=True)["step"] == 2
    with pytest.raises(SystemExit, match="another configuration"):
        train(config(shards, 3), run)
    saved = torch.load(run / "last.pt", weights_only=True)
    saved["step"] = 1  # as if stopped after the first step
    torch.save(saved, run / "last.pt")
    train(config(shards, 2), run, save_every=1)
    net = load_network(run / "last.pt")
    sample = next(plain(Shards(shards), "mask", FilmConfig()))[1]
    frames = torch.from_numpy(sample.frames)[None, :, None]
    assert torch.isfinite(net(frames, torch.from_numpy(sample.front)[None])["forecast"]).all()


def test_two_ranks_learn_the_same_network(shards: Path, tmp_path: Path) -> None:
    """`torchrun` with gloo on two CPU processes: one run folder, weights saved by rank 0."""
    run = tmp_path / "ddp"
    command = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--standalone",
        "--nproc-per-node",
        "2",
        "-m",
        "emberline_export",
        "train",
        "run",
        str(run),
        "--shards",
        str(shards),
        "--steps",
        "3",
        "--batch",
        "2",
        "--grids",
        "64",
        "--real",
        "0",
        "--workers",
        "0",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert torch.load(run / "last.pt", weights_only=True)["step"] == 3
