"""The commands of `plumbline coaching` about sessions: whom, when, what about, and what came of it."""

from datetime import datetime
from typing import Annotated

import typer

from db.records import CoachingId, CoachingState
from qa_app.cli.dates import DAY
from qa_app.cli.goals import add_goal_commands
from qa_app.cli.printing import Format, Shown, print_json, say, show, tell
from qa_app.cli.surroundings import As, act_as
from qa_app.coaching import CoachingView, Place
from qa_app.settings import read_settings
from qa_app.words import write_count
from qa_app.workflows import access, agenda, coach_list, coaching

Agent = Annotated[str, typer.Argument(help="The agent's name, e-mail or id.")]
OneSession = Annotated[str, typer.Argument(help="Id of the session, from `plumbline coaching sessions`.")]
FollowUpDay = Annotated[datetime | None, typer.Option("--follow-up", formats=DAY, help="Day to look back.")]
app = typer.Typer(help="Coaching sessions, goals, objectives and appraisals.", no_args_is_help=True)


@app.command("list")
def list_all(as_: As = None, shown: Shown = Format.TABLE) -> None:
    """List whom to talk to next, the most urgent first, and why.

    Example: plumbline coaching list --as col@example.org
    """
    with act_as(as_) as context:
        listed = coach_list.list_candidates(context, zone=read_settings().time_zone)
    rows = [
        {
            "agent": one.agent.name,
            "team": one.team,
            "why": "; ".join(reason.text for reason in one.reasons) or None,
            "next session": one.next_on,
            "last session": one.last_on,
        }
        for one in listed.candidates
    ]
    show(rows, shown=shown)
    say(listed.note)


@app.command()
def sessions(agent: Agent, as_: As = None, shown: Shown = Format.TABLE) -> None:
    """List an agent's coaching sessions, newest first.

    Example: plumbline coaching sessions "Priya Nair"
    """
    with act_as(as_) as context:
        found = coaching.list_coaching(context, access.find_agent(context, agent).id)
    rows = [
        {"session": one.id, "state": one.state.value, "day": one.held_on, "follow-up": one.follow_up_on}
        for one in found
    ]
    show(rows, shown=shown)


@app.command()
def plan(
    agent: Agent,
    day: Annotated[datetime, typer.Option("--on", formats=DAY, help="Day of the session.")],
    follow_up: FollowUpDay = None,
    propose: Annotated[bool, typer.Option("--propose", help="Put all that the data suggest on its agenda.")] = False,  # noqa: FBT002 - an option
    as_: As = None,
) -> None:
    """Plan a coaching session; prints its id.

    Example: plumbline coaching plan "Priya Nair" --on 2026-12-02 --follow-up 2026-12-30 --propose
    """
    with act_as(as_) as context:
        person = access.find_agent(context, agent)
        until = follow_up.date() if follow_up else None
        made = coaching.plan_session(context, person.id, day=day.date(), follow_up_on=until)
        proposals = agenda.propose_agenda(context, person.id, zone=read_settings().time_zone) if propose else ()
        agenda.add_proposals(context, made.id, proposals)
    print(made.id)
    say(f"Planned, with {write_count(len(proposals), 'point')} on the agenda.")


@app.command()
def propose(agent: Agent, as_: As = None, shown: Shown = Format.TABLE) -> None:
    """Print what the last eight weeks of released reviews suggest to talk about, and where it shows.

    Example: plumbline coaching propose "Priya Nair"
    """
    with act_as(as_) as context:
        person = access.find_agent(context, agent)
        found = agenda.propose_agenda(context, person.id, zone=read_settings().time_zone)
    rows = [{"kind": one.kind.value, "point": one.text, "skill": one.skill, **_tell_place(one.place)} for one in found]
    show(rows, shown=shown)


