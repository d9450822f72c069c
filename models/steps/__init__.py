"""What we last asked somebody, by conversation."""

from importlib import import_module
from pkgutil import iter_modules

from models.steps.base import Hat, Step

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = ["Hat", "Step"]
