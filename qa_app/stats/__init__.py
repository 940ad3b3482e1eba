"""numpy and scipy, and nowhere else: a ratings table in, an Estimate or an Undefined out."""
