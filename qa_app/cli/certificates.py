"""The commands of `plumbline certificate`."""

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from db.records import CertificateId
from qa_app.cli.finding import find_people, find_published
from qa_app.cli.printing import Format, Shown, say, show
from qa_app.cli.surroundings import As, act_as
from qa_app.errors import Refused
from qa_app.workflows import certificates, scorecards
from qa_app.workflows.context import Context

Scorecard = Annotated[str, typer.Argument(help="Name of a scorecard.")]
app = typer.Typer(help="Who is calibrated for which scorecard, and until when.", no_args_is_help=True)


@app.command()
def rule(
    scorecard: Scorecard,
    least: Annotated[str, typer.Option(help="The interval of the agreement begins at this share or above.")] = "0.80",
    answers: Annotated[int, typer.Option(min=1, help="Answers beside a reference, at least.")] = 60,
    window: Annotated[int, typer.Option(min=1, help="Days back in which revealed sessions count together.")] = 180,
    valid: Annotated[int, typer.Option(min=1, help="Days that a certificate holds.")] = 180,
    required: Annotated[bool, typer.Option("--required", help="Give tickets to holders only.")] = False,  # noqa: FBT002 - an option
    as_: As = None,
) -> None:
    """Say when a reviewer is calibrated for a scorecard.

    Example: plumbline certificate rule core-chat --least 0.75 --answers 80 --required
    """
    with act_as(as_) as context:
        new = certificates.NewRule(_name(context, scorecard), _share(least), answers, window, valid, required)
        made = certificates.set_rule(context, new)
    say(f"{made.scorecard_id}: {made.least_answers} answers, interval from {made.least_agreement}.")


@app.command("list")
def list_(as_: As = None, shown: Shown = Format.TABLE) -> None:
    """List reviewers with their figures against the reference, and their certificates.

    Example: plumbline certificate list
    """
    with act_as(as_) as context:
        found = certificates.list_certificates(context)
    rows = [
        {
            "reviewer": row.person.name,
            "scorecard": row.scorecard_id,
            "agreement": None if row.standing.agreement is None else round(row.standing.agreement, 4),
            "low": None if row.standing.low is None else round(row.standing.low, 4),
            "high": None if row.standing.high is None else round(row.standing.high, 4),
            "answers": row.standing.answers,
            "tickets": row.standing.tickets,
            "certificate": row.newest.id if row.newest else None,
            "valid": row.valid,
            "until": str(row.newest.expires_at.date()) if row.newest else None,
            "missing": " ".join(row.unmet),
        }
        for row in found
    ]
    show(rows, shown=shown)


@app.command()
def grant(
    scorecard: Scorecard, email: Annotated[str, typer.Argument(help="E-mail of the reviewer.")], as_: As = None
) -> None:
    """Grant a certificate where the rule holds; otherwise say what is missing.

    Example: plumbline certificate grant core-chat ann@example.org
    """
    with act_as(as_) as context:
        person_id = find_people(context, [email])[0]
        made = certificates.grant_certificate(context, person_id, _name(context, scorecard))
    print(made.id)
    say(f"Holds until {made.expires_at:%Y-%m-%d}.")


@app.command()
def withdraw(
    certificate_id: Annotated[str, typer.Argument(help="Id of the certificate.")],
    why: Annotated[str, typer.Option(help="Why; the audit keeps it.")],
    as_: As = None,
) -> None:
    """End a certificate before its time.

    Example: plumbline certificate withdraw 0190… --why "Graded on an old card"
    """
    with act_as(as_) as context:
        certificates.withdraw_certificate(context, CertificateId(certificate_id), why=why)
    say("Withdrawn.")


def _name(context: Context, typed: str) -> str:
    return scorecards.find_version(context, find_published(context, typed)).scorecard_id


def _share(typed: str) -> Decimal:
    try:
        return Decimal(typed)
    except InvalidOperation as error:
        raise Refused("certificate-rule", f"{typed!r} is no share; write one such as 0.8.") from error
