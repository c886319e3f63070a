"""The network: promises that hold untrained as well as trained."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from scipy.ndimage import map_coordinates

from emberline_export.data.front import maps_of
from emberline_export.models.physicnet.checkpoint import config_of
from emberline_export.models.physicnet.codebook import Codebook
from emberline_export.models.physicnet.level import DrawConfig, FlowConfig, LevelConfig, NetConfig
from emberline_export.models.physicnet.network import FRONT, PhysicNet
from emberline_export.models.physicnet.prior import Motion
from emberline_export.models.physicnet.warp import warp
from emberline_export.onnx import check
from emberline_export.onnx.graph import check_graph
from emberline_export.onnx.physicnet.graphs import export_graphs
from emberline_export.train.losses import LossConfig, burn_loss, total

SMALL = NetConfig(
    coarse=LevelConfig(4, 8, 16, 4, 16, 1, 2), fine=LevelConfig(2, 8, 8, 4, 8, 1, 2), head=8
)


def random_network(seed: int = 0) -> PhysicNet:
    """Small network with weights far from their quiet start."""
    torch.manual_seed(seed)
    net = PhysicNet(SMALL).eval()
    with torch.no_grad():
        for p in net.parameters():
            p.add_(torch.randn_like(p) * 0.1)
    return net


def window(h: int = 40, w: int = 48, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """A growing disc and its front."""
    yy, xx = np.mgrid[0:h, 0:w]
    burnt = np.hypot(yy - 20, xx - 20)[None] <= 3 + 0.7 * np.arange(10)[:, None, None]
    noise = np.random.default_rng(seed).random(burnt.shape) * 0.1
    frames = torch.from_numpy((burnt * 0.9 + noise).astype(np.float32))
    return frames[None, :, None], torch.from_numpy(maps_of(frames.numpy(), burnt)[:FRONT])[None]


def test_burn_probability_never_falls_and_stays_in_bounds() -> None:
    """By construction, whatever the weights."""
    for seed in range(5):
        net = random_network(seed)
        p = net(*window())["burn_probability"]
        assert (p[:, 1:] >= p[:, :-1] - 1e-6).all() and p.min() >= 0 and p.max() <= 1


def test_what_burns_now_burns_at_every_lead() -> None:
    """Cells burnt at the last frame have probability 1."""
    frames, front = window()
    p = random_network()(frames, front)["burn_probability"]
    assert (p[0, :, front[0, 0] == 0] == 1).all()


def test_warp_is_bilinear_sampling_with_border() -> None:
    """Oracle: scipy's map_coordinates, order 1, nearest."""
    rng = np.random.default_rng(1)
    frame, flow = rng.random((20, 30)), rng.normal(0, 4, (2, 20, 30))
    yy, xx = np.mgrid[0:20, 0:30]
    want = map_coordinates(frame, (yy + flow[1], xx + flow[0]), order=1, mode="nearest")
    said = warp(torch.tensor(frame)[None, None], torch.tensor(flow)[None])[0, 0].numpy()
    assert np.abs(said - want).max() < 1e-9


def test_a_codebook_learns_clusters_and_uses_all_its_codes() -> None:
    """Eight clusters, 32 codes: the error falls to the clusters' width, and codes are in use."""
    torch.manual_seed(0)
    centres = torch.randn(8, 4) * 5
    book = Codebook(32, 4).train()
    for _ in range(300):
        z = centres[torch.randint(8, (256,))] + 0.05 * torch.randn(256, 4)
        quantized, _, loss = book(z.t().reshape(1, 4, 16, 16))
    assert float(loss) < 0.05 and book.perplexity() > 7
    assert quantized.shape == (1, 4, 16, 16)


@pytest.mark.parametrize("parts", [{"vq": False}, {"local": False}, {"flow": FlowConfig(False)}])
def test_each_part_can_be_taken_out(parts: dict) -> None:
    """Ablations run forward and backward."""
    net = PhysicNet(NetConfig(coarse=SMALL.coarse, fine=SMALL.fine, head=8, **parts))
    frames, front = window()
    net(frames, front)["forecast"].sum().backward()


