"""The makers of the gazetteer that ships: `make places` and `make places-audit`."""
