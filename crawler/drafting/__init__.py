"""Drafting an outlet file from an address: what a site says of itself, tried ways in, guessed selectors, YAML."""
