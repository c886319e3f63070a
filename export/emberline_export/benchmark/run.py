"""Train and score one method on one task; append a row for each test split.

    python -m emberline_export benchmark reaction-diffusion physicnet DATA ROWS.ndjson --steps 2000
    for m in convlstm predrnn simvp-convmixer simvp-gsta fno; do … ; done     # same steps and films

Every method that learns gets the same batches (a seed fixes them), steps, optimizer, schedule and
image loss; PhysicNet adds its own terms. Simple forecasters (`persistence`, `nearest-frame`,
`optical-flow`) need no steps. A row holds what made it (configuration hash, data digest, seed,
device, seconds, weights), scores by lead and by film: tables and intervals need no second run.
"""

import argparse
import hashlib
import json
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from .. import peers
from ..data.clips import Clips, read
from ..losses import LossConfig, frame_loss, total
from ..physicnet import NetConfig, PhysicNet
from . import simple
from .scores import image_scores
from .task import TASKS, Task, batches, training, windows

ABLATIONS = {
    "physicnet": {},
    "physicnet-no-vq": {"vq": False},
    "physicnet-no-local": {"local": False},
    "physicnet-no-flow": {"flow": False},
}
METHODS = (*simple.NAMES, *peers.PEERS, *ABLATIONS)
Forecaster = Callable[[np.ndarray, int], np.ndarray]


def network(method: str, task: Task) -> nn.Module:
    """Build what learns."""
    if method not in ABLATIONS:
        return peers.build(method, task.context, task.leads)
    cfg = NetConfig(context=task.context, leads=task.leads, arrival=False)
    return PhysicNet(replace(cfg, **ABLATIONS[method]))


def learn(net: nn.Module, clips: Clips, task: Task, args: argparse.Namespace) -> None:
    """Train in place: AdamW, one cycle, gradients clipped at 1."""
    device = next(net.parameters()).device
    optimizer = torch.optim.AdamW(net.parameters(), lr=args.rate, weight_decay=0.02)
    cycle = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, args.rate, total_steps=max(args.steps, 2), pct_start=0.1
    )
    stream, began, shown = batches(clips, task, args.batch, args.seed), time.monotonic(), 0.0
    net.train()
    for step in range(args.steps):
        context, future = (x.to(device) for x in next(stream))
        if isinstance(net, PhysicNet):
            out = net(context)
            loss, _ = total(net, out, context, None, future, None, LossConfig())
            image = frame_loss(out["forecast"].detach(), future)
        else:
            image = loss = frame_loss(net(context), future)
        if not torch.isfinite(loss):
            raise RuntimeError(f"step {step}: loss is not finite; try a smaller --rate")
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        cycle.step()
        shown += float(image.detach()) / 50
        if (step + 1) % 50 == 0:
            left = (args.steps - step - 1) * (time.monotonic() - began) / (step + 1) / 60
            text = f"\rstep {step + 1}/{args.steps} loss {shown:.5f} {left:.0f} min left "
            print(text, end="", file=sys.stderr, flush=True)
            shown = 0.0
    net.eval()


def forecaster(net: nn.Module) -> Forecaster:
    """Wrap a network; sides are padded to a multiple of 8 by repeating the border."""
    device = next(net.parameters()).device

    @torch.no_grad()
    def run(context: np.ndarray, leads: int) -> np.ndarray:
        h, w = context.shape[1:]
        frames = np.pad(context, ((0, 0), (0, -h % 8), (0, -w % 8)), mode="edge")
        out = net(torch.from_numpy(frames)[None, :, None].to(device))
        out = out["forecast"] if isinstance(out, dict) else out
        return out[0, :leads, 0, :h, :w].cpu().numpy()

    return run


def score(run: Forecaster, clips: Clips, task: Task, limit: int | None) -> dict:
    """Scores of one split: means by lead over films, and by film over leads."""
    events, rows = [], []
    for event, film in windows(clips, task, limit):
        events.append(event)
        rows.append(image_scores(run(film[: task.context], task.leads), film[task.context :]))
    table = {name: np.array([r[name] for r in rows]) for name in rows[0]}
    return {
        "by_lead": {name: np.round(t.mean(0), 6).tolist() for name, t in table.items()},
        "by_film": {name: np.round(t.mean(1), 5).tolist() for name, t in table.items()},
        "event": events,
    }


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `benchmark`."""
    p.add_argument("task", choices=sorted(TASKS))
    p.add_argument("method", choices=METHODS)
    p.add_argument("data", type=Path, help="folder that `make-data` wrote to")
    p.add_argument("rows", type=Path, help="NDJSON file to append to")
    p.add_argument("--steps", type=int, default=2000)
    p.add_argument("--batch", type=int, default=16)
    p.add_argument("--rate", type=float, default=2e-3)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--limit", type=int, help="score the first LIMIT films of each split only")


def main(args: argparse.Namespace) -> int:
    """Run, then append; nothing is written when anything failed."""
    task = TASKS[args.task]
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(args.seed)
    try:
        clips = training(task, args.data)
        tests = {name: read(args.data / task.folder, name) for name in task.tests}
    except (FileNotFoundError, ValueError) as e:
        raise SystemExit(f"error: {e}") from None
    made = {
        "task": asdict(task),
        "method": args.method,
        "steps": args.steps,
        "batch": args.batch,
        "rate": args.rate,
        "loss": asdict(LossConfig()),
    }
    weights, began = 0, time.monotonic()
    if args.method in simple.NAMES:
        made = {k: made[k] for k in ("task", "method")}
        run: Forecaster = {
            "persistence": lambda: simple.persistence,
            "optical-flow": lambda: simple.optical_flow,
            "nearest-frame": lambda: simple.NearestFrame(clips, task),
        }[args.method]()
    else:
        net = network(args.method, task).to(device)
        weights = sum(p.numel() for p in net.parameters())
        learn(net, clips, task, args)
        run = forecaster(net)
    learned_s = time.monotonic() - began
    config = json.dumps(made, sort_keys=True)
    lines = []
    for split, test in tests.items():
        scores = score(run, test, task, args.limit)
        row = {
            "task": task.name,
            "split": split,
            "method": args.method,
            "seed": args.seed if weights else None,
            "steps": made.get("steps", 0),
            "weights": weights,
            "config_sha256": hashlib.sha256(config.encode()).hexdigest()[:16],
            "train_sha256": clips.digest()[:16],
            "test_sha256": test.digest()[:16],
            "device": torch.cuda.get_device_name() if device.type == "cuda" else platform.machine(),
            "learned_s": round(learned_s, 1),
            **scores,
        }
        lines.append(json.dumps(row))
        psnr, ssim = (np.mean(scores["by_lead"][name]) for name in ("psnr", "ssim"))
        print(f"\r{task.name} {split} {args.method}: PSNR {psnr:.2f} dB, SSIM {ssim:.4f}")
    args.rows.parent.mkdir(parents=True, exist_ok=True)
    with args.rows.open("a") as f:
        f.write("".join(line + "\n" for line in lines))
    return 0
