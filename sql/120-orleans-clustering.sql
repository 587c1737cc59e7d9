-- Orleans' membership: the silos of a cluster. Safe to run twice.
-- Every insert and update of a silo is a compare-and-swap on the version of its cluster, which the same statement increments. Two
-- concurrent silos meet at the lock of the version's row; the later one finds another version than the one it read, and changes
-- nothing.
CREATE TABLE IF NOT EXISTS orleans.membership_version (
    cluster_id text    PRIMARY KEY,
    version    integer NOT NULL DEFAULT 0
);

CREATE TABLE IF NOT EXISTS orleans.membership (
    cluster_id    text        NOT NULL REFERENCES orleans.membership_version,
    address       text        NOT NULL,
    port          integer     NOT NULL,
    generation    integer     NOT NULL,                     -- a restart on the same port is a new generation
    silo_name     text        NOT NULL,
    host_name     text        NOT NULL,
    status        integer     NOT NULL,                     -- 1 created, 2 joining, 3 active, 4 shutting down, 5 stopping, 6 dead
    proxy_port    integer     NOT NULL,                     -- of the gateway; 0 for none
    suspect_times text,                                     -- silos that voted it dead, and when
    start_time    timestamptz NOT NULL,
    alive_time    timestamptz NOT NULL,
    PRIMARY KEY (cluster_id, address, port, generation)
);

INSERT INTO orleans.OrleansQuery (QueryKey, QueryText) VALUES
('InsertMembershipVersionKey', $q$
    WITH added AS (
        INSERT INTO orleans.membership_version (cluster_id) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1)
    SELECT count(*)::integer AS row_count FROM added
$q$),
('InsertMembershipKey', $q$
    WITH raised AS (
        UPDATE orleans.membership_version v SET version = v.version + 1
        WHERE v.cluster_id = @DeploymentId AND v.version = @Version AND NOT EXISTS (
            SELECT FROM orleans.membership m
            WHERE m.cluster_id = @DeploymentId AND m.address = @Address AND m.port = @Port AND m.generation = @Generation)
        RETURNING v.cluster_id),
    added AS (
        INSERT INTO orleans.membership
            (cluster_id, address, port, generation, silo_name, host_name, status, proxy_port, start_time, alive_time)
        SELECT cluster_id, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
        FROM raised RETURNING 1)
    SELECT count(*)::integer AS row_count FROM added
$q$),
('UpdateMembershipKey', $q$
    WITH raised AS (
        UPDATE orleans.membership_version v SET version = v.version + 1
        WHERE v.cluster_id = @DeploymentId AND v.version = @Version AND EXISTS (
            SELECT FROM orleans.membership m
            WHERE m.cluster_id = @DeploymentId AND m.address = @Address AND m.port = @Port AND m.generation = @Generation)
        RETURNING v.cluster_id),
    changed AS (
        UPDATE orleans.membership m SET status = @Status, suspect_times = @SuspectTimes, alive_time = @IAmAliveTime
        FROM raised
        WHERE m.cluster_id = raised.cluster_id AND m.address = @Address AND m.port = @Port AND m.generation = @Generation
        RETURNING 1)
    SELECT count(*)::integer AS row_count FROM changed
$q$),
-- A sign of life does not change the membership or its version.
('UpdateIAmAlivetimeKey', $q$
    UPDATE orleans.membership SET alive_time = @IAmAliveTime
    WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
$q$),
-- Readers need the version even without any silo, or without the requested one: the result is then one row with the version and
-- nulls.
('MembershipReadRowKey', $q$
    SELECT m.address AS Address, m.port AS Port, m.generation AS Generation, m.silo_name AS SiloName, m.host_name AS HostName,
           m.status AS Status, m.proxy_port AS ProxyPort, m.suspect_times AS SuspectTimes, m.start_time AS StartTime,
           m.alive_time AS IAmAliveTime, v.version AS Version
    FROM orleans.membership_version v
    LEFT JOIN orleans.membership m
        ON m.cluster_id = v.cluster_id AND m.address = @Address AND m.port = @Port AND m.generation = @Generation
    WHERE v.cluster_id = @DeploymentId
$q$),
('MembershipReadAllKey', $q$
    SELECT m.address AS Address, m.port AS Port, m.generation AS Generation, m.silo_name AS SiloName, m.host_name AS HostName,
           m.status AS Status, m.proxy_port AS ProxyPort, m.suspect_times AS SuspectTimes, m.start_time AS StartTime,
           m.alive_time AS IAmAliveTime, v.version AS Version
    FROM orleans.membership_version v
    LEFT JOIN orleans.membership m ON m.cluster_id = v.cluster_id
    WHERE v.cluster_id = @DeploymentId
$q$),
('GatewaysQueryKey', $q$
    SELECT address AS Address, proxy_port AS ProxyPort, generation AS Generation
    FROM orleans.membership WHERE cluster_id = @DeploymentId AND status = @Status AND proxy_port > 0
$q$),
('DeleteMembershipTableEntriesKey', $q$
    WITH silos AS (DELETE FROM orleans.membership WHERE cluster_id = @DeploymentId)
    DELETE FROM orleans.membership_version WHERE cluster_id = @DeploymentId
$q$),
-- Any silo except an active one: a silo that died while joining or stopping leaves its row behind too.
('CleanupDefunctSiloEntriesKey', $q$
    DELETE FROM orleans.membership WHERE cluster_id = @DeploymentId AND alive_time < @IAmAliveTime AND status <> 3
$q$)
ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText;
