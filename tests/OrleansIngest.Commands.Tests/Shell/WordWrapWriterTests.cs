using CsCheck;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Shell;

public sealed class WordWrapWriterTests
{
    [Theory]
    [InlineData("FAIL  pipeline orders: the column quantity is missing",
        "FAIL  pipeline orders: the", "      column quantity is", "      missing")]
    [InlineData("ingest: the ledger has no file of this name", "ingest: the ledger has no file", "        of this name")]
    [InlineData("       250  bad_value: price of 3 rows", "       250  bad_value: price", "          of 3 rows")]
    [InlineData("  2026-11-25 10:00  pause  orders, by ann", "  2026-11-25 10:00  pause", "  orders, by ann")]
    [InlineData("a path: /data/in/somewhere/far/away/file-1.csv is loaded",
        "a path:", "/data/in/somewhere/far/away/file-1.csv", "is loaded")]
    [InlineData("a line that is just wide enough", "a line that is just wide", "enough")]
    [InlineData("a line that fits", "a line that fits")]
    [InlineData("", "")]
    [InlineData("日本語のファイル 日本語のファイル 日本", "日本語のファイル", "日本語のファイル 日本")]
    public void Lines_LongMessage_IsBrokenBetweenWords(string text, params string[] lines) =>
        WordWrapWriter.Lines(text, 30).ShouldBe(lines);

    [Theory]
    [InlineData("{\"a\": \"a text that is longer than the line\"}")]
    [InlineData("CREATE TABLE orders (\n    a_column_with_a_name text, another_one text\n);")]
    [InlineData("\u001B[1mwhatever has a layout of its own\u001B[0m and codes")]
    public void Lines_WhatIsNoMessage_StaysAsItIs(string text) => WordWrapWriter.Lines(text, 30).ShouldBe([text]);

    /// <summary>A law: nothing but blanks at the breaks is lost, and a line that is too long is a single word.</summary>
    [Fact]
    public void Lines_AnyMessage_KeepsItsWords() =>
        Gen.Select(Gen.String[Gen.Char["ab :"], 0, 200], Gen.Int[20, 60]).Sample((text, width) =>
        {
            var lines = WordWrapWriter.Lines(text, width);
            return Letters(string.Concat(lines)) == Letters(text)
                && lines.All(line => line.Length <= width || !line.Trim().Contains(' ', StringComparison.Ordinal));
        });

    static string Letters(string text) => text.Replace(" ", "", StringComparison.Ordinal);

    [Fact]
    public async Task RunAsync_MistakeOnATerminal_IsWrappedAndOneInALogIsNot()
    {
        string[] command = ["report", "--since", "whenever-it-was"];
        var plain = await CliRun.WithAsync(StandaloneCommands.Create(), CliRun.Surroundings("/"), command);
        var terminal = await CliRun.WithAsync(StandaloneCommands.Create(),
            CliRun.Surroundings("/") with { ErrorIsTerminal = true, ErrorWidth = () => 40 }, command);

        terminal.Error.Split('\n').ShouldAllBe(line => line.Length <= 40);
        string.Join(' ', terminal.Error.Split('\n').Select(line => line.Trim())).ShouldBe(
            plain.Error.Replace('\n', ' '));
        plain.Error.Split('\n')[0].Length.ShouldBeGreaterThan(100);
    }
}
