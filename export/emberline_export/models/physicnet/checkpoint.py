"""Checkpoints: a network built again from what a training run kept."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from .level import FRONT, DrawConfig, FlowConfig, LevelConfig, NetConfig
from .network import PhysicNet
from .prior import Motion

FLAT = {  # group → name of before and name in the group
    "flow": {
        "flow": "warps",
        "local_flow": "local",
        "prior": "prior",
        "corrects": "corrects",
        "composed": "composed",
        "motion": "motion",
    },
    "draw": {"draws": "replaces", "soften": "softens", "detail": "detail"},
}
CALIBRATION = "arrival.calibration"
LATER = (CALIBRATION, "arrival.lean")  # fitted after training


def config_of(saved: dict[str, Any]) -> NetConfig:
    """Configuration of a network from the plain values that a checkpoint keeps.

    Checkpoints of before (`weights/fire-v1.pt`) have the parts of flow and drawing beside all else,
    by the names in `FLAT`; what they lack is off.
    """
    cfg, groups = dict(saved), {}
    for group in ("flow", "draw"):
        own = cfg.pop(group) if isinstance(cfg.get(group), dict) else {}
        moved = {new: cfg.pop(old) for old, new in FLAT[group].items() if old in cfg}
        groups[group] = own | moved
    groups["flow"]["motion"] = Motion(**groups["flow"].get("motion", {}))
    return NetConfig(
        **{k: v for k, v in cfg.items() if k not in ("coarse", "fine")},
        flow=FlowConfig(**groups["flow"]),
        draw=DrawConfig(**groups["draw"]),
        coarse=LevelConfig(**cfg["coarse"]),
        fine=LevelConfig(**cfg["fine"]),
    )


def load_network(checkpoint: Path) -> PhysicNet:
    """Rebuild the network of a checkpoint, with averaged weights, ready to evaluate."""
    saved = torch.load(checkpoint, map_location="cpu", weights_only=True)
    net = PhysicNet(config_of(saved["config"]["net"]))
    after = {k: v for k, v in net.state_dict().items() if k in LATER}
    weights = {**after, **saved.get("average", saved["net"])}
    if len(weights.get(CALIBRATION, ())) == 2:  # logit p' = a · logit p + b, as it was before
        a, b = weights[CALIBRATION]
        weights[CALIBRATION] = torch.stack([a, a, b])
    net.load_state_dict(weights)
    return net.eval()


def widened(weights: dict[str, Tensor], net: PhysicNet) -> dict[str, Tensor]:
    """Weights of a network of fires that takes fewer maps of the front, for one that takes more.

    The new maps weigh nothing at first: the answers are the same.
    """
    out = dict(weights)
    for name, want in net.state_dict().items():
        missing = (
            want.shape[1] - weights[name].shape[1] if want.dim() == 4 and name in weights else 0
        )
        if missing > 0:
            # Front maps come last in a level, and first in the arrival head.
            at = FRONT if name.startswith("arrival") else weights[name].shape[1]
            old = weights[name]
            none = old.new_zeros(len(old), missing, *old.shape[2:])
            out[name] = torch.cat([old[:, :at], none, old[:, at:]], 1)
    return out
