using Npgsql;
using OrleansIngest.Engine.Pipelines;
using OrleansIngest.Engine.Targets.Postgres.Tables;

namespace OrleansIngest.Hosting.Tests;

public sealed class FileLoadTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    static readonly PipelineOptions Orders = new() { Name = "orders", Table = "orders", CreateTable = true };

    [Fact]
    public async Task RunAsync_NewFilesAndThoseLoadedBefore_SaysWhatBecameOfEach()
    {
        await using var files = await HostedFiles.CreateAsync();
        var first = files.Write(3);
        (await FileLoad.RunAsync(files.ConnectionString, Orders, [first], cancellationToken: Stop)).Single()
            .ShouldBe(new LoadedFile(first, FileOutcome.Loaded, 3, 0, null));
        var second = files.Write(2);
        await File.AppendAllTextAsync(second, "five\n", Stop);

        var both = await FileLoad.RunAsync(files.ConnectionString, Orders, [first, second], cancellationToken: Stop);

        both.ShouldBe([new LoadedFile(first, FileOutcome.LoadedBefore, 3, 0, null),
            new LoadedFile(second, FileOutcome.Loaded, 2, 1, null)]);
        await files.EachIsThereOnceAsync();
        Orders.Watch.ShouldBeEmpty();
    }

    [Fact]
    public async Task RunAsync_FileWithoutAFittingColumn_IsNotLoadedAndSaysWhy()
    {
        await using var files = await HostedFiles.CreateAsync();
        await FileLoad.RunAsync(files.ConnectionString, Orders, [files.Write(1)], cancellationToken: Stop);
        var other = Path.Combine(files.Watch, "other.csv");
        await File.WriteAllTextAsync(other, "colour,taste\nred,sweet\n", Stop);

        var result = (await FileLoad.RunAsync(files.ConnectionString, Orders, [other], cancellationToken: Stop)).Single();

        result.Outcome.ShouldBe(FileOutcome.NotLoaded);
        result.Reason.ShouldNotBeNull().ShouldContain("colour");
    }

    [Fact]
    public async Task RunAsync_NothingThere_SaysWhatIsMissing()
    {
        await using var files = await HostedFiles.CreateAsync();
        var there = files.Write(1);

        (await Should.ThrowAsync<FileNotFoundException>(
            () => FileLoad.RunAsync(files.ConnectionString, Orders, [there + "x"], cancellationToken: Stop)))
            .Message.ShouldContain(there + "x");
        (await Should.ThrowAsync<TargetTableException>(() => FileLoad.RunAsync(
            files.ConnectionString, new() { Name = "orders", Table = "orders" }, [there],
            cancellationToken: Stop))).Message.ShouldContain("orders");
        (await Should.ThrowAsync<ArgumentException>(
            () => FileLoad.RunAsync(files.ConnectionString, new() { Table = "orders" }, [there], cancellationToken: Stop)))
            .Message.ShouldContain("pipeline.name");
        await Should.ThrowAsync<NpgsqlException>(
            () => FileLoad.RunAsync("Host=127.0.0.1;Port=1;Username=x", Orders, [there], cancellationToken: Stop));
    }
}
