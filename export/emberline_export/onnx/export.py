"""Write a model folder from a checkpoint: calibrate, export, score, check.

    python -m emberline_export onnx export RUN/last.pt models/fire-v1 --shards DATA --real

DATA holds `val64`, `val128`, `test64`, `test128` of `data fire`. Calibration and threshold are
fitted on `val*` and, with --real, on the drone masks of `fire_validation/` (never trained on).
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import torch

from ..data.drone import real_windows
from ..data.film import FilmConfig, Sample
from ..data.scores.fire import score
from ..data.shards import Shards, plain
from ..models.physicnet.checkpoint import load_network
from ..models.physicnet.forecast import network
from ..models.physicnet.network import PhysicNet
from ..models.simple.fire import NAMES, simple
from . import check
from .calibrate import cells_of, choose_leaning, fit, moved, outcomes, worst_gap
from .card import head, precision_tables, read_card, toml_text
from .folder import write_sums
from .page import render, table
from .physicnet import golden
from .physicnet.graphs import export_graphs
from .physicnet.tables import FAMILY, family_table, input_table

LEADS = [1, 5, 10, 20]
PAGE = Path(__file__).with_name("page_fire.md.j2")


def films(path: Path, kind: str, count: int) -> list[Sample]:
    """Plain films of the first `count` fires."""
    shards = Shards(path, count)
    shards.fires = shards.fires[:count]
    return [s for _, s in plain(shards, kind, FilmConfig())]


def decide(net: PhysicNet, data: Path, real: bool) -> tuple[dict, list[str]]:
    """Fit leaning and calibration (into `net`) and threshold; return `decision` and a report."""
    groups = {
        f"{n} {k}": films(data / n, k, 100)
        for n in ("val64", "val128")
        for k in ("mask", "thermal")
    }
    for name, s in real_windows() if real else []:
        groups.setdefault(f"drone masks {name[1:]} s", []).append(s)
    # Two films are too few to tell steps apart: pooled; more starts are followed by five leads.
    pools = {n: g for n, g in groups.items() if not n.startswith("drone")}
    if real:
        pools |= {f"drone masks, {x} leads": [s for _, s in real_windows(leads=x)] for x in (5, 10)}
    threshold, lines = choose_leaning(net, {n: cells_of(net, g) for n, g in pools.items()})
    abc, told = calibration(net, groups, real)
    lines += told
    net.arrival.calibration.copy_(torch.tensor(abc))
    chosen = round(float(moved(np.array(threshold), abc)), 3)
    lines.append(f"threshold {threshold} becomes {chosen}")
    for name, samples in groups.items():
        rel = score(samples, network(net), [chosen])["reliability"]
        n = np.maximum(rel.count, 1)
        lines += [
            f"{name}: expected calibration error {rel.error():.3f}",
            "  said     " + " ".join(f"{x:.2f}" for x in rel.said / n),
            "  observed " + " ".join(f"{x:.2f}" for x in rel.seen / n),
        ]
    where = "simulated validation films" + (" and drone masks (fire_validation)" if real else "")
    share, knee, slope = (round(float(x), 3) for x in net.arrival.lean)
    return {
        "threshold": chosen,
        "chosen_on": where,
        "lean_share": share,
        "lean_knee": knee,
        "lean_slope": slope,
        **{f"calibration_{k}": round(v, 4) for k, v in zip("abc", abc, strict=True)},
    }, lines


def calibration(
    net: PhysicNet, groups: dict[str, list[Sample]], real: bool
) -> tuple[tuple[float, float, float], list[str]]:
    """Fit Kull's numbers, with `real` on both drone films; and what one tells of the other."""
    films: dict[str, list[Sample]] = {}
    if real:
        for name, sample in real_windows():
            films.setdefault(f"drone film {name[0]}", []).append(sample)
    else:
        films = groups
    rng, cells = np.random.default_rng(0), {}
    for name, samples in films.items():  # every one weighs the same
        p, t = outcomes(net, samples)
        pick = rng.choice(len(p), min(len(p), 400_000), replace=False)
        cells[name] = p[pick], t[pick]
    p, t = (np.concatenate(x) for x in zip(*cells.values(), strict=True))
    abc = fit(p, t)
    text = ", ".join(f"{k} {v:.3f}" for k, v in zip("abc", abc, strict=True))
    lines = [f"calibration on {', '.join(cells)}: {text}; worst tenth off by {gap(p, t, abc)}"]
    for name, own in cells.items() if real else ():
        other = next(v for k, v in cells.items() if k != name)
        lines.append(f"  on {name}, fitted on the other alone: off by {gap(*own, fit(*other))}")
    return abc, lines


