"""Composition and Telegram plumbing."""
