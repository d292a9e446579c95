"""The gazetteer, and which place a name in a text is."""
