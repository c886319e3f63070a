"""Film sets of the benchmark: reaction-diffusion, rain, moving digits; all as `Clips`."""
