"""PhysicNet: two views, a codebook each, experts of flow, and of fire an arrival time."""
