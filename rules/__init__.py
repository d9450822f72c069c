"""What an institution decides, read from TOML into frozen, typed, pure values."""

from rules.anomalies import Anomaly, Severity
from rules.broadcasts import Broadcasts, Segment
from rules.calendar import Calendar, Event, Preset
from rules.campaigns import Audience, Campaign, Due, Ladder, Span, Step
from rules.cases import CaseRule
from rules.columns import Columns, Degree, Level, OfficialFeedback, OfficialStatus
from rules.destinations import Destinations
from rules.disputes import Disputes, Sentence
from rules.doors import Door, Doors
from rules.duties import Duties, Party
from rules.followups import Chain, Does, Ends, Followups, Moment
from rules.intents import Intent, Intents
from rules.loading import Rules, load
from rules.parts import RulesError
from rules.phrases import Phrases
from rules.privacy import Privacy, TextMax
from rules.quiet import Quiet
from rules.replies import Replies, Reply
from rules.routing import Act, RoleName, Routing
from rules.sla import Sla
from rules.snapshots import Snapshots
from rules.snooze import Snooze
from rules.taxonomy import Code, DestinationClass, Edition, RollUp, Taxonomy, TopLevel

__all__ = [
    "Act",
    "Anomaly",
    "Audience",
    "Broadcasts",
    "Calendar",
    "Campaign",
    "CaseRule",
    "Chain",
    "Code",
    "Columns",
    "Degree",
    "DestinationClass",
    "Destinations",
    "Disputes",
    "Does",
    "Door",
    "Doors",
    "Due",
    "Duties",
    "Edition",
    "Ends",
    "Event",
    "Followups",
    "Intent",
    "Intents",
    "Ladder",
    "Level",
    "Moment",
    "OfficialFeedback",
    "OfficialStatus",
    "Party",
    "Phrases",
    "Preset",
    "Privacy",
    "Quiet",
    "Replies",
    "Reply",
    "RoleName",
    "RollUp",
    "Routing",
    "Rules",
    "RulesError",
    "Segment",
    "Sentence",
    "Severity",
    "Sla",
    "Snapshots",
    "Snooze",
    "Span",
    "Step",
    "Taxonomy",
    "TextMax",
    "TopLevel",
    "load",
]
