namespace OrleansIngest.Monitor.Api;

/// <summary>A parameter of a query, for the description of the interface.</summary>
/// <param name="Name">As in the URL.</param>
/// <param name="Description">Meaning and default.</param>
/// <param name="Values">Allowed values; empty for a text, a number or an instant.</param>
sealed record QueryParameter(string Name, string Description, params string[] Values)
{
    public static QueryParameter Pipeline { get; } = new("pipeline", "Only this pipeline.");

    public static QueryParameter Limit { get; } = new("limit",
        $"Size of a page, 1 to {ApiQuery.MaximumLimit}. Default: {ApiQuery.StandardLimit}.");

    public static QueryParameter After { get; } = new("after",
        "The unchanged `next` of the previous page. Default: the first page.");

    public static QueryParameter From { get; } = new("from", "From this instant on, ISO 8601.");

    public static QueryParameter To { get; } = new("to", "Before this instant, ISO 8601.");
}
