"""PhysicNet, its ablations, its peers and simple forecasters on the film sets, in one way."""
