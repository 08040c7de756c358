"""The only code that speaks SQL: tables, migrations, writes and exact reads."""
