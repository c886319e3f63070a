"""Fly simulated drones over real films through the program, score it, write docs/drone-flights.md.

    python -m emberline_export evaluate flights --emberline ../target/release/emberline \
        --out ../docs/drone-flights.md
    python -m emberline_export evaluate flights --emberline ../target/release/emberline --short

The long form takes half an hour on one core; it keeps its rows beside the page
(`drone-flights.ndjson`) and, stopped, goes on where it ended; rows of another program are flown
again. The short form flies two flights of a minute and writes nothing. Exit code 1 where a limit
does not hold. Needs the films of `EMBERLINE_DATA`, pyproj and rasterio (the `test` extra).
"""

import argparse
import platform
import sys
import time
from pathlib import Path

from ...data.root import data_root
from ...onnx.page import render
from . import cases, pictures, tables
from .cases import Case
from .limits import chosen, held
from .program import Flown, Method, digest
from .rows import Row, keep, labelled, missing, read, row_key
from .score import Track
from .trial import rows
from .world import World

PAGE = Path(__file__).with_name("page.md.j2")
HARD = ("ground contrast × 0.3", "ground contrast × 0.1", "one frame in 5 s", "20 s without frames")
ERRORS, MOSAIC = "drone-errors.png", "drone-mosaic.png"
SHOWN = ("plain: pine straw patrol 1", cases.MAP)  # its licence lets it be shown


def of(known: list[Row], *what: str) -> list[Row]:
    """Rows of these cases."""
    return [row for row in known if row["what"] in what]


def text(known: list[Row], images: Path) -> str:
    """The page; `images` is the folder of its pictures, beside it."""
    cost = [r for r in of(known, "640 × 512") if r["method"] == "poses + map" and r["steady_ms"]]
    parts = {"hard": of(known, *HARD), "shaped": of(known, *cases.SHAPED)}
    parts["forecast"] = of(known, "forecast")
    return render(
        PAGE,
        limits=tables.limits(known),
        plain=tables.plain(of(known, "plain")),
        places=tables.places(of(known, "plain")),
        **{name: getattr(tables, name)(own) if own else None for name, own in parts.items()},
        errors=f"{images.name}/{ERRORS}" if (images / ERRORS).exists() else None,
        mosaic=f"{images.name}/{MOSAIC}" if (images / MOSAIC).exists() else None,
        steady_ms=f"{cost[0]['steady_ms']:.0f}" if cost else None,
        machine=cost[0].get("machine") if cost else None,
    )


def machine() -> str:
    """The processor, as it names itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(x.split(":", 1)[1].strip() for x in lines if x.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


def flown(
    wanted: list[Case], program: Path, known: list[Row], file: Path | None, images: Path | None
) -> list[Row]:
    """All rows of these cases, old ones of the same program as they are."""
    made = digest(program)
    kept = {row_key(row): row for row in known}
    todo = [(case, missing(case, known, made)) for case in wanted]
    total, done, began = sum(len(m) for _, m in todo), 0, time.monotonic()

    def look(case: Case, world: World, method: Method, out: Flown, errors: Track) -> None:
        if images and (case.name, method) == SHOWN:
            pictures.mosaic(images / MOSAIC, world, out, errors)

    for case, methods in todo:
        if not methods:
            continue
        for method, figures in zip(methods, rows(case, methods, program, look), strict=True):
            if case.what == "640 × 512":
                figures |= {"machine": machine()}
            row = labelled(case, method, made, figures)
            kept[row_key(row)] = row
            done += 1
            left_s = (time.monotonic() - began) / done * (total - done)
            said = row.get("refused") or "{} {}".format(row["between_m"], row["place_m"])
            line = f"{done}/{total} {case.name}, {method.name} ({method.poses}): {said}"
            print(f"{line}; {left_s:.0f} s left", file=sys.stderr, flush=True)
            if file:
                keep(file, list(kept.values()))
    names = {(case.what, case.flight.name) for case in wanted}
    return [row for key, row in kept.items() if key[:2] in names]


def add_arguments(p: argparse.ArgumentParser) -> None:
    """Command line of `evaluate flights`."""
    p.add_argument("--emberline", type=Path, required=True, help="the built program")
    p.add_argument("--out", type=Path, help="the page; its rows and pictures lie beside it")
    p.add_argument("--short", action="store_true", help="two flights of 60 s; writes nothing")
    p.add_argument("--only", help="cases whose names hold this text; writes rows, and no page")


def main(args: argparse.Namespace) -> int:
    """Fly, write the page, say what does not hold."""
    if not args.short and not args.out:
        print("error: say --out PAGE, or --short", file=sys.stderr)
        return 2
    for path, word in ((args.emberline, "--emberline"), (data_root(), "EMBERLINE_DATA")):
        if not path.exists():
            print(f"error: {path}: not there; say {word}", file=sys.stderr)
            return 2
    wanted = cases.short() if args.short else cases.long()
    if args.only:
        wanted = [case for case in wanted if args.only in case.name]
        if not wanted:
            print(f"error: --only {args.only}: no case has that in its name", file=sys.stderr)
            return 2
    file = images = None
    known: list[Row] = []
    if not args.short:
        file, images = args.out.with_suffix(".ndjson"), args.out.parent / "img"
        images.mkdir(parents=True, exist_ok=True)
        known = read(file)
    done = flown(wanted, args.emberline, known, file, images)
    if args.short or args.only:
        print(tables.plain(done), tables.places(done), tables.limits(done), sep="\n\n")
    else:
        order = {(c.what, c.flight.name, m.name, m.poses): 0 for c in wanted for m in c.methods}
        by_key = {row_key(row): row for row in done}
        done = [by_key[k] for k in order]
        keep(file, done)
        pictures.errors(images / ERRORS, chosen(done, what="plain"))
        args.out.write_text(text(done, images))
        print(args.out)
    missed = [h for h in held(done) if not h.holds]
    for h in missed:
        print(f"missed: {h.what}: {h.seen}, limit {h.limit}", file=sys.stderr)
    return int(bool(missed))
