"""A second, slow way to the same scores, written against the plain document and shaped unlike the real one.

It never computes applied weights: a section is a ratio, and the form is a ratio of ratios. Whether a criterion is asked
is found backwards, from the criterion to those it depends on.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from scorecards.answers import Answer, AnswerState

Plain = Mapping[str, Any]


def expected_score(form: Plain, answers: Mapping[str, Answer]) -> dict[str, object]:
    """The parts of a score that are plain numbers and flags."""
    rows = [
        _row(form, section, criterion, answers) for section in form["sections"] for criterion in section["criteria"]
    ]
    raw = _form_ratio(form, rows)
    reported = _form_ratio(form, _lowered(rows))
    failed = any(row["fail"] == "form" for row in rows)
    if failed and reported is not None and form.get("auto_fail_score", "zero") == "zero":
        reported = Fraction(0)
    shown = one_decimal(reported)
    return {
        "raw": one_decimal(raw),
        "reported": shown,
        "auto_fails": [(row["fail"], row["id"]) for row in rows if row["fail"]],
        "passed": False if failed else _passes(form, shown),
        "band": _band(form, shown),
        "sections": [
            (
                section["id"],
                *(
                    one_decimal(_ratio([row for row in each if row["section"] == section["id"]]))
                    for each in (rows, _lowered(rows))
                ),
            )
            for section in form["sections"]
        ],
        "soft": _slice(form, rows, "skill_type", "soft"),
        "hard": _slice(form, rows, "skill_type", "hard"),
        "skills": {skill: _slice(form, rows, "skill", skill) for skill in _skills(form)},
        "critical": {
            family: _any_error([row for row in rows if row["criterion"].get("critical") == family])
            for family in ("customer", "business", "compliance")
        },
        "asked": sum(row["asked"] for row in rows),
        "answered": sum(row["asked"] and row["given"] for row in rows),
    }


def one_decimal(ratio: Fraction | None) -> Decimal | None:
    """Percent with one decimal, half up, by whole numbers and their remainder."""
    if ratio is None:
        return None
    whole, rest = divmod(ratio.numerator * 1000, ratio.denominator)
    return Decimal(whole + (2 * rest >= ratio.denominator)) / 10


def _row(form: Plain, section: Plain, criterion: Plain, answers: Mapping[str, Answer]) -> dict[str, Any]:
    answer = answers.get(criterion["id"])
    asked = _asked(form, criterion["id"], answers)
    counted = answer if asked else None
    option = next((o for o in criterion.get("options", []) if counted and o["id"] == counted.option_id), None)
    return {
        "id": criterion["id"],
        "section": section["id"],
        "bonus": section.get("kind") == "bonus",
        "criterion": criterion,
        "weight": Fraction(criterion.get("weight", "1")),
        "value": _value(criterion, option, counted),
        "fail": option.get("auto_fail") if option else None,
        "error": option.get("critical_error") if option else None,
        "asked": asked,
        "given": answer is not None and answer.state is not AnswerState.MISSING,
    }


def _asked(form: Plain, criterion_id: str, answers: Mapping[str, Answer]) -> bool:
    criteria = [criterion for section in form["sections"] for criterion in section["criteria"]]
    rule = next(criterion for criterion in criteria if criterion["id"] == criterion_id).get("show_if")
    if rule is None:
        return True
    met = []
    for condition in rule.get("all_of", rule.get("any_of")):
        answer = answers.get(condition["criterion"])
        chosen = answer is not None and answer.option_id in condition["is_one_of"]
        met.append(chosen and _asked(form, condition["criterion"], answers))
    return all(met) if "all_of" in rule else any(met)


def _value(criterion: Plain, option: Plain | None, answer: Answer | None) -> Fraction | None:
    if option is not None:
        if "value" in option:
            return Fraction(option["value"])
        ranked = sorted(Fraction(o["points"]) for o in criterion["options"])
        return (Fraction(option["points"]) - ranked[0]) / (ranked[-1] - ranked[0])
    if answer is not None and answer.number is not None:
        span = criterion["number"]
        worse, better = Fraction(span["low"]), Fraction(span["high"])
        if span.get("better") == "low":
            worse, better = better, worse
        return (Fraction(answer.number) - worse) / (better - worse)
    return None


def _lowered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows as the reported score counts them."""
    dead_sections = {row["section"] for row in rows if row["fail"] == "section"}
    return [
        {**row, "value": Fraction(0)}
        if row["value"] is not None and (row["fail"] == "item" or row["section"] in dead_sections)
        else row
        for row in rows
    ]


def _ratio(rows: list[dict[str, Any]]) -> Fraction | None:
    """Earned weight over possible weight."""
    alive = [row for row in rows if row["value"] is not None]
    possible = sum(row["weight"] for row in alive)
    return Fraction(sum(row["weight"] * row["value"] for row in alive)) / possible if possible else None


def _form_ratio(form: Plain, rows: list[dict[str, Any]]) -> Fraction | None:
    if any("weight" in section for section in form["sections"]):
        earned = possible = Fraction(0)
        for section in form["sections"]:
            ratio = _ratio([row for row in rows if row["section"] == section["id"]])
            if ratio is not None:
                earned += Fraction(section["weight"]) * ratio
                possible += 0 if section.get("kind") == "bonus" else Fraction(section["weight"])
    else:
        alive = [row for row in rows if row["value"] is not None]
        earned = Fraction(sum(row["weight"] * row["value"] for row in alive))
        possible = Fraction(sum(row["weight"] for row in alive if not row["bonus"]))
    if not possible:
        return None
    ratio = earned / possible
    return ratio if form.get("bonus_over_100") or ratio < 1 else Fraction(1)


def _slice(form: Plain, rows: list[dict[str, Any]], key: str, wanted: str) -> Decimal | None:
    """The score over some criteria only: section by section, each with the weight that it has in the whole."""
    alive = [row for row in rows if row["value"] is not None and not row["bonus"]]
    by_section = any("weight" in section for section in form["sections"])
    earned = possible = Fraction(0)
    for section in form["sections"]:
        here = [row for row in alive if row["section"] == section["id"]]
        total = sum(row["weight"] for row in here)
        if not total:
            continue
        scale = Fraction(section["weight"]) / total if by_section else Fraction(1)
        for row in here:
            if row["criterion"].get(key) == wanted:
                earned += scale * row["weight"] * row["value"]
                possible += scale * row["weight"]
    return one_decimal(earned / possible if possible else None)


def _skills(form: Plain) -> list[str]:
    standard = [section for section in form["sections"] if section.get("kind") != "bonus"]
    scored = [part for section in standard for part in section["criteria"] if part["type"] != "text"]
    return [criterion["skill"] for criterion in scored if "skill" in criterion]


def _any_error(rows: list[dict[str, Any]]) -> bool | None:
    applied = [row for row in rows if row["value"] is not None]
    if not applied:
        return None
    return any(row["value"] == 0 if row["error"] is None else row["error"] for row in applied)


def _passes(form: Plain, shown: Decimal | None) -> bool | None:
    return None if shown is None or "pass_mark" not in form else shown >= Decimal(form["pass_mark"])


def _band(form: Plain, shown: Decimal | None) -> str | None:
    if shown is None:
        return None
    reached = [band["label"] for band in form.get("bands", []) if Decimal(band["from_score"]) <= shown]
    return reached[-1] if reached else None
