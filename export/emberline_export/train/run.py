"""Train PhysicNet on simulated fires and a little real film.

    python -m emberline_export train run RUN --shards DATA/train64 DATA/train128 --steps 4000
    torchrun --nproc-per-node 2 -m emberline_export train run RUN …      # gloo on CPU, nccl on GPUs

A run is a folder: `config.json`, `curve.csv` (a row every 20 steps), `step_N.pt` and `last.pt`
(weights, optimizer, step: the same command goes on where it stopped). With torchrun each rank draws
its own samples, gradients are averaged (DDP) and every rank learns the same codebooks.
"""

import argparse
import csv
import json
import os
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader

from ..data.film import FilmConfig
from ..data.shards import Stream
from ..models.physicnet.checkpoint import widened
from ..models.physicnet.network import NetConfig, PhysicNet
from .losses import LossConfig, total


@dataclass(frozen=True)
class TrainConfig:
    """One run; everything that changes its result."""

    shards: tuple[str, ...]
    steps: int = 4000
    batch: int = 16  # at the smallest grid
    grids: tuple[int, ...] = (64, 96)
    rate: float = 2e-3
    decay: float = 0.02
    seed: int = 1
    real: float = 0.05  # share of pine-straw samples
    workers: int = 1
    init: str = ""  # checkpoint whose weights the run starts from
    net: NetConfig = field(default_factory=NetConfig)
    film: FilmConfig = field(default_factory=FilmConfig)
    loss: LossConfig = field(default_factory=LossConfig)


class Average:
    """Running mean of the weights (decay 0.998), which is what gets shipped."""

    def __init__(self, net: nn.Module) -> None:
        """Start from the current weights."""
        self.state = {k: v.detach().clone() for k, v in net.state_dict().items()}

    @torch.no_grad()
    def update(self, net: nn.Module, step: int) -> None:
        """Move towards the current weights; counters and codebooks are copied."""
        decay = min(0.998, (1 + step) / (10 + step))
        for k, v in net.state_dict().items():
            if v.is_floating_point() and "codebook" not in k:
                self.state[k].lerp_(v, 1 - decay)
            else:
                self.state[k].copy_(v)


def schedule(step: int, cfg: TrainConfig) -> float:
    """Learning rate: 5 % warm-up, cosine to a hundredth."""
    warm = max(cfg.steps // 20, 1)
    if step < warm:
        return cfg.rate * (step + 1) / warm
    f = (step - warm) / max(cfg.steps - warm, 1)
    return cfg.rate * (0.01 + 0.99 * 0.5 * (1 + float(torch.cos(torch.tensor(f * torch.pi)))))


def train(cfg: TrainConfig, run: Path, save_every: int = 250) -> PhysicNet:
    """Run or resume; returns the trained network (averaged weights)."""
    rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    device = (
        torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))
        if torch.cuda.is_available()
        else torch.device("cpu")
    )
    if world > 1:
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    torch.manual_seed(cfg.seed)  # same start on every rank
    net = PhysicNet(cfg.net).to(device, memory_format=torch.channels_last)
    wrapped = DistributedDataParallel(net) if world > 1 else net
    optimizer = torch.optim.AdamW(net.parameters(), lr=cfg.rate, weight_decay=cfg.decay)
    average, start = Average(net), 0
    run.mkdir(parents=True, exist_ok=True)
    last = run / "last.pt"
    if last.exists():
        saved = torch.load(last, map_location=device, weights_only=True)
        if saved["config"] != json.loads(json.dumps(asdict(cfg))):
            raise SystemExit(f"error: {last}: made with another configuration; use a new folder")
        net.load_state_dict(saved["net"])
        optimizer.load_state_dict(saved["optimizer"])
        average.state, start = saved["average"], saved["step"]
    elif cfg.init:
        saved = torch.load(cfg.init, map_location=device, weights_only=True)
        weights = widened(saved.get("average", saved["net"]), net)
        net.load_state_dict({**net.state_dict(), **weights})
        average = Average(net)
    if rank == 0 and not last.exists():
        (run / "config.json").write_text(json.dumps(asdict(cfg), indent=1))
    torch.manual_seed(cfg.seed + 1000 * rank + start)
    folders = [Path(s) for s in cfg.shards]
    stream = Stream(folders, cfg.film, cfg.grids, cfg.batch, cfg.seed + start, cfg.real, rank)
    loader = DataLoader(stream, None, num_workers=cfg.workers, persistent_workers=cfg.workers > 0)

    def save(step: int, name: str) -> None:
        state = {
            "config": json.loads(json.dumps(asdict(cfg))),
            "net": net.state_dict(),
            "optimizer": optimizer.state_dict(),
            "average": average.state,
            "step": step,
        }
        torch.save(state, run / f".{name}.part")
        os.replace(run / f".{name}.part", run / name)

    net.train()
    began, sums, samples = time.monotonic(), {}, iter(loader)
    for step in range(start, cfg.steps):
        for group in optimizer.param_groups:
            group["lr"] = schedule(step, cfg)
        frames, front, future, burnt_by = (x.to(device) for x in next(samples))
        out = wrapped(frames, front)
        loss, terms = total(net, out, frames, front, future, burnt_by, cfg.loss)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        average.update(net, step)
        for k, v in terms.items():
            sums[k] = sums.get(k, 0.0) + v / 20
        if rank == 0 and (step + 1) % 20 == 0:
            row = {"step": step + 1, "seconds": round(time.monotonic() - began, 1)}
            row |= {k: round(v, 5) for k, v in sums.items()}
            for name, level in zip(("coarse", "fine"), net.levels, strict=False):
                if level.codebook is not None:
                    row[f"perplexity_{name}"] = round(level.codebook.perplexity(), 1)
            log(run / "curve.csv", row)
            left = (cfg.steps - step - 1) * row["seconds"] / (step + 1 - start) / 60
            print(
                f"\rstep {step + 1}/{cfg.steps} burn {row['burn']:.3f} frame {row['frame']:.4f}"
                f" {left:.0f} min left ",
                end="",
                file=sys.stderr,
                flush=True,
            )
            sums = {}
        if rank == 0 and ((step + 1) % save_every == 0 or step + 1 == cfg.steps):
            save(step + 1, "last.pt")
            if (step + 1) % (2 * save_every) == 0 or step + 1 == cfg.steps:
                save(step + 1, f"step_{step + 1}.pt")
    if world > 1:
        dist.destroy_process_group()
    net.load_state_dict(average.state)
    return net.eval()


