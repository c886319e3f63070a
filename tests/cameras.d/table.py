"""Rows and their figures as they come."""


class Table:
    """Rows and their figures as they come."""

    def __init__(self) -> None:
        """Nothing is missed yet."""
        self.missed = 0

    def row(self, what: str, figure: str, holds: bool) -> None:
        """A row, and whether it holds."""
        self.missed += not holds
        print(f"| {what:<58} | {figure:<44} | {'ok' if holds else 'MISSED'} |", flush=True)

    def within(self, what: str, took_s: float, limit_s: float) -> None:
        """A row that holds where it took no longer than its limit."""
        self.row(f"{what}, within {limit_s:.0f} s", f"{took_s:.1f} s", took_s <= limit_s)
