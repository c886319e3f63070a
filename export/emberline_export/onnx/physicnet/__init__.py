"""What only PhysicNet's folders have: its graphs, the card's table `[physicnet]`, golden clips."""
