using System.CommandLine;
using System.Globalization;
using System.Net;
using OrleansIngest.Commands.Configuration;
using OrleansIngest.Commands.Shell;
using OrleansIngest.Silo;

namespace OrleansIngest.Cli.Hosting;

/// <summary>A silo's settings for its cluster: from options, else from variables of the environment, as in containers, or of
/// <c>.env</c>.</summary>
sealed class SiloSettings
{
    readonly Option<string?> _advertise = new("--advertise")
    {
        Description =
            "Address at which silos on other machines reach this one: an address, a network such as 10.0.0.0/8 that contains it, "
            + "or auto. Default: INGEST_ADVERTISE, else a container's own address, else 127.0.0.1, which is right for any number "
            + "of silos on one machine",
        HelpName = "ADDRESS",
    };

    readonly Option<string?> _port = new("--silo-port")
    {
        Description =
            "Port for traffic between silos, 1024 to 65435, or the next free one of the following hundred. Default: "
                + "INGEST_SILO_PORT, else 11111",
        HelpName = "PORT",
    };

    readonly Option<string?> _cluster = new("--cluster")
    {
        Description = "Name of the cluster: silos with the same name and database form one. Default: INGEST_CLUSTER, else ingest",
        HelpName = "NAME",
    };

    readonly Option<string?> _files = new("--max-files")
    {
        Description = "Maximum number of files that this silo loads at once, 1 to 10000. Default: INGEST_MAX_FILES, else 256",
        HelpName = "N",
    };

    /// <summary>The options, for a command that takes them.</summary>
    public IEnumerable<Option> Options => [_advertise, _port, _cluster, _files];

    /// <summary>What was said.</summary>
    /// <exception cref="CliException">A value is invalid; the message names it and what it must be.</exception>
    public SiloOverrides Read(CliContext context)
    {
        var address = Value(context, _advertise, "INGEST_ADVERTISE");
        var port = Value(context, _port, "INGEST_SILO_PORT");
        var cluster = Value(context, _cluster, "INGEST_CLUSTER");
        var files = Value(context, _files, "INGEST_MAX_FILES");
        if (cluster is var (name, source) && name.Length > 100) throw CliException.Usage($"{source} must be 1 to 100 characters");
        return new SiloOverrides(
            address is null ? null : Address(address.Value.Text, address.Value.Source),
            port is null ? null : Number(port.Value.Text, port.Value.Source, 1024, 65_435),
            cluster?.Text,
            files is null ? null : Number(files.Value.Text, files.Value.Source, 1, 10_000));
    }

    static (string Text, string Source)? Value(CliContext context, Option<string?> option, string variable)
    {
        if (context.Get(option) is { Length: > 0 } given) return (given, option.Name);
        return EnvironmentVariables.Of(context.Surroundings).Find(variable) is { } text ? (text, variable) : null;
    }

    static IPAddress Address(string text, string source)
    {
        try
        {
            return AdvertisedAddress.Parse(text);
        }
        catch (FormatException failure)
        {
            throw CliException.Usage($"{source}: {failure.Message}");
        }
    }

    static int Number(string text, string source, int minimum, int maximum) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum
            && number <= maximum
            ? number
            : throw CliException.Usage(string.Create(CultureInfo.InvariantCulture,
                $"{source} must be a whole number from {minimum} to {maximum}, not '{text}'"));
}
