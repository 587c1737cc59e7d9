namespace OrleansIngest.Engine.Mapping;

/// <summary>The file's header cannot be bound to the table: the file is quarantined with this message.</summary>
public sealed class HeaderException(string message) : Exception(message);
