using System.Security.Cryptography;
using CsCheck;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Generator;
using OrleansIngest.Testing;

namespace OrleansIngest.Cli.Tests.Generation;

public sealed class EventGeneratorTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    GeneratorOptions Options(string directory = "in") => new()
    {
        OutputDirectory = _temp[directory],
        ManifestPath = _temp[directory + ".json"],
        Interval = TimeSpan.Zero,
        Files = 5,
    };

    static Task<Manifest> WriteAsync(GeneratorOptions options, IProgress<GeneratedFile>? progress = null) =>
        EventGenerator.WriteAsync(options, progress, TimeProvider.System, TestContext.Current.CancellationToken);

    [Fact]
    public async Task WriteAsync_SameSeed_WritesTheSameBytes()
    {
        var one = await WriteAsync(Options("one") with { CorruptShare = 0.2, RowsPerFile = 1000 });
        var two = await WriteAsync(Options("two") with { CorruptShare = 0.2, RowsPerFile = 1000 });
        var other = await WriteAsync(Options("other") with { CorruptShare = 0.2, RowsPerFile = 1000, Seed = 43 });

        two.Files.Select(file => file.Sha256).ShouldBe(one.Files.Select(file => file.Sha256));
        other.Files.Select(file => file.Sha256).Intersect(one.Files.Select(file => file.Sha256)).ShouldBeEmpty();
        one.Files.Select(file => file.Sha256).Distinct().Count().ShouldBe(5);
    }

    [Fact]
    public async Task WriteAsync_StandardOptions_WritesTheseBytesForEver()
    {
        var manifest = await WriteAsync(Options() with { Files = 1 });

        manifest.Files[0].Sha256.ShouldBe("b72080e9cec07276f36ee90480528c0be2299582f5d1a911ab8282cd7eb75ac4");
    }

    [Fact]
    public void WriteAsync_AnyOptions_ManifestAgreesWithAnIndependentReading() =>
        Gen.Select(Gen.Long, Gen.Int[0, 300], Gen.Double[0, 1], Gen.Int[1, 4]).Sample(
            (seed, rows, share, files) =>
            {
                var manifest = WriteAsync(Options() with
                {
                    Seed = seed,
                    RowsPerFile = rows,
                    CorruptShare = share,
                    Files = files,
                    Existing = ExistingFiles.Overwrite,
                }).GetAwaiter().GetResult();
                foreach (var file in manifest.Files)
                {
                    var bytes = File.ReadAllBytes(Path.Combine(_temp["in"], file.Name));
                    var read = ReferenceReader.Read(bytes);
                    (read.Good, read.Bad, read.Blank).ShouldBe((file.Good, file.Corrupt, file.BlankLines));
                    (read.SumUserId, read.SumProductId,
                        read.SumPrice).ShouldBe((file.SumUserId, file.SumProductId, file.SumPrice));
                    read.ByAction.ShouldBe(file.GoodByAction);
                    file.Records.ShouldBe(rows);
                    file.CorruptByKind.Values.Sum().ShouldBe(file.Corrupt);
                    file.Bytes.ShouldBe(bytes.Length);
                    file.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
                }
            },
            iter: 60,
            threads: 1);

    [Theory]
    [InlineData(20, 100, 0.01, 20)]
    [InlineData(7, 33, 0.1, 23)]
    [InlineData(3, 100, 1, 300)]
    public async Task WriteAsync_CorruptShare_IsExactOverAllFiles(int files, int rows, double share, int expected)
    {
        var manifest = await WriteAsync(Options() with { Files = files, RowsPerFile = rows, CorruptShare = share });

        manifest.Corrupt.ShouldBe(expected);
        manifest.Good.ShouldBe(files * rows - expected);
        manifest.BlankLines.ShouldBe(expected / 10);
    }

    [Fact]
    public async Task WriteAsync_AsManyCorruptRecordsAsKinds_HasEachKindOnce()
    {
        var kinds = Enum.GetNames<CorruptionKind>();

        var manifest = await WriteAsync(Options() with { Files = 1, RowsPerFile = kinds.Length * 10, CorruptShare = 0.1 });

        manifest.Files[0].CorruptByKind.Keys.ShouldBe(kinds.Select(kind => char.ToLowerInvariant(kind[0]) + kind[1..]),
            ignoreOrder: true);
        manifest.Files[0].CorruptByKind.Values.ShouldAllBe(count => count == 1);
    }

    [Fact]
    public async Task WriteAsync_EnoughRows_ShowsEveryActionInAFunnel()
    {
        var actions = (await WriteAsync(Options() with { Files = 1, RowsPerFile = 20_000 })).Files[0].GoodByAction;

        actions.Keys.ShouldBe(ShopActions.Names, ignoreOrder: true);
        actions["view"].ShouldBeGreaterThan(actions["add_to_cart"]);
        actions["add_to_cart"].ShouldBeGreaterThan(actions["checkout"]);
        actions["checkout"].ShouldBeGreaterThan(actions["purchase"]);
        actions["purchase"].ShouldBeGreaterThan(actions["review"]);
    }

    [Fact]
    public void Actions_OfTheGenerator_AreKnownToTheRules() => ShopActions.Names.ShouldBeSubsetOf(BuiltInPipelines.EventActions);

    [Fact]
    public async Task WriteAsync_ManifestOnDisk_IsTheOneReturned()
    {
        var manifest = await WriteAsync(Options() with { CorruptShare = 0.1 });

        var loaded = Manifest.Load(_temp["in.json"]);

        (loaded.Records, loaded.Good, loaded.SumUserId,
            loaded.SumPrice).ShouldBe((manifest.Records, manifest.Good, manifest.SumUserId, manifest.SumPrice));
        loaded.Files.Select(file => file.Sha256).ShouldBe(manifest.Files.Select(file => file.Sha256));
        Directory.EnumerateFiles(_temp.Path, "*", SearchOption.AllDirectories)
            .Where(path => path.EndsWith(".tmp", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void Load_NotAManifest_SaysSo()
    {
        var path = _temp.Write("other.json", """{ "version": 99, "directory": "", "files": [] }""");

        Should.Throw<InvalidDataException>(() => Manifest.Load(path)).Message.ShouldContain("version 99");
        Should.Throw<InvalidDataException>(() => Manifest.Load(_temp.Write("x.json", "[]"))).Message.ShouldContain(
            "not a manifest");
    }

    [Theory]
    [InlineData(-1, 100, 0.1)]
    [InlineData(1, -1, 0.1)]
    [InlineData(1, 1, 1.1)]
    [InlineData(1, 1, -0.1)]
    public async Task WriteAsync_OptionOutOfRange_IsRefused(int files, long rows, double share) =>
        await Should.ThrowAsync<ArgumentException>(
            () => WriteAsync(Options() with { Files = files, RowsPerFile = rows, CorruptShare = share }));
}
