"""What may go wrong on the way to Telegram: all of it passes, none of it may end the process."""

import aiohttp
from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError

# The proxy's own errors descend from plain Exception, so that no other class catches them.
ON_THE_WAY = (
    aiohttp.ClientError,
    TimeoutError,
    OSError,
    ProxyError,
    ProxyConnectionError,
    ProxyTimeoutError,
)
