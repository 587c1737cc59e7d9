using System.Security.Cryptography;

namespace OrleansIngest.Engine.Ledger;

/// <summary>The properties that a node reports when it joins.</summary>
public sealed record NodeDescription
{
    /// <summary>Its name.</summary>
    public required NodeId Node { get; init; }

    /// <summary>Whether the name may have been in use before: then the sessions of that time are ended. Default: true.</summary>
    public bool MayHaveJoined { get; init; } = true;

    /// <summary>One of <see cref="NodeKind"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The address at which other silos reach its silo; null for none.</summary>
    public string? Address { get; init; }

    /// <summary>Connections that commit.</summary>
    public required int Lanes { get; init; }

    /// <summary>Maximum number of files in progress.</summary>
    public required int Capacity { get; init; }

    /// <summary>Host, process and six random digits, which distinguish two programs with the same process number in different
    /// containers.</summary>
    public static NodeId NewId()
    {
        var random = RandomNumberGenerator.GetInt32(1 << 24);
        var host = new string([.. Environment.MachineName.ToLowerInvariant()
            .Where(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-').Take(20)]);
        return new NodeId($"{host}-{Environment.ProcessId}-{random:x6}");
    }
}
