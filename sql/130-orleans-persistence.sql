-- Grain state in PostgreSQL: the operators' orders to the coordinators. Safe to run twice.
-- The provider also passes hashes of the key (@GrainIdHash, @GrainTypeHash), for databases that cannot index long keys. A B-tree
-- can, so the key itself is the primary key here, and two grains can never be confused.
CREATE TABLE IF NOT EXISTS orleans.grain_state (
    service_id   text        NOT NULL,
    grain_type   text        NOT NULL,
    id_n0        bigint      NOT NULL,
    id_n1        bigint      NOT NULL,
    id_extension text        NOT NULL,                      -- the key of grains with text keys; empty for none
    payload      bytea,                                     -- null if cleared
    version      integer     NOT NULL,                      -- the ETag
    modified_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (service_id, grain_type, id_n0, id_n1, id_extension)
);

INSERT INTO orleans.OrleansQuery (QueryKey, QueryText) VALUES
('ReadFromStorageKey', $q$
    SELECT payload AS PayloadBinary, version AS Version FROM orleans.grain_state
    WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND id_n0 = @GrainIdN0 AND id_n1 = @GrainIdN1
      AND id_extension = coalesce(@GrainIdExtensionString, '')
$q$),
-- Without a version, the writer assumes that there is no record yet. In both cases a mistaken writer gets no row, which the
-- provider reports as a conflict.
('WriteToStorageKey', $q$
    WITH changed AS (
        UPDATE orleans.grain_state SET payload = @PayloadBinary, version = version + 1, modified_at = clock_timestamp()
        WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND id_n0 = @GrainIdN0 AND id_n1 = @GrainIdN1
          AND id_extension = coalesce(@GrainIdExtensionString, '') AND version = @GrainStateVersion
        RETURNING version),
    added AS (
        INSERT INTO orleans.grain_state (service_id, grain_type, id_n0, id_n1, id_extension, payload, version)
        SELECT @ServiceId, @GrainTypeString, @GrainIdN0, @GrainIdN1, coalesce(@GrainIdExtensionString, ''), @PayloadBinary, 1
        WHERE @GrainStateVersion IS NULL
        ON CONFLICT DO NOTHING RETURNING version)
    SELECT version AS NewGrainStateVersion FROM changed UNION ALL SELECT version FROM added
$q$),
('ClearStorageKey', $q$
    UPDATE orleans.grain_state SET payload = NULL, version = version + 1, modified_at = clock_timestamp()
    WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND id_n0 = @GrainIdN0 AND id_n1 = @GrainIdN1
      AND id_extension = coalesce(@GrainIdExtensionString, '') AND version = @GrainStateVersion
    RETURNING version AS NewGrainStateVersion
$q$),
('DeleteStorageKey', $q$
    DELETE FROM orleans.grain_state
    WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND id_n0 = @GrainIdN0 AND id_n1 = @GrainIdN1
      AND id_extension = coalesce(@GrainIdExtensionString, '') AND version = @GrainStateVersion
    RETURNING version + 1 AS NewGrainStateVersion
$q$)
ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText;
