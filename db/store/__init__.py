"""One module an aggregate. Every function takes a `Transaction` first and speaks records only."""
