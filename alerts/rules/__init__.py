"""rules.yaml: what it may say, compiled, matched, explained, checked."""
