"""What we last asked somebody, by conversation."""

from models.steps.base import Hat, Step

__all__ = ["Hat", "Step"]
