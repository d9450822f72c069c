"""A season on a made-up school: the real actions and jobs, a clock that jumps, no network."""

from bot.season.run import Season, rehearse

__all__ = ["Season", "rehearse"]
