"""Folders of the family `cascade`: rain nowcasts of curves, without a network."""
