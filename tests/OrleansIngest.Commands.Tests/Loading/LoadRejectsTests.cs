using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Loading;

public sealed class LoadRejectsTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task RunAsync_RejectsOfSeveralKinds_AreShownWithTheirNumberAndTheFirstOfEach()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await using (var create = database.DataSource.CreateCommand("CREATE TABLE c (id int PRIMARY KEY, n int)"))
            await create.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        _temp.Write("a.csv", "id,n\n1,x\n2,y\n3,3\n3,4\n");

        var run = await CliRun.InAsync(_temp.Path, "load", "a.csv", "--table", "c", "--db", TestUrl.Of(database));

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Output.ShouldContain("1 file loaded into c: 1 row, 3 rejected");
        run.Output.ShouldContain("         2  bad_value n: a.csv line 2: invalid input syntax for type integer: \"x\"\n");
        run.Output.ShouldContain(
            "         1  constraint: a.csv line 5: duplicate key value violates unique constraint \"c_pkey\"");
    }

    [Fact]
    public async Task RunAsync_RowsThatATriggerDiscards_AreCounted()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await using (var create = database.DataSource.CreateCommand(
            """
            CREATE TABLE c (id int);
            CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN IF NEW.id > 1 THEN RETURN NULL; END IF; RETURN NEW; END';
            CREATE TRIGGER g BEFORE INSERT ON c FOR EACH ROW EXECUTE FUNCTION f()
            """))
            await create.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        _temp.Write("a.csv", "id\n1\n2\n3\n\n");

        var run = await CliRun.InAsync(_temp.Path, "load", "a.csv", "--table", "c", "--db", TestUrl.Of(database));

        run.Output.ShouldContain("1 file loaded into c: 1 row, 0 rejected, 2 rows discarded by a trigger, 1 skipped line,");
    }
}
