"""Readers of exports, sheets, transcripts and recordings. They return tickets and row issues; no database."""
