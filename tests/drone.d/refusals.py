"""What cannot be flown: exit code 2, and one line that says what to type."""

import re
from pathlib import Path

from picture import HFOV_DEG, TIMES_S, write_film
from pose import Pose
from program import drone
from table import Table

# Words of somebody who says what to do.
TO_TYPE = re.compile(r"\b(give|say|leave|copy|begin|export)\b")
POSE = Pose(40.0, -105.3, 100.0, 0.0)


def rows(table: Table, program: Path, room: Path) -> None:
    """A row an input."""
    film = room / "spots.npz"
    write_film(film)
    good = [POSE.line(s, "alt_agl_m", HFOV_DEG, False) for s in TIMES_S]
    lensless = [POSE.line(s, "alt_agl_m", None, False) for s in TIMES_S]
    another = [line.replace("2026-08-02", "2026-08-05") for line in good]
    heightless = [line.replace("alt_agl_m", "height") for line in good]
    # What is wrong, the telemetry, other words, a word that the line must have.
    for number, (what, lines, words, must) in enumerate(
        [
            ("an empty pose file", [], (), "bad-0.ndjson"),
            ("no lines of poses", ["what", "ever"], (), "bad-1.ndjson"),
            ("poses of another day", another, (), "2026-08-05"),
            ("no lens", lensless, (), "--hfov"),
            ("no height", heightless, (), "alt_"),
            ("a height model that is not there", good, ("--dem", room / "no.tif"), "no.tif"),
            ("a camera file that is not there", good, ("--camera", room / "no.toml"), "no.toml"),
            ("a field of view of a half circle", lensless, ("--hfov", "180"), "hfov"),
        ]
    ):
        path = room / f"bad-{number}.ndjson"
        path.write_text("".join(line + "\n" for line in lines))
        out = room / f"bad-{number}"
        fixed = ("--steady", "off", "--kind", "mask", "--no-forecast", "--pose", path)
        done = drone(program, film, out, *fixed, *words)
        said = done.stderr.strip().splitlines()
        one = len(said) == 1 and said[0].startswith("error: ") and must in said[0]
        one = one and TO_TYPE.search(said[0]) is not None
        figure = f"exit {done.returncode}, {len(said)} lines: {said[0] if said else ''}".replace(
            f"{room}/", ""
        )
        whole = not out.exists()
        figure += "" if whole else "; a folder is left"
        table.row(
            f"{what}: exit 2, one line with `{must}`",
            figure,
            done.returncode == 2 and one and whole,
        )
    missing = drone(
        program, film, room / "bad-none", "--steady", "off", "--pose", room / "no.ndjson"
    )
    said = missing.stderr.strip().splitlines()
    one = len(said) == 1 and "no.ndjson" in said[0]
    figure = f"exit {missing.returncode}, {len(said)} lines: {said[0] if said else ''}".replace(
        f"{room}/", ""
    )
    table.row("a pose file that is not there", figure, missing.returncode == 2 and one)
