"""Lists that are shown a page at a time."""


def within(page: int, total: int, size: int) -> tuple[int, int]:
    """The page nearest to the one asked for that there is, and how many there are."""
    pages = max(1, -(-total // size))
    return max(0, min(page, pages - 1)), pages
