"""One module a use case, one transaction each. The only floor that touches the store."""
