namespace OrleansIngest.Engine.Targets.Postgres.Rules;

/// <summary>A check of a column's value beyond its type. Called for every row: does not allocate or throw.</summary>
public abstract class RowRule
{
    /// <summary>Whether NULL and empty text violate this rule; every other rule accepts NULL.</summary>
    public virtual bool RequiresValue => false;

    /// <summary>Whether the value satisfies the rule.</summary>
    /// <param name="text">The field as read, unquoted.</param>
    /// <param name="encoded">Its binary form; empty when the column has no encoder.</param>
    public abstract bool Accepts(ReadOnlySpan<byte> text, ReadOnlySpan<byte> encoded);

    /// <summary>Why the value violates the rule, with the value. Cold.</summary>
    public abstract string Explain(ReadOnlySpan<byte> text);
}
