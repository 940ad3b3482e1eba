"""Pure decisions on records: no database, no framework, no clock, no randomness without a seed."""
