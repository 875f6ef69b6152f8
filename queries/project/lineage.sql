-- What every derived table was made from, the newest first.
SELECT table_name, made_at, commit, inputs, engine_version FROM outcrop.lineage ORDER BY commit DESC, table_name;
