"""Models: networks, a folder a family, and the simple forecasters that they must beat."""
