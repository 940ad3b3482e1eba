"""The commands of `plumbline sample`, and `plumbline assign`."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from db.records import Frame
from qa_app.cli.dates import Due, read_due
from qa_app.cli.finding import LARGEST_SEED, find_people, find_published, find_sample
from qa_app.cli.printing import Format, Shown, say, show
from qa_app.cli.surroundings import As, act_as
from qa_app.words import write_count
from qa_app.workflows import sampling
from scorecards.model import Channel

OneSample = Annotated[str, typer.Argument(help="Id of the sample.")]
app = typer.Typer(help="Draw samples that anyone can draw again.", no_args_is_help=True)


@app.command()
def draw(
    name: Annotated[str, typer.Argument(help="Name of the plan.")],
    size: Annotated[int, typer.Option(min=1, help="Tickets wanted.")] = 30,
    seed: Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="The same seed draws the same sample.")] = 1,
    stratum: Annotated[list[str] | None, typer.Option(help="channel, team, agent or language; repeatable.")] = None,
    per_agent: Annotated[int | None, typer.Option(min=1, help="At most so many per agent.")] = None,
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
    with act_as(as_) as context:
        sample = sampling.draw_sample(context, new, seed=seed)
    print(sample.id)
    drawn = write_count(len(sample.items), "ticket")
    say(f"{drawn} drawn from {sample.frame_size}; frame {sample.frame_hash[:12]}, seed {seed}.")


@app.command("list")
def list_all(as_: As = None, shown: Shown = Format.TABLE) -> None:
    """List the samples, newest first.

    Example: plumbline sample list
    """
    with act_as(as_) as context:
        samples = sampling.list_samples(context)
    rows = [
        {
            "sample": sample.id,
            "plan": sample.plan.name,
            "drawn": len(sample.items),
            "from": sample.frame_size,
            "seed": sample.seed,
            "at": sample.drawn_at,
        }
        for sample in samples
    ]
    show(rows, shown=shown)


@app.command("show")
def show_one(sample_id: OneSample, as_: As = None, shown: Shown = Format.TABLE) -> None:
    """Show what was drawn, with every inclusion probability.

    Example: plumbline sample show 0190…
    """
    with act_as(as_) as context:
        view = sampling.view_sample(context, find_sample(context, sample_id))
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
    sample_id: OneSample,
    scorecard: Annotated[str, typer.Option(help="Name of a published scorecard, or id of a version.")],
    reviewer: Annotated[list[str], typer.Option(help="E-mail of a reviewer; may be repeated.")],
    due: Due = None,
    seed: Annotated[int, typer.Option(min=0, max=LARGEST_SEED, help="The same seed splits the same way.")] = 1,
    as_: As = None,
) -> None:
    """Split a sample evenly among reviewers; nobody gets their own tickets.

    Example: plumbline assign 0190… --scorecard core-chat --reviewer ann@example.org --reviewer bo@example.org
    """
    with act_as(as_) as context:
        out = sampling.assign_sample(
            context,
            find_sample(context, sample_id),
            version_id=find_published(context, scorecard),
            reviewer_ids=find_people(context, reviewer),
            due_at=read_due(due),
            seed=seed,
        )
    given = write_count(len(out.assignments), "ticket")
    checked = f", and {write_count(out.checks, 'hidden check')}" if out.checks else ""
    say(f"{given} handed out{checked}, {len(out.unassignable)} without an eligible reviewer.")
