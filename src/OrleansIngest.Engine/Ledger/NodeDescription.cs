namespace OrleansIngest.Engine.Ledger;

/// <summary>The properties that a node reports when it joins.</summary>
public sealed record NodeDescription
{
    /// <summary>Its name.</summary>
    public required NodeId Node { get; init; }

    /// <summary>One of <see cref="NodeKind"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The address at which other silos reach its silo; null for none.</summary>
    public string? Address { get; init; }

    /// <summary>Connections that commit.</summary>
    public required int Lanes { get; init; }

    /// <summary>Maximum number of files in progress.</summary>
    public required int Capacity { get; init; }

    /// <summary>Host, process and a few random digits.</summary>
    /// <param name="random">Distinguishes two programs with the same process number in different containers.</param>
    public static NodeId NewId(int random)
    {
        var host = new string([.. Environment.MachineName.ToLowerInvariant()
            .Where(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-').Take(20)]);
        return new NodeId($"{host}-{Environment.ProcessId}-{random & 0xFFFFFF:x6}");
    }
}
