"""The commands of `plumbline sample`, and `plumbline assign`."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from db.records import Frame, PersonId, SampleId
from qa_app.cli.scorecards import find_published
from qa_app.cli.surroundings import As, Format, Shown, act_as, say, show
from qa_app.workflows import access, sampling
from scorecards.model import Channel

app = typer.Typer(help="Draw samples that anyone can draw again.", no_args_is_help=True)


@app.command()
def draw(
    name: Annotated[str, typer.Argument(help="Name of the plan.")],
    size: Annotated[int, typer.Option(help="Tickets wanted.")] = 30,
    seed: Annotated[int, typer.Option(help="The same seed draws the same sample.")] = 1,
    stratum: Annotated[list[str] | None, typer.Option(help="channel, team, agent or language; repeatable.")] = None,
    per_agent: Annotated[int | None, typer.Option(help="At most so many per agent.")] = None,
    channel: Annotated[list[Channel] | None, typer.Option(help="Only these channels.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Only tickets with one of these tags.")] = None,
    language: Annotated[list[str] | None, typer.Option(help="Only these languages.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only tickets from these sources.")] = None,
    created_from: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From this day (UTC).")] = None,
    created_before: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Before that day.")] = None,
    fresh: Annotated[bool, typer.Option(help="Only tickets without a review.")] = True,  # noqa: FBT002 - an option
    as_: As = None,
) -> None:  # fmt: skip
    """Draw a random or stratified sample.

    Example: plumbline sample draw "Week 47" --size 30 --stratum channel --seed 7
    """
    frame = Frame(
        channels=tuple(channel or ()),
        tags=tuple(tag or ()),
        languages=tuple(language or ()),
        sources=tuple(source or ()),
        created_from=created_from.replace(tzinfo=UTC) if created_from else None,
        created_before=created_before.replace(tzinfo=UTC) if created_before else None,
        reviewed=False if fresh else None,
    )
    new = sampling.NewPlan(name, frame, size=size, strata=tuple(stratum or ()), per_agent=per_agent)
    sample = sampling.draw_sample(act_as(as_), new, seed=seed)
    print(sample.id)
    say(f"{len(sample.items)} tickets drawn from {sample.frame_size}; frame {sample.frame_hash[:12]}, seed {seed}.")


@app.command("show")
def show_one(sample_id: str, as_: As = None, shown: Shown = Format.TABLE) -> None:
    """Show what was drawn, with every inclusion probability.

    Example: plumbline sample show 0190…
    """
    view = sampling.view_sample(act_as(as_), SampleId(sample_id))
    rows = [
        {
            "rank": item.rank,
            "ticket": view.tickets[item.ticket_id].external_id,
            "id": item.ticket_id,
            "stratum": item.stratum,
            "probability": item.probability,
        }
        for item in view.sample.items
    ]
    show(rows, shown=shown, title=f"{view.sample.plan.name}, seed {view.sample.seed}, frame {view.sample.frame_hash}")


def assign(
    sample_id: Annotated[str, typer.Argument(help="Id of the sample.")],
    scorecard: Annotated[str, typer.Option(help="Name of a published scorecard, or id of a version.")],
    reviewer: Annotated[list[str], typer.Option(help="E-mail of a reviewer; may be repeated.")],
    due: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Due day (UTC).")] = None,
    seed: Annotated[int, typer.Option(help="The same seed splits the same way.")] = 1,
    as_: As = None,
) -> None:
    """Split a sample evenly among reviewers; nobody gets their own tickets.

    Example: plumbline assign 0190… --scorecard core-chat --reviewer ann@example.org --reviewer bo@example.org
    """
    context = act_as(as_)
    out = sampling.assign_sample(
        context,
        SampleId(sample_id),
        version_id=find_published(as_, scorecard),
        reviewer_ids=find_people(as_, reviewer),
        due_at=due.replace(tzinfo=UTC) if due else None,
        seed=seed,
    )
    say(f"{len(out.assignments)} tickets handed out, {len(out.unassignable)} without an eligible reviewer.")


def find_people(as_: str | None, emails: list[str]) -> tuple[PersonId, ...]:
    """People by e-mail, in the order given."""
    return tuple(person.id for person in access.find_by_emails(act_as(as_), emails))
