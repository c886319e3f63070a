"""Fires for training: landscape and weather are drawn, pyretechnics burns them, shards keep them.

`landscape` draws the place, `spread` burns it, `maker` writes shards, `sheet` shows them.
Films (thermal image, mask, camera faults) are rendered later from the physics stored here.
"""
