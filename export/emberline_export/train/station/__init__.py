"""Local weather: the 1 to 6 hour outlook of a station from its own readings."""
