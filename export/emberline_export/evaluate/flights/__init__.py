"""The drone trial: simulated flights over real films, flown by the program."""
