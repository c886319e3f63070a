"""Pages for people: text in a template beside the code, numbers and tables from the code."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jinja2

# A name that a template has and the code does not give is an error, never a gap in a page.
PAGES = jinja2.Environment(
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,  # Markdown and plain text
)


def render(template: Path, **values: Any) -> str:
    """Text of a `.j2` file with its values, ending in one line break."""
    return PAGES.from_string(template.read_text()).render(values).rstrip() + "\n"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Markdown table, its lines without a break at the end."""
    head = list(head)
    lines = [head, *map(list, rows)]
    first, *rest = ("| " + " | ".join(line) + " |" for line in lines)
    return "\n".join([first, "|" + "---|" * len(head), *rest])
