"""Data: films of fire and rain, made or read, and how a forecast of them is scored."""
