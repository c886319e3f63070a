"""Model folders in more than one precision: float16, int8; measured, gated, tabled."""
