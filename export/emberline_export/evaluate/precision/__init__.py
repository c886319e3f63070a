"""What other precisions cost and gain on every engine: measured, tabled, one page."""
