"""Scores: the definitions, for fire, rain and images, and rows of scores as they are recorded."""
