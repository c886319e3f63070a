"""Peers of PhysicNet: published networks, small and faithful, with one way in.

Every peer maps frames `(b, t, 1, h, w)` in 0..1 to `leads` more, `(b, l, 1, h, w)`, on any grid
whose sides are multiples of 4. Sizes are chosen near PhysicNet's own: a table compares designs.
"""

from torch import nn

from .convlstm import ConvLstm
from .fno import Fno
from .predrnn import PredRnn
from .simvp import SimVp

PEERS = {
    "convlstm": lambda context, leads: ConvLstm(leads),
    "predrnn": lambda context, leads: PredRnn(leads),
    "simvp-convmixer": lambda context, leads: SimVp(context, leads, "convmixer"),
    "simvp-gsta": lambda context, leads: SimVp(context, leads, "gsta"),
    "fno": lambda context, leads: Fno(context, leads),
}


def build(name: str, context: int, leads: int) -> nn.Module:
    """Build a peer by name."""
    if name not in PEERS:
        raise ValueError(f"no peer `{name}`; there are {', '.join(PEERS)}")
    return PEERS[name](context, leads)
