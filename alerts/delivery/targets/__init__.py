"""Where messages go: Telegram, or the terminal as a preview."""
