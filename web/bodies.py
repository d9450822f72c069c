"""A body from outside, never more of it in memory than the limit, whatever length was announced, or none."""

from aiohttp import StreamReader


async def whole(content: StreamReader, most: int) -> bytes | None:
    """None where it is longer."""
    body = bytearray()
    async for part in content.iter_any():
        body += part
        if len(body) > most:
            return None
    return bytes(body)