def gap(p: np.ndarray, truth: np.ndarray, abc: tuple[float, float, float]) -> str:
    """Worst gap of a tenth after calibration, and before."""
    return f"{worst_gap(moved(p, abc), truth):.3f} (uncalibrated {worst_gap(p, truth):.3f})"


def score_rows(net: PhysicNet, data: Path, real: bool, threshold: float) -> list[dict]:
    """One row a set and forecaster: new-burn F1 by lead, arrival MAE in frames."""
    sets = {
        f"{n} {k}": films(data / n, k, 160)
        for n in ("test64", "test128")
        for k in ("mask", "thermal")
    }
    if real:
        sets["drone masks"] = [s for _, s in real_windows()]
    rows = []
    for title, samples in sets.items():
        leads = len(samples[0].future)
        runs = {n: (simple(n, leads), 0.5) for n in NAMES} | {
            "physicnet": (network(net), threshold)
        }
        for name, (run, t) in runs.items():
            r = score(samples, run, [t])
            row = {"set": title, "forecaster": name, "starts": len(samples)}
            row |= {f"f1_lead_{x}": round(float(r["f1"][t][x - 1]), 3) for x in LEADS if x <= leads}
            rows.append(row | {"arrival_mae_frames": round(r["arrival_mae"], 2)})
            print(rows[-1])
    return rows


def page(name: str, card: dict) -> str:
    """README.md of the folder: what it is, numbers, limits."""
    head = ["set", "forecaster", "lead 1", "5", "10", "20", "arrival MAE, frames"]
    rows = []
    for r in card["score"]:
        cells = [r["set"], r["forecaster"], *[r.get(f"f1_lead_{x}", "") for x in LEADS]]
        rows.append(map(str, [*cells, r["arrival_mae_frames"]]))
    return render(
        PAGE,
        name=name,
        table=table(head, rows),
        threshold=card["decision"]["threshold"],
        chosen_on=card["decision"]["chosen_on"],
        training=json.dumps(card["training"], indent=1),
    )


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `onnx export`."""
    p.add_argument("checkpoint", type=Path)
    p.add_argument("folder", type=Path, help="models/NAME-vN; replaced when it exists")
    p.add_argument("--shards", type=Path, required=True, help="folder with val64 … test128")
    p.add_argument("--history", default="one run", help="earlier runs the checkpoint came from")
    p.add_argument("--real", action="store_true", help="also use the drone masks for validation")


def main(args: argparse.Namespace) -> int:
    """Write the folder, then check it; exit 1 when a check failed."""
    name, version = args.folder.name.rsplit("-v", 1)
    net = load_network(args.checkpoint)
    for parameter in net.parameters():
        parameter.requires_grad_(False)
    decision, lines = decide(net, args.shards, args.real)
    print("\n".join(lines))
    saved = torch.load(args.checkpoint, map_location="cpu", weights_only=True)
    cfg = saved["config"]
    training = {
        "data": "simulated fires (data fire, data fire-uneven, train split); first 16 s of "
        "fdv_pine_straw (MIT)",
        "history": args.history,
        "steps": saved["step"],
        "batch": cfg["batch"],
        "seed": cfg["seed"],
        "parameters": sum(p.numel() for p in net.parameters()),
    }
    for key in [k for k in decision if k not in ("threshold", "chosen_on")]:
        training[key] = decision.pop(key)
    rows = score_rows(net, args.shards, args.real, decision["threshold"])
    new = args.folder.with_name(args.folder.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    export_graphs(net, new)
    text = card(net, new, name, int(version), decision, training, rows)
    (new / "card.toml").write_text(text)
    golden.fire(net, args.shards / "val64", new / "golden.npz")
    (new / "README.md").write_text(page(args.folder.name, read_card(new)))
    (new / "calibration.txt").write_text("\n".join(lines) + "\n")
    write_sums(new)
    failed = check.check(new)
    if not failed:
        shutil.rmtree(args.folder, ignore_errors=True)
        new.rename(args.folder)
    return 1 if failed else 0


def card(
    net: PhysicNet,
    folder: Path,
    name: str,
    version: int,
    decision: dict,
    training: dict,
    scores: list[dict],
) -> str:
    """Text of `card.toml` of a fire model."""
    summary = "Moves a visible fire front 20 steps ahead: frames, burn probability."
    return toml_text(
        {
            **head(name, version, "fire-front", FAMILY, summary),
            "input": input_table(net, ["thermal", "mask", "rgb"], (0.02, 7200.0)),
            "output": {"leads": net.cfg.leads},
            "decision": decision,
            FAMILY: family_table(net),
            "precision": precision_tables(folder),
            "training": training,
            "score": scores,
        }
    )
