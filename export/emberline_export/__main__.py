"""`python -m emberline_export VERB`; `--help` lists the verbs."""

import argparse
import importlib
import sys

VERBS = {
    "make-fire": (".data.firesim.maker", "simulate fires (needs the `firesim` extra)"),
    "fire-sheet": (".data.firesim.sheet", "draw the fires of one shard to look at"),
    "make-film": (".data.testset", "render simulated fires to clips that the runtime reads"),
    "make-data": (".data.maker", "make or load a film set of the benchmark"),
    "train": (".train.run", "train a network, or go on with a run"),
    "validate": (".evaluate.validate", "score a checkpoint beside the simple forecasters"),
    "benchmark": (".evaluate.benchmark.run", "train and score one method on one film set"),
    "cost": (".evaluate.benchmark.cost", "weights, GFLOP and milliseconds of PhysicNet's variants"),
    "examine": (
        ".evaluate.benchmark.examine",
        "rollout, grids, levels and drift of a trained network",
    ),
    "strips": (".evaluate.benchmark.strip", "draw input, truth, PhysicNet and a peer side by side"),
    "results": (
        ".evaluate.benchmark.report",
        "turn benchmark rows into a page of tables and plots",
    ),
    "export": (".onnx.export", "write a model folder from a checkpoint"),
    "ship": (".onnx.ship", "write the model folder of a benchmark run"),
    "habits": (".onnx.drift", "give a fire model its drift tables"),
    "accuracy": (
        ".evaluate.accuracy",
        "replay every test set with the runtime, write docs/accuracy.md",
    ),
    "quantize": (
        ".onnx.precision.quantize",
        "add float16 and int8 to a model folder, behind a gate",
    ),
    "precisions": (".evaluate.precision.page", "measure every precision of folders, write a page"),
    "station-fit": (".train.station.fit", "fit the outlook of a weather station"),
    "station-score": (
        ".evaluate.station",
        "score the outlook beside persistence on held-out months",
    ),
    "station-golden": (
        ".train.station.golden",
        "write readings and outlooks that the runtime must give",
    ),
    "nowcast-scores": (
        ".evaluate.nowcast.run",
        "score rain nowcasts beside pysteps on held-out events",
    ),
    "nowcast-fit": (".onnx.chance", "fit how likely rain is, into the cards of rain models"),
    "nowcast-table": (".evaluate.nowcast.page", "turn nowcast rows into docs/nowcast.md"),
    "check": (".onnx.check", "check a model folder: hashes, graph rules, parity"),
}


def main(argv: list[str] | None = None) -> int:
    """Parse and run one verb; a verb's own module is imported only when it is asked for."""
    argv = sys.argv[1:] if argv is None else argv
    parser = argparse.ArgumentParser(prog="emberline-export", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, (_, text) in VERBS.items():
        verbs.add_parser(name, help=text, add_help=False)
    verb = parser.parse_known_args(argv[:1])[0].verb
    module = importlib.import_module(VERBS[verb][0], __package__)
    sub = argparse.ArgumentParser(
        prog=f"emberline-export {verb}",
        description=module.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    module.add_arguments(sub)
    return module.main(sub.parse_args(argv[1:]))


if __name__ == "__main__":
    sys.exit(main())
