"""The drone trial: simulated flights over real films, flown through the program, held against truth."""
