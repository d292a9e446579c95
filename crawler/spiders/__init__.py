"""The one spider that every outlet uses."""
