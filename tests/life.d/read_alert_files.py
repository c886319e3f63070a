"""What others read in files of alerts: WMO's capvalidator, lxml, and OGR; printed as JSON.

    EMBERLINE_PYTHON tests/life.d/read_alert_files.py FOLDER

Not of the standard library: the packages are in the extra `test` of export/pyproject.toml. Each
reader is one that others wrote; that a file is refused is told by its name and what was said.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pyogrio.raw
from capvalidator import Validator
from lxml import etree

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"


def cap(path: Path) -> dict:
    """A message: whether it follows the schema of OASIS, and its elements by name."""
    follows, why = Validator(path.read_bytes()).schema()
    if not follows:
        raise ValueError(why)
    found: dict[str, list[str]] = {}
    for element in etree.parse(path).getroot().iter():
        if not len(element):
            found.setdefault(element.tag.removeprefix(CAP), []).append(element.text or "")
    return found


def features(path: Path, driver: str) -> list[dict]:
    """Features of all layers as OGR reads them: name, kind of geometry, its first place, fields."""
    found = []
    for layer, _ in pyogrio.list_layers(path):
        about, _, shapes, values = pyogrio.raw.read(path, layer=layer)
        if about["crs"] not in ("EPSG:4326", "OGC:CRS84"):
            raise ValueError(f"{driver}: coordinates are {about['crs']}")
        for k, shape in enumerate(shapes):
            fields = {
                str(name): value[k] for name, value in zip(about["fields"], values, strict=True)
            }
            fields = {name: None if value is None else str(value) for name, value in fields.items()}
            kind = int(np.frombuffer(shape[1:5], "<u4")[0])
            first = np.frombuffer(shape[5:21], "<f8").tolist() if kind % 1000 == 1 else None
            found.append({"layer": str(layer), "kind": kind % 1000, "at": first, "fields": fields})
    return found


def main() -> int:
    """Reads all files of a folder."""
    read: dict[str, dict | list] = {}
    refused: list[str] = []
    for path in sorted(Path(sys.argv[1]).iterdir()):
        try:
            if path.name.endswith(".cap.xml"):
                read[path.name] = cap(path)
            elif path.suffix == ".kml":
                read[path.name] = features(path, "KML")
            elif path.suffix == ".geojson":
                read[path.name] = features(path, "GeoJSON")
            else:
                refused.append(f"{path.name}: no file of ours")
        except Exception as cause:  # Whatever a reader says against a file.
            refused.append(f"{path.name}: {cause}")
    print(json.dumps({"read": read, "refused": refused}))
    return 0


sys.exit(main())
