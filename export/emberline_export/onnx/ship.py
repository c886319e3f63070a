"""Write the model folder of a benchmark run: rain, reaction-diffusion or moving-mnist.

    python -m emberline_export onnx ship KEEP/rain-all-physicnet-1.pt ../models/rain-v1 \
        --data DATA --rows ../docs/results.ndjson

The graph, the streaming split, card, golden clips, drift tables, hashes and a page; then everything
is checked. A folder called `heldout-EVENT` is a rain model to be scored on a radar event that it
has not seen (`evaluate nowcast`). Fire has `onnx export`, which also calibrates probabilities.
"""

import argparse
import json
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch

from ..data.rain import EVENTS
from ..data.scores.rain import bias, csi
from ..data.scores.rows import by_task, read
from ..data.task import TASKS, Task, contexts
from ..models.physicnet import drift
from ..models.physicnet.checkpoint import load_network
from ..models.physicnet.network import PhysicNet
from . import check
from .card import head, precision_tables, read_card, toml_text
from .folder import write_sums
from .page import render, table
from .physicnet import golden
from .physicnet.graphs import export_graphs
from .physicnet.tables import FAMILY, family_table, input_table

PAGE = Path(__file__).with_name("page_frames.md.j2")
FILMS = 400  # training views that drift tables are learnt from


@dataclass(frozen=True)
class About:
    """What a person should know of a model of frames."""

    task: str
    kinds: tuple[str, ...]
    summary: str
    limits: str
    data: str
    data_licence: str
    step_s: tuple[float, float]
    output: dict = field(default_factory=dict)  # what else the card says of the output


ABOUT = {
    "rain": About(
        "rain",
        ("rain",),
        "Carries radar rain ten steps ahead, from two frames 5 or 6 minutes apart.",
        "Rain that grows from nothing, or flows in from outside the radar's view, is not foreseen. "
        "Every lead has the rates of the last frame seen, by rank (`output.rates`): rain moves and "
        "changes its shape, but neither grows nor fades but for what leaves the view. Where the "
        "card has `[nowcast]`, extrapolation is blended in and chances are told (docs/nowcast.md). "
        "Heavy rain (5 mm/h and more) is rarely placed right beyond 30 minutes. Four radar events "
        "of Europe and North America taught it; mountains and the tropics are not among them.",
        "half simulated rain (data set rain), half FMI, KNMI, MeteoNet and MRMS events",
        "Radar: FMI and KNMI (CC BY 4.0), Meteo-France (Open Licence 2.0), NOAA/NSSL MRMS (public "
        "domain).",
        (240.0, 420.0),
        {"rates": "matched"},
    ),
    "reaction-diffusion": About(
        "frames",
        ("thermal",),
        "Moves spiral waves of a reaction-diffusion system ten steps ahead: a test of the method.",
        "A benchmark model: films of the lambda-omega system with the parameters of "
        "`data set reaction-diffusion`, every 0.2 time units. On other parameters it fails, see "
        "the second row.",
        "train split of data set reaction-diffusion",
        "Films are simulated.",
        (0.02, 7200.0),
    ),
    "moving-mnist": About(
        "frames",
        ("thermal",),
        "Moves two handwritten digits ten steps ahead: a test of the method.",
        "A benchmark model: two digits that bounce in a 64 x 64 box. The films are drawn anew, not "
        "the published file.",
        "train split of data set moving-mnist",
        "The films show digits of MNIST (Y. LeCun, C. Cortes; CC BY-SA 3.0 as commonly given); "
        "none is in this folder.",
        (0.02, 7200.0),
    ),
}


def about_of(folder: str, task: str) -> tuple[str, int, About]:
    """Model, version and description that a folder's name tells, held against its task.

    `heldout-EVENT` is a rain model that has not seen EVENT; anything else is NAME-vN.
    """
    event = folder.removeprefix("heldout-")
    if event == folder:
        name, _, version = folder.rpartition("-v")
        if name not in ABOUT or not version.isdigit():
            raise SystemExit(f"error: {folder}: no such model; known: {', '.join(ABOUT)}")
        return name, int(version), ABOUT[name]
    if event not in TASKS[task].tests:
        raise SystemExit(f"error: {folder}: weights of {task} are scored on {TASKS[task].tests}")
    seen = ", ".join(n for n in EVENTS if n != event)
    limits = ABOUT["rain"].limits.split("Four radar events")[0]
    return (
        "rain",
        1,
        replace(
            ABOUT["rain"],
            limits=f"{limits}Made only to be scored on {event}, which it has not seen.",
            data=f"half simulated rain (data set rain), half radar events: {seen}",
        ),
    )


def made_films(task: Task, data: Path, count: int = 64) -> list[np.ndarray]:
    """Films `[T, 64, 64]` for golden clips, simulated all: no radar and no digits are handed on."""
    if task.kind == "rain":
        task = replace(task, train=(("maker-train", 1.0),))
    elif task.folder == "moving-mnist":
        return [discs(np.random.default_rng(k), task.context) for k in range(count)]
    return [f[:, :64, :64] for f in contexts(task, data, 6, count)]


