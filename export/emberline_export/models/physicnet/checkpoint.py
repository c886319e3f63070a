"""Checkpoints: a network built again from what a training run kept."""

from pathlib import Path

import torch

from .level import LevelConfig, NetConfig
from .network import PhysicNet
from .prior import Motion

LATER = ("arrival.calibration", "arrival.lean")  # fitted after training


def load_network(checkpoint: Path) -> PhysicNet:
    """Rebuild the network of a checkpoint, with averaged weights, ready to evaluate."""
    saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
    cfg = dict(saved["config"]["net"])
    for level in ("coarse", "fine"):
        cfg[level] = LevelConfig(**cfg[level])
    cfg["motion"] = Motion(**cfg.get("motion", {}))
    net = PhysicNet(NetConfig(**cfg))
    after = {k: v for k, v in net.state_dict().items() if k in LATER}
    net.load_state_dict({**after, **saved.get("average", saved["net"])})
    return net.eval()
