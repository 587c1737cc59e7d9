namespace OrleansIngest.Engine.Pipelines;

/// <summary>The value is neither NULL nor an empty text, and the column stands in the file's header.</summary>
public sealed class RequiredRule : RowRuleOptions;
