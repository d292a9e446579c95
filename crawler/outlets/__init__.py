"""The catalogue: one YAML file an outlet."""
