"""Home Assistant from PyPI, in a room of its own below target."""

import glob
import os
import shutil
import subprocess
from pathlib import Path

from packages import APT, apt
from trial import NotRun

ROOM = Path(__file__).resolve().parents[2] / "target/home-assistant"
# Discovery of whole devices is there since then.
LEAST = "2024.11"
PYTHONS = ["python3.13", "python3.12"]
WITHIN_S = 3600


def suits(python: str) -> bool:
    """Whether it makes rooms, and has what Home Assistant is built upon."""
    said = subprocess.run(
        [python, "-c", "import ensurepip, sqlite3, ssl, sys, venv; print(sys.version_info[:2])"],
        capture_output=True,
        text=True,
    )
    return said.returncode == 0 and said.stdout.strip() in ("(3, 12)", "(3, 13)")


def python() -> str:
    """A Python that runs it; as root Debian's is installed where there is none."""
    pyenv = sorted(glob.glob(str(Path.home() / ".pyenv/versions/3.1[23].*/bin/python")))
    named = [found for name in PYTHONS if (found := shutil.which(name))]
    for candidate in [*named, *reversed(pyenv)]:
        if suits(candidate):
            return candidate
    if os.geteuid() == 0 and shutil.which("apt-get"):
        with APT:
            apt("update")
            apt("install", "--no-install-recommends", "python3.13", "python3.13-venv")
        if (found := shutil.which("python3.13")) and suits(found):
            return found
    raise NotRun("no Python 3.12 or 3.13: apt-get install python3.13-venv (Debian 13)")


def program() -> Path:
    """Its program `hass`, installed where it is not."""
    hass = ROOM / "venv/bin/hass"
    if hass.exists():
        return hass
    shutil.rmtree(ROOM, ignore_errors=True)
    ROOM.mkdir(parents=True)
    subprocess.run([python(), "-m", "venv", ROOM / "venv"], check=True)
    pip = [ROOM / "venv/bin/python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    said = subprocess.run(
        [*pip, f"homeassistant>={LEAST}"], capture_output=True, text=True, timeout=WITHIN_S
    )
    if said.returncode:
        shutil.rmtree(ROOM)
        raise NotRun(f"pip cannot install homeassistant: {said.stderr.strip()[-300:]}")
    return hass
