using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Engine.Coordination;
using OrleansIngest.Engine.Examination;
using OrleansIngest.Engine.Ledger;
using OrleansIngest.Engine.Ledger.Operators;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Examination;

/// <summary>Files are loaded for real, and fail for real; what the examination then proposes is done, and they load.</summary>
public sealed class FileExaminerTests
{
    const string Table = "CREATE TABLE t (id int NOT NULL, customer text NOT NULL, total numeric)";
    const string Good = "id,customer,total\n1,Ann,1.50\n";

    static CancellationToken Token => TestContext.Current.CancellationToken;

    static FileExaminer Examiner(LoadBench bench, bool kept = false) =>
        new(bench.Database.DataSource, (_, _) => Task.FromResult(kept ? OptionPlace.Database : null),
            TimeProvider.System);

    static async Task<FileState> LoadAsync(LoadBench bench, string content, string name = "a.csv", Encoding? encoding = null) =>
        (await bench.LoadAsync(bench.Write(name, (encoding ?? Encoding.UTF8).GetBytes(content)))).ShouldHaveSingleItem();

    static async Task<FileExamination> ExamineAsync(LoadBench bench, FileId file, bool kept = false) =>
        (await Examiner(bench, kept).ExamineAsync(file, Token)).ShouldNotBeNull();

    public static TheoryData<string, string, string, string> Options() => new()
    {
        { "", "id;customer;total\n1;Ann;1.5\n2;Bob;2.5\n", "Set csv.delimiter to ;", "\"csv\": {\"delimiter\":\";\"}" },
        { "", "id\tcustomer\ttotal\n1\tAnn\t1.5\n", "Set csv.delimiter to tab", "\"csv\": {\"delimiter\":\"tab\"}" },
        { "", "id,custmer,total\n1,Ann,1.5\n", "Set columns to {\"custmer\":\"customer\"}",
            "\"columns\": {\"custmer\":\"customer\"}" },
        { "compression=gzip", Good, "Set compression to auto", "\"compression\": \"auto\"" },
        { "encoding=utf-16le", Good + "2,Bobby,3.00\n", "Set encoding to auto", "\"encoding\": \"auto\"" },
        { "format=parquet", Good, "Set format to auto", "\"format\": \"auto\"" },
        { "missingColumns=quarantine", "id,customer\n1,Ann\n", "Set missingColumns to allowOptional",
            "\"missingColumns\": \"allowOptional\"" },
    };

    static void Set(PipelineOptions pipeline, string option)
    {
        switch (option)
        {
            case "compression=gzip": pipeline.Compression = "gzip"; break;
            case "encoding=utf-16le": pipeline.Encoding = "utf-16le"; break;
            case "format=parquet": pipeline.Format = InputFormat.Parquet; break;
            case "missingColumns=quarantine": pipeline.MissingColumns = MissingColumnPolicy.Quarantine; break;
            case "extraColumns=quarantine": pipeline.ExtraColumns = ExtraColumnPolicy.Quarantine; break;
        }
    }