def test_every_loss_term_reaches_the_weights() -> None:
    """Each named term has a gradient of its own, the commitment loss included."""
    frames, front = window()
    future = frames[:, -1:].repeat(1, 20, 1, 1, 1) * 0.9
    burnt_by = torch.randint(0, 22, (1, 40, 48))
    zero = {
        k: 0.0 for k in ("burn", "overlap", "frame", "commitment", "photometric", "smooth", "crop")
    }
    for term in zero:
        net = random_network().train()
        out = net(frames, front)
        loss, _ = total(
            net, out, frames, front, future, burnt_by, LossConfig(**{**zero, term: 1.0})
        )
        loss.backward()
        size = sum(float(p.grad.abs().sum()) for p in net.parameters() if p.grad is not None)
        assert size > 0, term


def test_burn_loss_falls_towards_the_truth() -> None:
    """A forecast nearer the truth costs less."""
    burnt_by = torch.randint(0, 22, (2, 32, 32))
    lead = torch.arange(1, 21).reshape(1, -1, 1, 1)
    truth = (burnt_by[:, None] <= lead).float()
    costs = [sum(burn_loss(truth * a + 0.5 * (1 - a), burnt_by)) for a in (0.0, 0.5, 0.9)]
    assert costs[0] > costs[1] > costs[2]


def test_exported_graphs_equal_pytorch_on_any_grid(tmp_path: Path) -> None:
    """ONNX Runtime runs window and stream; oracle PyTorch; bars 1e-4 and 99.9 % of codes."""
    net = random_network()
    export_graphs(net, tmp_path, side=32)
    for h, w in ((32, 32), (40, 48), (64, 96)):
        frames, front = window(h, w)
        with torch.no_grad():
            out = net(frames, front)
        want = {k: out[k].numpy() for k in check.KEYS[:2]}
        want |= dict(zip(check.KEYS[2:], (c.numpy() for c in out["codes"]), strict=True))
        for run in (check.run_window, check.run_stream):
            values, codes = check.compare(run(tmp_path, frames.numpy(), front.numpy()), want)
            assert values <= check.VALUE_BAR and codes >= check.CODE_BAR, (h, w, run.__name__)


def test_graph_rules_refuse_opset_20(tmp_path: Path) -> None:
    """At opset 20 TensorRT samples the nearest pixel without a word."""
    import onnx

    node = onnx.helper.make_node("Relu", ["x"], ["y"])
    x, y = (onnx.helper.make_tensor_value_info(n, 1, [1]) for n in "xy")
    graph = onnx.helper.make_graph([node], "g", [x], [y])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 20)])
    model.ir_version = 9
    onnx.save(model, tmp_path / "m.onnx")
    with pytest.raises(ValueError, match="opset 20"):
        check_graph(tmp_path / "m.onnx")


def test_codebooks_are_initialisers(tmp_path: Path) -> None:
    """The codes travel inside the file."""
    import onnx

    net = random_network()
    export_graphs(net, tmp_path, side=32)
    shapes = [tuple(i.dims) for i in onnx.load(tmp_path / "model.onnx").graph.initializer]
    shapes += [
        tuple(a.t.dims)
        for n in onnx.load(tmp_path / "model.onnx").graph.node
        if n.op_type == "Constant"
        for a in n.attribute
    ]
    assert (16, 4) in shapes and (8, 4) in shapes
    assert onnxruntime.InferenceSession(tmp_path / "model.onnx").get_inputs()[0].name == "frames"


def test_a_configuration_is_read_from_a_checkpoint() -> None:
    """As it is kept now, and flat as it was kept before, also where parts came later."""
    made = NetConfig(
        arrival=False,
        flow=FlowConfig(local=False, prior=True, motion=Motion(5, finest=1)),
        draw=DrawConfig(softens=True, detail=4),
    )
    assert config_of(json.loads(json.dumps(asdict(made)))) == made
    flat = asdict(made)
    moved, drawn = flat.pop("flow"), flat.pop("draw")
    flat |= {"flow": moved["warps"], "local_flow": moved["local"], "draws": drawn["replaces"]}
    flat |= {"soften": drawn["softens"], "detail": drawn["detail"]}
    flat |= {k: moved[k] for k in ("prior", "corrects", "composed", "motion")}
    assert config_of(flat) == made
    first = ("context", "leads", "head", "vq", "local", "flow", "coarse", "fine")
    assert config_of({k: flat[k] for k in first}) == NetConfig()
