"""`python -m emberline_export GROUP VERB`; `--help` at each level lists what there is."""

import argparse
import difflib
import importlib
import sys
from typing import NoReturn

from .onnx.card import CardError

# Group → what it is for, and its verbs: module below the group's room, and what it does.
GROUPS = {
    "data": (
        "make films to learn from and to be scored on",
        {
            "fire": ("firesim.maker", "simulate fires (needs the `firesim` extra)"),
            "fire-uneven": ("firesim.travel_time", "simulate uneven fires in parts"),
            "fire-sheet": ("firesim.sheet", "draw the fires of one shard to look at"),
            "film": ("testset", "render simulated fires to clips that the runtime reads"),
            "set": ("maker", "make or load a film set of the benchmark"),
        },
    ),
    "train": (
        "train networks, fit the outlook of a weather station",
        {
            "run": ("run", "train a network of fires, or go on with a run"),
            "station": ("station.fit", "fit the outlook of a weather station"),
            "station-golden": ("station.golden", "write outlooks that the runtime must give"),
        },
    ),
    "onnx": (
        "make, change and check model folders",
        {
            "export": ("export", "write a model folder from a checkpoint of `train run`"),
            "ship": ("ship", "write the model folder of a benchmark run"),
            "cascade": ("cascade.ship", "write the model folder of the rain nowcast of curves"),
            "drift": ("drift", "give a fire model its drift tables"),
            "chance": ("chance", "fit how likely rain is, into the cards of rain models"),
            "quantize": ("precision.quantize", "add float16 and int8 to a folder, behind a gate"),
            "check": ("check", "check a model folder: hashes, graph rules, parity"),
            "upgrade": ("upgrade", "rewrite cards of schema 1 to schema 2"),
        },
    ),
    "evaluate": (
        "score forecasts and write the pages of docs/",
        {
            "validate": ("validate", "score a checkpoint beside the simple forecasters"),
            "accuracy": ("accuracy", "replay every test set with the runtime, write a page"),
            "tracker": ("tracker", "score what has burnt on whole thermal films, write a page"),
            "benchmark": ("benchmark.run", "train and score one method on one film set"),
            "cost": ("benchmark.cost", "weights, GFLOP and milliseconds of PhysicNet's variants"),
            "examine": ("benchmark.examine", "rollout, grids, levels and drift of a network"),
            "strips": ("benchmark.strip", "draw input, truth, PhysicNet and a peer side by side"),
            "results": ("benchmark.report", "turn benchmark rows into a page of tables and plots"),
            "nowcast": ("nowcast.run", "score rain nowcasts beside pysteps on held-out events"),
            "nowcast-page": ("nowcast.page", "turn nowcast rows into a page of tables"),
            "rain-fit": (
                "skill.fit",
                "fit the chances of the rain nowcast, event by event left out",
            ),
            "rain-skill": (
                "skill.run",
                "score the rain nowcast beside pysteps at any step",
            ),
            "rain-steps": ("skill.steps", "compare films thinned to other steps, same last frame"),
            "rain-program": ("skill.program", "hold the program against the reference"),
            "rain-onset": ("skill.onset", "score what is said of a point: rain starts, rain stops"),
            "rain-page": ("skill.page", "turn rows of rain skill into docs/nowcast.md"),
            "precisions": ("precision.page", "measure every precision of folders, write a page"),
            "station": ("station", "score the station outlook beside persistence"),
            "alerts": ("alerts", "hold alerts of a front against films whose truth is known"),
            "fire-alerts": ("fire_alerts", "hold alerts of a fire in view against such films"),
            "rain-alerts": ("rain_alerts", "hold alerts of rain against radar films"),
            "flights": ("flights.run", "fly simulated drones over real films, write a page"),
        },
    ),
}
# Verbs before they had groups.
RENAMED = {
    "make-fire": "data fire",
    "fire-sheet": "data fire-sheet",
    "make-film": "data film",
    "make-data": "data set",
    "train": "train run",
    "station-fit": "train station",
    "station-golden": "train station-golden",
    "export": "onnx export",
    "ship": "onnx ship",
    "habits": "onnx drift",
    "nowcast-fit": "onnx chance",
    "quantize": "onnx quantize",
    "check": "onnx check",
    "validate": "evaluate validate",
    "accuracy": "evaluate accuracy",
    "benchmark": "evaluate benchmark",
    "cost": "evaluate cost",
    "examine": "evaluate examine",
    "strips": "evaluate strips",
    "results": "evaluate results",
    "nowcast-scores": "evaluate nowcast",
    "nowcast-table": "evaluate nowcast-page",
    "precisions": "evaluate precisions",
    "station-score": "evaluate station",
}
PROGRAM, HELP = "emberline-export", ("-h", "--help")


def refuse(text: str) -> NoReturn:
    """End with one line and the exit code of a wrong command line."""
    print(f"error: {text}", file=sys.stderr)
    raise SystemExit(2)


def listed(group: str) -> str:
    """A group and its verbs, a line each."""
    text, verbs = GROUPS[group]
    return "\n".join([f"{group}: {text}", *(f"  {v:15s} {t}" for v, (_, t) in verbs.items())])


def near(name: str) -> str:
    """The verb that was meant, where one is spelt alike in some group."""
    spelt = {f"{g} {v}": v for g, (_, verbs) in GROUPS.items() for v in verbs}
    found = difflib.get_close_matches(name, spelt.values(), 1)
    meant = " or ".join(f"`{whole}`" for whole in spelt if spelt[whole] in found)
    return f"; did you mean {meant}?" if meant else ""


def chosen(argv: list[str]) -> tuple[str, str]:
    """Group and verb, or one line that names what there is."""
    group, verb = (*argv, "", "")[:2]
    if group not in GROUPS:
        if group in RENAMED:
            refuse(f"`{group}` is now `{RENAMED[group]}`")
        there = f"groups are {', '.join(GROUPS)}"
        refuse(f"{group}: no such group; {there}{near(group)}" if group else f"{there}; see --help")
    verbs = GROUPS[group][1]
    if verb not in verbs:
        there = f"verbs of {group} are {', '.join(verbs)}"
        if verb and group in RENAMED:
            refuse(f"{group} {verb}: no such verb; `{group}` is now `{RENAMED[group]}`; {there}")
        if verb in RENAMED:
            refuse(f"`{verb}` is now `{RENAMED[verb]}`")
        refuse(f"{group} {verb}: no such verb; {there}{near(verb)}" if verb else there)
    return group, verb


def main(argv: list[str] | None = None) -> int:
    """Parse and run one verb; a verb's own module is imported only when it is wanted."""
    argv = sys.argv[1:] if argv is None else argv
    if argv[:1] and argv[0] in HELP:
        print(f"usage: {PROGRAM} GROUP VERB …; `GROUP VERB --help` says more of a verb\n")
        print("\n\n".join(map(listed, GROUPS)))
        return 0
    if len(argv) > 1 and argv[0] in GROUPS and argv[1] in HELP:
        print(f"usage: {PROGRAM} {argv[0]} VERB …; `{argv[0]} VERB --help` says more of a verb\n")
        print(listed(argv[0]))
        return 0
    group, verb = chosen(argv)
    module = importlib.import_module(f".{group}.{GROUPS[group][1][verb][0]}", __package__)
    parser = argparse.ArgumentParser(
        prog=f"{PROGRAM} {group} {verb}",
        description=module.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.add_arguments(parser)
    args = parser.parse_args(argv[2:])
    try:
        return module.main(args)
    except CardError as e:
        raise SystemExit(f"error: {e}") from None


if __name__ == "__main__":
    sys.exit(main())
