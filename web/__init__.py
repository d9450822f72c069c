"""The entrance of people with a browser."""
