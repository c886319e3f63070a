"""Turn recorded rows into `docs/results.md`: tables with intervals, and a plot a split.

    python -m emberline_export results ../docs/results.ndjson ../docs/results.md

Means are over films (and seeds, where there are several); brackets hold the 95 % bootstrap interval
over events. The last line under a table is PhysicNet less the best peer, film by film.
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path

import numpy as np

from ..peers import PEERS
from .run import ABLATIONS
from .simple import NAMES

AIM_DB, AIM_SSIM = 0.81, 0.007  # by which the paper claims to lead the best other method


def rows_of(path: Path) -> dict[tuple[str, str], dict[str, list[dict]]]:
    """Rows by task and split, then method; a later row of the same method and seed counts."""
    last: dict[tuple, dict] = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        try:
            row = json.loads(line)
            key = (row["task"], row["split"], row["method"], row["seed"])
        except (json.JSONDecodeError, KeyError, TypeError) as e:
            raise ValueError(f"{path}:{number}: not a benchmark row ({e})") from None
        last[key] = row
    found: dict[tuple[str, str], dict[str, list[dict]]] = defaultdict(lambda: defaultdict(list))
    for (task, split, method, _), row in last.items():
        found[task, split][method].append(row)
    return found


def by_film(rows: list[dict], name: str) -> np.ndarray:
    """Score of each film, mean over seeds."""
    return np.mean([r["by_film"][name] for r in rows], axis=0)


def interval(values: np.ndarray, events: list[str], draws: int = 1000) -> tuple[float, float]:
    """95 % bootstrap interval of the mean over events."""
    names, index = np.unique(events, return_inverse=True)
    sums = np.bincount(index, values)
    counts = np.bincount(index)
    pick = np.random.default_rng(0).integers(len(names), size=(draws, len(names)))
    means = sums[pick].sum(1) / counts[pick].sum(1)
    return tuple(np.percentile(means, [2.5, 97.5]))


def comparable(methods: dict[str, list[dict]]) -> None:
    """Refuse to set side by side what saw other films."""
    for what in ("train_sha256", "test_sha256"):
        seen = {r[what] for rows in methods.values() for r in rows}
        if len(seen) > 1:
            raise ValueError(f"rows of different {what}: {', '.join(sorted(seen))}; score again")
    if len({len(r["event"]) for rows in methods.values() for r in rows}) > 1:
        raise ValueError("rows over different numbers of films (--limit); score again")


def section(title: str, methods: dict[str, list[dict]]) -> list[str]:
    """One table and PhysicNet's lead."""
    comparable(methods)
    order = [m for m in (*NAMES, *PEERS, *ABLATIONS) if m in methods]
    first = methods[order[0]][0]
    lines = [
        f"## {title}",
        "",
        f"{len(first['event'])} films, {len(set(first['event']))} events.",
        "",
    ]
    lines += ["| method | weights | steps | seeds | PSNR, dB | first / last lead | SSIM | MSE |"]
    lines += ["|---|---|---|---|---|---|---|---|"]
    for m in order:
        rows = methods[m]
        psnr, ssim = by_film(rows, "psnr"), by_film(rows, "ssim")
        low, high = interval(psnr, rows[0]["event"])
        lead = np.mean([r["by_lead"]["psnr"] for r in rows], axis=0)
        mse = by_film(rows, "mse").mean()
        lines.append(
            f"| {m} | {rows[0]['weights'] or ''} | {rows[0]['steps'] or ''} | {len(rows)} "
            f"| {psnr.mean():.2f} [{low:.2f}, {high:.2f}] | {lead[0]:.2f} / {lead[-1]:.2f} "
            f"| {ssim.mean():.4f} | {mse:.5f} |"
        )
    rivals = [m for m in PEERS if m in methods]
    if "physicnet" in methods and rivals:
        lines += ["", *lead_over(methods, rivals)]
    return [*lines, ""]


def lead_over(methods: dict[str, list[dict]], rivals: list[str]) -> list[str]:
    """PhysicNet less the best peer of each score, with its interval."""
    said, events = [], methods["physicnet"][0]["event"]
    for name, unit, aim in (("psnr", " dB", AIM_DB), ("ssim", "", AIM_SSIM)):
        best = max(rivals, key=lambda m: by_film(methods[m], name).mean())
        gap = by_film(methods["physicnet"], name) - by_film(methods[best], name)
        low, high = interval(gap, events)
        said.append(
            f"{name.upper()} {gap.mean():+.4f}{unit} [{low:+.4f}, {high:+.4f}] over {best} "
            f"(aim {aim:+}{unit}: {'met' if gap.mean() >= aim else 'not met'})"
        )
    return ["PhysicNet: " + "; ".join(said) + "."]


def plot(path: Path, title: str, methods: dict[str, list[dict]]) -> None:
    """PSNR by lead of every method."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    fig, ax = plt.subplots(figsize=(7, 4.2))
    for m in (*NAMES, *PEERS, *ABLATIONS):
        if m in methods:
            psnr = np.mean([r["by_lead"]["psnr"] for r in methods[m]], axis=0)
            style = "-" if m in ABLATIONS else "--" if m in PEERS else ":"
            wide = 2.5 if m == "physicnet" else 1.2
            ax.plot(np.arange(1, len(psnr) + 1), psnr, style, lw=wide, label=m)
    ax.set(xlabel="lead, frames", ylabel="PSNR, dB", title=title)
    ax.grid(alpha=0.3)
    ax.legend(fontsize=7, ncol=2)
    fig.tight_layout()
    fig.savefig(path, dpi=110)
    plt.close(fig)


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `results`."""
    p.add_argument("rows", type=Path, help="NDJSON that `benchmark` appended to")
    p.add_argument("out", type=Path, help="results.md; plots go to img/ beside it")


def main(args: argparse.Namespace) -> int:
    """Write the page and its plots."""
    try:
        found = rows_of(args.rows)
        images = args.out.parent / "img"
        lines = ["# Results", "", *(__doc__ or "").split("\n\n", 2)[2].strip().splitlines(), ""]
        lines += ["Rows are made by `benchmark` and this page by `results`:", "", "```sh"]
        lines += ["cd export && python -m emberline_export results ../docs/results.ndjson "
                  "../docs/results.md", "```", ""]  # fmt: skip
        for (task, split), methods in sorted(found.items()):
            title = f"{task}, {split}"
            lines += section(title, methods)
            images.mkdir(parents=True, exist_ok=True)
            plot(images / f"results-{task}-{split}.png", title, methods)
            lines += [f"![PSNR by lead](img/results-{task}-{split}.png)", ""]
    except (FileNotFoundError, ValueError) as e:
        raise SystemExit(f"error: {e}") from None
    args.out.write_text("\n".join(lines))
    print(args.out)
    return 0
