"""Measurements, each beside its peer or its limit in the same run; never asserted in tests."""
