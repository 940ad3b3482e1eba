"""How fast the grading desk is in a real browser, on a large database, alone and among many reviewers."""
