"""Tables, migrations, queries: SQLite by default, PostgreSQL by URL. Nothing else knows SQL."""
