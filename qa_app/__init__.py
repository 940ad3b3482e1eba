"""The application: pages and commands on top, workflows below them, pure rooms at the bottom."""