    [Theory]
    [MemberData(nameof(Options))]
    public async Task ExamineAsync_OptionsThatAreWrong_AreProposedRightAndTheFileThenLoads(
        string option, string content, string title, string snippet)
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => Set(p, option));
        var file = await LoadAsync(bench, content);
        file.Status.ShouldBe("quarantined");

        var diagnosis = (await ExamineAsync(bench, file.FileId)).Diagnosis.ShouldNotBeNull();
        var remedy = diagnosis.Remedies[0];

        remedy.Title.ShouldBe(title, $"{diagnosis}");
        remedy.Copy.ShouldBe(snippet);
        remedy.CanApply.ShouldBeFalse(); // the pipeline is not kept in the database
        diagnosis.Advice.ShouldBe($"{title} in pipeline test, then retry the file.");
        (await ReloadAsync(bench, file, remedy.Options!)).ShouldBe("loaded");
    }

    [Fact]
    public async Task ExamineAsync_PipelineInTheDatabase_CanBeChangedByCommandAndByClick()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var file = await LoadAsync(bench, "id;customer;total\n1;Ann;1.5\n");

        var remedy = (await ExamineAsync(bench, file.FileId, kept: true)).Diagnosis!.Remedies[0];

        remedy.Copy.ShouldBe("ingest pipeline edit test --set 'csv.delimiter=;'");
        remedy.CanApply.ShouldBeTrue();
    }

    /// <summary>A delimiter for all files would quarantine those that look like the loaded ones.</summary>
    [Fact]
    public async Task ExamineAsync_DelimiterThatDiffersFromLoadedFiles_IsDetectedForEachFile()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        (await LoadAsync(bench, Good, "good.csv")).Status.ShouldBe("loaded");
        var file = await LoadAsync(bench, "id;customer;total\n1;Ann;1.5\n2;Bob;2.5\n");

        var remedies = (await ExamineAsync(bench, file.FileId)).Diagnosis!.Remedies;

        remedies.Take(2).Select(r => r.Title).ShouldBe(["Set csv.delimiter to auto", "Set csv.delimiter to ;"]);
        (await ReloadAsync(bench, file, remedies[0].Options!)).ShouldBe("loaded");
    }

    [Fact]
    public async Task ExamineAsync_PipelineInAFile_NamesTheFileAndWhatToWriteThere()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var file = await LoadAsync(bench, "id;customer;total\n1;Ann;1.5\n");
        var examiner = new FileExaminer(bench.Database.DataSource,
            (_, _) => Task.FromResult<OptionPlace?>(new OptionPlace("/etc/ingest.json")), TimeProvider.System);

        var remedy = (await examiner.ExamineAsync(file.FileId, Token))!.Diagnosis!.Remedies[0];

        (remedy.CanApply, remedy.File, remedy.Copy).ShouldBe((true, "/etc/ingest.json", "\"csv\": {\"delimiter\":\";\"}"));
    }

    [Fact]
    public async Task ExamineAsync_FieldsWithoutAColumn_AreAddedByTheStatement()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => Set(p, "extraColumns=quarantine"));
        var file = await LoadAsync(bench, "id,customer,total,Order Date,note\n1,Ann,1.5,2026-01-03,hello\n");

        var diagnosis = (await ExamineAsync(bench, file.FileId)).Diagnosis!;
        diagnosis.Problem.ShouldBe("The table has no column for Order Date, note.");
        diagnosis.Remedies[0].Sql.ShouldBe("ALTER TABLE public.t ADD COLUMN \"Order Date\" date, ADD COLUMN note text;");
        diagnosis.Remedies.ShouldContain(r => r.Title == "Set extraColumns to ignore");
        diagnosis.Advice.ShouldBe(
            "Run ALTER TABLE public.t ADD COLUMN \"Order Date\" date, ADD COLUMN note text and retry the file.");
        await bench.ExecuteAsync(diagnosis.Remedies[0].Sql!);

        (await ReloadAsync(bench, file, [])).ShouldBe("loaded");
        (await bench.ScalarAsync<string>("SELECT \"Order Date\"::text FROM t")).ShouldBe("2026-01-03");
    }

    [Fact]
    public async Task ExamineAsync_ColumnThatNeedsAValue_IsMissingAndCanBeMadeOptional()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var file = await LoadAsync(bench, "id,total\n1,1.5\n");

        var examination = await ExamineAsync(bench, file.FileId);
        examination.Diagnosis!.Problem.ShouldBe("The file lacks required column customer.");
        examination.Columns!.Pairs.ShouldBe(
        [
            new ColumnPair(1, "id", "id", "integer", ColumnState.Filled),
            new ColumnPair(null, null, "customer", "text", ColumnState.Missing),
            new ColumnPair(2, "total", "total", "numeric", ColumnState.Filled),
        ]);
        var sql = examination.Diagnosis.Remedies.First(r => r.Sql is not null).Sql!;
        sql.ShouldBe("ALTER TABLE public.t ALTER COLUMN customer DROP NOT NULL;");
        await bench.ExecuteAsync(sql);

        var mended = (await ExamineAsync(bench, file.FileId)).Diagnosis!;
        mended.Advice.ShouldBe("The file can be loaded now: 1 row, 0 rejects; retry it.");
        mended.Remedies[0].Verb.ShouldBe("retry");
        (await ReloadAsync(bench, file, [])).ShouldBe("loaded");
    }

    [Fact]
    public async Task ExamineAsync_TableThatWasDropped_IsCreatedByTheStatement()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.MaxAttempts = 1);
        await bench.StartNodeAsync();
        await bench.ExecuteAsync("DROP TABLE t");
        var file = await LoadAsync(bench, Good);
        file.Status.ShouldBe("quarantined");

        var examination = await ExamineAsync(bench, file.FileId);
        examination.Columns!.IsThere.ShouldBeFalse();
        examination.Columns.Pairs.Select(p => p.Name).ShouldBe(["id", "customer", "total"]);
        var remedy = examination.Diagnosis!.Remedies[0];
        remedy.Sql.ShouldNotBeNull().ShouldStartWith("CREATE TABLE public.t (");
        await bench.ExecuteAsync(remedy.Sql);
        (await ReloadAsync(bench, file, [])).ShouldBe("loaded");
    }

    [Fact]
    public async Task ExamineAsync_EncodingThatNobodyCanTell_IsOfferedInSeveral()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        await using var bench = await LoadBench.CreateAsync(Table);
        var file = await LoadAsync(bench, "id,customer,total\n1,Владимир Иванович,1\n2,Наталья Петровна,2\n",
            encoding: Encoding.GetEncoding(1251));
        file.Status.ShouldBe("quarantined");

        var diagnosis = (await ExamineAsync(bench, file.FileId)).Diagnosis!;

        diagnosis.Problem.ShouldBe("The text is not UTF-8, and its encoding cannot be determined from its bytes.");
        diagnosis.Remedies[0].Title.ShouldBe("Set encoding to windows-1251");
        (await ReloadAsync(bench, file, diagnosis.Remedies[0].Options!)).ShouldBe("loaded");
        (await bench.ScalarAsync<string>("SELECT customer FROM t WHERE id = 1")).ShouldBe("Владимир Иванович");
    }

    [Theory]
    [InlineData("maxRejected", "set maxRejected to 2")]
    [InlineData("maxRejectedPercent", "set maxRejectedPercent to 67")]
    public async Task ExamineAsync_TooManyRejects_AreCountedAndTheirLimitIsNamedButNotProposed(string limit, string setting)
    {
        await using var bench = await LoadBench.CreateAsync(Table, p =>
        {
            if (limit == "maxRejected") p.MaxRejected = 1;
            else p.MaxRejectedPercent = 10;
        });
        var file = await LoadAsync(bench, "id,customer,total\n1,Ann,x\n2,Bob,y\n3,Eve,3\n");
        file.Status.ShouldBe("quarantined");

        var diagnosis = (await ExamineAsync(bench, file.FileId)).Diagnosis!;

        diagnosis.Problem.ShouldContain("2 of 3 records were rejected");
        diagnosis.Advice.ShouldBe("Correct 2 records (most: bad_value in total) and deliver the file again. "
            + $"To load the other records without these, {setting} in pipeline test and retry the file.");
        diagnosis.Remedies.ShouldAllBe(r => r.Options == null);
    }

    [Fact]
    public async Task ExamineAsync_EveryRecordIsRejected_NoLimitIsNamed()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.MaxRejectedPercent = 10);
        var file = await LoadAsync(bench, "id,customer,total\n1,Ann,x\n2,Bob,y\n");

        var diagnosis = (await ExamineAsync(bench, file.FileId)).Diagnosis!;

        diagnosis.Advice.ShouldBe("Correct 2 records (most: bad_value in total) and deliver the file again.");
        diagnosis.Remedies.ShouldAllBe(r => r.Options == null);
    }

    [Fact]
    public async Task ExamineAsync_RecordsThatAreTooLong_HaveTheLimitRaised()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p =>
        {
            p.MaxRejected = 0;
            p.Csv.MaxRecordBytes = 1024;
        });
        var file = await LoadAsync(bench, $"id,customer,total\n1,{new string('x', 5000)},1\n");

        var remedy = (await ExamineAsync(bench, file.FileId)).Diagnosis!.Remedies[0];

        remedy.Options![0].Name.ShouldBe("csv.maxRecordBytes");
        (await ReloadAsync(bench, file, remedy.Options)).ShouldBe("loaded");
    }

    public static TheoryData<string, string, string, string> Values() => new()
    {
        { "total numeric", "id,customer,total\n1,Ann,\"1,50\"\n2,Bob,\"2,75\"\n", "Set csv.decimal to ,", "4.25" },
        { "total numeric", "id,customer,total\n1,Ann,\"1.000,50\"\n2,Bob,\"2,75\"\n",
            "Set csv.decimal to , and csv.thousands to .", "1003.25" },
        { "total numeric", "id;customer;total\n1;Ann;1,50\n2;Bob;2,75\n", "Set csv.delimiter to ; and csv.decimal to ,", "4.25" },
        { "born date, total numeric", "id;customer;born;total\n1;Ann;31.12.1980;1,5\n2;Bob;1.2.1990;2,5\n",
            "Set csv.delimiter to ; and csv.decimal to , and csv.dateOrder to dmy", "4.0" },
        { "born date, total int", "id,customer,born,total\n1,Ann,31.12.1980,1\n2,Bob,30.11.1990,2\n", "Set csv.dateOrder to dmy",
            "3" },
        { "born timestamp, total int", "id,customer,born,total\n1,Ann,1980-12-31-23.59.00,1\n",
            "Set csv.dateFormats to [\"YYYY-MM-DD-HH24.MI.SS\"]", "1" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public async Task ExamineAsync_NumbersAndDatesWrittenInAnotherWay_AreReadAsProposed(
        string columns, string content, string title, string sum)
    {
        await using var bench = await LoadBench.CreateAsync(
            $"CREATE TABLE t (id int NOT NULL, customer text NOT NULL, {columns})", p => p.MaxRejectedPercent = 50);
        var file = await LoadAsync(bench, content);
        file.Status.ShouldBe("quarantined");

        var diagnosis = (await ExamineAsync(bench, file.FileId)).Diagnosis!;

        diagnosis.Remedies[0].Title.ShouldBe(title, $"{diagnosis}");
        diagnosis.Advice.ShouldBe($"{title} in pipeline test, then retry the file.");
        diagnosis.Remedies.ShouldNotContain(r => r.Title.Contains("maxRejected"));
        (await ReloadAsync(bench, file, diagnosis.Remedies[0].Options!)).ShouldBe("loaded");
        (await bench.ScalarAsync<string>("SELECT sum(total)::text FROM t")).ShouldStartWith(sum);
    }

    /// <summary>The delimiter alone would only turn the quarantine into rejects.</summary>
    [Fact]
    public async Task ExamineAsync_OptionsWithWhichNoRecordBecomesARow_AreNotProposed()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var file = await LoadAsync(bench, "id;customer;total\none;Ann;x\ntwo;Bob;y\n");

        var diagnosis = (await ExamineAsync(bench, file.FileId)).Diagnosis!;

        diagnosis.Remedies.ShouldAllBe(r => r.Options == null && r.Sql == null);
    }

    [Fact]
    public async Task ExamineAsync_FileWithoutAHeader_IsReadByPosition()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var file = await LoadAsync(bench, "1,Ann,1.5\n2,Bob,2.5\n");
        file.Status.ShouldBe("quarantined");

        var remedies = (await ExamineAsync(bench, file.FileId)).Diagnosis!.Remedies;
        var remedy = remedies[0];

        remedy.Title.ShouldBe("Set csv.headerLines to 0");
        remedies.Select(r => r.Title).ShouldBeUnique();
        (await ReloadAsync(bench, file, remedy.Options!)).ShouldBe("loaded");
        (await bench.ScalarAsync<long>("SELECT count(*) FROM t")).ShouldBe(2);
    }

    /// <summary>With a header it would be a file of another table.</summary>
    [Theory]
    [InlineData(Table)]
    [InlineData("CREATE TABLE t (a text, b text, c text)")]
    public async Task ExamineAsync_FileWithUnknownNames_IsNotReadByPosition(string table)
    {
        await using var bench = await LoadBench.CreateAsync(table);
        var file = await LoadAsync(bench, "nr,who,amount\n1,Ann,1.5\n2,Bob,2.5\n");

        var diagnosis = (await ExamineAsync(bench, file.FileId)).Diagnosis!;

        diagnosis.Remedies.ShouldAllBe(r => r.Options == null && r.Sql == null, $"{diagnosis}");
    }

    const string Stock = "CREATE TABLE t (sku text NOT NULL, name text NOT NULL, qty int NOT NULL, price numeric)";

    static void Strict(PipelineOptions pipeline) =>
        (pipeline.ExtraColumns, pipeline.MissingColumns) = (ExtraColumnPolicy.Quarantine, MissingColumnPolicy.Quarantine);

    [Fact]
    public async Task ExamineAsync_RequiredColumnOfAStrictPipeline_TakesTheStatementAndTheOption()
    {
        await using var bench = await LoadBench.CreateAsync(Stock, Strict);
        var file = await LoadAsync(bench, "sku,name,price\nA1,Pen,1.5\n");

        var diagnosis = (await ExamineAsync(bench, file.FileId, kept: true)).Diagnosis!;
        var remedy = diagnosis.Remedies[0];

        (remedy.Sql, remedy.CanApply).ShouldBe(("ALTER TABLE public.t ALTER COLUMN qty DROP NOT NULL;", false));
        remedy.Copy.ShouldBe("ingest pipeline edit test --set missingColumns=allowOptional");
        diagnosis.Advice.ShouldBe("Run ALTER TABLE public.t ALTER COLUMN qty DROP NOT NULL, "
            + "set missingColumns to allowOptional in pipeline test, and retry the file.");
        await bench.ExecuteAsync(remedy.Sql!);
        (await ReloadAsync(bench, file, remedy.Options!)).ShouldBe("loaded");
    }

    [Fact]
    public async Task ExamineAsync_RenamedColumnBesideANewOne_IsMappedAndLosesNothing()
    {
        await using var bench = await LoadBench.CreateAsync(Stock, Strict);
        var file = await LoadAsync(bench, "sku,name,quantity,price,colour\nA1,Pen,5,1.5,red\n");

        var diagnosis = (await ExamineAsync(bench, file.FileId)).Diagnosis!;

        diagnosis.Remedies[0].Title.ShouldBe("Set columns to {\"quantity\":\"qty\"} and extraColumns to ignore", $"{diagnosis}");
        diagnosis.Remedies.ShouldContain(r => r.Sql == "ALTER TABLE public.t ADD COLUMN colour text;"
            && r.Options!.Single().Json == "{\"quantity\":\"qty\"}");
        diagnosis.Remedies.ShouldNotContain(r => r.Sql != null && r.Sql.Contains("DROP NOT NULL"));
        (await ReloadAsync(bench, file, diagnosis.Remedies[0].Options!)).ShouldBe("loaded");
        (await bench.ScalarAsync<int>("SELECT qty FROM t")).ShouldBe(5);
    }

    [Fact]
    public async Task ExamineAsync_TwoFieldsThatMayBeTheColumn_AreNotGuessed()
    {
        await using var bench = await LoadBench.CreateAsync(Stock, Strict);
        var file = await LoadAsync(bench, "sku,name,amount,size,price\nA1,Pen,5,7,1.5\n");

        var diagnosis = (await ExamineAsync(bench, file.FileId)).Diagnosis!;

        diagnosis.Remedies.ShouldNotContain(r => r.Options != null && r.Options.Any(o => o.Name == "columns"));
    }

    [Fact]
    public async Task ExamineAsync_MissingPartOfThePrimaryKey_CannotBeMadeOptional()
    {
        await using var bench = await LoadBench.CreateAsync("CREATE TABLE t (id int PRIMARY KEY, customer text)");
        var file = await LoadAsync(bench, "customer\nAnn\n");

        (await ExamineAsync(bench, file.FileId)).Diagnosis!.Remedies.ShouldAllBe(r => r.Sql == null);
    }

    [Fact]
    public async Task ExamineAsync_OtherFilesWithTheSameReason_AreNamed()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => p.MaxRejectedPercent = 50);
        var first = await LoadAsync(bench, "id;customer;total\n1;Ann;1.5\n", "a.csv");
        var second = await LoadAsync(bench, "id;customer;total\n2;Bob;2.5\n3;Eve;1.5\n", "b.csv");
        var other = await LoadAsync(bench, "id,customer,total\n1,Ann,x\n2,Bob,y\n", "c.csv");
        var more = await LoadAsync(bench, "id,customer,total\n3,Ann,x\n", "d.csv");
        other.Status.ShouldBe("quarantined");

        (await ExamineAsync(bench, first.FileId)).Diagnosis!.Alike.ShouldBe([second.FileId.Value]);
        // Nothing but the files themselves can be corrected, each on its own.
        (await ExamineAsync(bench, more.FileId)).Diagnosis!.Alike.ShouldBeEmpty();
    }

    [Fact]
    public async Task ExamineAsync_DamagedGzip_IsToBeDeliveredAgain()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var packed = HeadReaderTests.Gzip(Good + string.Concat(Enumerable.Range(2, 5000).Select(i => $"{i},customer {i},{i}\n")));
        var file = (await bench.LoadAsync(bench.Write("a.csv.gz", packed[..^20]))).ShouldHaveSingleItem();
        file.Status.ShouldBe("quarantined");

        var diagnosis = (await ExamineAsync(bench, file.FileId)).Diagnosis!;

        diagnosis.Advice.ShouldBe("Deliver the file again, undamaged and of the right kind, or skip it.");
        diagnosis.Remedies.Select(r => r.Verb).ShouldBe(["skip", "retry"]);
    }

    [Fact]
    public async Task ExamineAsync_FileThatIsGone_SaysSoAndStillShowsTheColumnsOfItsRejects()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var path = bench.Write("a.csv", "id,customer,total,extra\n1,Ann,1,x\n2,Bob,bad,y\n");
        var file = (await bench.LoadAsync(path)).ShouldHaveSingleItem();
        File.Delete(path);

        var loaded = await ExamineAsync(bench, file.FileId);
        await bench.ExecuteAsync("UPDATE ingest.file SET status = 'quarantined', reason = 'it is broken'");
        var quarantined = await ExamineAsync(bench, file.FileId);

        loaded.Source.ShouldBe(SourceState.Gone);
        loaded.Diagnosis.ShouldBeNull();
        loaded.Columns!.Pairs.Select(p => $"{p.Name}>{p.Column}:{p.State}")
            .ShouldBe(["id>id:Filled", "customer>customer:Filled", "total>total:Filled", "extra>:LeftOut"]);
        quarantined.Diagnosis!.Problem.ShouldStartWith("The file is no longer at its path");
        quarantined.Diagnosis.Advice.ShouldBe("Deliver the file again, or skip this version.");
    }

    [Fact]
    public async Task ExamineAsync_FileThatAnOperatorSetAside_NamesThem()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var file = await LoadAsync(bench, "no,such\n1,2\n");
        var ledger = new OperatorLedger(bench.Database.DataSource);
        await ledger.ApplyAsync(FileVerb.Retry, file.FileId, new OperatorAct("ann", null), Token);
        await ledger.ApplyAsync(FileVerb.Quarantine, file.FileId, new OperatorAct("ann", "wait for Bob"), Token);
        bench.Write("a.csv", Good);

        var diagnosis = (await ExamineAsync(bench, file.FileId)).Diagnosis!;

        diagnosis.Problem.ShouldBe("The file was quarantined by ann.");
        diagnosis.Remedies.Select(r => r.Verb).ShouldBe(["retry", "skip"]);
    }

    [Fact]
    public async Task ExamineAsync_FileOfAnArchive_IsExaminedInside()
    {
        await using var bench = await LoadBench.CreateAsync(Table);
        var states = await bench.LoadAsync(bench.Write("a.zip",
            HeadReaderTests.Zip(("in/x.csv", "id;customer;total\n1;Ann;1.5\n2;Bob;2.5\n"))));
        var member = await bench.ScalarAsync<long>("SELECT file_id FROM ingest.file WHERE parent_id IS NOT NULL");
        states.ShouldNotBeEmpty();

        var examination = await ExamineAsync(bench, new FileId(member));

        examination.Source.ShouldBe(SourceState.Present);
        examination.Diagnosis!.Remedies[0].Title.ShouldBe("Set csv.delimiter to ;");
    }

    [Fact]
    public async Task ExamineAsync_HostileHeader_IsWrittenOutAndQuoted()
    {
        await using var bench = await LoadBench.CreateAsync(Table, p => Set(p, "extraColumns=quarantine"));
        var file = await LoadAsync(bench, "id,customer,total,\"a\"\"; DROP TABLE t; --\",x\u202Ey\n1,Ann,1,2,3\n");

        var examination = await ExamineAsync(bench, file.FileId);

        examination.Columns!.Pairs[^1].Name.ShouldBe("x\\u202Ey");
        var sql = examination.Diagnosis!.Remedies.First(r => r.Sql is not null).Sql!;
        await bench.ExecuteAsync(sql);
        (await bench.ScalarAsync<long>("SELECT count(*) FROM information_schema.columns WHERE table_name = 't'")).ShouldBe(5);
    }

    [Fact]
    public async Task ExamineAsync_UnknownFile_IsNull()
    {
        await using var bench = await LoadBench.CreateAsync(Table);

        (await Examiner(bench).ExamineAsync(new FileId(999), Token)).ShouldBeNull();
        (await Examiner(bench).HeadAsync(new FileId(999), Token)).ShouldBeNull();
    }

    /// <summary>As an operator would: options set, the file retried, loaded by a node that runs them.</summary>
    static async Task<string> ReloadAsync(LoadBench bench, FileState file, IReadOnlyList<OptionSetting> options)
    {
        var changed = OptionChange.Apply(bench.Pipeline, options).ShouldNotBeNull();
        foreach (var before in bench.Nodes.ToArray()) await bench.EndNodeAsync(before);
        (await new OperatorLedger(bench.Database.DataSource).ApplyAsync(FileVerb.Retry, file.FileId, new OperatorAct("ann", null),
            Token)).Outcome.ShouldBe(VerbOutcome.Done);
        await using var node = await IngestNode.StartAsync(
            new IngestNodeOptions { ConnectionString = bench.Database.ConnectionString, Kind = "load", Pipelines = [changed] },
            NullLoggerFactory.Instance, TimeProvider.System, Token);
        return (await bench.LoadOnAsync(node, [file.Path])).ShouldHaveSingleItem().Status;
    }
}
