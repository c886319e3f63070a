"""Peers: right shapes on any grid, near the intended size, and they learn."""

import pytest
import torch

from emberline_export.models.peers import PEERS, build
from emberline_export.models.peers.patches import rolled


def drifting(count: int = 2, frames: int = 10, side: int = 16) -> torch.Tensor:
    """Soft discs that move one cell a frame `(b, t, 1, h, w)`."""
    axis = torch.arange(side).float()
    out = []
    for i in range(count):
        x = 3.0 + i + torch.arange(frames).float()[:, None, None]
        d = (axis[:, None] - 6 - 3 * i) ** 2 + (axis[None] - x) ** 2
        out.append(torch.exp(-d / 8)[:, None])
    return torch.stack(out)


@pytest.mark.parametrize("name", sorted(PEERS))
def test_a_peer_answers_any_grid_and_learns(name):
    """Leads of the right shape; in forty steps it beats its own start by a third."""
    torch.manual_seed(0)
    net = build(name, 5, 5)
    assert 120_000 < sum(p.numel() for p in net.parameters()) < 280_000
    assert net(torch.zeros(1, 5, 1, 48, 64)).shape == (1, 5, 1, 48, 64)
    film = drifting()
    still = torch.nn.functional.mse_loss(film[:, 4:5].expand(-1, 5, -1, -1, -1), film[:, 5:])
    optimizer, losses = torch.optim.AdamW(net.parameters(), lr=3e-3), []
    for _ in range(40):
        loss = torch.nn.functional.mse_loss(net(film[:, :5]), film[:, 5:])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.67 * min(losses[0], float(still))


def test_recurrent_peers_see_context_once_then_their_own_answers():
    """Rolling with 'no change' repeats the last frame; every context frame was fed."""
    film, seen = drifting(1), []
    out = rolled(film[:, :4], 3, lambda x: seen.append(x) or torch.zeros_like(x))
    assert len(seen) == 6 and torch.equal(out, film[:, 3:4].expand(-1, 3, -1, -1, -1))


def test_unknown_names_and_odd_grids_are_refused():
    """One clear line each."""
    with pytest.raises(ValueError, match="no peer `x`; there are convlstm"):
        build("x", 5, 5)
    with pytest.raises(ValueError, match="multiples of 4"):
        build("convlstm", 5, 5)(torch.zeros(1, 5, 1, 30, 32))
