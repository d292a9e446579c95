"""How requests leave: conditional, polite, bounded, and never to a private address."""
