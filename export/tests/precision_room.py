"""Rooms that several tests of precisions share: small films and a small network of them."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from discs import discs

from emberline_export.data.clips import Clips, write
from emberline_export.models.physicnet import drift
from emberline_export.models.physicnet.level import DrawConfig, FlowConfig, LevelConfig, NetConfig
from emberline_export.models.physicnet.network import PhysicNet
from emberline_export.onnx import folder, ship
from emberline_export.onnx.physicnet import golden
from emberline_export.onnx.physicnet.graphs import export_graphs
from emberline_export.onnx.precision import quantize

SMALL = NetConfig(
    leads=10,
    arrival=False,
    flow=FlowConfig(composed=True),
    draw=DrawConfig(detail=4),
    coarse=LevelConfig(4, 8, 16, 4, 16, 1, 2),
    fine=LevelConfig(2, 8, 8, 4, 8, 1, 2),
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Films of the task reaction-diffusion, as `data set` lays them out."""
    room = tmp_path_factory.mktemp("data")
    splits = {}
    for name, count, seed in (("train", 6, 0), ("val", 3, 90)):
        events = np.array([f"{name}-{k}" for k in range(count)])
        splits[name] = Clips(discs(count, seed), events)
    write(room / "reaction-diffusion", splits, {"set": "discs"})
    return room


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder of an untrained network whose weights are far from their quiet start."""
    torch.manual_seed(0)
    net = PhysicNet(SMALL).eval()
    with torch.no_grad():
        for p in net.parameters():
            p.requires_grad_(False).add_(torch.randn_like(p) * 0.05)
        for level in net.levels:  # codes far apart: what is tested is not how near ties are
            level.codebook.codes.mul_(8.0)
    path = tmp_path_factory.mktemp("models") / "reaction-diffusion-v1"
    path.mkdir()
    export_graphs(net, path, side=32)
    films = [f[:10].astype(np.float32) / 255 for f in discs(2, 50)]
    golden.frames(net, films, path / "golden.npz")
    usage = drift.learn(net, films)
    np.savez_compressed(path / "drift.npz", **usage.arrays())
    saved = {"task": "reaction-diffusion", "steps": 0, "cpu_s": 0.0, "batch": 1, "seed": 0}
    about = ship.ABOUT["reaction-diffusion"]
    text = ship.card(net, path, "reaction-diffusion", 1, about, saved, np.ones(3), [])
    (path / "card.toml").write_text(text)
    (path / "README.md").write_text("# discs\n")
    folder.write_sums(path)
    return path


@pytest.fixture
def model_folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy to work on, and few films to work with."""
    monkeypatch.setattr(quantize, "CALIBRATION_FILMS", 4)
    monkeypatch.setattr(quantize, "PROBE_FILMS", 2)
    return Path(shutil.copytree(made, tmp_path / made.name))
