"""Reads the shipped rule files, or a school's own in their place, into one frozen value."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from rules.anomalies import Anomaly, AnomalyFile
from rules.calendar import Calendar, CalendarSettings, Holidays
from rules.campaigns import Campaign, CampaignFile
from rules.columns import Columns
from rules.destinations import Destinations
from rules.disputes import Disputes
from rules.duties import Duties
from rules.followups import Followup, FollowupFile
from rules.intents import Intents
from rules.parts import Part, RulesError
from rules.presets import Event, PresetFile
from rules.privacy import Privacy
from rules.quiet import Quiet, QuietHours
from rules.routing import Routing
from rules.sla import Sla, SlaFile
from rules.snooze import Snooze
from rules.taxonomy import Taxonomy

SHIPPED = Path(__file__).parent
_Part = TypeVar("_Part", bound=Part)


@dataclass(frozen=True, slots=True)
class Rules:
    anomalies: Mapping[str, Anomaly]
    calendar: Calendar
    campaigns: Mapping[str, Campaign]
    columns: Columns
    destinations: Destinations
    disputes: Disputes
    duties: Duties
    followups: Mapping[str, Followup]
    intents: Intents
    privacy: Privacy
    quiet: Quiet
    routing: Routing
    sla: Sla
    snooze: Snooze
    taxonomy: Taxonomy
    digest: str


def load(folder: Path | None = None) -> Rules:
    """The rules in force: each file from the folder where it has one, else as shipped."""
    files = _Files(_chosen(folder))
    duties = files.read("duties.toml", Duties)
    calendar = _calendar(files, duties)
    quiet = _quiet(files, calendar)
    campaigns = files.read("campaigns.toml", CampaignFile).campaigns
    return Rules(
        anomalies=MappingProxyType(dict(files.read("anomalies.toml", AnomalyFile).anomalies)),
        calendar=calendar,
        campaigns=MappingProxyType({key: Campaign(plan, quiet) for key, plan in campaigns.items()}),
        columns=files.read("columns.toml", Columns),
        destinations=files.read("destinations.toml", Destinations),
        disputes=files.read("disputes.toml", Disputes),
        duties=duties,
        followups=MappingProxyType(
            {str(kind): one for kind, one in files.read("followups.toml", FollowupFile).followups.items()}
        ),
        intents=files.read("intents.toml", Intents),
        privacy=files.read("privacy.toml", Privacy),
        quiet=quiet,
        routing=files.read("routing.toml", Routing),
        sla=Sla(files.read("sla.toml", SlaFile), calendar),
        snooze=files.read("snooze.toml", Snooze),
        taxonomy=files.read("taxonomy.toml", Taxonomy),
        digest=files.digest,
    )


class _Files:
    """The chosen files, each read once, so that the digest is of the very bytes that were parsed."""

    def __init__(self, paths: Mapping[str, Path]) -> None:
        self.paths = paths
        self.contents = {name: _bytes(path) for name, path in sorted(paths.items())}

    @property
    def digest(self) -> str:
        whole = hashlib.sha256()
        for name, content in self.contents.items():
            whole.update(f"{name}\0{len(content)}\0".encode())
            whole.update(content)
        return whole.hexdigest()

    def read(self, name: str, model: type[_Part]) -> _Part:
        path = self.paths[name]
        try:
            return model.model_validate(tomllib.loads(self.contents[name].decode()))
        except UnicodeDecodeError as error:
            raise RulesError(f"{path} is not UTF-8 text (byte {error.start}).") from error
        except tomllib.TOMLDecodeError as error:
            raise RulesError(f"{path} is not TOML: {error}.") from error
        except ValidationError as error:
            raise RulesError(_sentence(path, error)) from error


def _chosen(folder: Path | None) -> dict[str, Path]:
    paths = {path.name: path for path in SHIPPED.glob("*.toml")}
    if folder is None:
        return paths
    if not folder.is_dir():
        raise RulesError(f"{folder} is not a folder of rule files.")
    own = {path.name: path for path in folder.glob("*.toml")}
    if unknown := sorted(own.keys() - paths.keys()):
        raise RulesError(f"{own[unknown[0]]} replaces no rule file; there are {', '.join(sorted(paths))}.")
    return paths | own


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RulesError(f"{path} cannot be read: {error.strerror}.") from error


def _sentence(path: Path, error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"] if part != "[key]")
    if first["type"] == "extra_forbidden":
        return f"{path}: the key {key} is not known."
    if first["type"] == "missing":
        return f"{path}: the key {key} is missing."
    message = first["msg"].removeprefix("Value error, ")
    return f"{path}: {f'the key {key}: ' if key else ''}{message[:1].lower()}{message[1:]}."


def _calendar(files: _Files, duties: Duties) -> Calendar:
    settings = files.read("calendar.toml", CalendarSettings)
    presets = files.read("calendars.toml", PresetFile).presets
    path = files.paths["calendar.toml"]
    if settings.default_preset not in presets:
        raise RulesError(f"{path}: the key default_preset: there is no preset {settings.default_preset}.")
    for name, preset in presets.items():
        for event in preset.events:
            if strange := _strangers(event, duties):
                where = f"{files.paths['calendars.toml']}: the key preset.{name}"
                raise RulesError(f"{where}: event {event.key} names {strange}, and duties.toml does not.")
    return Calendar(settings, files.read("holidays.toml", Holidays), presets, _zone(path, settings.zone))


def _strangers(event: Event, duties: Duties) -> str:
    unknown = [one for one in event.who if one not in duties.parties]
    return ", ".join([*unknown, *(one for one in event.signers if one not in duties.signers)])


def _zone(path: Path, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError) as error:
        raise RulesError(f"{path}: the key zone: {name} is not a time zone known here.") from error


def _quiet(files: _Files, calendar: Calendar) -> Quiet:
    hours = files.read("quiet.toml", QuietHours)
    return Quiet(hours.starts, hours.ends, calendar.zone)
