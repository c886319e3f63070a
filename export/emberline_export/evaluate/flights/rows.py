"""Rows of the trial, kept as they come: a run that was stopped goes on where it ended."""

import json
from pathlib import Path

from .cases import LK, Case
from .program import Method

Row = dict
Key = tuple[str, str, str, str]


def key(case: Case, method: Method) -> Key:
    """Which row it is."""
    return case.what, case.flight.name, method.name, method.poses


def row_key(row: Row) -> Key:
    """The same of a row."""
    return row["what"], row["flight"], row["method"], row["poses"]


def read(path: Path) -> list[Row]:
    """Rows, a later one of the same key in place of an earlier one."""
    last: dict[Key, Row] = {}
    if path.exists():
        for number, line in enumerate(path.read_text().splitlines(), 1):
            try:
                row = json.loads(line)
                last[row_key(row)] = row
            except (json.JSONDecodeError, KeyError, TypeError) as e:
                raise ValueError(f"{path}:{number}: not a row of a flight ({e})") from None
    return list(last.values())


def missing(case: Case, known: list[Row], program: str) -> list[Method]:
    """Methods of a case whose rows are not there, or are another program's."""
    made = {row_key(row): row["program"] for row in known}
    return [
        method
        for method in case.methods
        if made.get(key(case, method)) != ("" if method == LK else program)
    ]


def labelled(case: Case, method: Method, program: str, figures: dict) -> Row:
    """A row as it is written."""
    flight = case.flight
    names = {"what": case.what, "flight": flight.name, "film": flight.film, "path": flight.path}
    names |= {"seed": flight.seed, "seconds": flight.seconds, "method": method.name}
    return names | {"poses": method.poses, "program": "" if method == LK else program} | figures


def keep(path: Path, rows: list[Row]) -> None:
    """Writes all rows anew beside the file and puts them in its place: whole at any moment."""
    beside = path.with_name(path.name + ".part")
    beside.write_text("".join(json.dumps(r, separators=(",", ":")) + "\n" for r in rows))
    beside.replace(path)
