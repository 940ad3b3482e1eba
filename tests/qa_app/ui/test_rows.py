"""Figures below each other in a list."""

from qa_app.ui.widgets.rows import line_up

SPACE = "\N{FIGURE SPACE}"


def test_points_of_a_column_stand_below_each_other() -> None:
    assert line_up(["9.1 ± 2.0 (n = 4)", "100.0 (90.1 to 100.0, n = 3)", "-7.5 ± 1.0 (n = 9)", "— no grade yet"]) == [
        f"{SPACE * 2}9.1 ± 2.0 (n = 4)",
        "100.0 (90.1 to 100.0, n = 3)",
        f"{SPACE}-7.5 ± 1.0 (n = 9)",
        "— no grade yet",
    ]


def test_column_of_figures_of_one_width_stays_as_it_is() -> None:
    assert line_up(["81.2 ± 4.0 (n = 17)", "75.5 ± 8.0 (n = 13)"]) == ["81.2 ± 4.0 (n = 17)", "75.5 ± 8.0 (n = 13)"]
    assert line_up([]) == []
