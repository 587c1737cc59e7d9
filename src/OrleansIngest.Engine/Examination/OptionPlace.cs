namespace OrleansIngest.Engine.Examination;

/// <summary>Where options of a pipeline can be set by this program.</summary>
/// <param name="File">The absolute path of the configuration file; null for a pipeline that is stored in the database.</param>
public sealed record OptionPlace(string? File)
{
    /// <summary>The pipeline is stored in the database.</summary>
    public static OptionPlace Database { get; } = new((string?)null);
}
