"""Turn recorded rows into `docs/results.md`: tables with intervals, plots and strips of films.

    python -m emberline_export evaluate results ../docs/results.ndjson ../docs/results.md

Means are over windows (and seeds, where there are several); brackets hold the 95 % bootstrap
interval over events. The line under a table is PhysicNet less the best peer, window by window.
"""

import argparse
from pathlib import Path

import numpy as np

from ...data.scores.rows import Methods, by_task, read
from ...models.peers import PEERS
from . import examined, fire_table, tables

HOW = """\
```sh
cd export
for set in reaction-diffusion moving-mnist; do python -m emberline_export data set $set DATA; done
python -m emberline_export data set rain DATA --scale 0.4
# fires as in models/README.md, but 1500 of train64 and 1000 of train128, 60 of val128; then
python -m emberline_export data set fire DATA
ROWS=../docs/results.ndjson
run() { python -m emberline_export evaluate benchmark $1 $2 DATA $ROWS --keep KEEP --batch 4 ${@:3}; }
run fire METHOD --cpu-s 240 --seed SEED
run rain-knmi METHOD --cpu-s 150 --seed SEED    # and rain-fmi, rain-mrms, rain-meteonet
run reaction-diffusion METHOD --cpu-s 200; run rd-short VARIANT --cpu-s 60
run moving-mnist METHOD --cpu-s 300; run rd-classical METHOD --cpu-s 100
python -m emberline_export evaluate cost $ROWS
python -m emberline_export evaluate examine KEEP/reaction-diffusion-physicnet-1.pt DATA $ROWS
python -m emberline_export evaluate results $ROWS ../docs/results.md
```

Every row stands in `results.ndjson` with its configuration hash, data digests, seed and device.
Training stops at equal processor seconds (column CPU s; steps differ), with the same batches,
optimizer, schedule and image loss; on rain every network also learns the same soft CSI. PSNR and
SSIM are in float64 with data range 1.

Rain of a network has two rows: with the rates of the last frame by rank, as the honest baseline
(`lucas-kanade-matched`) and as the shipped model has them, and `-own-rates`, what it says itself.
No network has seen the event it is scored on; over which windows PhysicNet's graph measures motion
was chosen on these same four events (six numbers).

`rd-classical` is one trajectory, split in time as the field does: copying the nearest training
window scores high there (`nearest-frame`), so its test films lie in its training part. Read nothing
into it.

Milliseconds are medians on a two-core machine that did nothing else, of the whole-window graph
before the kernels and the split of [performance.md](performance.md); equal graphs differ by up to a
tenth.

Strips to look at (input, truth, PhysicNet, another method) are drawn by `evaluate strips`; those of
radar and of digits are not kept here, as their licences differ from this repository's.
"""

PAID = """\
Every part once taken out, with the same seconds and films. What the rows say at these budgets:

- *Flow.* Waves that react are not carried. Moving the last frame along classical motion costs
  decibels there; flow learnt from nothing, or flow as a loss alone, costs less; none is best. That
  set is therefore drawn, not warped. Rain is carried: the classical motion in the
  graph does nearly all, and what a network learnt to add to it did not carry over to another radar.
  On frames of fire flow makes no clear difference (`physicnet-no-flow` in the fire tables).
- *Codebooks* cost little at 256 and 128 codes, nothing at a quarter of that, much at four times.
- *The local level* costs steps and gives little at equal seconds, but the trained network leans on
  it ("What each level gives"). Training it on crops besides costs more than it gives here.
- *The path at full resolution* is worth its milliseconds on waves.
- *Composed or repeated warps, a divergence penalty, feature dropout, global flow alone*: within
  half a decibel of each other."""

TRIED = """\
Where the aim is missed, what was tried besides what the rows show, all at the same seconds:

- *Waves.* An SSIM of .99 leaves no room for +.007. The global level alone is 1.4 dB ahead of FNO on
  unseen states and 1.1 dB on unseen parameters (`physicnet-no-local`: more steps in the same
  seconds), both levels with flow as a loss .9 and .3 dB (`physicnet-flow-loss`); a slimmer local
  level, warp and draw together, networks without batch norm, with frozen batch norm, with a wider
  path at full resolution, at twice the rate: no use, or within half a decibel. The larger step was
  the batch: 4 instead of 8 gave FNO and PhysicNet 7 and 8 dB.
- *Frames of fire.* PhysicNet is ahead at the first lead and behind at the last: its frames share
  the seconds with the arrival head, which new burn needs and in which it is far ahead. Without
  flow: +.1 dB at 64 cells. Trained longer (`fire-v1`), it is ahead at 128 cells.
- *Digits.* Two digits that cross have two motions; two movers a level gave nothing, nor did a
  photometric loss. The lower SSIM is the dark ground, which is not quite dark:
  setting what is under .05 to nothing gives .63, but no loss of ours asks for it.
- *Rain* is ahead of every network that learns. Heavy rain of MeteoNet at 25 minutes (4 windows of
  one afternoon) stays within .01 of Lucas and Kanade's; its own rates are ahead there, and behind
  elsewhere."""