@app.command("agenda")
def show_agenda(session: OneSession, as_: As = None, shown: Shown = Format.TABLE) -> None:
    """Print a session with its agenda and notes, as far as you may read them.

    Example: plumbline coaching agenda 0190… --as priya@example.org
    """
    with act_as(as_) as context:
        view = agenda.view_coaching(context, CoachingId(session))
    rows = _list_points(view)
    if shown is Format.JSON:
        print_json({"session": view.session, "agent": view.agent.name, "coach": view.coach, "agenda": rows})
        return
    show(rows, shown=shown, title=f"{view.agent.name} with {view.coach}, {view.session.held_on}: {view.session.state}")
    for name, words in (
        ("Shared notes", view.session.shared_notes),
        ("Private notes", view.session.private_notes),
        ("What came of it", view.session.outcome),
    ):
        if words:
            tell(f"{name}: {words}")


@app.command()
def add(
    session: OneSession,
    text: Annotated[str, typer.Argument(help="What to talk about.")],
    private: Annotated[bool, typer.Option("--private", help="For coaches and leads only.")] = False,  # noqa: FBT002 - an option
    as_: As = None,
) -> None:
    """Put a point on the agenda of a planned session; agents can, and coaches.

    Example: plumbline coaching add 0190… "The new return form" --as priya@example.org
    """
    with act_as(as_) as context:
        print(agenda.add_point(context, CoachingId(session), text, shared=not private).id)
    say("On the agenda.")


@app.command()
def note(
    session: OneSession,
    shared: Annotated[str | None, typer.Option(help="Notes for both; left out, they stay.")] = None,
    private: Annotated[str | None, typer.Option(help="Notes for coaches and leads only; left out, they stay.")] = None,
    as_: As = None,
) -> None:
    """Write the notes of a session; what was there is replaced.

    Example: plumbline coaching note 0190… --shared "Went through three chats." --private "Prefers examples."
    """
    with act_as(as_) as context:
        kept = agenda.view_coaching(context, CoachingId(session)).session
        coaching.save_notes(
            context,
            kept.id,
            shared=kept.shared_notes if shared is None else shared,
            private=kept.private_notes if private is None else private,
            expected_revision=kept.revision,
        )
    say("Kept.")


@app.command()
def hold(
    session: OneSession,
    day: Annotated[
        datetime | None,
        typer.Option("--on", formats=DAY, help="Day it was held; the planned one, or today where that is to come."),
    ] = None,
    follow_up: FollowUpDay = None,
    as_: As = None,
) -> None:
    """Mark a planned session as held, today or earlier; the follow-up comes after it.

    Example: plumbline coaching hold 0190… --on 2026-12-02 --follow-up 2026-12-30
    """
    with act_as(as_) as context:
        coaching.move_session(
            context,
            CoachingId(session),
            CoachingState.HELD,
            day=day.date() if day else None,
            follow_up_on=follow_up.date() if follow_up else None,
        )
    say("Held.")


@app.command("call-off")
def call_off(
    session: OneSession,
    why: Annotated[str, typer.Option(help="Kept in the audit.")] = "",
    as_: As = None,
) -> None:
    """Call a planned session off; its agenda stays readable.

    Example: plumbline coaching call-off 0190… --why "On leave"
    """
    with act_as(as_) as context:
        coaching.move_session(context, CoachingId(session), CoachingState.CANCELLED, words=why)
    say("Called off.")


@app.command("follow-up")
def follow_up(
    session: OneSession,
    words: Annotated[str, typer.Argument(help="What came of it; agent and coach read it.")],
    as_: As = None,
) -> None:
    """Follow a held session up; `plumbline coaching goals` shows the figures before and after.

    Example: plumbline coaching follow-up 0190… "Sums up in most calls now."
    """
    with act_as(as_) as context:
        coaching.move_session(context, CoachingId(session), CoachingState.FOLLOWED_UP, words=words)
    say("Followed up.")


def _list_points(view: CoachingView) -> list[dict[str, object]]:
    return [
        {
            "kind": line.point.kind.value,
            "point": line.point.text,
            "from": line.by,
            "shared": line.point.shared,
            "done": line.point.done,
            **_tell_place(line.place),
        }
        for line in view.points
    ]


def _tell_place(place: Place | None) -> dict[str, object]:
    if place is None:
        return {"ticket": None, "where": None, "review": None}
    return {
        "ticket": place.ticket,
        "where": place.evidence.where if place.evidence else None,
        "review": place.review_id,
    }


add_goal_commands(app)
