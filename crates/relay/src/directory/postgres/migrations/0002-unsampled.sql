-- No column is sampled for the planner's statistics: those are tables of the whole database, which keep copies of
-- short values after the rows are gone, and which no relay may write anew.
DO $$
DECLARE
    one RECORD;
BEGIN
    FOR one IN
        SELECT attrelid::REGCLASS AS of_table, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = current_schema()::REGNAMESPACE AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
    LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS 0', one.of_table, one.attname);
    END LOOP;
END
$$;
