"""Tables of a card that follow from a PhysicNet: what it takes, and what only it has."""

from typing import Any

from ...models.physicnet.network import PhysicNet

FAMILY = "physicnet"
TILE_PX, OVERLAP_PX = 256, 64


def input_table(net: PhysicNet, kinds: list[str], step_s: tuple[float, float]) -> dict[str, Any]:
    """What a network takes; a model of frames has a fixed scale."""
    return {
        "kinds": kinds,
        "frames": net.cfg.context,
        **({} if net.cfg.arrival else {"scale": "full"}),
        "multiple_px": 8,
        "min_px": 32,
        "max_px": 4096,
        "tile_px": TILE_PX,
        "overlap_px": OVERLAP_PX,
        "step_s": list(step_s),
    }


def family_table(net: PhysicNet, drift: dict[str, Any] | None = None) -> dict[str, Any]:
    """Table `[physicnet]`: maps of the front, levels of `drift` where known, a table a codebook.

    A model of frames knows no front; there is no codebook where latents are not quantized.
    """
    levels = zip(("global", "local"), net.levels if net.cfg.vq else (), strict=False)
    codebooks = [
        {"level": n, "codes": lv.cfg.codes, "dim": lv.cfg.code_dim, "stride": lv.cfg.stride}
        for n, lv in levels
    ]
    return {
        "front_channels": net.cfg.front if net.cfg.arrival else 0,
        **({"drift": drift} if drift else {}),
        **({"codebook": codebooks} if codebooks else {}),
    }
