namespace OrleansIngest.Engine.Pipelines;

/// <summary>Requires the value to be neither NULL nor an empty string, and the column to be in the file's header.</summary>
public sealed class RequiredRule : RowRuleOptions;
