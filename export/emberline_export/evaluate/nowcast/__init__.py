"""Rain nowcasts of emberline beside pysteps: one scorer, held-out radar events, rows, a page."""
