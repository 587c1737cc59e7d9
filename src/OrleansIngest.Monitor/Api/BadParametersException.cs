namespace OrleansIngest.Monitor.Api;

/// <summary>Parameters of a request are wrong.</summary>
/// <param name="errors">What is wrong with which.</param>
sealed class BadParametersException(IReadOnlyDictionary<string, string[]> errors) : Exception("parameters are wrong")
{
    public static BadParametersException Of(string name, string why) => new(new Dictionary<string, string[]> { [name] = [why] });

    public IReadOnlyDictionary<string, string[]> Errors { get; } = errors;
}
