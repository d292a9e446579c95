"""The only place that knows Arabic letters: folding, tokens, clitics."""
