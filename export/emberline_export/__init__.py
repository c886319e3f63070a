"""Trains and exports emberline's models; the runtime meets it in the model folder only."""
