using Npgsql;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Configuration;

public sealed class DatabaseDiscoveryTests : IDisposable
{
    const string Secret = "p@ss:w/ord%";
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    DatabaseSettings? Find(string? db, params (string, string)[] environment) =>
        DatabaseDiscovery.Find(db, CliRun.Surroundings(_temp.Path, environment));

    [Fact]
    public void Find_NothingConfigured_IsNull() => Find(null, ("DATABASE_URL", "")).ShouldBeNull();

    [Fact]
    public void Find_EverythingConfigured_TakesTheNearest()
    {
        (string, string)[] all = [("DATABASE_URL", "postgres://u@url/db"), ("DB_HOST", "host"), ("DB_NAME", "db"),
            ("DB_USER", "u")];

        Find("postgres://u@option/db", all)!.Host.ShouldBe("option");
        Find(null, all)!.Host.ShouldBe("url");
        Find(null, all[1..])!.Host.ShouldBe("host");
    }

    [Fact]
    public void Find_Url_ReadsEveryPart()
    {
        var settings = Find(
            $"postgresql://us%40er:{Uri.EscapeDataString(Secret)}@[::1]:6543/my%20db?sslmode=verify-full&sslrootcert=/ca.pem")!;

        var built = new NpgsqlConnectionStringBuilder(settings.ConnectionString("ingest/test"));

        (built.Username, built.Password, built.Host, built.Port,
            built.Database).ShouldBe(("us@er", Secret, "::1", 6543, "my db"));
        (built.SslMode, built.RootCertificate, built.ApplicationName).ShouldBe((SslMode.VerifyFull, "/ca.pem", "ingest/test"));
        // or each connection is tried twice where there is no Kerberos
        built.GssEncryptionMode.ShouldBe(GssEncryptionMode.Disable);
    }

    [Theory]
    [InlineData("mysql://u:topsecret@h/db")]
    [InlineData("topsecret")]
    [InlineData("postgres://u:topsecret@h")]
    [InlineData("postgres://:topsecret@h/db")]
    [InlineData("postgres://u:topsecret@h/db?sslmode=maybe")]
    [InlineData("postgres://u:topsecret@h/db?sslmod=require")]
    [InlineData("postgres://u:topsecret@h:99999999/db")]
    public void Find_BadUrl_SaysSoWithoutThePassword(string url)
    {
        var exception = Should.Throw<CliException>(() => Find(url));

        exception.ExitCode.ShouldBe(ExitCode.Usage);
        exception.Message.ShouldStartWith("--db is not a database URL");
        exception.ToString().ShouldNotContain("topsecret");
    }

    [Fact]
    public void Find_DotEnv_FillsWhatTheEnvironmentLeavesOut()
    {
        _temp.Write(".env",
            "# the shop's\nDB_HOST=file\nDB_NAME=shop\nDB_USER=ingest\nDB_PASS='with # and space'\nDB_PORT=6000\n");

        var settings = Find(null, ("DB_HOST", "environment"))!;

        (settings.Host, settings.Port, settings.Database, settings.User,
            settings.Password).ShouldBe(("environment", 6000, "shop", "ingest", "with # and space"));
    }

    [Fact]
    public void Find_DotEnv_LeavesTheProcessAlone()
    {
        _temp.Write(".env", "DATABASE_URL=postgres://u@h/db\nINGEST_TEST_MARK=set\n");

        Find(null).ShouldNotBeNull();

        Environment.GetEnvironmentVariable("INGEST_TEST_MARK").ShouldBeNull();
    }

    [Fact]
    public void Find_PasswordFile_IsReadWithoutItsLineBreak()
    {
        _temp.Write("secret", Secret + "\n");

        var settings = Find(null, ("DB_HOST", "h"), ("DB_NAME", "d"), ("DB_USER", "u"), ("DB_PASS_FILE", "secret"))!;

        settings.Password.ShouldBe(Secret);
        Should.Throw<CliException>(
            () => Find(null, ("DB_NAME", "d"), ("DB_USER", "u"), ("DB_PASS_FILE", "none"))).Message.ShouldContain("DB_PASS_FILE");
    }

    [Fact]
    public void Find_PartsMissing_NamesThem()
    {
        Should.Throw<CliException>(() => Find(null, ("DB_HOST", "h"), ("DB_USER", "u"))).Message.ShouldStartWith(
            "DB_NAME is not set, but DB_HOST, DB_USER is");
        Should.Throw<CliException>(() => Find(null, ("DB_PORT", "x"), ("DB_NAME", "d"), ("DB_USER", "u"))).Message.ShouldContain(
            "DB_PORT must be 1 to 65535");
    }

    [Fact]
    public void ToString_AnySettings_HasNoPassword()
    {
        var settings = Find($"postgres://user:{Uri.EscapeDataString(Secret)}@host/db")!;

        settings.ToString().ShouldBe("postgres://user@host:5432/db");
    }
}
