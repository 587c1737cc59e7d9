using OrleansIngest.Testing;
#pragma warning disable CA1848 // the lines of this test exist only here
using System.Text.Json;
using Microsoft.Extensions.Logging;
using OrleansIngest.Commands.Logging;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace OrleansIngest.Commands.Tests.Logging;

public sealed class CliLoggingTests
{
    const string Secret = "hunter\"2 ä&";

    static SecretMask Knowing(string secret)
    {
        var mask = new SecretMask();
        mask.Add(secret);
        return mask;
    }

    static string Write(LogSettings settings, Action<ILogger> write)
    {
        var error = new StringWriter();
        using (var log = CliLogging.Create(settings, error))
        using (var factory = new SerilogLoggerFactory(log))
            write(factory.CreateLogger("OrleansIngest.Test"));
        return error.ToString();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Create_KnownPasswordAnywhere_IsMasked(bool readable)
    {
        var lines = Write(new LogSettings { Readable = readable, Mask = Knowing(Secret) }, logger =>
        {
            logger.LogInformation("Connecting with {Password}", Secret);
            logger.LogInformation("Settings {@Settings}", new { User = "u", Password = Secret });
            logger.LogError(new InvalidOperationException($"cannot use {Secret}"), "Failed");
            using (logger.BeginScope(new Dictionary<string, object> { ["Pipeline"] = Secret }))
                logger.LogInformation("In a scope");
        });

        lines.ShouldNotContain(Secret);
        lines.ShouldNotContain(JsonEncodedText.Encode(Secret).ToString());
        lines.ShouldNotContain("hunter");
        lines.Split("***").Length.ShouldBeGreaterThan(4);
        lines.ShouldContain("Connecting with");
    }

    [Theory]
    [InlineData("Host=h;Password=abc123;Database=d", "Host=h;Password=***;Database=d")]
    [InlineData("Host=h;pwd = 'abc 123';x=y", "Host=h;pwd = ***;x=y")]
    [InlineData("postgres://user:abc123@host/db", "postgres://user:***@host/db")]
    [InlineData("postgres://user@host/db at http://127.0.0.1:8080", "postgres://user@host/db at http://127.0.0.1:8080")]
    [InlineData("DB_PASS=abc123 DB_HOST=h", "DB_PASS=*** DB_HOST=h")]
    [InlineData("the password is wrong", "the password is wrong")]
    public void Apply_PasswordThatNobodyTold_IsMaskedByItsSurroundings(string text, string expected) =>
        new SecretMask().Apply(text).ShouldBe(expected);

    [Theory]
    [InlineData("events")]
    [InlineData("load")]
    [InlineData("orders_2024")]
    [InlineData("4711")]
    [InlineData("a")]
    public void Create_PasswordThatIsAWord_HidesTheSecretAndNotTheWord(string password)
    {
        var mask = Knowing(password);
        foreach (var readable in new[] { true, false })
        {
            var lines = Write(new LogSettings { Readable = readable, Mask = mask }, logger =>
            {
                logger.LogInformation("load events.csv into {Table} as {User}, {Rows} rows", "events", "a", 4711);
                logger.LogInformation("Connecting with {Password}", password);
                logger.LogInformation("Settings {@Settings}", new { User = "u", Password = password });
                logger.LogInformation("The server is {Url}", $"postgres://{password}:{password}@{password}/{password}");
                logger.LogError(new InvalidOperationException($"cannot use Host=h;Password={password};Database={password}"),
                    "Failed");
            });

            lines.ShouldContain("load events.csv into ");
            lines.ShouldContain("events");
            lines.ShouldContain("4711");
            lines.ShouldContain("Connecting with ");
            lines.ShouldContain($"postgres://{password}:***@{password}/{password}");
            lines.ShouldContain($"Password=***;Database={password}");
            lines.ShouldNotContain($"with {password}\n");
            lines.ShouldNotContain($"with \"{password}\"");
            lines.ShouldNotMatch($"Password[\\\\\"]*[:=] ?[\\\\\"]*{password}");
        }
    }

    [Theory]
    [InlineData("correct horse", "password=correct horse;x", "password=***;x")]
    [InlineData("correct horse", "the correct horse", "the correct horse")]
    [InlineData("events", """{"token":"events","table":"events"}""", """{"token":"***","table":"events"}""")]
    [InlineData("events", "postgres://events@host/events", "postgres://events@host/events")]
    [InlineData("aB3dE5fG7h", "said aB3dE5fG7h aloud", "said *** aloud")]
    [InlineData("a-very-long-passphrase-of-words", "said a-very-long-passphrase-of-words", "said ***")]
    public void Apply_KnownPassword_IsMaskedWhereItIsOne(string password, string text, string expected) =>
        Knowing(password).Apply(text).ShouldBe(expected);

    [Fact]
    public void Create_NotATerminal_WritesOneJsonObjectPerLine()
    {
        var lines = Write(new LogSettings(), logger =>
        {
            using (logger.BeginScope(new Dictionary<string, object> { ["Pipeline"] = "events", ["Node"] = "n-1" }))
                logger.LogWarning("Quarantined {File}", "a.csv");
        });

        var line = JsonDocument.Parse(
            lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem()).RootElement;
        line.GetProperty("@m").GetString().ShouldBe("Quarantined \"a.csv\"");
        line.GetProperty("@l").GetString().ShouldBe("Warning");
        line.GetProperty("Pipeline").GetString().ShouldBe("events");
        line.GetProperty("File").GetString().ShouldBe("a.csv");
        line.GetProperty("Node").GetString().ShouldBe("n-1");
    }

    [Fact]
    public void Create_Terminal_WritesReadableLinesWithTheirPlace()
    {
        var line = Write(new LogSettings { Readable = true }, logger =>
        {
            using (logger.BeginScope(new Dictionary<string, object> { ["Pipeline"] = "events", ["Node"] = "n-1" }))
                logger.LogWarning("Quarantined {File}", "a.csv");
        });

        line.Trim().ShouldMatch("""^\d\d:\d\d:\d\d\.\d\d\d warn  Quarantined a\.csv  \[events · n-1\]$""");
    }

    [Fact]
    public void Create_Level_KeepsLessImportantLinesOut()
    {
        var lines = Write(new LogSettings { Level = LogEventLevel.Warning, Readable = true }, logger =>
        {
            logger.LogInformation("small");
            logger.LogError("large");
        });

        lines.ShouldNotContain("small");
        lines.ShouldContain("large");
    }

    [Fact]
    public void Create_LogFile_GetsJsonLinesWithoutPasswords()
    {
        using var temp = new TempDirectory();

        Write(new LogSettings { File = temp["ingest.log"], Readable = true, Mask = Knowing(Secret) },
            logger => logger.LogInformation("With {Password}", Secret));

        var text = File.ReadAllText(temp["ingest.log"]);
        JsonDocument.Parse(text).RootElement.GetProperty("Password").GetString().ShouldBe("***");
    }
}
