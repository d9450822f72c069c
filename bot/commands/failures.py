"""Which failures are expected, and the one sentence and exit status of each."""

from sqlalchemy.exc import DBAPIError
from xlsxwriter.exceptions import FileCreateError

from actions.sheets import SheetError
from actions.units import UnknownUnit
from bot.clock import BackwardsClock
from bot.commands.talk import Declined
from bot.commands.words import said
from bot.database import busy
from bot.journal import JournalTaken
from bot.settings import WrongSetting
from models.sealed import WrongSecret
from rules import RulesError

REFUSED, WRONG_USE = 1, 2
NO_FILE = (FileNotFoundError, FileExistsError, PermissionError, IsADirectoryError, NotADirectoryError)
SAYS_IT_ITSELF = (Declined, SheetError, RulesError, BackwardsClock)
EXPECTED = (
    WrongSetting,
    WrongSecret,
    UnknownUnit,
    JournalTaken,
    *SAYS_IT_ITSELF,
    *NO_FILE,
    BaseExceptionGroup,
)


def explained(error: BaseException) -> tuple[str, int] | None:
    """None for what nobody expected: that keeps its traceback."""
    match error:
        case BaseExceptionGroup():
            return next((known for one in error.exceptions if (known := explained(one))), None)
        case WrongSetting():
            return str(error), WRONG_USE
        case WrongSecret():
            return said("wrong_secret"), WRONG_USE
        case JournalTaken():
            return said("journal_taken", file=error), REFUSED
        case UnknownUnit():
            return _unknown_unit(error), REFUSED
        case _ if isinstance(error, SAYS_IT_ITSELF):
            return str(error), REFUSED
        case DBAPIError() if error.connection_invalidated or busy(error):
            return said("database_gone", why=type(error.orig).__name__), REFUSED
        case FileCreateError() if error.args:
            return explained(error.args[0])
        case OSError() if isinstance(error, NO_FILE):
            return said("no_file", file=error.filename, why=error.strerror), REFUSED
    return None


def _unknown_unit(error: UnknownUnit) -> str:
    if not error.candidates:
        return said("unknown_unit", path=error.path)
    return said("ambiguous_unit", path=error.path, candidates=said("between").join(error.candidates))
