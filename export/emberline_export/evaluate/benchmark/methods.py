"""The methods: PhysicNet, PhysicNet with one part changed, its peers, simple forecasters."""

from dataclasses import dataclass, field, replace

from torch import nn

from ...data.task import Task
from ...models import peers
from ...models.physicnet.level import LevelConfig, NetConfig
from ...models.physicnet.network import PhysicNet
from ...models.physicnet.prior import Motion
from ...models.simple import frames as simple
from ...train.losses import LossConfig
from . import fire


@dataclass(frozen=True)
class Variant:
    """What is changed in the network and in its losses."""

    net: dict = field(default_factory=dict)
    loss: dict = field(default_factory=dict)
    says: str = ""


FULL = {"arrival": False, "prior": True, "composed": True, "detail": 16}
LOSS = {"crop": 0.0, "photometric": 0.1, "smooth": 0.002}
# Over which windows motion is measured, chosen on validation films (of rain on the four events):
# wide ones of smoothed frames where a front or a rain band moves as one, small ones at full size
# where a smooth wave bends.
WIDE = Motion(15, 5.0, 2.0, 0.5, 3, 1)
# Rain: what is drawn adds to what moves (drawing rain outright did not carry over to other radars),
# motion is Lucas and Kanade's alone (what was learnt of it did not carry over either), and what is
# small fades.
RAIN = Variant(
    {"draws": False, "soften": True, "motion": WIDE, "corrects": False},
    {"smooth": 0.0, "photometric": 0.0},
)
# Fire: the arrival head says when each cell burns, beside the frames.
FIRE = Variant({"arrival": True, "motion": WIDE}, {"frame": 8.0})
# Waves that react are drawn, not carried: rd-short, which has every part, says what warping costs.
WAVES = Variant({"motion": Motion(5, finest=1)})
DRAWN = Variant({"flow": False, "prior": False}, {"photometric": 0.0, "smooth": 0.0})
OWN = {  # by task, or the folder of its films
    "rain": RAIN,
    "fire": FIRE,
    "rd-short": WAVES,
    "reaction-diffusion": DRAWN,
}
COARSE, FINE = LevelConfig(4, 32, 256, 16, 112, 5, 8), LevelConfig(2, 16, 128, 8, 48, 3, 4)

VARIANTS = {
    "physicnet": Variant(says="the whole network"),
    "physicnet-no-vq": Variant({"vq": False}, says="latents are not quantized"),
    "physicnet-no-local": Variant({"local": False}, says="the global level alone"),
    "physicnet-slim-local": Variant(
        {"fine": replace(FINE, hidden=24, depth=2)},
        says="a local level of half the width and half the depth",
    ),
    "physicnet-no-flow": Variant(
        {"flow": False, "prior": False},
        {"photometric": 0.0, "smooth": 0.0},
        "no warp, no flow loss",
    ),
    "physicnet-flow-loss": Variant({"flow": False}, says="flow is a loss, frames are not warped"),
    "physicnet-flow-warp": Variant(
        {}, {"photometric": 0.0, "smooth": 0.0}, "frames are warped, flow has no loss"
    ),
    "physicnet-global-flow": Variant({"local_flow": False}, says="only the global level moves"),
    "physicnet-small-codes": Variant(
        {"coarse": replace(COARSE, codes=64), "fine": replace(FINE, codes=32)},
        says="64 and 32 codes for 256 and 128",
    ),
    "physicnet-large-codes": Variant(
        {"coarse": replace(COARSE, codes=1024), "fine": replace(FINE, codes=512)},
        says="1024 and 512 codes",
    ),
    "physicnet-crops": Variant({}, {"crop": 1.0}, "the local level is also trained on crops"),
    "physicnet-no-prior": Variant({"prior": False}, says="flow is learned from nothing"),
    "physicnet-recursive": Variant({"composed": False}, says="every frame is warped again"),
    "physicnet-sharp": Variant({"soften": False}, says="rain: the last frame is not softened"),
    "physicnet-divergence": Variant(
        {}, {"divergence": 0.02}, "flow that swells or shrinks is a loss"
    ),
    "physicnet-dropout": Variant({"dropout": 0.1}, says="a tenth of the feature maps is dropped"),
    "physicnet-no-detail": Variant({"detail": 0}, says="no path at full resolution"),
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


def network(method: str, task: Task) -> nn.Module:
    """Build what learns."""
    if method not in VARIANTS:
        return peers.build(method, task.context, task.leads)
    own = OWN.get(task.name, OWN.get(task.folder, Variant()))
    made = {**FULL, **own.net, **VARIANTS[method].net}
    return PhysicNet(NetConfig(context=task.context, leads=task.leads, **made))


def losses(method: str, task: Task) -> LossConfig:
    """Weights of the loss terms of a method; a peer has the image loss alone."""
    own = OWN.get(task.name, OWN.get(task.folder, Variant()))
    changed = VARIANTS[method].loss if method in VARIANTS else {}
    return LossConfig(**{**LOSS, **own.loss, **changed})
