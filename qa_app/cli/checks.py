"""The commands of `plumbline check`."""

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from qa_app.cli.finding import find_published
from qa_app.cli.printing import Format, Shown, print_json, say, show, tell
from qa_app.cli.sections import list_report, print_sections
from qa_app.cli.surroundings import As, act_as
from qa_app.errors import Refused
from qa_app.words import write_count
from qa_app.workflows import check_report, checks, scorecards
from qa_app.workflows.context import Context

Scorecard = Annotated[str, typer.Argument(help="Name of a published scorecard, or id of a version.")]
app = typer.Typer(help="Everyday work that is quietly given twice, to see how far it agrees.", no_args_is_help=True)


@app.command()
def rule(
    scorecard: Scorecard,
    pairs: Annotated[str, typer.Option(help="Percent of the tickets handed out that a second reviewer gets too.")],
    repeats: Annotated[str, typer.Option(help="Percent added of a reviewer's own earlier tickets.")] = "0",
    weeks: Annotated[int, typer.Option(min=1, help="Weeks at least between a grade and its repeat.")] = 6,
    as_: As = None,
) -> None:
    """Set how much of a scorecard's everyday work is checked from now on; 0 and 0 switch it off.

    Example: plumbline check rule core-chat --pairs 5 --repeats 2 --weeks 6
    """
    with act_as(as_) as context:
        new = checks.NewCheckRule(_name(context, scorecard), _percent(pairs), _percent(repeats), weeks)
        made = checks.set_rule(context, new)
        reached = checks.list_rules(context)
    after, everybody = write_count(made.repeat_weeks, "week"), write_count(reached.reviewers, "reviewer")
    rates = f"{made.pair_percent}% to a second reviewer, {made.repeat_percent}% again after {after}"
    say(f"{made.scorecard_id}: {rates}; {reached.checkable} of {everybody} can be checked.")


@app.command("list")
def list_(as_: As = None, shown: Shown = Format.TABLE) -> None:
    """List the rules that are set.

    Example: plumbline check list
    """
    with act_as(as_) as context:
        found = checks.list_rules(context)
    rows = [
        {
            "scorecard": made.scorecard_id,
            "pairs %": made.pair_percent,
            "repeats %": made.repeat_percent,
            "weeks": made.repeat_weeks,
            "set": made.at,
        }
        for _, made in found.rules
    ]
    show(rows, shown=shown)


@app.command()
def report(scorecard: Scorecard, as_: As = None, shown: Shown = Format.TABLE) -> None:
    """Print what hidden checks found: agreement between reviewers, and of one reviewer weeks apart.

    Example: plumbline check report core-chat
    """
    with act_as(as_) as context:
        found = check_report.report_checks(context, _name(context, scorecard))
    if shown is Format.JSON:
        print_json(list_report(found.sections, found.methods))
        return
    counted = f"{write_count(found.pairs, 'ticket')} of two reviewers, {found.repeats} of one reviewer twice"
    tell(f"Hidden checks, {found.version.scorecard.label}: {counted}", style="bold")
    print_sections(found.sections, cut=())


def _name(context: Context, typed: str) -> str:
    return scorecards.find_version(context, find_published(context, typed)).scorecard_id


def _percent(typed: str) -> Decimal:
    try:
        return Decimal(typed)
    except InvalidOperation as error:
        raise Refused("check-rule", f"{typed!r} is no percentage; write one such as 5 or 2.5.") from error