def discs(rng: np.random.Generator, frames: int, side: int = 64) -> np.ndarray:
    """Two soft discs that drift."""
    axis, film = np.arange(side), np.zeros((frames, side, side))
    for _ in range(2):
        (y, x), (v, u) = rng.uniform(16, side - 16, 2), rng.uniform(-2, 2, 2)
        t = np.arange(frames)[:, None, None]
        d = (axis[:, None] - y - v * t) ** 2 + (axis[None] - x - u * t) ** 2
        film = np.maximum(film, 1 / (1 + np.exp((np.sqrt(d) - 8) * 2)))
    return film.astype(np.float32)


def score_rows(task: Task, rows: Path) -> list[dict]:
    """Scores of PhysicNet and of the simple forecasters, from recorded rows."""
    out = []
    for (name, split), methods in by_task(read(rows)["score"]).items():
        mine = name == task.name or (task.kind == "rain" and name.startswith("rain-"))
        for method, runs in methods.items() if mine else ():
            row = {"set": f"{name} {split}", "forecaster": method, "seeds": len(runs)}
            for score in ("psnr", "ssim"):
                row[score] = round(float(np.mean([r["by_film"][score] for r in runs])), 4)
            if "rain_counts" in runs[0]:
                c = np.sum([r["rain_counts"] for r in runs], 0)
                row |= {f"csi_0p5_lead_{k}": round(float(csi(c)[k - 1, 1]), 3) for k in (1, 5, 10)}
                row["csi_5_lead_5"] = round(float(csi(c)[4, 3]), 3)
                row["wet_bias_lead_10"] = round(float(bias(c)[9, 1]), 2)
            out.append(row)
    return out


def scores_table(rows: list[dict]) -> str:
    """Markdown of score rows."""
    if not rows:
        return "No recorded rows."
    head = list(dict.fromkeys(k for r in rows for k in r))
    cells = ([str(r.get(h, "")) for h in head] for r in rows)
    return table([h.replace("_", " ") for h in head], cells)


def page(name: str, card: dict, about: About) -> str:
    """README.md of the folder: what it is, numbers, limits."""
    return render(
        PAGE,
        name=name,
        summary=about.summary,
        limits=about.limits,
        scores=scores_table(card["score"]),
        training=json.dumps(card["training"], indent=1),
        data_licence=about.data_licence,
    )


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `onnx ship`."""
    p.add_argument("checkpoint", type=Path, help="weights that `evaluate benchmark --keep` wrote")
    p.add_argument("folder", type=Path, help="models/NAME-vN or heldout-EVENT; replaced if there")
    p.add_argument("--data", type=Path, required=True, help="folder that `data set` wrote to")
    p.add_argument("--rows", type=Path, required=True, help="NDJSON of the benchmark")


def main(args: argparse.Namespace) -> int:
    """Write the folder, then check it; exit 1 when a check failed."""
    saved = torch.load(args.checkpoint, map_location="cpu", weights_only=True)
    name, version, about = about_of(args.folder.name, saved["task"])
    task, net = TASKS[saved["task"]], load_network(args.checkpoint)
    for parameter in net.parameters():
        parameter.requires_grad_(False)
    usage = drift.learn(net, contexts(task, args.data, 5, FILMS))
    alike = contexts(task, args.data, 6, FILMS)
    level = drift.levels(np.array([drift.signals(net, usage, c) for c in alike]))
    new = args.folder.with_name(args.folder.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    export_graphs(net, new)
    np.savez_compressed(new / "drift.npz", **usage.arrays())
    golden.frames(net, made_films(task, args.data), new / "golden.npz")
    (new / "card.toml").write_text(
        card(net, new, name, version, about, saved, level, score_rows(task, args.rows))
    )
    (new / "README.md").write_text(page(args.folder.name, read_card(new), about))
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
    about: About,
    saved: dict,
    level: np.ndarray,
    scores: list[dict],
) -> str:
    """Text of `card.toml`."""
    limits = dict(zip(drift.SIGNALS, (round(float(x), 4) for x in level), strict=True))
    measured = f"{drift.QUANTILE} quantile over {FILMS} training views"
    return toml_text(
        {
            **head(name, version, about.task, FAMILY, about.summary),
            "input": input_table(net, list(about.kinds), about.step_s),
            "output": {"leads": net.cfg.leads} | about.output,
            FAMILY: family_table(net, {"file": "drift.npz", **limits, "measured": measured}),
            "precision": precision_tables(folder),
            "training": {
                "data": about.data,
                "task": saved["task"],
                "steps": saved["steps"],
                "cpu_s": saved["cpu_s"],
                "batch": saved["batch"],
                "seed": saved["seed"],
                "parameters": sum(p.numel() for p in net.parameters()),
            },
            "score": scores,
        }
    )
