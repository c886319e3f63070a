"""Check the licence and source of every crate in both Cargo.locks against deny.toml; 1 on a breach.

An equivalent of `cargo deny check licenses sources` that needs Python 3.11 and cargo only.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def allowed(expression: str, names: set[str]) -> bool:
    """Evaluate an SPDX expression (AND, OR, WITH, parentheses, the old slash) against `names`."""
    tokens = re.findall(r"[()]|[^\s()]+", expression.replace("/", " OR "))
    words, i = [], 0
    while i < len(tokens):
        if i + 2 < len(tokens) and tokens[i + 1] == "WITH":
            words.append(" ".join(tokens[i : i + 3]))
            i += 3
        else:
            words.append(tokens[i])
            i += 1
    logic = {"AND": "and", "OR": "or", "(": "(", ")": ")"}
    return bool(eval(" ".join(logic.get(w) or str(w in names) for w in words)))  # words are ours


def breaches(folder: str, rules: dict) -> tuple[int, list[str]]:
    """Count the crates of a workspace, and tell what is wrong with each that is not allowed."""
    names = set(rules["allow"])
    extra = {e["crate"]: set(e["allow"]) for e in rules.get("exceptions", [])}
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--all-features"]
    packages = json.loads(subprocess.check_output(command, cwd=ROOT / folder))["packages"]
    bad = []
    for p in packages:
        if not p["license"] or not allowed(p["license"], names | extra.get(p["name"], set())):
            bad.append(f"{p['name']} {p['version']}: licence {p['license']} is not in deny.toml")
        if p["source"] and not p["source"].startswith("registry+"):
            bad.append(f"{p['name']} {p['version']}: source {p['source']} is not a registry")
    return len(packages), bad


def main() -> int:
    """Print each breach."""
    rules = tomllib.loads((ROOT / "deny.toml").read_text())["licenses"]
    found = [breaches(folder, rules) for folder in (".", "firmware")]
    bad = [line for _, lines in found for line in lines]
    counts = " and ".join(str(count) for count, _ in found)
    print("\n".join(bad) or f"licences: {counts} crates of the two workspaces, all allowed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
