using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using OrleansIngest.Engine.Examination;
using OrleansIngest.Postgres.Tests.Loading;

namespace OrleansIngest.Postgres.Tests.Examination;

/// <summary>The first lines of files, whatever is in them.</summary>
public sealed class HeadReaderTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    internal static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    internal static byte[] Zip(params (string Name, string Text)[] files)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create))
        {
            foreach (var (name, text) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        return packed.ToArray();
    }

    static async Task<FileHead> HeadAsync(LoadBench bench, byte[] content, string name = "a.csv", Action<string>? before = null)
    {
        var path = bench.Write(name, content);
        var file = (await bench.LoadAsync(path))[0];
        before?.Invoke(path);
        return (await new FileExaminer(bench.Database.DataSource, (_, _) => Task.FromResult<OptionPlace?>(null),
            TimeProvider.System).HeadAsync(file.FileId, Token)).ShouldNotBeNull();
    }

    static Task<LoadBench> BenchAsync(string encoding = "auto") =>
        LoadBench.CreateAsync("CREATE TABLE t (id int, note text)", p => p.Encoding = encoding);

    [Fact]
    public async Task Read_SmallFile_IsShownWholeAsItIs()
    {
        await using var bench = await BenchAsync();

        var head = await HeadAsync(bench,
            "\uFEFFid,note\r\n1,<script>alert('\u202E')</script>\r2,\u0007\0bell\n3,end"u8.ToArray());

        head.Lines.Select(l => l.Text).ShouldBe(["id,note", "1,<script>alert('\u202E')</script>", "2,\u0007\0bell", "3,end"]);
        head.Lines.ShouldAllBe(l => !l.IsCut);
        (head.Source, head.IsWhole, head.Note).ShouldBe((SourceState.Present, true, null));
    }

    [Fact]
    public async Task Read_LineWithoutEnd_IsCutAndReadNoFurther()
    {
        await using var bench = await BenchAsync();

        var head = await HeadAsync(bench,
            Encoding.UTF8.GetBytes("id,note\n1," + string.Concat(Enumerable.Repeat("😀", 3_000_000))));

        head.Lines.Count.ShouldBe(2);
        head.Lines[1].IsCut.ShouldBeTrue();
        head.Lines[1].Text.Length.ShouldBeInRange(HeadReader.LongestLine - 1, HeadReader.LongestLine);
        char.IsHighSurrogate(head.Lines[1].Text[^1]).ShouldBeFalse();
        head.IsWhole.ShouldBeFalse();
    }

    [Fact]
    public async Task Read_ManyLines_GivesTheFirst()
    {
        await using var bench = await BenchAsync();

        var head = await HeadAsync(bench,
            Encoding.UTF8.GetBytes("id,note\n" + string.Concat(Enumerable.Range(1, 1000).Select(i => $"{i},x\n"))));

        head.Lines.Count.ShouldBe(HeadReader.MostLines);
        head.Lines[^1].Text.ShouldBe("19,x");
        head.IsWhole.ShouldBeFalse();
    }

    [Fact]
    public async Task Read_GzipFile_IsDecompressed()
    {
        await using var bench = await BenchAsync();

        var head = await HeadAsync(bench, Gzip("id,note\n1,packed\n"), "a.csv.gz");

        head.Lines.Select(l => l.Text).ShouldBe(["id,note", "1,packed"]);
    }

    [Fact]
    public async Task Read_GzipBomb_CostsNoMoreThanItsBeginning()
    {
        await using var bench = await BenchAsync();

        var head = await HeadAsync(bench, Gzip("id,note\n1," + new string('x', 60_000_000)), "a.csv.gz");

        head.Lines[1].IsCut.ShouldBeTrue();
        head.Lines[1].Text.Length.ShouldBe(HeadReader.LongestLine);
    }

    [Fact]
    public async Task Read_DamagedGzip_ShowsWhatCanBeReadAndSaysWhatIsWrong()
    {
        await using var bench = await BenchAsync();
        var packed = Gzip("id,note\n" + string.Concat(Enumerable.Range(1, 900).Select(i => $"{i},{i * 7919 % 10007}\n")));

        var head = await HeadAsync(bench, packed[..(packed.Length / 2)], "a.csv.gz");

        head.Note.ShouldNotBeNull();
        head.IsWhole.ShouldBeFalse();
    }

    [Theory]
    [InlineData("windows-1252", 1252)]
    [InlineData("auto", 1200)]
    [InlineData("shift_jis", 932)]
    public async Task Read_OtherEncoding_IsDecodedAsThePipelineDoes(string told, int codePage)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        await using var bench = await BenchAsync(told);
        var text = codePage == 932 ? "id,note\n1,カタカナ\n" : "id,note\n1,Grüße\n2,é\n";

        var head = await HeadAsync(bench, Encoding.GetEncoding(codePage).GetBytes(text));

        head.Lines.Select(l => l.Text).ShouldBe(text.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Read_FileThatIsGone_SaysSo()
    {
        await using var bench = await BenchAsync();

        var head = await HeadAsync(bench, "id,note\n1,x\n"u8.ToArray(), before: File.Delete);

        head.Source.ShouldBe(SourceState.Gone);
        head.Note.ShouldBe($"The file is no longer at its path, as far as machine {Environment.MachineName} can see.");
        head.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task Read_FileThatHasChanged_ShowsItAndSaysSo()
    {
        await using var bench = await BenchAsync();

        var head = await HeadAsync(bench, "id,note\n1,x\n"u8.ToArray(),
            before: path => File.WriteAllText(path, "something else\n"));

        head.Source.ShouldBe(SourceState.Changed);
        head.Note!.ShouldContain("has changed since this version");
        head.Lines.ShouldHaveSingleItem().Text.ShouldBe("something else");
    }

    [Fact]
    public async Task Read_PipeInThePlaceOfTheFile_IsNotOpened()
    {
        if (!OperatingSystem.IsLinux()) return;
        await using var bench = await BenchAsync();

        var head = await HeadAsync(bench, "id,note\n1,x\n"u8.ToArray(), before: path =>
        {
            File.Delete(path);
            using var make = Process.Start("mkfifo", path);
            make.WaitForExit();
        });

        (head.Source, head.Note).ShouldBe((SourceState.Unreadable, "The path is no longer a regular file."));
    }

    [Fact]
    public async Task Read_Archive_SaysWhereItsFilesAre()
    {
        await using var bench = await BenchAsync();

        var head = await HeadAsync(bench, Zip(("x.csv", "id,note\n1,x\n")), "a.zip");

        head.Note.ShouldBe("It is an archive: its files are in the list of files.");
    }

    [Fact]
    public async Task Read_EmptyFile_HasNoLines()
    {
        await using var bench = await BenchAsync();

        var head = await HeadAsync(bench, []);

        head.Lines.ShouldBeEmpty();
        head.IsWhole.ShouldBeTrue();
    }
}
