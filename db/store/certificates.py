"""Certificates: who is calibrated for which scorecard, until when, and by which rule."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from db import tables
from db.engine import Transaction
from db.problems import UnknownId
from db.records import Certificate, CertificateId, CertificateRule, PersonId, SessionId
from db.store.rows import children, columns_of, equal, insert_rows, one_piece, upsert_rows


def save_rule(tx: Transaction, rule: CertificateRule) -> None:
    """Set the rule of a scorecard; it holds for certificates granted from now on."""
    with one_piece(tx):
        row = columns_of(rule, tables.certificate_rule)
        upsert_rows(tx, tables.certificate_rule, [row], keys=["scorecard_id"])


def rules(tx: Transaction) -> dict[str, CertificateRule]:
    """The rules by scorecard; scorecards without one are left out."""
    in_order = select(tables.certificate_rule).order_by(tables.certificate_rule.c.scorecard_id)
    return {
        row.scorecard_id: CertificateRule(
            scorecard_id=row.scorecard_id,
            least_agreement=row.least_agreement,
            least_answers=row.least_answers,
            window_days=row.window_days,
            valid_days=row.valid_days,
            by=PersonId(row.by),
            at=row.at,
            required=row.required,
        )
        for row in tx.connection.execute(in_order)
    }


def add_certificate(tx: Transaction, certificate: Certificate) -> None:
    """Keep a certificate with the sessions that it rests on."""
    sessions = [{"certificate_id": certificate.id, "session_id": key} for key in certificate.session_ids]
    row = columns_of(certificate, tables.certificate, figures=dict(certificate.figures))
    with one_piece(tx):
        insert_rows(tx, tables.certificate, [row])
        insert_rows(tx, tables.certificate_session, sessions)


def certificates(
    tx: Transaction,
    *,
    person_id: PersonId | None = None,
    scorecard_id: str | None = None,
    valid_at: datetime | None = None,
) -> tuple[Certificate, ...]:
    """Certificates, newest first; with a time only those that hold then."""
    columns = tables.certificate.c
    wanted = equal({columns.person_id: person_id, columns.scorecard_id: scorecard_id})
    if valid_at is not None:
        wanted += [columns.granted_at <= valid_at, columns.expires_at > valid_at, columns.withdrawn_at.is_(None)]
    newest = select(tables.certificate).where(*wanted).order_by(columns.granted_at.desc(), columns.id.desc())
    return _certificates(tx, tx.connection.execute(newest).all())


def withdraw_certificate(tx: Transaction, certificate_id: CertificateId, *, at: datetime) -> None:
    """End a certificate before its time; raises UnknownId where there is none that was not withdrawn."""
    columns = tables.certificate.c
    this_one = update(tables.certificate).where(columns.id == certificate_id, columns.withdrawn_at.is_(None))
    if tx.connection.execute(this_one, {"withdrawn_at": at}).rowcount == 0:
        raise UnknownId(f"there is no certificate {certificate_id} to withdraw")


def _certificates(tx: Transaction, rows: Sequence[Row[Any]]) -> tuple[Certificate, ...]:
    parts = tables.certificate_session.c
    sessions = children(tx, parts.certificate_id, [row.id for row in rows], parts.session_id)
    return tuple(
        Certificate(
            id=CertificateId(row.id),
            person_id=PersonId(row.person_id),
            scorecard_id=row.scorecard_id,
            granted_at=row.granted_at,
            expires_at=row.expires_at,
            granted_by=PersonId(row.granted_by),
            figures=row.figures,
            session_ids=tuple(SessionId(part.session_id) for part in sessions.get(row.id, ())),
            withdrawn_at=row.withdrawn_at,
        )
        for row in rows
    )
