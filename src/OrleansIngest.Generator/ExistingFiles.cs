namespace OrleansIngest.Generator;

/// <summary>What to do if the output directory already contains files with the same prefix.</summary>
public enum ExistingFiles
{
    /// <summary>Nothing is written; <see cref="EventGenerator.WriteAsync"/> throws.</summary>
    Refuse,

    /// <summary>Numbers continue after the highest one, and the manifest keeps its entries of the older files.</summary>
    Append,

    /// <summary>Files of the same name are replaced, and a new manifest is started.</summary>
    Overwrite,
}
