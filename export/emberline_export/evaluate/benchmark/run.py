"""Train and score one method on one task; append a row for each test split.

    python -m emberline_export evaluate benchmark reaction-diffusion physicnet DATA ROWS.ndjson \
        --cpu-s 300
    for m in convlstm predrnn simvp-convmixer simvp-gsta fno; do … ; done    # same films and budget

Every method that learns gets the same batches (a seed fixes them), optimizer, schedule, image loss
and budget of steps and processor seconds; PhysicNet adds its own terms. Simple forecasters learn
nothing. A row holds what made it (configuration hash, data digests, seed, device, seconds, weights)
and scores by lead and by film: tables and intervals need no second run.
"""

import argparse
import hashlib
import json
import platform
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import nn

from ...data.clips import Clips, read
from ...data.fire_starts import Start, seen
from ...data.front import burnt_from_heat, maps_of
from ...data.scores.image import image_scores
from ...data.scores.rain import counts, csi
from ...data.task import TASKS, Task, batches, digest, training, windows
from ...models.peers import PEERS
from ...models.physicnet.network import PhysicNet
from ...models.simple import frames as simple
from ...models.simple import rain as advect
from ...onnx.card import read_card
from ...train.learn import Budget, learn
from . import fire
from .methods import AT_CARD, METHODS, OWN_RATES, SHIPPED, VARIANTS, losses, network, refuse

CSI_WEIGHT = 0.3  # of the soft CSI in rain tasks, for every method
Forecaster = Callable[[np.ndarray, int], np.ndarray]


def matched(run: Forecaster) -> Forecaster:
    """Give each lead of rain the rates of the last frame by rank, as the honest baseline's."""

    def ranked(context: np.ndarray, leads: int) -> np.ndarray:
        return np.stack([advect.ranked(said, context[-1]) for said in run(context, leads)])

    return ranked


