"""The commands of `plumbline coaching` about goals of agents, objectives of teams, and appraisals."""

import json
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer

from db.records import AppraisalId, AppraisalSubject, GoalId, GoalState, GoalStep, ObjectiveId, StepId
from qa_app.cli.dates import DAY
from qa_app.cli.finding import find_published
from qa_app.cli.printing import Format, Shown, print_json, say, show, tell
from qa_app.cli.surroundings import As, act_as
from qa_app.coaching import GoalLine
from qa_app.errors import NotFound, Refused
from qa_app.settings import read_settings
from qa_app.words import write_change, write_measured
from qa_app.workflows import access, appraisals, coaching, follow_up, objectives
from qa_app.workflows.wording import ask_back

Agent = Annotated[str, typer.Argument(help="The agent's name, e-mail or id.")]
Skill = Annotated[str, typer.Argument(help="The skill as scorecards name it, such as listening.")]
Until = Annotated[datetime | None, typer.Option("--until", formats=DAY, help="Day until which.")]
Target = Annotated[str | None, typer.Option(help="Mean of the skill to reach, in percent.")]
Why = Annotated[str, typer.Option(help="Why; who is concerned reads it. Needed to drop.")]
Dropped = Annotated[bool, typer.Option("--dropped", help="It is given up, not met.")]


def goals(agent: Agent, as_: As = None, shown: Shown = Format.TABLE) -> None:
    """List an agent's goals with the skill before and after, and the change against the colleagues'.

    The table has what is short, and the words and steps of each goal stand below it; JSON has all in one.

    Example: plumbline coaching goals "Priya Nair"
    """
    zone = read_settings().time_zone
    with act_as(as_) as context:
        today = context.now().astimezone(zone).date()
        lines = follow_up.list_goals(context, access.find_agent(context, agent).id, zone=zone)
    if shown is Format.JSON:
        print_json([_list_all(line, today) for line in lines])
        return
    show([_list_short(line, today) for line in lines], shown=shown)
    for line in lines:
        _tell_goal(line)


def goal(
    agent: Agent,
    skill: Skill,
    text: Annotated[str, typer.Argument(help="What the agent practises.")],
    until: Until = None,
    step: Annotated[list[str] | None, typer.Option(help="A step; without any, those known for the skill.")] = None,
    target: Target = None,
    as_: As = None,
) -> None:
    """Set a goal with steps to tick; prints its id.

    Example: plumbline coaching goal "Priya Nair" listening "Sum up before you answer" --until 2026-12-30 --target 75
    """
    with act_as(as_) as context:
        made = coaching.set_goal(
            context,
            access.find_agent(context, agent).id,
            skill=skill,
            text=text,
            due_on=until.date() if until else None,
            steps=step or None,
            target=_read_percent(target),
        )
    print(made.id)
    say("Set.")


def step(
    goal_id: Annotated[str, typer.Argument(help="Id of the goal.")],
    step_id: Annotated[str, typer.Argument(help="Id of the step, as `plumbline coaching goals` lists it.")],
    undo: Annotated[bool, typer.Option("--undo", help="Take the tick back.")] = False,  # noqa: FBT002 - an option
    as_: As = None,
) -> None:
    """Tick a step of a goal as done; the agent does, or the coach.

    Example: plumbline coaching step 0190… 0191… --as priya@example.org
    """
    with act_as(as_) as context:
        coaching.tick_step(context, GoalId(goal_id), StepId(step_id), done=not undo)
    say("To do again." if undo else "Done.")


def end_goal(
    agent: Agent,
    goal_id: Annotated[str, typer.Argument(help="Id of the goal.")],
    dropped: Dropped = False,  # noqa: FBT002 - an option
    why: Why = "",
    as_: As = None,
) -> None:
    """Mark a goal as met, or drop it with a reason.

    Example: plumbline coaching end-goal "Priya Nair" 0190… --why "In every call of the week"
    """
    with act_as(as_) as context:
        lines = follow_up.list_goals(context, access.find_agent(context, agent).id, zone=read_settings().time_zone)
        found = next((line.goal for line in lines if line.goal.id == goal_id), None)
        if found is None:
            raise NotFound("no-goal", "This agent has no such goal; `plumbline coaching goals` lists them.")
        coaching.finish_goal(context, found, state=_ending(dropped=dropped), why=why)
    say("Dropped." if dropped else "Met.")


def list_objectives(as_: As = None, shown: Shown = Format.TABLE) -> None:
    """List what your teams work on, with the progress.

    Example: plumbline coaching objectives --as priya@example.org
    """
    with act_as(as_) as context:
        lines = objectives.list_objectives(context, zone=read_settings().time_zone)
    rows = [
        {
            "objective": line.objective.id,
            "team": line.team,
            "skill": line.objective.skill,
            "text": line.objective.text,
            "state": line.objective.state.value,
            "until": line.objective.due_on,
            "before": write_measured(line.before),
            "since": write_measured(line.since),
            "change": write_change(line.change),
            "target": line.remark or None,
        }
        for line in lines
    ]
    show(rows, shown=shown)


def objective(
    team: Annotated[str, typer.Argument(help="Name of the team.")],
    skill: Skill,
    text: Annotated[str, typer.Argument(help="What the team works on.")],
    until: Until = None,
    target: Target = None,
    as_: As = None,
) -> None:
    """Share with a team what it works on; prints its id.

    Example: plumbline coaching objective "Technical Help" listening "We sum up first" --until 2027-01-31
    """
    with act_as(as_) as context:
        teams = {one.name: one.id for one in access.list_teams(context)}
        if team not in teams:
            raise NotFound("no-team", f"There is no team {team!r}.{ask_back(team, teams)}")
        made = objectives.share_objective(
            context,
            teams[team],
            skill=skill,
            text=text,
            due_on=until.date() if until else None,
            target=_read_percent(target),
        )
    print(made.id)
    say("Shared.")


