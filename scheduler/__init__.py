"""The entrance of time: fixed ticks that look for what is due."""
