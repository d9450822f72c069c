"""What the operator decides, read from the environment and `.env`; a wrong value is one clear sentence."""

import os
import secrets
from datetime import datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

# SQLAlchemy is imported where an address must be read: checking rules needs no database.
PREFIX = "QUXIANG_"


class WrongSetting(Exception):
    """Names the variable and what is wrong with it."""


class Settings(BaseSettings):
    """Names and defaults are promised in the README."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    token: str | None = None
    school: str | None = None
    contact: str | None = None
    telegram_api: str | None = None
    proxy: str | None = None
    database_url: str = "sqlite+aiosqlite:///quxiang.db"
    public_url: str | None = None
    intake: Literal["polling", "webhook"] | None = None
    listen: str = "127.0.0.1:8080"
    secret: str | None = Field(default=None, min_length=16)
    sms_key: str | None = Field(default=None, min_length=16)
    smtp_url: str | None = None
    rules: Path | None = None
    clock: datetime | None = None
    log: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError

        try:
            driver = make_url(url).drivername
        except ArgumentError as error:
            raise ValueError("is not a database address") from error
        if driver not in {"sqlite+aiosqlite", "postgresql+asyncpg"}:
            raise ValueError("must begin with sqlite+aiosqlite:/// or postgresql+asyncpg://")
        return url

    @field_validator("telegram_api", "public_url")
    @classmethod
    def _web_address(cls, url: str | None) -> str | None:
        if url is not None and urlsplit(url).scheme not in {"http", "https"}:
            raise ValueError("must begin with http:// or https://")
        return url.rstrip("/") if url else None

    @field_validator("proxy")
    @classmethod
    def _proxy(cls, url: str | None) -> str | None:
        if url and urlsplit(url).scheme not in {"http", "socks4", "socks5"}:
            raise ValueError("must begin with http://, socks4:// or socks5://")
        return url or None

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, url: str | None) -> str | None:
        if url is not None and not _is_mail_server(url):
            raise ValueError("must be smtp://user:password@host:587 or smtps://user:password@host:465")
        return url

    @field_validator("clock")
    @classmethod
    def _aware(cls, instant: datetime | None) -> datetime | None:
        if instant is not None and instant.tzinfo is None:
            raise ValueError("needs a time zone, for example 2024-07-08T10:00:00+08:00")
        return instant

    @field_validator("listen")
    @classmethod
    def _listen(cls, address: str) -> str:
        host, _, port = address.rpartition(":")
        if not host or not port.isdigit() or int(port) > 65535:
            raise ValueError("must be host:port, for example 127.0.0.1:8080")
        return address

    @property
    def host_and_port(self) -> tuple[str, int]:
        host, _, port = self.listen.rpartition(":")
        return host, int(port)

    @property
    def sqlite_file(self) -> Path | None:
        from sqlalchemy.engine import make_url

        url = make_url(self.database_url)
        return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None

    @property
    def mode(self) -> str:
        if self.intake:
            return self.intake
        return "webhook" if self.public_url and self.sqlite_file is None else "polling"

    def must(self, name: str) -> str:
        """A value this command cannot do without."""
        value = getattr(self, name)
        if not value:
            raise WrongSetting(f"{PREFIX}{name.upper()} is not set; {NEEDED_FOR[name]}")
        return str(value)

    def key_material(self) -> str:
        if self.secret:
            return self.secret
        if self.sqlite_file is None:
            raise WrongSetting(
                f"{PREFIX}SECRET is not set; with PostgreSQL it must be given, at least 16 characters"
            )
        return _secret_beside(self.sqlite_file)


NEEDED_FOR = {
    "token": "it is the bot's token from @BotFather",
    "school": "it is the school's name as messages and papers show it",
    "public_url": "the personal links lead there, for example https://qx.example.edu.cn",
    "contact": "it is the office, telephone and page shown in the notice",
    "sms_key": "rules/sms.toml names a gateway, and this key signs what is sent there",
    "smtp_url": "rules/mail.toml says from whom mails are sent, and this is the server that takes them",
}


def _is_mail_server(url: str) -> bool:
    """A user without a password, or the other way round, is a slip."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    alone = (parts.username is None) != (parts.password is None)
    return parts.scheme in {"smtp", "smtps"} and bool(parts.hostname) and not alone


def _secret_beside(database: Path) -> str:
    """Made once, readable by the owner alone."""
    file = database.with_name(database.name + ".secret")
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    with os.fdopen(handle, "w") as out:
        out.write(made := secrets.token_urlsafe(48))
    return made


def read(**given: object) -> Settings:
    try:
        settings = Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        raise WrongSetting(_sentence(error)) from error
    if settings.mode == "webhook":
        _check_webhook(settings)
    return settings


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    name = PREFIX + str(first["loc"][0]).upper()
    return f"{name} {first['msg'].removeprefix('Value error, ')}"


def _check_webhook(settings: Settings) -> None:
    if not settings.public_url:
        raise WrongSetting(f"{PREFIX}PUBLIC_URL is not set; a webhook needs the address Telegram can reach")
    if settings.public_url.startswith("http://") and not settings.telegram_api:
        raise WrongSetting(f"{PREFIX}PUBLIC_URL must begin with https:// for a webhook")
