"""The gate: what a precision may lose on validation films before it is refused."""

import math

from .scores import Loss

PSNR_DB, F1, CSI, CODES = 0.1, 0.01, 0.01, 0.99


def refused(loss: Loss) -> list[str]:
    """Why a precision is refused; nothing where it passes."""
    said = []
    for name, value, limit in (
        ("PSNR, dB", loss.psnr_db, PSNR_DB),
        ("new-burn F1", loss.f1, F1),
        ("CSI", loss.csi, CSI),
    ):
        if value is not None and not value <= limit:  # NaN is refused
            said.append(f"{name}: loses {value:.4f}, may lose {limit}")
    if loss.codes is not None and not loss.codes >= CODES:
        said.append(f"codes: {loss.codes:.2%} equal, at least {CODES:.0%} are asked for")
    return said


def strain(loss: Loss) -> float:
    """How much of what is allowed is used up: 1 is at the limit."""
    used = [loss.psnr_db / PSNR_DB]
    used += [loss.f1 / F1] if loss.f1 is not None else []
    used += [loss.csi / CSI] if loss.csi is not None else []
    used += [(1 - loss.codes) / (1 - CODES)] if loss.codes is not None else []
    return math.inf if any(map(math.isnan, used)) else max(used)
