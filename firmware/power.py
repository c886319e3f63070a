"""Work out the node's mean current and how long its battery lasts, from power.toml.

python3 firmware/power.py            prints the tables of docs/node-power.md
python3 firmware/power.py --write    puts them into the page, between its two marks
python3 firmware/power.py --check    exit 1 if the page does not hold these tables

Needs Python 3.11 and nothing else.
"""

import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "node-power.md"
BEGIN, END = "<!-- power.py begins -->", "<!-- power.py ends -->"


def share(part: dict, setting: dict) -> float:
    """Give the share of time that the part draws its current."""
    if part.get("line") and setting.get("always"):
        return 1
    each_s = part.get("each_s") or part["each_readings"] * setting["reading_s"]
    on_s = part["on_s"] + (setting["quiet_s"] if part.get("line") else 0)
    assert 0 < on_s <= each_s, part["name"]
    return on_s / each_s


def mean_ua(parts: list[dict], setting: dict) -> float:
    """Give the node's mean current, µA."""
    own = sum(part["current_ua"] * share(part, setting) for part in parts)
    return own + setting.get("adds_ua", 0)


def days(battery: dict, current_ua: float) -> float:
    """Give how long a battery lasts, days, with what it loses by itself."""
    full_uah = battery["capacity_mah"] * 1000
    lost_ua = full_uah * battery["lost_a_month"] / (30 * 24)
    return full_uah * battery["usable"] / (current_ua + lost_ua) / 24


def rows(head: list[str], body: list[list[str]]) -> list[str]:
    """Give a Markdown table."""
    lines = [head, ["---"] * len(head), *body]
    return ["| " + " | ".join(cells) + " |" for cells in lines]


def figure(n: float) -> str:
    """Write a number with two digits that mean something, or whole above 10."""
    return f"{n:,.0f}" if n >= 10 else f"{n:.2g}"


def tables(data: dict) -> str:
    """Give both tables as Markdown."""
    parts, settings, battery, sun = (data[k] for k in ("part", "setting", "battery", "sun"))
    built = settings[0]
    body = []
    for p in parts:
        part = share(p, built)
        time = "always" if part == 1 else f"{100 * part:.2g} %"
        mean = figure(p["current_ua"] * part)
        body.append([p["name"], f"{p['current_ua']:,}", time, mean, p["kind"], p["source"]])
    body.append(["**all**", "", "", f"**{figure(mean_ua(parts, built))}**", "", ""])
    head = ["part and state", "µA", "of the time", "mean µA", "kind", "source"]
    lines = rows(head, body) + [""]

    sun_ua = sun["panel_ma"] * 1000 * sun["rated_hours"] * sun["kept"] / 24
    body = []
    for s in settings:
        ua = mean_ua(parts, s)
        body.append([s["name"], figure(ua), figure(days(battery, ua)), f"{sun_ua / ua:.2g} ×"])
    head = ["setting", "mean µA", f"days on a {battery['name']}", f"{sun['name']}, December"]
    return "\n".join(lines + rows(head, body))


def main() -> int:
    """Print, write or check the tables."""
    text = tables(tomllib.loads((HERE / "power.toml").read_text()))
    mode = sys.argv[1:]
    if not mode:
        print(text)
        return 0
    if mode not in (["--write"], ["--check"]):
        print(f"power.py: {' '.join(mode)}: neither --write nor --check", file=sys.stderr)
        return 2
    page = PAGE.read_text()
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    want = f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"
    if mode == ["--write"]:
        PAGE.write_text(want)
    elif page != want:
        print("docs/node-power.md: other tables than power.toml gives; run with --write")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
