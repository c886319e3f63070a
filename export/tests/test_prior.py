"""Motion in the graph: what is shifted is found, what is empty stands still; paths add up."""

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from emberline_export.models.physicnet.prior import box, fading, lucas_kanade
from emberline_export.train.losses import foreseeable


def shifted(dx: int, dy: int, smooth: float = 3.0) -> torch.Tensor:
    """Two frames `(1, 2, 1, 96, 96)` of a random texture that moves by whole cells."""
    field = gaussian_filter(np.random.default_rng(1).standard_normal((160, 160)), smooth)
    field = (field / field.std() * 0.2 + 0.5).astype(np.float32)
    frames = [field[32 - k * dy : 128 - k * dy, 32 - k * dx : 128 - k * dx] for k in (0, 1)]
    return torch.from_numpy(np.stack(frames))[None, :, None]


@pytest.mark.parametrize(("dx", "dy"), [(0, 0), (1, 0), (0, -3), (4, 2), (-7, 5)])
def test_a_shift_is_found(dx, dy):
    """Away from the border the motion is the shift, to a third of a cell."""
    motion = lucas_kanade(shifted(dx, dy))[0, :, 24:-24, 24:-24]
    want = torch.tensor([dx, dy], dtype=torch.float32)[:, None, None]
    assert (motion - want).abs().median() < 0.33


def test_an_empty_view_stands_still():
    """Nothing to see: no motion, no division by nothing."""
    assert lucas_kanade(torch.zeros(2, 2, 1, 32, 40)).abs().max() == 0


def test_what_flows_in_cannot_be_foreseen():
    """At lead k a band of k·dx cells on the inflow side is out, the rest is in."""
    frames = shifted(4, 0)
    seen = foreseeable(frames, 5)[0, :, 0, 40:56]
    assert seen[0, :, 30:66].min() == 1 and seen[4, :, :14].max() == 0
    assert seen[4, :, 30:66].min() == 1


def test_what_lives_on_does_not_fade_and_what_flickers_does() -> None:
    """A pattern that moves on keeps its small scales; one drawn anew on a lasting base does not."""
    g = torch.Generator().manual_seed(0)
    noise = torch.rand(3, 1, 1, 64, 72, generator=g)
    base = box(box(noise[0], 9), 9) * 4
    lasting = torch.stack([noise[1, ..., 4:68], noise[1, ..., 2:66]], 1)  # moves by 2 cells
    fresh = torch.stack([(base + 0.1 * n)[..., :64] for n in noise[1:]], 1)
    moved, still = torch.zeros(1, 2, 64, 64), torch.zeros(1, 2, 64, 64)
    moved[:, 0] = 2.0
    assert float(fading(lasting, moved)) < 0.1
    assert float(fading(fresh, still)) > 0.8
