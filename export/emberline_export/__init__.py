"""Training and export of emberline's models. The runtime meets this package in the model folder only."""
