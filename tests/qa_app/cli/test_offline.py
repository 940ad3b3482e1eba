"""A filled workbook at the terminal."""

import json

from qa_app.offline_form import Field
from qa_app.workflows.offline_export import export_offline
from tests.qa_app.cli.terminal import Env, Terminal
from tests.qa_app.workbooks.offline_filling import fill_workbook
from tests.qa_app.workflows.house import BO, MANAGER, T1, T2, UTC_ZONE, House
from tests.qa_app.workflows.test_offline import fill_in

BO_: Env = {"PLUMBLINE_USER": str(BO.email)}


def test_refused_row_says_why(house: Terminal) -> None:
    with house.opened() as installation:
        inside = House(installation.store, house.folder, now=installation.context(MANAGER).now())
        for ticket in (T1, T2):
            inside.assign(BO, ticket)
        content = export_offline(inside.act(BO), zone=UTC_ZONE).content
    wrong = fill_in(2, {"empathy": {Field.ANSWER: "Warm"}, "greeting": {Field.ANSWER: "Perhaps"}})
    file = house.folder / "back.xlsx"
    file.write_bytes(fill_workbook(content, {**fill_in(1), **wrong}))
    result = house.run("offline import --check --format json", file, env=BO_)
    taken, refused = json.loads(result.stdout)
    assert (result.exit_code, taken["becomes"], taken["why"], refused["becomes"]) == (1, "submit", "", "refused")
    first = refused["why"].removesuffix("; and 1 more below")
    assert first.startswith("cell ")
    assert first != refused["why"]
    assert f"{first.removeprefix('cell ').partition(': ')[2]} [" in result.stderr
