"""A real SMTP server that keeps what it is given, and says what a story wants it to say."""

import asyncio
import warnings
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "jiuye", "p@ss word"


@dataclass
class PostOffice:
    """`says` answers a recipient, `after` what was sent; `hangs_up`: it reads the mail and is gone."""

    mails: list[EmailMessage] = field(default_factory=list)
    says: dict[str, str] = field(default_factory=dict)
    after: str = "250 OK"
    hangs_up: bool = False
    password: str = PASSWORD
    transports: list[Any] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self.server = await asyncio.get_running_loop().create_server(self._made, "127.0.0.1", 0)
        self.port: int = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()
        await self.server.wait_closed()

    @property
    def url(self) -> str:
        return f"smtp://{USER}:p%40ss%20word@127.0.0.1:{self.port}"

    def _made(self) -> SMTP:
        with warnings.catch_warnings():
            # It warns of passwords without TLS; to the same machine ours goes without.
            warnings.simplefilter("ignore", UserWarning)
            return SMTP(
                self,
                hostname="mx.example.edu.cn",
                authenticator=self._known,
                auth_required=True,
                auth_require_tls=False,
            )

    def _known(self, _: SMTP, __: Session, ___: Envelope, ____: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        right = (data.login, data.password) == (USER.encode(), self.password.encode())
        return AuthResult(success=right, handled=right)

    async def handle_RCPT(
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        if address in self.says:
            return self.says[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        if self.hangs_up:
            transport: Any = server.transport
            transport.abort()
        return self.after

    def to(self, address: str) -> list[EmailMessage]:
        return [one for one in self.mails if one["To"] == address]
