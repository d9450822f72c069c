"""What can be said, by conversation; each kind is worded in `bot/texts/<locale>/<kind>.j2`."""

from importlib import import_module
from pkgutil import iter_modules

from models.messages.base import Lane, Say

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = ["Lane", "Say"]
