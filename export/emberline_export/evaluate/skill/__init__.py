"""Skill of the rain nowcast: fitted and measured event by event, beside pysteps."""
