-- Shared by the functions that isolate the rows refused by the server. Safe to run twice.
CREATE SCHEMA IF NOT EXISTS ingest;

-- Whether a failure may be the fault of a row. A failure of the server itself (resources, conflicts, a cancelled statement) is
-- not, unless a RAISE caused it.
CREATE OR REPLACE FUNCTION ingest.is_row_fault(state text, context text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT left(state, 2) NOT IN ('08', '40', '53', '55', '57', '58') OR split_part(context, E'\n', 1) LIKE '%RAISE' $$;

-- PL/pgSQL that finds the column whose domain refuses row low_ of pg_temp.ingest_stage, and stores it in column_: a domain's
-- check does not name the column, but the failing cast is known. domains: for each column, its domain, or null. Empty for none.
CREATE OR REPLACE FUNCTION ingest.domain_probes(columns text[], domains text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT coalesce(string_agg(format($cast$
        IF column_ = '' THEN
            BEGIN
                PERFORM s.c%1$s::%2$s FROM pg_temp.ingest_stage s WHERE s.n = low_;
            EXCEPTION WHEN OTHERS OR assert_failure THEN
                column_ := %3$L;
            END;
        END IF;$cast$, i, d, columns[i]), ''), '') FROM unnest(domains) WITH ORDINALITY u(d, i) WHERE d IS NOT NULL $$;
