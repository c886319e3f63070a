"""Rows and the largest difference that each saw."""


class Table:
    """Rows and the largest difference that each saw."""

    def __init__(self) -> None:
        """Nothing is missed yet."""
        self.missed = 0

    def row(self, what: str, figure: str, holds: bool) -> None:
        """A row, and whether it holds."""
        self.missed += not holds
        print(f"| {what:<50} | {figure:<52} | {'ok' if holds else 'MISSED'} |", flush=True)

    def equal(
        self, what: str, pairs: list[tuple[float, float]], most: float, at_least: int
    ) -> None:
        """Pairs of ours and theirs: so many at least, none further apart than `most`."""
        worst = max((abs(a - b) for a, b in pairs), default=float("nan"))
        holds = len(pairs) >= at_least and worst <= most
        self.row(what, f"{len(pairs)} values, at most {worst:.2g} apart (limit {most:g})", holds)