def end_objective(
    objective_id: Annotated[str, typer.Argument(help="Id of the objective.")],
    dropped: Dropped = False,  # noqa: FBT002 - an option
    why: Why = "",
    as_: As = None,
) -> None:
    """Mark an objective as met, or drop it with a reason.

    Example: plumbline coaching end-objective 0190… --why "Reached in all channels"
    """
    with act_as(as_) as context:
        objectives.end_objective(context, ObjectiveId(objective_id), state=_ending(dropped=dropped), why=why)
    say("Dropped." if dropped else "Met.")


def appraise(
    agent: Agent,
    card: Annotated[str, typer.Option(help="Name of a published scorecard, or id of a version.")],
    start: Annotated[datetime, typer.Option("--from", formats=DAY, help="First day; of a role-play its day.")],
    end: Annotated[datetime | None, typer.Option("--until", formats=DAY, help="Last day of the period.")] = None,
    role_play: Annotated[str, typer.Option(help="What is played; without it, the period is appraised.")] = "",
    due: Annotated[datetime | None, typer.Option(formats=DAY, help="Day until which both sides are in.")] = None,
    as_: As = None,
) -> None:
    """Open an appraisal, of a period or a role-play, for you and the agent; prints its id.

    Example: plumbline coaching appraise "Priya Nair" --card agent-period --from 2026-10-01 --until 2026-11-30
    """
    with act_as(as_) as context:
        made = appraisals.open_appraisal(
            context,
            access.find_agent(context, agent).id,
            subject=AppraisalSubject.ROLE_PLAY if role_play else AppraisalSubject.PERIOD,
            version_id=find_published(context, card),
            start=start.date(),
            end=(end or start).date(),
            about=role_play,
            due_on=due.date() if due else None,
        )
    print(made.id)
    say("Opened; `plumbline coaching fill-in` takes your side, and the agent's.")


def fill_in(
    appraisal_id: Annotated[str, typer.Argument(help="Id of the appraisal.")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON with answers, comments, comment.")],
    as_: As = None,
) -> None:
    """Submit your side of an appraisal, for good.

    Example: plumbline coaching fill-in 0190… answers.json --as priya@example.org
    """
    with act_as(as_) as context:
        try:
            given = json.loads(file.read_text(encoding="utf-8"))
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            raise Refused("not-json", f"{file} is no JSON: {error}.") from error
        if not isinstance(given, dict):
            raise Refused("not-json", f"{file} must hold an object with `answers`.")
        appraisals.submit_plain(context, AppraisalId(appraisal_id), given)
    say("Submitted.")


def list_appraisals(agent: Agent, as_: As = None, shown: Shown = Format.TABLE) -> None:
    """List an agent's appraisals, self and coach side by side once both are in.

    Example: plumbline coaching appraisals "Priya Nair"
    """
    with act_as(as_) as context:
        views = appraisals.list_appraisals(context, access.find_agent(context, agent).id)
    rows = [
        {
            "appraisal": view.appraisal.id,
            "about": view.appraisal.about or view.version.scorecard.label,
            "from": view.appraisal.start,
            "until": view.appraisal.end,
            "waits for": ", ".join(view.waiting_for) or None,
            "self": view.scores.get("agent"),
            "coach": view.scores.get("coach"),
        }
        for view in views
    ]
    show(rows, shown=shown)


def add_goal_commands(app: typer.Typer) -> None:
    """Put these commands behind those of the sessions."""
    app.command("goals")(goals)
    app.command("goal")(goal)
    app.command("step")(step)
    app.command("end-goal")(end_goal)
    app.command("objectives")(list_objectives)
    app.command("objective")(objective)
    app.command("end-objective")(end_objective)
    app.command("appraise")(appraise)
    app.command("fill-in")(fill_in)
    app.command("appraisals")(list_appraisals)


def _list_short(line: GoalLine, today: date) -> dict[str, object]:
    state = "overdue" if line.overdue(today) else line.goal.state.value
    return {"goal": line.goal.id, "skill": line.goal.skill, "state": state, "until": line.goal.due_on}


def _list_all(line: GoalLine, today: date) -> dict[str, object]:
    return {
        **_list_short(line, today),
        "text": line.goal.text,
        "steps": "; ".join(_write_step(step) for step in line.goal.steps),
        "before": write_measured(line.follow_up.before),
        "after": write_measured(line.follow_up.after),
        "change": write_change(line.follow_up.change),
        "less the team's": write_change(line.follow_up.compared),
        "remarks": " ".join(line.follow_up.remarks) or None,
    }


def _tell_goal(line: GoalLine) -> None:
    followed = line.follow_up
    tell("")
    tell(f"{line.label}, {line.goal.id}: {line.goal.text}")
    for step in line.goal.steps:
        tell(f"  {_write_step(step)}")
    tell(f"  Before: {write_measured(followed.before)}. After: {write_measured(followed.after)}.")
    tell(f"  Change: {write_change(followed.change)}. Less the team's: {write_change(followed.compared)}.")
    for remark in followed.remarks:
        tell(f"  {remark}")


def _write_step(step: GoalStep) -> str:
    return f"{'x' if step.done_at else '-'} {step.id} {step.text}"


def _ending(*, dropped: bool) -> GoalState:
    return GoalState.DROPPED if dropped else GoalState.MET


def _read_percent(typed: str | None) -> Decimal | None:
    try:
        return None if typed is None else Decimal(typed)
    except InvalidOperation as error:
        raise Refused("goal-target", f"A target is a percentage between 0 and 100, not {typed!r}.") from error
