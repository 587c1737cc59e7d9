namespace OrleansIngest.Generator;

/// <summary>What happens when files of the same prefix stand in the output directory already.</summary>
public enum ExistingFiles
{
    /// <summary>Nothing is written; <see cref="EventGenerator.WriteAsync"/> throws.</summary>
    Refuse,

    /// <summary>Numbers continue after the highest one, and the manifest keeps its entries of the older files.</summary>
    Append,

    /// <summary>Files of the same name are replaced, and the manifest begins anew.</summary>
    Overwrite,
}
