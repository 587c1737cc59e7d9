namespace OrleansIngest.Commands.Checks;

/// <summary>One check.</summary>
/// <param name="Status">Its result.</param>
/// <param name="Subject">The checked object, such as <c>pipeline events</c>.</param>
/// <param name="Detail">The finding, and what to do.</param>
sealed record CheckLine(CheckStatus Status, string Subject, string Detail);
