"""Forecasts in a store: which there are, and whether each is whole."""

import hashlib
import json
import os
from pathlib import Path

# Without these a forecast is of no use to anybody.
NEEDED = {"forecast.json", "overlay.png", "isochrones.geojson"}


def look(root: Path, pattern: str) -> list[Path]:
    """What lies below `root`; folders that go meanwhile are looked for again."""
    while True:
        try:
            return list(root.glob(pattern))
        except FileNotFoundError:
            continue


def folders(data: Path, hidden: bool = False) -> list[Path]:
    """Folders of forecasts below `data`, oldest first; or the hidden ones, half written."""
    found = look(data / "forecasts", "*/*/*")
    such = (path for path in found if path.name.startswith(".") is hidden)
    # What says why a forecast is evidence lies beside it.
    return sorted(path for path in such if path.is_dir())


def flaw(folder: Path, deep: bool = True) -> str | None:
    """What a forecast lacks, by its own forecast.json; nothing of one that has gone meanwhile."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None
    try:
        wrong = _flaw(handle, deep)
        if wrong is None:
            return None
        # Whoever moves a folder away as a whole leaves nothing half in sight.
        here, there = os.fstat(handle), os.stat(folder)
        same = (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino)
        return f"{folder.name}: {wrong}" if same else None
    except FileNotFoundError:
        return None
    finally:
        os.close(handle)


def _read(name: str, handle: int) -> bytes:
    with open(name, "rb", opener=lambda path, flags: os.open(path, flags, dir_fd=handle)) as file:
        return file.read()


def _flaw(handle: int, deep: bool) -> str | None:
    names = set(os.listdir(handle))
    if lacks := NEEDED - names:
        return f"lacks {', '.join(sorted(lacks))}"
    try:
        files = json.loads(_read("forecast.json", handle))["files"]
    except (ValueError, KeyError, OSError) as cause:
        return f"forecast.json: {cause}"
    for name, about in files.items():
        try:
            bytes_ = os.stat(name, dir_fd=handle).st_size
            if bytes_ != about["bytes"]:
                return f"{name}: {bytes_} bytes of {about['bytes']}"
            if deep and hashlib.sha256(_read(name, handle)).hexdigest() != about["sha256"]:
                return f"{name}: another sha256"
        except OSError as cause:
            return f"{name}: {cause}"
    if more := names - set(files) - {"forecast.json"}:
        return f"holds {', '.join(sorted(more))} besides"
    return None


def flaws(data: Path, deep: bool = True) -> list[str]:
    """Of all forecasts in sight below `data`."""
    return [wrong for folder in folders(data) if (wrong := flaw(folder, deep))]


def bytes_of(data: Path) -> int:
    """Bytes of all forecasts and frames in sight below `data`."""
    total = 0
    for frame in look(data / "frames", "*/*/[!.]*"):
        try:
            total += frame.stat().st_size
        except FileNotFoundError:
            continue
    for folder in folders(data):
        try:
            total += sum(entry.stat().st_size for entry in os.scandir(folder))
        except FileNotFoundError:
            continue
    return total
