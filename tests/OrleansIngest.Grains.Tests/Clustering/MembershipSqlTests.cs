using OrleansIngest.Testing;

namespace OrleansIngest.Grains.Tests.Clustering;

/// <summary>The contract of <c>sql/120-orleans-clustering.sql</c>, statement by statement.</summary>
public sealed class MembershipSqlTests : IAsyncLifetime
{
    const string Cluster = "c";
    static readonly DateTime Start = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    TestDatabase _database = null!;
    OrleansQueries _orleans = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync();
        _orleans = new OrleansQueries(_database);
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null) await _database.DisposeAsync();
    }

    [Fact]
    public async Task Version_row_inserted_twice_counts_once()
    {
        (await InsertVersionAsync()).ShouldBe(1);
        (await InsertVersionAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Read_all_of_an_empty_cluster_gives_the_version_and_no_silo()
    {
        await InsertVersionAsync();

        var row = (await _orleans.RunAsync("MembershipReadAllKey", ("DeploymentId", Cluster))).ShouldHaveSingleItem();

        row["Version"].ShouldBe(0);
        row["StartTime"].ShouldBeNull();
    }

    [Fact]
    public async Task Read_row_of_an_unknown_silo_gives_the_version_and_no_silo()
    {
        await InsertVersionAsync();
        await InsertAsync(port: 1, version: 0);

        var row = (await _orleans.RunAsync("MembershipReadRowKey", Key(port: 2))).ShouldHaveSingleItem();

        row["Version"].ShouldBe(1);
        row["StartTime"].ShouldBeNull();
    }

    [Fact]
    public async Task Insert_with_the_present_version_adds_the_silo_and_raises_the_version()
    {
        await InsertVersionAsync();

        (await InsertAsync(port: 1, version: 0)).ShouldBe(1);

        var row = (await _orleans.RunAsync("MembershipReadRowKey", Key(port: 1))).ShouldHaveSingleItem();
        row["Version"].ShouldBe(1);
        row["Address"].ShouldBe("10.0.0.1");
        row["Port"].ShouldBe(1);
        row["Generation"].ShouldBe(7);
        row["SiloName"].ShouldBe("silo");
        row["HostName"].ShouldBe("host");
        row["Status"].ShouldBe(3);
        row["ProxyPort"].ShouldBe(30000);
        row["SuspectTimes"].ShouldBeNull();
        row["StartTime"].ShouldBe(Start);
        row["IAmAliveTime"].ShouldBe(Start);
    }

    [Fact]
    public async Task Insert_with_an_old_version_changes_nothing()
    {
        await InsertVersionAsync();
        await InsertAsync(port: 1, version: 0);

        (await InsertAsync(port: 2, version: 0)).ShouldBe(0);

        (await VersionAsync()).ShouldBe(1);
        (await _orleans.RunAsync("MembershipReadAllKey", ("DeploymentId", Cluster))).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Insert_of_a_silo_that_is_there_changes_nothing()
    {
        await InsertVersionAsync();
        await InsertAsync(port: 1, version: 0);

        (await InsertAsync(port: 1, version: 1)).ShouldBe(0);

        (await VersionAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Inserts_at_the_same_time_with_one_version_let_one_through()
    {
        await InsertVersionAsync();

        var counts = await Task.WhenAll(Enumerable.Range(1, 16).Select(port => InsertAsync(port, version: 0)));

        counts.Sum().ShouldBe(1);
        (await VersionAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Update_with_the_present_version_changes_the_silo_and_raises_the_version()
    {
        await InsertVersionAsync();
        await InsertAsync(port: 1, version: 0);

        (await UpdateAsync(port: 1, version: 1)).ShouldBe(1);

        var row = (await _orleans.RunAsync("MembershipReadRowKey", Key(port: 1))).ShouldHaveSingleItem();
        row["Version"].ShouldBe(2);
        row["Status"].ShouldBe(6);
        row["SuspectTimes"].ShouldBe("somebody,now");
    }

    [Fact]
    public async Task Update_with_an_old_version_or_of_an_unknown_silo_changes_nothing()
    {
        await InsertVersionAsync();
        await InsertAsync(port: 1, version: 0);

        (await UpdateAsync(port: 1, version: 0)).ShouldBe(0);
        (await UpdateAsync(port: 2, version: 1)).ShouldBe(0);

        (await VersionAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Sign_of_life_leaves_the_version_alone()
    {
        await InsertVersionAsync();
        await InsertAsync(port: 1, version: 0);

        await _orleans.RunAsync("UpdateIAmAlivetimeKey", [.. Key(port: 1), ("IAmAliveTime", Start.AddHours(1))]);

        var row = (await _orleans.RunAsync("MembershipReadRowKey", Key(port: 1))).ShouldHaveSingleItem();
        row["IAmAliveTime"].ShouldBe(Start.AddHours(1));
        row["Version"].ShouldBe(1);
    }

    [Fact]
    public async Task Gateways_are_those_of_silos_in_the_state_asked_for()
    {
        await InsertVersionAsync();
        await InsertAsync(port: 1, version: 0);
        await InsertAsync(port: 2, version: 1);
        await UpdateAsync(port: 2, version: 2);

        var gateway = (await _orleans.RunAsync("GatewaysQueryKey", ("DeploymentId", Cluster),
            ("Status", 3))).ShouldHaveSingleItem();

        gateway["Address"].ShouldBe("10.0.0.1");
        gateway["ProxyPort"].ShouldBe(30000);
        gateway["Generation"].ShouldBe(7);
    }

    [Fact]
    public async Task Cleanup_takes_old_silos_that_are_not_active()
    {
        await InsertVersionAsync();
        await InsertAsync(port: 1, version: 0);
        await InsertAsync(port: 2, version: 1);
        await UpdateAsync(port: 2, version: 2);

        await _orleans.RunAsync("CleanupDefunctSiloEntriesKey", ("DeploymentId", Cluster), ("IAmAliveTime", Start));
        (await _orleans.RunAsync("MembershipReadAllKey", ("DeploymentId", Cluster))).Count.ShouldBe(2);
        await _orleans.RunAsync("CleanupDefunctSiloEntriesKey", ("DeploymentId", Cluster), ("IAmAliveTime", Start.AddHours(1)));

        (await _orleans.RunAsync("MembershipReadAllKey", ("DeploymentId", Cluster))).ShouldHaveSingleItem()["Port"].ShouldBe(1);
    }

    [Fact]
    public async Task Delete_takes_a_cluster_and_leaves_the_others()
    {
        await InsertVersionAsync();
        await InsertAsync(port: 1, version: 0);
        await _orleans.RunAsync("InsertMembershipVersionKey", ("DeploymentId", "other"));

        await _orleans.RunAsync("DeleteMembershipTableEntriesKey", ("DeploymentId", Cluster));

        (await _orleans.RunAsync("MembershipReadAllKey", ("DeploymentId", Cluster))).ShouldBeEmpty();
        (await _orleans.RunAsync("MembershipReadAllKey", ("DeploymentId", "other"))).Count.ShouldBe(1);
    }

    static (string, object?)[] Key(int port) => [("DeploymentId", Cluster), ("Address", "10.0.0.1"), ("Port", port),
        ("Generation", 7)];

    async Task<object?> VersionAsync() =>
        (await _orleans.RunAsync("MembershipReadAllKey", ("DeploymentId", Cluster)))[0]["Version"];

    async Task<int> InsertVersionAsync() =>
        Count(await _orleans.RunAsync("InsertMembershipVersionKey", ("DeploymentId", Cluster)));

    async Task<int> InsertAsync(int port, int version) => Count(await _orleans.RunAsync("InsertMembershipKey",
    [
        .. Key(port), ("SiloName", "silo"), ("HostName", "host"), ("Status", 3), ("ProxyPort", 30000), ("StartTime", Start),
        ("IAmAliveTime", Start), ("Version", version),
    ]));

    async Task<int> UpdateAsync(int port, int version) => Count(await _orleans.RunAsync("UpdateMembershipKey",
        [.. Key(port), ("Status", 6), ("SuspectTimes", "somebody,now"), ("IAmAliveTime", Start), ("Version", version)]));

    static int Count(IReadOnlyList<IReadOnlyDictionary<string, object?>> rows) =>
        (int)rows.ShouldHaveSingleItem().Values.ShouldHaveSingleItem()!;
}
