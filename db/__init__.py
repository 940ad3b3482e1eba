"""The store: records that everyone speaks, and SQLAlchemy and Alembic behind them. Knows nothing of the app."""
