"""Measurements, each beside its peer or limit in the same run, and the chaos whose short form is a test."""
