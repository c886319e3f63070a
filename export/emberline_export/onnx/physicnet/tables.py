"""Tables of a card that follow from a PhysicNet: what it takes, and what only it has."""

from typing import Any

from ...models.physicnet.network import FRONT, PhysicNet

TILE_PX, OVERLAP_PX = 256, 64


def input_table(net: PhysicNet, kinds: list[str], step_s: tuple[float, float]) -> dict[str, Any]:
    """What a network takes; a model of frames knows no front and has a fixed scale."""
    fire = net.cfg.arrival
    return {
        "kinds": kinds,
        "frames": net.cfg.context,
        "front_channels": FRONT if fire else 0,
        **({} if fire else {"scale": "full"}),
        "multiple_px": 8,
        "min_px": 32,
        "max_px": 4096,
        "tile_px": TILE_PX,
        "overlap_px": OVERLAP_PX,
        "step_s": list(step_s),
    }


def codebook_tables(net: PhysicNet) -> list[dict[str, Any]]:
    """A table a codebook; none where latents are not quantized."""
    levels = zip(("global", "local"), net.levels if net.cfg.vq else (), strict=False)
    return [
        {"level": n, "codes": lv.cfg.codes, "dim": lv.cfg.code_dim, "stride": lv.cfg.stride}
        for n, lv in levels
    ]
