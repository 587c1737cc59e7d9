using System.Diagnostics;
using OrleansIngest.Engine.Diagnostics;

namespace OrleansIngest.Engine.Tests.Diagnostics;

/// <summary>The judge is a shell: whatever a text is, the shell reads it as one word, and as that text.</summary>
public sealed class ShellWordTests
{
    [Theory]
    [InlineData("data/in/orders-2026_01.csv", "data/in/orders-2026_01.csv")]
    [InlineData("csv.delimiter=tab", "csv.delimiter=tab")]
    [InlineData("日本語.csv", "日本語.csv")]
    [InlineData("", "''")]
    [InlineData("a b", "'a b'")]
    [InlineData("it's", @"'it'\''s'")]
    [InlineData("~", "'~'")]
    [InlineData("a;b", "'a;b'")]
    public void Of_QuotesWhatNeedsIt(string text, string expected) => ShellWord.Of(text).ShouldBe(expected);

    [Fact]
    public async Task Of_EveryCharacter_IsTheSameTextToAShell()
    {
        string[] texts = ["", "a'b''c'", .. Enumerable.Range(2, 125).Select(c => $"{(char)c}x{(char)c}")];
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"printf '%s\\001' {string.Join(' ', texts.Select(ShellWord.Of))}");
        using var shell = Process.Start(start)!;

        var read = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        read.ShouldBe(string.Concat(texts.Select(text => text + "\u0001")));
    }
}
