using Npgsql;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Shell;

namespace OrleansIngest.Commands.Tests.Configuration;

/// <summary>The URLs that libpq's documentation lists, and those that people write.</summary>
public sealed class DatabaseUrlTests
{
    [Theory]
    [InlineData("postgres://u@/db?host=/var/run/postgresql", "/var/run/postgresql", 5432, "db", "u")]
    [InlineData("postgresql:///db?host=/tmp&port=6000&user=u", "/tmp", 6000, "db", "u")]
    [InlineData("postgres://u@%2Fvar%2Frun%2Fpostgresql/db", "/var/run/postgresql", 5432, "db", "u")]
    [InlineData("postgres://?dbname=db&user=u&host=h", "h", 5432, "db", "u")]
    [InlineData("postgres://h?dbname=db&user=u", "h", 5432, "db", "u")]
    [InlineData("postgres://u@h:5433/db?host=other", "other", 5433, "db", "u")] // the later counts, as with libpq
    [InlineData("POSTGRES://u@h/db", "h", 5432, "db", "u")]
    [InlineData("postgres://u@[2001:db8::1]:6000/db", "2001:db8::1", 6000, "db", "u")]
    [InlineData("postgres://u@[::1]/db", "::1", 5432, "db", "u")]
    [InlineData("postgres://u@h/case%2098%20%C3%BC", "h", 5432, "case 98 ü", "u")]
    [InlineData("postgres://u@h/ümlaut", "h", 5432, "ümlaut", "u")]
    [InlineData("postgres://u%2Fx@h/d%3Fb", "h", 5432, "d?b", "u/x")]
    [InlineData("postgres://u@/db", "localhost", 5432, "db", "u")]
    [InlineData("postgres://u:p#w?d@h/db", "h", 5432, "db", "u")]
    public void Parse_UrlOfLibpq_IsRead(string url, string host, int port, string database, string user)
    {
        var settings = DatabaseUrl.Parse(url, "--db");

        (settings.Host, settings.Port, settings.Database, settings.User).ShouldBe((host, port, database, user));
        var again = DatabaseUrl.Parse(settings.ToString(), "--db");
        (again.Host, again.Port, again.Database, again.User).ShouldBe((host, port, database, user), settings.ToString());
    }

    [Fact]
    public void Parse_Parameters_ReachTheServer()
    {
        var settings = DatabaseUrl.Parse(
            "postgres://h/db?user=u&password=a%26b&sslmode=require&connect_timeout=3&application_name=shop"
                + "&options=-c%20search_path%3Dshop&passfile=/p&sslcert=/c&sslkey=/k", "--db");

        var built = new NpgsqlConnectionStringBuilder(settings.ConnectionString("ingest/check"));

        (built.Username, built.Password, built.SslMode, built.Timeout).ShouldBe(("u", "a&b", SslMode.Require, 3));
        (built.ApplicationName, built.Options, built.Passfile, built.SslCertificate,
            built.SslKey).ShouldBe(("shop", "-c search_path=shop", "/p", "/c", "/k"));
        DatabaseUrl.Parse("postgres://u@h/db?ssl=true", "--db").SslMode.ShouldBe("require");
    }

    [Theory]
    [InlineData("postgres://u@h/db?sslmod=require", "parameter 'sslmod' is unknown: did you mean sslmode?")]
    [InlineData("postgres://u@h/db?hostaddr=10.0.0.1", "hostaddr is not supported")]
    [InlineData("postgres://u@h/db?zone=x", "parameter 'zone' is unknown: known are host, port,")]
    [InlineData("postgres://u@h/db?host", "name=value")]
    [InlineData("postgres://u@h1,h2/db", "several hosts")]
    [InlineData("postgres://u:topsecret@word@h/db", "as %40")]
    [InlineData("postgres://u:topsecret/word@h/db", "write a / in the user's name or the password as %2F")]
    [InlineData("postgres://u:topsecret/db", "port must be a number from 1 to 65535; write a / in a password as %2F")]
    [InlineData("postgres://u:top%secret@h/db", "as %25")]
    [InlineData("postgres://u:topsecret%00@h/db", "%00")]
    [InlineData("postgres://u@h/db/more", "one database")]
    [InlineData("postgres://u@h/", "one database")]
    [InlineData("postgres://h/db", "name a user")]
    [InlineData("postgres://u@h:0/db", "port must be")]
    [InlineData("postgres://u@h/db?connect_timeout=soon", "connect_timeout must be a number from 0 to 1024")]
    [InlineData("host=h dbname=db", "start with postgres://")]
    public void Parse_WrongUrl_NamesWhatIsWrong(string url, string expected)
    {
        var wrong = Should.Throw<CliException>(() => DatabaseUrl.Parse(url, "DATABASE_URL"));

        wrong.ExitCode.ShouldBe(ExitCode.Usage);
        wrong.Message.ShouldStartWith("DATABASE_URL is not a database URL such as ");
        wrong.Message.ShouldContain(expected);
        wrong.ToString().ShouldNotContain("topsecret");
    }
}
