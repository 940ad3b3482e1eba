"""Pieces that several pages share. Each takes records and a key; none asks a workflow."""
