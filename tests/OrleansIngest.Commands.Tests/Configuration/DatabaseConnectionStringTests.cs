using System.Data.Common;
using CsCheck;
using Npgsql;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Testing;

namespace OrleansIngest.Commands.Tests.Configuration;

/// <summary>What .NET programs and Aspire hand on.</summary>
public sealed class DatabaseConnectionStringTests
{
    [Theory]
    [InlineData("Host=h;Port=5433;Username=u;Password=p;Database=d", "h", 5433, "d", "u")]
    [InlineData("server=h;user id=u;DB=d", "h", 5432, "d", "u")]
    [InlineData("Host=/var/run/postgresql;Username=u;Database=d;", "/var/run/postgresql", 5432, "d", "u")]
    [InlineData("Host=h;Username=u;Database=d;Pooling=false;Maximum Pool Size=3;Include Error Detail=true", "h", 5432, "d", "u")]
    public void Parse_ConnectionString_IsRead(string text, string host, int port, string database, string user)
    {
        DatabaseConnectionString.IsMeant(text).ShouldBeTrue();
        var settings = DatabaseConnectionString.Parse(text, "DATABASE_URL");

        (settings.Host, settings.Port, settings.Database, settings.User).ShouldBe((host, port, database, user));
    }

    [Fact]
    public void Parse_Parameters_ReachTheServer()
    {
        var settings = DatabaseConnectionString.Parse(
            "Host=h;Username=u;Database=d;SSL Mode=VerifyFull;Root Certificate=/r;SSL Certificate=/c;SSL "
                + "Key=/k;Timeout=3;Application Name=shop;Options=-c x=1;Passfile=/p", "--db");

        var built = new NpgsqlConnectionStringBuilder(settings.ConnectionString());

        (built.SslMode, built.RootCertificate, built.SslCertificate,
            built.SslKey).ShouldBe((SslMode.VerifyFull, "/r", "/c", "/k"));
        (built.Timeout, built.ApplicationName, built.Options, built.Passfile).ShouldBe((3, "shop", "-c x=1", "/p"));
    }

    [Theory]
    [InlineData("Host=h;Database=d", "name a user")]
    [InlineData("Host=h;Username=u", "one database")]
    [InlineData("Host=h,i;Username=u;Database=d", "several hosts")]
    [InlineData("Host=h;Username=u;Database=d;Search Path=shop", "keyword 'Search Path' is not supported")]
    [InlineData("Host=h;Username=u;Database=d;Hots=topsecret", "hots")]
    [InlineData("Host=h;Username=u;Database=d;Port=topsecret", "Port")]
    [InlineData("Host=h;Username=u;Database=d;Password='topsecret", "Npgsql cannot read it")]
    public void Parse_WrongConnectionString_NamesWhatIsWrong(string text, string expected)
    {
        var wrong = Should.Throw<CliException>(() => DatabaseConnectionString.Parse(text, "DATABASE_URL"));

        wrong.ExitCode.ShouldBe(ExitCode.Usage);
        wrong.Message.ShouldStartWith("DATABASE_URL is not a connection string such as ");
        wrong.Message.ShouldContain(expected);
        wrong.ToString().ShouldNotContain("topsecret");
    }

    [Theory]
    [InlineData("postgres://u:a;b=c@h/d")]
    [InlineData("postgres://u@h/d?options=-c%20x;y=1")]
    [InlineData("host=h dbname=d")]
    [InlineData("shop")]
    public void IsMeant_UrlOrName_IsFalse(string text) => DatabaseConnectionString.IsMeant(text).ShouldBeFalse();

    [Fact]
    public void Parse_AnyPassword_IsKept() =>
        Gen.String[Gen.Char[' ', '~'], 1, 20].Where(password => password.Trim().Length > 0).Sample(password =>
        {
            var text = new DbConnectionStringBuilder
            {
                ["Host"] = "h",
                ["Username"] = "u",
                ["Database"] = "d",
                ["Password"] = password
            }.ConnectionString;

            new NpgsqlConnectionStringBuilder(DatabaseConnectionString.Parse(text,
                "DATABASE_URL").ConnectionString()).Password.ShouldBe(password);
        });

    [Fact]
    public async Task Program_DatabaseUrlIsAConnectionString_UsesThatDatabase()
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();

        using var temp = new TempDirectory();

        var run = await CliRun.WithAsync(CliRun.Surroundings(temp.Path, ("DATABASE_URL", database.ConnectionString)), "status");

        run.ExitCode.ShouldBe(0, run.Error);
    }
}
