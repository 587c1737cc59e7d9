using System.Text.Json;
using Npgsql;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests;

public sealed class MigrateCommandTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task RunAsync_Twice_CreatesTheTablesOnce()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync(withSchema: false);

        var first = await CliRun.InAsync(_temp.Path, "migrate", "--json", "--db", TestUrl.Of(database));
        var second = await CliRun.InAsync(_temp.Path, "migrate", "--json", "--db", TestUrl.Of(database));

        (first.ExitCode, second.ExitCode).ShouldBe((ExitCode.Done, ExitCode.Done), first.Error + second.Error);
        JsonDocument.Parse(first.Output).RootElement.GetProperty("applied").GetBoolean().ShouldBeTrue();
        JsonDocument.Parse(second.Output).RootElement.GetProperty("applied").GetBoolean().ShouldBeFalse();
        first.Output.ShouldNotContain(new NpgsqlConnectionStringBuilder(database.ConnectionString).Password!);
        await using var command = database.DataSource.CreateCommand("SELECT count(*) FROM public.events, ingest.file");
        (await command.ExecuteScalarAsync()).ShouldBe(0L);
    }

    [Theory]
    [InlineData("true", "Set DATABASE_URL, for example: docker run -e DATABASE_URL=postgres://user:password@host:5432/database")]
    [InlineData("false", "run this as the user who created it, or choose another data folder")]
    public async Task RunAsync_NoDatabaseAndNoWritableFolder_SaysWhatToDo(string isContainer, string advice)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Not even root may write to /sys, on Linux.");

        var run = await CliRun.WithAsync(
            CliRun.Surroundings("/sys", ("DOTNET_RUNNING_IN_CONTAINER", isContainer)), "migrate");

        run.ExitCode.ShouldBe(ExitCode.Failed, run.Output);
        run.Error.ShouldContain("/sys/.ingest/postgres is not writable");
        run.Error.ShouldContain(advice);
    }
}
