"""The commands of `plumbline dispute`: contest a review, have it graded again blind, decide, and see how they end."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

from db.records import DisputeId, DisputeItem, DisputeKind, DisputeState, ReviewId
from qa_app.cli.finding import find_people
from qa_app.cli.printing import Format, Shown, print_json, say, show, tell
from qa_app.cli.sections import list_report, print_sections
from qa_app.cli.surroundings import As, act_as
from qa_app.errors import Refused
from qa_app.words import write_answer, write_count
from qa_app.workflows import access, deciding, dispute_figures, disputes, reviews, second_grading
from qa_app.workflows.context import Context
from qa_app.workflows.dispute_rows import DisputeRow
from qa_app.workflows.plain_grading import read_answers
from scorecards.answers import Answer

One = Annotated[str, typer.Argument(help="Id of a dispute, as `plumbline dispute list` prints it.")]
Graded = Annotated[str, typer.Argument(help="Id of a released review.")]
_ITEM = re.compile(r"(?P<criterion>[a-z0-9_-]+)(=(?P<answer>[^:]+))?(:(?P<reason>.*))?", re.DOTALL)
app = typer.Typer(help="Contest reviews, have them graded again blind, and decide.", no_args_is_help=True)


class Which(StrEnum):
    """Which disputes to list."""

    OPEN = "open"
    ALL = "all"


@app.command("list")
def list_(
    which: Annotated[Which, typer.Option("--which", help="Open ones, or all.")] = Which.OPEN,
    as_: As = None,
    shown: Shown = Format.TABLE,
) -> None:
    """List disputes, those first that are due first.

    Example: plumbline dispute list --which all --format json
    """
    with act_as(as_) as context:
        found = disputes.list_disputes(context, state=DisputeState.OPEN if which is Which.OPEN else None)
        now = context.now()
    rows = [
        {
            "dispute": row.dispute.id,
            "ticket": row.ticket.external_id,
            "agent": row.agent.name if row.agent else None,
            "reviewer": row.reviewer.name,
            "about": row.dispute.kind.value,
            "state": row.dispute.state.value,
            "due": row.dispute.due_at if row.dispute.state is DisputeState.OPEN else None,
            "overdue": row.is_overdue(now),
            "second grade": _tell_second(row),
        }
        for row in found
    ]
    show(rows, shown=shown)


@app.command("show")
def show_(dispute: One, as_: As = None, shown: Shown = Format.TABLE) -> None:
    """Print a dispute: by criterion the first grade, the proposed one, the second one and the decision.

    Example: plumbline dispute show 0190…
    """
    with act_as(as_) as context:
        row = disputes.find_dispute(context, DisputeId(dispute))
    lines = _list_lines(row)
    about = {
        "dispute": row.dispute.id,
        "review": row.review.id,
        "state": row.dispute.state.value,
        "score": row.score_moved or None,
        "about": row.dispute.kind.value,
        "reason": row.dispute.reason,
        "raised_by": row.raised_by.name,
        "due": row.dispute.due_at,
        "second_grade": _tell_second(row),
        "decision": row.dispute.decision or None,
        "decided_by": row.decider.name if row.decider else None,
        "newest_review": row.newest,
    }
    if shown is Format.JSON:
        print_json(about | {"criteria": lines})
        return
    for name, value in about.items():
        if value is not None:
            tell(f"{name.replace('_', ' ')}: {value}")
    if lines:
        show(lines, shown=shown)


@app.command("raise")
def raise_(
    review: Graded,
    reason: Annotated[str, typer.Option(help="Why, for the whole of it and for criteria without a reason.")] = "",
    criterion: Annotated[
        list[str] | None,
        typer.Option(help="A contested criterion: `empathy`, `empathy=4`, or `empathy=4: I named it in message 2`."),
    ] = None,
    wrong_agent: Annotated[bool, typer.Option("--wrong-agent", help="This was not my work.")] = False,  # noqa: FBT002
    as_: As = None,
) -> None:
    """Contest a released review of one's own, or for an agent that one coaches; prints the dispute.

    Example: plumbline dispute raise 0190… --criterion "empathy=4: I named it in message 2" --as priya@example.org
    """
    with act_as(as_) as context:
        items = _read_items(context, ReviewId(review), criterion or (), reason)
        kind = DisputeKind.WRONG_AGENT if wrong_agent else DisputeKind.GRADES
        made = disputes.raise_dispute(context, ReviewId(review), reason=reason, items=items, kind=kind)
    print(made.id)
    say(f"Filed; to be decided by {made.due_at:%Y-%m-%d}." if made.due_at else "Filed.")


@app.command()
def assign(
    dispute: One,
    to: Annotated[str | None, typer.Option(help="E-mail of the second grader; left out: whoever is proposed.")] = None,
    as_: As = None,
) -> None:
    """Have somebody who has not seen the review grade the ticket again, blind; prints the assignment.

    Example: plumbline dispute assign 0190… --to bo@example.org
    """
    with act_as(as_) as context:
        grader = find_people(context, [to])[0] if to else None
        print(second_grading.assign_second_grader(context, DisputeId(dispute), grader))
    say("Asked; the ticket is in that person's queue.")


@app.command()
def decide(
    dispute: One,
    why: Annotated[str, typer.Option(help="What was decided and why; the agent reads it.")],
    answer: Annotated[list[str] | None, typer.Option(help="A new answer, such as `empathy=4`; none: upheld.")] = None,
    without_second: Annotated[bool, typer.Option("--without-second", help="Without a second grade.")] = False,  # noqa: FBT002
    move_to: Annotated[str | None, typer.Option(help="Wrong agent: e-mail or name of the right one.")] = None,
    void: Annotated[bool, typer.Option("--void", help="Wrong agent: void the review.")] = False,  # noqa: FBT002
    as_: As = None,
) -> None:
    """Decide a dispute: uphold it, give new answers, or agree that the work was somebody else's.

    Example: plumbline dispute decide 0190… --answer empathy=4 --why "Message 2 names it. Corrected."
    """
    with act_as(as_) as context:
        if (move_to or void) and answer:
            raise Refused("dispute-kind", "Give new answers, or say whose work it was; not both.")
        if move_to or void:
            right = access.find_agent(context, move_to).id if move_to else None
            decided = deciding.settle_wrong_agent(context, DisputeId(dispute), decision=why, move_to=right, void=void)
        else:
            answers = _read_decision(context, DisputeId(dispute), answer or ())
            decided = deciding.decide_dispute(
                context, DisputeId(dispute), decision=why, answers=answers, without_second=without_second
            )
    say(f"Decided: {decided.state.value.replace('_', ' ')}.")


@app.command()
def withdraw(dispute: One, as_: As = None) -> None:
    """Take a dispute back before it is decided.

    Example: plumbline dispute withdraw 0190… --as priya@example.org
    """
    with act_as(as_) as context:
        disputes.withdraw_dispute(context, DisputeId(dispute))
    say("Withdrawn.")


@app.command()
def figures(as_: As = None, shown: Shown = Format.TABLE) -> None:
    """Print how disputes end: overturned grades by criterion and reviewer, days to decide, and blind second grades.

    Example: plumbline dispute figures --format json
    """
    with act_as(as_) as context:
        found = dispute_figures.report_disputes(context)
    if shown is Format.JSON:
        print_json(list_report(found.sections, found.methods))
        return
    tell(f"{write_count(found.decided, 'dispute')} about grades decided", style="bold")
    print_sections(found.sections, cut=())


def _tell_second(row: DisputeRow) -> str | None:
    if row.second is None:
        return "missing" if row.waits_for_second else None
    state = row.second.state.value
    return f"{row.second.grader.name}: {state}" if row.second.grader else state


def _list_lines(row: DisputeRow) -> list[dict[str, object]]:
    card = row.version.scorecard
    return [
        {
            "criterion": line.criterion_id,
            "first": write_answer(line.first, card.criterion(line.criterion_id)),
            "proposed": _write(row, line.criterion_id, line.proposed),
            "second": _write(row, line.criterion_id, line.second),
            "decided": _write(row, line.criterion_id, line.decided),
            "upheld": line.upheld,
            "reason": line.reason or None,
        }
        for line in row.lines
    ]


def _write(row: DisputeRow, criterion_id: str, answer: Answer | None) -> str | None:
    return None if answer is None else write_answer(answer, row.version.scorecard.criterion(criterion_id))


def _read_items(context: Context, review_id: ReviewId, typed: Sequence[str], reason: str) -> tuple[DisputeItem, ...]:
    if not typed:
        return ()
    version = reviews.view_review(context, review_id).version
    items = []
    for text in typed:
        found = _ITEM.fullmatch(text.strip())
        if found is None:
            raise Refused("dispute-criterion", f"{text!r} is no criterion; write `empathy=4: why`.")
        criterion_id, answer = found["criterion"], (found["answer"] or "").strip()
        proposed = read_answers(version.scorecard, {criterion_id: answer})[criterion_id] if answer else None
        items.append(DisputeItem(criterion_id, (found["reason"] or "").strip() or reason, proposed))
    return tuple(items)


def _read_decision(context: Context, dispute_id: DisputeId, typed: Sequence[str]) -> dict[str, Answer]:
    if not typed:
        return {}
    pairs = [text.partition("=") for text in typed]
    if any(not sign for _, sign, _ in pairs):
        raise Refused("dispute-answer", "Write each new answer as criterion=answer, such as empathy=4.")
    version = disputes.find_dispute(context, dispute_id).version
    return read_answers(version.scorecard, {key.strip(): answer.strip() for key, _, answer in pairs})
