using System.Text.Json;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Queries;

/// <summary>What <c>ingest files FILE</c> says of a file that is not loaded.</summary>
public sealed class FileDoctorTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task RunAsync_QuarantinedFile_SaysWhatIsWrongAndWhatWouldMendIt()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        var url = TestUrl.Of(database);
        await using (var create = database.DataSource.CreateCommand("CREATE TABLE c (id int NOT NULL, name text)"))
            await create.ExecuteNonQueryAsync();
        _temp.Write("a.csv", "id;name\n1;Ann\n2;Bob\n");
        _temp.Write("b.csv", "id,name\n1,Ann\n");
        _temp.Write("c.csv", "id;name\n3;Eve\n");
        (await CliRun.InAsync(_temp.Path, "load", "a.csv", "b.csv", "c.csv", "--table", "c", "--delimiter", ",", "--db",
            url)).ExitCode.ShouldNotBe(ExitCode.Done);

        var said = await CliRun.InAsync(_temp.Path, "files", "a.csv", "--db", url);
        var json = JsonDocument.Parse(
            (await CliRun.InAsync(_temp.Path, "files", "a.csv", "--json", "--db", url)).Output).RootElement;
        var sound = await CliRun.InAsync(_temp.Path, "files", "b.csv", "--db", url);

        said.Output.ShouldMatch(@"remedy\s+Set csv\.delimiter to auto in pipeline load-c, then retry the file\.");
        said.Output.ShouldMatch(@"problem\s+\S");
        said.Output.ShouldContain("\"csv\": {\"delimiter\":\";\"}");
        said.Output.ShouldMatch(@"same problem\s+1 other file of the pipeline");
        said.Output.ShouldNotContain("last failure"); // it is the reason
        json.GetProperty("diagnosis").GetProperty("remedies")[0].GetProperty("options")[0].GetProperty("name").GetString()
            .ShouldBe("csv.delimiter");
        json.GetProperty("status").GetString().ShouldBe("quarantined");
        sound.Output.ShouldNotContain("problem");
    }
}
