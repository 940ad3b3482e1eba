"""Cells that people fill in, read back from the file."""

from datetime import UTC, datetime
from decimal import Decimal

from openpyxl.workbook import Workbook

from qa_app.workbooks.plan import Between, Book, Cell, Column, Due, OneOf, Sheet, Style, Table
from tests.qa_app.workbooks.reading import write_and_load

LABELS = Table(
    (Column("Label"),), tuple((Cell(word),) for word in ("Yes", 'No, "never"', "Other")), "Labels", plain=True
)
FORM = Table(
    (Column("Answer"), Column("Comment"), Column("Number"), Column("Either"), Column("Key", hidden=True)),
    (
        (
            Cell(None, Style.INPUT, takes=OneOf("Labels", "Label", range(2)), note="Yes: =1+1"),
            Cell(None, Style.INPUT, due=Due("Answer", ('No, "never"',))),
            Cell(None, Style.INPUT_NUMBER, takes=Between(Decimal(0), Decimal("7.5"))),
            Cell(None, Style.INPUT_NUMBER, takes=Between(Decimal(0), Decimal(10), or_word="N/A"), due=Due("Number")),
            Cell("1/a"),
        ),
    ),
    name="Form",
    plain=True,
)


def write_form() -> Workbook:
    sheets = (Sheet("Form", (FORM,), protected=True), Sheet("Labels", (LABELS,), hidden=True))
    return write_and_load(Book("Form", "Test", datetime(2026, 3, 2, tzinfo=UTC), sheets))


def test_what_a_cell_takes_when_it_is_due_and_what_is_locked() -> None:
    workbook = write_form()
    sheet = workbook["Form"]
    checks = {str(check.sqref): (check.type, check.formula1) for check in sheet.data_validations.dataValidation}
    assert checks == {
        "A2": ("list", "'Labels'!$A$2:$A$3"),
        "C2": ("decimal", "0"),
        "D2": ("custom", 'OR(D2="N/A",AND(ISNUMBER(D2),D2>=0,D2<=10))'),
    }
    dues = {str(cells.sqref): rule.formula for cells in sheet.conditional_formatting for rule in cells.rules}
    assert dues == {
        "B2": ['AND(LEN(B2)=0,OR(A2="No, ""never"""))'],
        "D2": ["AND(LEN(D2)=0,LEN(C2)>0)"],
    }
    assert [cell.protection.locked for cell in sheet[2]] == [False, False, False, False, True]
    assert (sheet.protection.sheet, sheet.protection.password, sheet.protection.formatRows) == (True, None, False)
    assert (sheet.column_dimensions["E"].hidden, sheet.column_dimensions["A"].hidden) == (True, False)
    assert (workbook["Labels"].sheet_state, sheet.sheet_state, sheet.tables) == ("hidden", "visible", {})
    comment = sheet["A2"].comment
    assert comment is not None
    assert comment.text == "Yes: =1+1"
