namespace OrleansIngest.Engine.Pipelines;

/// <summary>One error in the configuration.</summary>
/// <param name="Path">The option as written in the file, such as <c>pipelines[0].settleTime</c>.</param>
/// <param name="Message">What is wrong and what would be right, human-readable.</param>
public readonly record struct OptionProblem(string Path, string Message)
{
    /// <summary><c>pipelines[0].settleTime: must be …</c></summary>
    public override string ToString() => $"{Path}: {Message}";
}
