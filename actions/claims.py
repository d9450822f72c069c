"""What a graduate claims, held against what is registered: does the register say it by now?"""

from models.answer import (
    Claim,
    EmployerClaim,
    FieldClaim,
    LeftClaim,
    SettledClaim,
    TerminatedClaim,
    TypeClaim,
)
from models.graduate import Destination
from rules.parts import bare
from rules.taxonomy import DestinationClass

UNSETTLED = (DestinationClass.SEEKING.value, DestinationClass.NOT_SEEKING.value)
PLACE = frozenset({"class", "employer", "school", "signed_on"})


def met(claim: Claim, registered: Destination) -> bool:
    """Only what was claimed is compared; what was left open may be anything."""
    match claim:
        case FieldClaim(field=field, value=value):
            return _same(getattr(registered, field, None), value)
        case EmployerClaim(name=name, uscc=uscc, signed_on=signed_on):
            return (
                _same(registered.employer, name)
                and (uscc is None or _same(registered.uscc, uscc))
                and (signed_on is None or _same(registered.signed_on, signed_on))
            )
        case LeftClaim() | TerminatedClaim():
            return registered.category in UNSETTLED
        case TypeClaim(cls=cls, name=name) | SettledClaim(cls=cls, name=name):
            named = name is None or _same(registered.employer, name) or _same(registered.school, name)
            return registered.category == cls and named
        case _:
            return False


def fields(claim: Claim) -> frozenset[str]:
    """Which material fields the claim speaks about; a change of another one is news to the graduate."""
    if isinstance(claim, FieldClaim):
        return frozenset({claim.field})
    return PLACE


def _same(registered: object, claimed: str) -> bool:
    return registered is not None and bare(str(registered)) == bare(claimed)
