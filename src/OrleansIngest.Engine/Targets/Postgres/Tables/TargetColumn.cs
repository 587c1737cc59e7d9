namespace OrleansIngest.Engine.Targets.Postgres.Tables;

/// <summary>One column of the target table, as described by <c>pg_catalog</c>.</summary>
public sealed record TargetColumn
{
    /// <summary>Name as stored (case preserved, not quoted).</summary>
    public required string Name { get; init; }

    /// <summary><c>pg_attribute.attnum</c>, from 1.</summary>
    public required short Number { get; init; }

    /// <summary>The declared type (a domain's own oid for a domain).</summary>
    public required uint TypeOid { get; init; }

    /// <summary>The declared type as <c>format_type</c> prints it, such as <c>numeric(10,2)</c>.</summary>
    public required string TypeName { get; init; }

    /// <summary>The type below all domains; equals <see cref="TypeOid"/> for anything else.</summary>
    public required uint BaseTypeOid { get; init; }

    /// <summary>The base type with the modifier in force, as <c>format_type</c> prints it: the type of a value before domain
    /// checks.</summary>
    public string BaseTypeName { get; init; } = "";

    /// <summary>The column's collation, quoted and qualified, if it differs from that of its base type; otherwise null, also for
    /// types without a collation. Default: null.</summary>
    public string? Collation { get; init; }

    /// <summary>The type modifier in force (the domain's if it sets one); -1 for none.</summary>
    public required int TypeModifier { get; init; }

    /// <summary>Whether the column, or its domain, refuses NULL.</summary>
    public required bool NotNull { get; init; }

    /// <summary>Whether the column gets a value when it is omitted: DEFAULT, identity or generated.</summary>
    public required bool HasDefault { get; init; }

    /// <summary>Whether the column cannot be written: GENERATED ALWAYS AS … STORED.</summary>
    public required bool IsGenerated { get; init; }

    /// <summary>Whether the declared type is a domain.</summary>
    public bool IsDomain => TypeOid != BaseTypeOid;

    /// <summary>The labels if the base type is an enum; otherwise empty.</summary>
    public IReadOnlyList<string> EnumLabels { get; init; } = [];
}