def outputs(
    net: nn.Module, context: np.ndarray, leads: int, front: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """What a network says of `[T, H, W]`, each `[leads, H, W]`: forecast, of fire also chance.

    Sides are padded to a multiple of 8 by repeating the border.
    """
    h, w = context.shape[1:]
    device, pad = next(net.parameters()).device, ((0, 0), (0, -h % 8), (0, -w % 8))
    feed = [torch.from_numpy(np.pad(context, pad, mode="edge"))[None, :, None].to(device)]
    if isinstance(net, PhysicNet) and net.arrival is not None:
        front = maps_of(context, burnt_from_heat(context)[0]) if front is None else front
        feed.append(torch.from_numpy(np.pad(front, pad, mode="edge"))[None].to(device))
    with torch.no_grad():
        out = net(*feed)
    out = out if isinstance(out, dict) else {"forecast": out}
    said = {"forecast": out["forecast"][0, :leads, 0, :h, :w].cpu().numpy()}
    if "burn_probability" in out:
        said["burn_probability"] = out["burn_probability"][0, :leads, :h, :w].cpu().numpy()
    return said


def forecaster(net: nn.Module) -> Forecaster:
    """Frames that a network forecasts."""
    return lambda context, leads: outputs(net, context, leads)["forecast"]


def burner(method: str, run: Forecaster | None, net: nn.Module | None, leads: int) -> fire.Burner:
    """What a method says of a fire."""
    if method == SHIPPED:
        return fire.shipped(leads)
    if method in (*fire.FRONTS, "optical-flow", "persistence"):
        return fire.front_burner(method, leads)
    if net is None:
        return lambda s: (run(s.context, leads), None)

    def both(s: Start) -> tuple[np.ndarray, np.ndarray | None]:
        out = outputs(net, s.context, leads, s.front)
        return out["forecast"], out.get("burn_probability")

    return both


def score(run: Forecaster | None, clips: Clips, task: Task, limit: int | None) -> dict:
    """Scores of one split: means by lead over films, and by film over leads; rain: counts.

    A forecaster of fronts has no frames (`run` is None) and gets the events alone.
    """
    events, rows, rain = [], [], []
    for event, film in windows(clips, task, limit):
        context, truth = np.nan_to_num(film[: task.context]), film[task.context :]
        events.append(event)
        if run is None:
            continue
        said = run(context, task.leads)
        rows.append(image_scores(said, np.nan_to_num(truth)))
        if task.kind == "rain":
            rain.append(counts(said, truth))
    if run is None:
        return {"event": events}
    table = {name: np.array([r[name] for r in rows]) for name in rows[0]}
    out = {
        "by_lead": {name: np.round(t.mean(0), 6).tolist() for name, t in table.items()},
        "by_film": {name: np.round(t.mean(1), 5).tolist() for name, t in table.items()},
        "event": events,
    }
    if rain:
        out["rain_counts"] = np.sum(rain, 0).tolist()  # [leads, rates, (hit, miss, false)]
    return out


def simple_forecaster(
    method: str, sets: list[tuple[Clips, float]], task: Task, grid: tuple[int, ...]
) -> Forecaster | None:
    """What needs no training; `grid` is the test films'. None for what forecasts no frames."""
    if method == SHIPPED:
        said = fire.shipped(task.leads)
        return lambda c, leads: said(seen(c))[0][:leads]
    if method == "nearest-frame":
        return simple.NearestFrame([c for c, _ in sets if c.frames.shape[2:] == grid], task)
    return {
        "persistence": simple.persistence,
        "optical-flow": simple.optical_flow,
        "lucas-kanade": advect.lucas_kanade,
        "lucas-kanade-matched": advect.honest,
    }.get(method)


def trained(args: argparse.Namespace, task: Task, sets: list) -> tuple[nn.Module, dict]:
    """Train; the network and what it cost."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(args.seed)
    net = network(args.method, task)
    net = net.to(device, memory_format=torch.channels_last)
    csi = CSI_WEIGHT if task.kind == "rain" else 0.0
    budget = Budget(args.steps, args.cpu_s, args.rate)
    fronts = isinstance(net, PhysicNet) and net.arrival is not None
    stream = batches(sets, task, args.batch, args.seed, fronts)
    steps, cpu_s = learn(net, stream, budget, losses(args.method, task), csi)
    cost = {"steps": steps, "cpu_s": round(cpu_s, 1)}
    if args.keep:
        args.keep.mkdir(parents=True, exist_ok=True)
        cfg = asdict(net.cfg) if isinstance(net, PhysicNet) else {}
        tensors = {k: v for k, v in net.state_dict().items() if torch.is_tensor(v)}
        state = {"config": {"net": cfg}, "net": tensors, **cost, "seed": args.seed}
        state |= {"task": task.name, "method": args.method, "batch": args.batch}
        torch.save(state, kept(args.keep, task.name, args.method, args.seed))
    return net, cost


def kept(folder: Path | None, task: str, method: str, seed: int) -> Path:
    """Where the weights of a run lie."""
    return (folder or Path(".")) / f"{task}-{method}-{seed}.pt"


def told(scores: dict) -> str:
    """One line of a split's scores."""
    said = []
    if "by_lead" in scores:
        psnr, ssim = (np.mean(scores["by_lead"][name]) for name in ("psnr", "ssim"))
        said.append(f"PSNR {psnr:.2f} dB, SSIM {ssim:.4f}")
    if "fire" in scores:
        counts = np.sum(scores["fire"]["counts"], 0)
        said.append("new-burn F1 " + " ".join(f"{x:.3f}" for x in fire.f1(counts)))
    if "rain_counts" in scores:
        c = np.array(scores["rain_counts"])
        found = [f"{float(csi(c[k, r])):.3f}" for k, r in ((0, 1), (4, 1), (9, 1), (4, 3))]
        said.append(f"CSI {' '.join(found)}")
    return "; ".join(said)


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `evaluate benchmark`."""
    p.add_argument("task", choices=sorted(TASKS))
    p.add_argument("method", choices=METHODS)
    p.add_argument("data", type=Path, help="folder that `data set` wrote to")
    p.add_argument("rows", type=Path, help="NDJSON file to append to")
    p.add_argument("--steps", type=int, default=100_000, help="most steps")
    p.add_argument("--cpu-s", type=float, default=300.0, help="most processor seconds of training")
    p.add_argument("--batch", type=int, default=8)
    p.add_argument("--rate", type=float, default=2e-3)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--limit", type=int, help="score the first LIMIT films of each split only")
    p.add_argument("--keep", type=Path, help="folder for the weights")


def main(args: argparse.Namespace) -> int:
    """Run, then append; nothing is written when anything failed."""
    task, net = TASKS[args.task], None
    refused = refuse(args.method, task)
    if refused:
        raise SystemExit(f"error: {refused}")
    limit = args.limit or task.most
    learns = args.method in (*PEERS, *VARIANTS)
    made = {"task": asdict(task), "method": args.method}
    try:
        sets = training(task, args.data)
        tests = {name: read(args.data / task.folder, name) for name in task.tests}
        vals = {name: task.val(name) for name in task.tests}
        vals = {name: read(args.data / task.folder, val) for name, val in vals.items() if val}
        cost, weights = {}, 0
        if learns:
            net, cost = trained(args, task, sets)
            weights = sum(p.numel() for p in net.parameters())
            made |= {
                "batch": args.batch,
                "rate": args.rate,
                "loss": asdict(losses(args.method, task)),
            }
            made |= {"steps": args.steps, "cpu_s": args.cpu_s}
        scores = {}
        for name, test in tests.items():
            grid = test.frames.shape[2:]
            run = forecaster(net) if net else simple_forecaster(args.method, sets, task, grid)
            if net and task.kind == "rain":  # a network's own rates have a row of their own
                own = f"{args.method}{OWN_RATES}"
                scores[name, own] = score(run, test, task, limit)
                run = matched(run)
            scores[name, args.method] = score(run, test, task, limit)
            if name in vals:
                burn = burner(args.method, run, net, task.leads)
                how = {"": vals[name]}
                if args.method == SHIPPED:
                    how[AT_CARD] = read_card(fire.FOLDER)["decision"]["threshold"]
                for tail, at in how.items():
                    said = fire.score(burn, test, at, task.context, task.leads, limit)
                    of = scores.setdefault((name, args.method + tail), {"event": said["event"]})
                    of["fire"] = said
    except (FileNotFoundError, ValueError) as e:
        raise SystemExit(f"error: {e}") from None
    gpu = torch.cuda.is_available()
    config = json.dumps(made, sort_keys=True)
    lines = []
    for (split, method), said in scores.items():
        row = {
            "task": task.name,
            "split": split,
            "method": method,
            "seed": args.seed if weights else None,
            **{"steps": 0, "cpu_s": 0.0, **cost},
            "weights": weights,
            "config_sha256": hashlib.sha256(config.encode()).hexdigest()[:16],
            "train_sha256": digest(sets),
            "test_sha256": tests[split].digest()[:16],
            "device": torch.cuda.get_device_name() if gpu else platform.machine(),
            **said,
        }
        lines.append(json.dumps(row))
        print(f"\r{task.name} {split} {method}: {told(said)}")
    args.rows.parent.mkdir(parents=True, exist_ok=True)
    with args.rows.open("a") as f:
        f.write("".join(line + "\n" for line in lines))
    return 0
