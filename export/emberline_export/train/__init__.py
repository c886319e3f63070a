"""Training: losses, runs, and the fit of the weather outlook."""