FIRE = """\
F1 of cells not burnt at the last context frame, counts pooled over films; brackets hold the 95 %
bootstrap interval over fires. Each method is read at its own decision threshold, the best on the
validation fires of that grid (real clips: of 128 cells). Arrival MAE in frames on cells that burn
within the horizon; *never = horizon* counts silence as the horizon (as Filippi et al. 2014 cap it),
the harder figure as three. The truth of a simulated fire is the simulator's, not the film's.
`fire-v1` is the shipped model, trained for 140 minutes on many more, degraded films; the other
networks had the seconds shown. `fire-v1-card` is the same read at the decision threshold of its
card, as isochrones are: that was chosen on simulated fires of all kinds and on drone masks. The
doll house and the fireplace have flames but no front: a good forecast is silent there, and F1 means
little."""


def plot(path: Path, title: str, methods: Methods) -> None:
    """PSNR by lead of every method."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    fig, ax = plt.subplots(figsize=(7, 4.2))
    for m in tables.ORDER:
        if m in methods and "by_lead" in methods[m][0]:
            psnr = np.mean([r["by_lead"]["psnr"] for r in methods[m]], axis=0)
            style = "-" if m in tables.VARIANTS else "--" if m in PEERS else ":"
            wide = 2.5 if m == "physicnet" else 1.2
            ax.plot(np.arange(1, len(psnr) + 1), psnr, style, lw=wide, label=m)
    ax.set(xlabel="lead, frames", ylabel="PSNR, dB", title=title)
    ax.grid(alpha=0.3)
    ax.legend(fontsize=7, ncol=2)
    fig.tight_layout()
    fig.savefig(path, dpi=110)
    plt.close(fig)


def summary(found: dict[tuple[str, str], Methods]) -> list[str]:
    """PhysicNet against the best peer of every set, a line each."""
    lines = ["## PhysicNet against its best peer", ""]
    for (task, split), methods in sorted(found.items()):
        rivals = [m for m in tables.RIVALS if m in methods]
        if "physicnet" in methods and rivals:
            lines.append(f"- {task}, {split}. " + tables.lead_over(methods, rivals)[0])
    return [*lines, "", *TRIED.splitlines(), ""]


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `evaluate results`."""
    p.add_argument("rows", type=Path, help="NDJSON that `evaluate benchmark` appended to")
    p.add_argument("out", type=Path, help="results.md; plots go to img/ beside it")


def main(args: argparse.Namespace) -> int:
    """Write the page and its plots."""
    try:
        rows = read(args.rows)
        found = by_task(rows["score"])
        images = args.out.parent / "img"
        says = (__doc__ or "").split("\n\n", 2)[2].strip().splitlines()
        lines = ["# Results", "", *says, "", *HOW.splitlines(), "", *summary(found)]
        for (task, split), methods in sorted(found.items()):
            title = f"{task}, {split}"
            lines += [f"## {title}", "", *tables.images(methods)]
            images.mkdir(parents=True, exist_ok=True)
            plot(images / f"results-{task}-{split}.png", title, methods)
            lines += [f"![PSNR by lead](img/results-{task}-{split}.png)", ""]
            strip = images / f"strip-{task}-{split}.png"
            if strip.exists():
                lines += [f"![input, truth, PhysicNet, best peer](img/{strip.name})", ""]
        held = {s: m for (t, s), m in found.items() if t.startswith("rain-") and "maker" not in s}
        fires = {s: m for (t, s), m in sorted(found.items()) if t == "fire"}
        if fires:
            lines += ["## Fire: new burn and arrival time", "", *FIRE.splitlines(), ""]
            lines += fire_table.table(fires)
        if held:
            lines += ["## Rain, by rate", "", *tables.rain(held)]
        if rows["cost"]:
            lines += ["## Parts and what they cost", "", *PAID.splitlines(), ""]
            lines += [*tables.costs(rows["cost"], found)]
        for kind, section in examined.SECTIONS.items():
            if rows[kind]:
                lines += section(rows[kind])
    except (FileNotFoundError, ValueError) as e:
        raise SystemExit(f"error: {e}") from None
    args.out.write_text("\n".join(lines).rstrip() + "\n")
    print(args.out)
    return 0
