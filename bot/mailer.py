"""E-mail over SMTP: one connection for each mail, so that it is known at which word it failed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import formatdate, parseaddr
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPConnectResponseError,
    SMTPDataError,
    SMTPException,
    SMTPHeloError,
    SMTPRecipientRefused,
    SMTPSenderRefused,
)

from actions import unsubscribing
from actions.dispatch_claims import Parcel
from actions.dispatch_outcomes import Outcome, Result
from bot.letters import Mails
from models.dispatch import Channel, Failure
from models.sealed import Keyring
from rules.gateway import HERE
from rules.mail import Mail

FOR_GOOD = 500
# What is raised where an address cannot be parsed: its parser trips over its own feet at "a@" or "?@ [\t".
UNWRITABLE = (ValueError, MessageError, LookupError, AttributeError, NameError)
PORTS = {"smtp": 587, "smtps": 465}


class Mailer:
    channel = Channel.EMAIL

    def __init__(self, rules: Mail, url: str, mails: Mails, keys: Keyring, public_url: str) -> None:
        assert rules.sender is not None
        self.rules, self.url, self.mails, self.keys, self.public_url = rules, url, mails, keys, public_url
        self.per_second, self.within = rules.per_second, float(rules.within_seconds)
        self.sender = parseaddr(rules.sender)

    async def close(self) -> None:
        """Nothing stays open between two mails."""

    async def carry(self, parcel: Parcel) -> Outcome:
        try:
            message = self._message(parcel)
        except UNWRITABLE:
            return Outcome(Result.FAILED, Failure.OTHER)
        # Before the mail itself was begun nothing was sent, whatever goes wrong; after that nobody can say.
        begun = taken = False
        try:
            async with asyncio.timeout(self.within), connected(self.url, self.within, self._host) as server:
                await server.mail(self.sender[1])
                await server.rcpt(parcel.address)
                begun = True
                await server.data(message)
                taken = True
        except SMTPRecipientRefused as error:
            return self._refused(error.code, error.message)
        except SMTPDataError as error:
            if error.code < FOR_GOOD:
                return Outcome(Result.LATER)
            return Outcome(Result.FAILED, Failure.REFUSED)
        except (SMTPException, OSError, TimeoutError) as error:
            if begun:
                return Outcome(Result.TAKEN if taken else Result.UNKNOWN)
            return Outcome(Result.RETURNED, halts=trouble(error))
        return Outcome(Result.TAKEN)

    @property
    def _host(self) -> str:
        return self.sender[1].rpartition("@")[2]

    def _refused(self, code: int, said: str) -> Outcome:
        """Of this one recipient: for now, or for good."""
        if code < FOR_GOOD:
            return Outcome(Result.LATER)
        return Outcome(Result.FAILED, Failure(self.rules.bounces.read(code, said)))

    def _message(self, parcel: Parcel) -> bytes:
        """Raises where the address is none that can be written to."""
        if not parcel.address.isascii():
            raise ValueError("an address in other letters needs a server that we cannot count on")
        stop = f"{self.public_url}/m/{unsubscribing.token(self.keys, parcel.id)}"
        link = f"{self.public_url}/j/{parcel.code}"
        mail = self.mails.ask(parcel.locale, parcel.name, link, stop, parcel.deadline_at)
        message = EmailMessage(WIRE)
        message["From"] = Address(self.sender[0], addr_spec=self.sender[1])
        message["To"] = Address(addr_spec=parcel.address)
        if self.rules.reply_to:
            message["Reply-To"] = self.rules.reply_to
        message["Subject"] = mail.subject
        message["Date"] = formatdate()
        message["Message-ID"] = f"<{parcel.id.hex}@{self._host}>"
        message["Auto-Submitted"] = "auto-generated"
        message["List-Unsubscribe"] = f"<{stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(mail.plain, cte="base64")
        message.add_alternative(mail.html, subtype="html", cte="base64")
        return message.as_bytes()


@asynccontextmanager
async def connected(url: str, within: float, host: str) -> AsyncIterator[aiosmtplib.SMTP]:
    """Greeted, encrypted and let in: a password never goes to another machine unencrypted."""
    parts = urlsplit(url)
    given: dict[str, Any] = {}
    if parts.username is not None:
        given = {"username": unquote(parts.username), "password": unquote(parts.password or "")}
        if parts.scheme == "smtp" and parts.hostname not in HERE:
            given["start_tls"] = True
    server = aiosmtplib.SMTP(
        hostname=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        use_tls=parts.scheme == "smtps",
        timeout=within,
        local_hostname=host,
        **given,
    )
    try:
        await server.connect()
        yield server
        with suppress(SMTPException, OSError, TimeoutError):
            await server.quit()
    finally:
        server.close()


def trouble(error: Exception) -> str:
    """What an operator can do something about; a server's own words are not repeated."""
    match error:
        case SMTPAuthenticationError():
            return f"the mail server refuses the password ({error.code})"
        case SMTPSenderRefused():
            return f"the mail server refuses the sender ({error.code})"
        case SMTPConnectResponseError() | SMTPHeloError():
            return f"the mail server does not take us in ({error.code})"
        case _:
            return f"the mail server cannot be reached: {type(error).__name__}"
