"""Model folders: export, calibration, other precisions, and the checks that a folder passes."""
