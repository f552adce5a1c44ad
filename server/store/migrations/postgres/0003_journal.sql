-- Nothing to do here: the journal is SQLite's way to make a commit an append. PostgreSQL writes its log that way anyhow, and
-- its commits go into the tables at once. The number is taken so that both engines are at the same step.

SELECT 1;
