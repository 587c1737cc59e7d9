using OrleansIngest.Engine.Examination;

namespace OrleansIngest.Monitor.Api;

/// <summary>A remedy that is to be applied.</summary>
/// <param name="Options">Those of a remedy of the examination, as they were.</param>
/// <param name="Reason">Why, for the history; at most 1000 characters. Default: null.</param>
public sealed record RemedyRequest(IReadOnlyList<OptionSetting> Options, string? Reason = null);
