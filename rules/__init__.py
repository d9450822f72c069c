"""What an institution decides, read from TOML into frozen, typed, pure values."""

from rules.anomalies import Anomaly, Severity
from rules.calendar import Calendar, Event, Preset
from rules.campaigns import Audience, Campaign, Due, Step, StepKind
from rules.columns import Columns, Degree, Level, OfficialFeedback, OfficialStatus
from rules.destinations import Destinations
from rules.disputes import Disputes, Sentence
from rules.duties import Duties, Party
from rules.followups import Followup
from rules.intents import Intent, Intents
from rules.loading import Rules, load
from rules.parts import RulesError
from rules.privacy import Privacy, TextMax
from rules.quiet import Quiet
from rules.routing import Act, RoleName, Routing
from rules.sla import Sla
from rules.snooze import Snooze
from rules.taxonomy import Code, DestinationClass, Edition, RollUp, Taxonomy, TopLevel

__all__ = [
    "Act",
    "Anomaly",
    "Audience",
    "Calendar",
    "Campaign",
    "Code",
    "Columns",
    "Degree",
    "DestinationClass",
    "Destinations",
    "Disputes",
    "Due",
    "Duties",
    "Edition",
    "Event",
    "Followup",
    "Intent",
    "Intents",
    "Level",
    "OfficialFeedback",
    "OfficialStatus",
    "Party",
    "Preset",
    "Privacy",
    "Quiet",
    "RoleName",
    "RollUp",
    "Routing",
    "Rules",
    "RulesError",
    "Sentence",
    "Severity",
    "Sla",
    "Snooze",
    "Step",
    "StepKind",
    "Taxonomy",
    "TextMax",
    "TopLevel",
    "load",
]
