using System.Text.Json;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Loading;

/// <summary>What <c>load</c> says of fields and columns that find nothing.</summary>
public sealed class LoadNotesTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task RunAsync_FieldsWithoutAColumn_AreSaidOnceForAllFilesAndAreNoFailure()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await using (var create = database.DataSource.CreateCommand("CREATE TABLE c (id int, customer_name text)"))
            await create.ExecuteNonQueryAsync();
        _temp.Write("a.csv", "id,cust_name\n1,Ann\n");
        _temp.Write("b.csv", "id,cust_name\n2,Bob\n");
        _temp.Write("c.csv", "id,customer_name\n3,Eve\n");

        var run = await CliRun.InAsync(_temp.Path, "load", "a.csv", "b.csv", "c.csv", "--table", "c", "--db",
            TestUrl.Of(database));

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Output.Split('\n').Where(line => line.StartsWith("note", StringComparison.Ordinal)).ShouldBe(
        [
            "note  2 files, the first is a.csv into c: fields without a column, not loaded: cust_name (did you mean "
                + "customer_name?)",
            "note  2 files, the first is a.csv into c: columns without a field, NULL: customer_name",
            "note  to load a field, add the column to c, or name its column in ingest.json: \"columns\": { \"cust_name\": "
                + "\"customer_name\" }",
        ]);
    }

    [Fact]
    public async Task RunAsync_Json_HasTheNotes()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await using (var create = database.DataSource.CreateCommand("CREATE TABLE c (id int, customer_name text)"))
            await create.ExecuteNonQueryAsync();
        _temp.Write("a.csv", "id,cust\u200B_name,\n1,Ann,\n");

        var run = await CliRun.InAsync(_temp.Path, "load", "a.csv", "--table", "c", "--json", "--db", TestUrl.Of(database));
        var files = await CliRun.InAsync(_temp.Path, "files", "--json", "--db", TestUrl.Of(database));
        var file = await CliRun.InAsync(_temp.Path, "files", "a.csv", "--db", TestUrl.Of(database));

        var note = JsonDocument.Parse(run.Output).RootElement.GetProperty("columnsNotes")[0];
        note.GetProperty("files").GetInt32().ShouldBe(1);
        note.GetProperty("firstFile").GetString().ShouldBe(_temp["a.csv"]);
        const string Expected =
            """{"leftOut":[{"field":2,"name":"cust\\u200B_name","near":"customer_name"},{"field":3,"name":"","near":null}"""
            + """],"unfilled":["customer_name"],"defaulted":[]}""";
        note.GetProperty("note").GetRawText().ShouldBe(Expected);
        JsonDocument.Parse(files.Output).RootElement.GetProperty("items")[0].GetProperty("columnsNote").GetRawText()
            .ShouldBe(Expected);
        file.Output.ShouldContain(@"not loaded: cust\u200B_name (did you mean customer_name?), field 3 (no name)");
    }
}
