"""Matches articles against an editor's rules and tells each channel about each story once."""
