using CsCheck;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Pipelines.Tables;

namespace OrleansIngest.Engine.Tests.Pipelines.Tables;

public sealed class TableTemplateTests
{
    static (string? Table, string? Refusal) Of(string table, string path, string? archive = null, params string[] watch) =>
        TableTemplate.Parse(table).Of(new PipelineOptions { Name = "p", Table = table, Watch = watch }, path, archive);

    [Theory]
    [InlineData("staging.{folder}", "/in/orders/a.csv", "staging.\"orders\"")]
    [InlineData("staging.{folder}", "/in/2024/orders/a.csv", "staging.\"orders\"")]
    [InlineData("{folder}", "/in/orders/a.csv", "public.\"orders\"")]
    [InlineData("\"My Data\".raw_{folder}", "/in/Orders/a.csv", "\"My Data\".\"raw_Orders\"")]
    [InlineData(@"s.{name:([a-z]+)-\d+}", "/in/orders-17.csv", "s.\"orders\"")]
    [InlineData(@"s.{name:(?<t>[a-z_]+)-\d{2}\.}", "/in/x-1.y_z-17.csv", "s.\"y_z\"")]
    [InlineData(@"s.{name:(?<t>[a-z]+)-.*}_{t}", "/in/a-b", "s.\"a_a\"")]
    [InlineData("s.{path:/in/([^/]+)/}", "/in/shop/2024/a.csv", "s.\"shop\"")]
    [InlineData("s.{{{folder}}}", "/in/x/a.csv", "s.\"{x}\"")]
    [InlineData("s.{folder}", "/in/a\"b.c/x", "s.\"a\"\"b.c\"")]
    public void Of_File_IsItsTable(string table, string path, string expected) => Of(table, path).ShouldBe((expected, null));

    [Fact]
    public void Of_MemberOfAnArchive_IsInTheFolderInside()
    {
        Of("s.{folder}", "/in/shop/a.zip!/orders/x.csv", "/in/shop/a.zip").Table.ShouldBe("s.\"orders\"");
        Of("s.{folder}", "/in/shop/a.zip!/x.csv", "/in/shop/a.zip").Table.ShouldBe("s.\"shop\"");
        Of("s.{folder}", "/in/shop!/x.csv").Table.ShouldBe("s.\"shop!\"");
    }

    [Fact]
    public void Of_FileInTheWatchedDirectoryItself_HasNoFolder()
    {
        Of("s.{folder}", "/data/in/x.csv", null, "/data/in").Refusal!.ShouldContain("it is in the watched directory itself");
        Of("s.{folder}", "/data/in/x.csv", null, "/data/in/").Refusal!.ShouldContain("it is in the watched directory itself");
        Of("s.{folder}", "/data/in/x.csv", null, "/data/*").Table.ShouldBe("s.\"in\"");
        Of("s.{name:[a-z]}", "/data/in/x.csv", null, "/data/in").Table.ShouldBe("s.\"x\"");
        Of("s.{folder}", "/data/in/a.zip!/x.csv", "/data/in/a.zip",
            "/data/in").Refusal!.ShouldContain("it is in the watched directory itself");
    }

    /// <summary>Whatever a folder is called, its table is one name in quotes in the schema of the pipeline, or none.</summary>
    [Fact]
    public void Of_AnyFolder_StaysInTheSchema() =>
        Gen.String[Gen.Char["ab.\"';{}$ \\-é日\u0001\t/"], 0, 70].Sample(folder =>
        {
            var (table, refusal) = Of("s.{folder}", $"/in/{folder}/f.csv");
            (table is null).ShouldBe(refusal is not null);
            if (table is null) return;
            table.ShouldStartWith("s.\"");
            table.ShouldEndWith("\"");
            var inside = table[3..^1];
            inside.Replace("\"\"", "", StringComparison.Ordinal).ShouldNotContain("\"");
            inside.Replace("\"\"", "\"", StringComparison.Ordinal)
                .ShouldBe(Path.GetFileName(Path.GetDirectoryName($"/in/{folder}/f.csv")));
        });

    [Fact]
    public void Of_ExpressionThatTakesTooLong_IsRefused() =>
        Of("s.{name:^(a+)+$}", "/in/" + new string('a', 40) + "!").Refusal!.ShouldContain(
            "the regular expression takes too long");

    [Theory]
    [InlineData("{folder}.x", "must name its schema")]
    [InlineData("pg_catalog.{folder}", "must not select tables of schema pg_catalog")]
    [InlineData("PG_Toast.{folder}", "must not select tables of schema PG_Toast")]
    [InlineData("\"ingest\".{folder}", "must not select tables of schema \"ingest\"")]
    [InlineData("ingest_stage.{folder}", "must not select tables")]
    [InlineData("orleans.{folder}", "must not select tables")]
    [InlineData("information_schema.{folder}", "must not select tables")]
    [InlineData("a.b.{folder}", "must be schema.name")]
    [InlineData("a.\"{folder}\"", "without dots and double quotes")]
    [InlineData(".{folder}", "has no schema before its dot")]
    [InlineData("s.{line}", "has {line}, which cannot name a table")]
    [InlineData("s.{fileId}", "has {fileId}, which cannot name a table")]
    [InlineData("s.{folder", "an unmatched {")]
    [InlineData("s.{group}", "has {group}, which is neither folder, name or path nor a named group")]
    [InlineData("s.{folder}", "only read with recursive: true, or a pattern in watch")]
    public void Validate_TemplateThatCannotBeUsed_SaysWhy(string table, string why)
    {
        var options = new PipelineOptions { Name = "p", Watch = ["in"], Table = table };

        options.Validate("p").Single(problem => problem.Path == "p.table").Message.ShouldContain(why);
    }

    [Fact]
    public void Validate_WhatIsAboutOneTable_IsRefusedBesideATemplate()
    {
        PipelineOptions Routed(Action<PipelineOptions> change)
        {
            var options = new PipelineOptions { Name = "p", Watch = ["in"], Table = "s.{folder}", Recursive = true };
            change(options);
            return options;
        }

        Routed(_ => { }).Validate("p").ShouldBeEmpty();
        Routed(p => (p.Recursive, p.Watch) = (false, ["in/*"])).Validate("p").ShouldBeEmpty();
        Routed(p => (p.Table, p.Metadata) = ("s.{t}", new Dictionary<string, string> { ["x"] = "{name:(?<t>a)}" })).Validate("p")
            .ShouldBeEmpty();
        Routed(p => p.Write = WriteMode.ReplaceTable).Validate("p").Single().Path.ShouldBe("p.write");
        Routed(p => p.SameContent = SameContentPolicy.Skip).Validate("p").Single().Path.ShouldBe("p.sameContent");
        Routed(p => (p.Write, p.CreateTable) = (WriteMode.Upsert, true)).Validate("p").Single().Path.ShouldBe("p.key");
        Routed(p => (p.Write, p.CreateTable, p.Key) = (WriteMode.Upsert, true, ["id"])).Validate("p").ShouldBeEmpty();
    }
}