def log(path: Path, row: dict) -> None:
    """Append a row to a CSV, with a header when it is new."""
    fresh = not path.exists()
    with path.open("a", newline="") as f:
        w = csv.DictWriter(f, row)
        if fresh:
            w.writeheader()
        w.writerow(row)


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `train run`."""
    p.add_argument("run", type=Path, help="folder of the run; an existing one is resumed")
    p.add_argument("--shards", nargs="+", required=True, help="folders written by `data fire`")
    p.add_argument("--steps", type=int, default=TrainConfig.steps)
    p.add_argument("--batch", type=int, default=TrainConfig.batch)
    p.add_argument("--grids", type=int, nargs="+", default=TrainConfig.grids, help="cells a side")
    p.add_argument("--rate", type=float, default=TrainConfig.rate)
    p.add_argument("--seed", type=int, default=TrainConfig.seed)
    p.add_argument(
        "--real", type=float, default=TrainConfig.real, help="share of real film samples"
    )
    p.add_argument("--workers", type=int, default=TrainConfig.workers)
    p.add_argument("--front", type=int, default=NetConfig.front, help="maps of the front taken")
    p.add_argument("--history", type=float, default=0.0, help="share of films with a memory")
    p.add_argument("--clutter", type=float, default=0.0, help="share of thermal films with rocks")
    p.add_argument("--growing", type=float, default=0.0, help="share of dead fires left out")
    p.add_argument("--overlap", type=float, default=LossConfig.overlap, help="weight of soft F1")
    p.add_argument("--init", type=Path, help="start from this checkpoint's weights (fine-tuning)")
    p.add_argument("--threads", type=int, default=1, help="CPU threads of the network")


def main(args: argparse.Namespace) -> int:
    """Train from the command line."""
    torch.set_num_threads(args.threads)
    cfg = TrainConfig(
        shards=tuple(args.shards),
        steps=args.steps,
        batch=args.batch,
        grids=tuple(args.grids),
        rate=args.rate,
        seed=args.seed,
        real=args.real,
        workers=args.workers,
        init=str(args.init or ""),
        net=NetConfig(front=args.front),
        film=FilmConfig(history=args.history, clutter=args.clutter, growing=args.growing),
        loss=LossConfig(overlap=args.overlap),
    )
    train(cfg, args.run)
    return 0
