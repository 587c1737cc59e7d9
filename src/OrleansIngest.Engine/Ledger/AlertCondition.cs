namespace OrleansIngest.Engine.Ledger;

/// <summary>A condition that holds now and requires attention.</summary>
/// <param name="Rule">One of <see cref="AlertRule"/>.</param>
/// <param name="Pipeline">Which pipeline; null for a node's or the database's.</param>
/// <param name="Node">Which node; null for a pipeline's.</param>
/// <param name="IsCritical">Whether loading has stopped, or a file is missing from its table.</param>
/// <param name="Message">Human-readable.</param>
/// <param name="Value">The measured value: seconds, percent, or files.</param>
/// <param name="Threshold">The bound that it crossed, in the same unit.</param>
public sealed record AlertCondition(string Rule, string? Pipeline, string? Node, bool IsCritical, string Message, double? Value,
    double? Threshold);
