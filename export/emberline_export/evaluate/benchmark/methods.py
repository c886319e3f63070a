"""The methods: PhysicNet, PhysicNet with one part changed, its peers, simple forecasters."""

from dataclasses import dataclass, field, replace

from torch import nn

from ...data.task import Task
from ...models import peers
from ...models.physicnet.level import DrawConfig, FlowConfig, LevelConfig, NetConfig
from ...models.physicnet.network import PhysicNet
from ...models.physicnet.prior import Motion
from ...models.simple import frames as simple
from ...train.losses import LossConfig
from . import fire


@dataclass(frozen=True)
class Variant:
    """What is changed in the network, in how it moves and draws frames, and in its losses."""

    says: str = ""
    net: dict = field(default_factory=dict)
    flow: dict = field(default_factory=dict)
    draw: dict = field(default_factory=dict)
    loss: dict = field(default_factory=dict)


FULL = Variant(
    net={"arrival": False},
    flow={"prior": True, "composed": True},
    draw={"detail": 16},
    loss={"crop": 0.0, "photometric": 0.1, "smooth": 0.002},
)
NO_FLOW_LOSS = {"photometric": 0.0, "smooth": 0.0}
# Over which windows motion is measured, chosen on validation films (of rain on the four events):
# wide ones of smoothed frames where a front or a rain band moves as one, small ones at full size
# where a smooth wave bends.
WIDE = Motion(15, 5.0, 2.0, 0.5, 3, 1)
# Rain: what is drawn adds to what moves (drawing rain outright did not carry over to other radars),
# motion is Lucas and Kanade's alone (what was learnt of it did not carry over either), and what is
# small fades.
RAIN = Variant(
    flow={"motion": WIDE, "corrects": False},
    draw={"replaces": False, "softens": True},
    loss=NO_FLOW_LOSS,
)
# Fire: the arrival head says when each cell burns, beside the frames.
FIRE = Variant(net={"arrival": True}, flow={"motion": WIDE}, loss={"frame": 8.0})
# Waves that react are drawn, not carried: rd-short, which has every part, says what warping costs.
WAVES = Variant(flow={"motion": Motion(5, finest=1)})
DRAWN = Variant(flow={"warps": False, "prior": False}, loss=NO_FLOW_LOSS)
OWN = {  # by task, or the folder of its films
    "rain": RAIN,
    "fire": FIRE,
    "rd-short": WAVES,
    "reaction-diffusion": DRAWN,
}
COARSE, FINE = LevelConfig(4, 32, 256, 16, 112, 5, 8), LevelConfig(2, 16, 128, 8, 48, 3, 4)

VARIANTS = {
    "physicnet": Variant("the whole network"),
    "physicnet-no-vq": Variant("latents are not quantized", {"vq": False}),
    "physicnet-no-local": Variant("the global level alone", {"local": False}),
    "physicnet-slim-local": Variant(
        "a local level of half the width and half the depth",
        {"fine": replace(FINE, hidden=24, depth=2)},
    ),
    "physicnet-no-flow": Variant(
        "no warp, no flow loss", flow={"warps": False, "prior": False}, loss=NO_FLOW_LOSS
    ),
    "physicnet-flow-loss": Variant("flow is a loss, frames are not warped", flow={"warps": False}),
    "physicnet-flow-warp": Variant("frames are warped, flow has no loss", loss=NO_FLOW_LOSS),
    "physicnet-global-flow": Variant("only the global level moves", flow={"local": False}),
    "physicnet-small-codes": Variant(
        "64 and 32 codes for 256 and 128",
        {"coarse": replace(COARSE, codes=64), "fine": replace(FINE, codes=32)},
    ),
    "physicnet-large-codes": Variant(
        "1024 and 512 codes",
        {"coarse": replace(COARSE, codes=1024), "fine": replace(FINE, codes=512)},
    ),
    "physicnet-crops": Variant("the local level is also trained on crops", loss={"crop": 1.0}),
    "physicnet-no-prior": Variant("flow is learned from nothing", flow={"prior": False}),
    "physicnet-recursive": Variant("every frame is warped again", flow={"composed": False}),
    "physicnet-sharp": Variant("rain: the last frame is not softened", draw={"softens": False}),
    "physicnet-divergence": Variant(
        "flow that swells or shrinks is a loss", loss={"divergence": 0.02}
    ),
    "physicnet-dropout": Variant("a tenth of the feature maps is dropped", {"dropout": 0.1}),
    "physicnet-no-detail": Variant("no path at full resolution", draw={"detail": 0}),
}
OWN_RATES = "-own-rates"  # a network's rain as it is, not given the rates of the last frame
SHIPPED = "fire-v1"  # as it is shipped, trained longer
AT_CARD = "-card"  # read at the decision threshold of its card, as isochrones are
METHODS = (*simple.NAMES, *fire.FRONTS, *peers.PEERS, *VARIANTS, SHIPPED)


def refuse(method: str, task: Task) -> str | None:
    """Why a method does not stand for a task, if it does not."""
    if method.startswith("lucas") and task.kind != "rain":
        return f"{method} is for rain tasks, {task.name} is none"
    if method in (*fire.FRONTS, SHIPPED) and task.kind != "fire":
        return f"{method} is for fire, {task.name} is none"
    return None


def merged(method: str, task: Task, part: str) -> dict:
    """One part of what every network has, the task's own changes, and the variant's, in turn."""
    own = OWN.get(task.name, OWN.get(task.folder, Variant()))
    changed = VARIANTS.get(method, Variant())
    return {**getattr(FULL, part), **getattr(own, part), **getattr(changed, part)}


def network(method: str, task: Task) -> nn.Module:
    """Build what learns."""
    if method not in VARIANTS:
        return peers.build(method, task.context, task.leads)
    flow, draw = (merged(method, task, part) for part in ("flow", "draw"))
    return PhysicNet(
        NetConfig(
            context=task.context,
            leads=task.leads,
            flow=FlowConfig(**flow),
            draw=DrawConfig(**draw),
            **merged(method, task, "net"),
        )
    )


def losses(method: str, task: Task) -> LossConfig:
    """Weights of the loss terms of a method; a peer has the image loss alone."""
    return LossConfig(**merged(method, task, "loss"))
