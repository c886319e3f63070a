"""Simple forecasters: what a network must be set beside; the runtime has the same."""
