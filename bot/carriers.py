"""The ways out beside Telegram that a school has: what its rules say, and what the environment keeps."""

from bot.courier import Carrier
from bot.letters import Mails, Texts
from bot.settings import Settings, WrongSetting
from models.sealed import Keyring
from rules import Rules


def check(settings: Settings, rules: Rules) -> None:
    """Before anything is started: what the rules switch on has to have its secret and its address."""
    if rules.sms.gateway is not None:
        settings.must("sms_key")
        settings.must("public_url")
    if rules.mail.sender is not None:
        settings.must("smtp_url")
        if not settings.must("public_url").startswith("https://"):
            raise WrongSetting(
                "QUXIANG_PUBLIC_URL must begin with https://; the link in every mail that ends these mails "
                "leads there"
            )


def carriers(settings: Settings, rules: Rules, keys: Keyring) -> list[Carrier]:
    """What only a few schools have is not imported by the others."""
    found: list[Carrier] = []
    school, contact, zone = settings.must("school"), settings.must("contact"), rules.quiet.zone
    if rules.sms.gateway is not None:
        from bot.gateway import SmsGateway

        texts, links = Texts(rules.sms, school, zone), f"{settings.must('public_url')}/j/"
        found.append(SmsGateway(rules.sms, settings.must("sms_key"), texts, links))
    if rules.mail.sender is not None:
        from bot.mailer import Mailer

        mails, public_url = Mails(school, contact, zone), settings.must("public_url")
        found.append(Mailer(rules.mail, settings.must("smtp_url"), mails, keys, public_url))
    return found
