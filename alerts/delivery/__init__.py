"""Outbox → Telegram: what a message says, when it is sent, what became of it."""
