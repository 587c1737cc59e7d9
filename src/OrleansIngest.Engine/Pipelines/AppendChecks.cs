namespace OrleansIngest.Engine.Pipelines;

/// <summary>Validates <c>onChange: append</c>: it requires records that are lines of plain text, and rows that are committed
/// batch by batch.</summary>
static class AppendChecks
{
    public static void Check(PipelineOptions options, string path, List<OptionProblem> problems)
    {
        if (options.OnChange != ChangePolicy.Append)
        {
            if (options.OnRewrite != RewritePolicy.Quarantine)
                problems.Add(new($"{path}.onRewrite", "needs onChange: append; it applies to files whose old part has changed"));
            return;
        }

        if (WhyNot(options, "append") is { } why) problems.Add(new($"{path}.onChange", why));
        if (options.OnRewrite != RewritePolicy.Replace) return;
        if (!options.Metadata.Values.Contains("{fileId}"))
        {
            problems.Add(new($"{path}.onRewrite",
                "replace needs a column that stores the file of each row, such as \"metadata\": { \"file_id\": \"{fileId}\" }"));
        }

        if (options.Write != WriteMode.Append) problems.Add(new($"{path}.onRewrite", "replace works with write: append only"));
    }

    /// <summary>Why files cannot be continued from their old end; null if they can.</summary>
    /// <param name="options">The pipeline.</param>
    /// <param name="word">The option that requires it, for the message: append or tail.</param>
    public static string? WhyNot(PipelineOptions options, string word)
    {
        if (options.Format is not (InputFormat.Auto or InputFormat.Csv or InputFormat.Ndjson))
            return $"{word} works with lines of CSV or NDJSON only, not with format: {PipelineJson.NameOf(options.Format)}";
        if (options.Compression is not ("auto" or "none"))
        {
            return $"{word} works with plain text only, not with compression: {options.Compression}: "
                + "the old end cannot be located in compressed bytes";
        }

        if (options.Encoding != "auto"
            && TextEncoding.Find(options.Encoding) is { Kind: not (EncodingKind.Utf8 or EncodingKind.SingleByte) })
            return $"{word} works with UTF-8 and single-byte encodings only, not with encoding: {options.Encoding}";
        if (options.IsStaged)
        {
            return $"{word} adds the new rows of a file batch by batch, and does not work with wholeFile, maxRejected, "
                + "maxRejectedPercent, maxRejectedInRow or write: replaceTable";
        }

        if (options.AfterLoad != Disposal.AfterLoadPolicy.Keep)
            return $"{word} needs afterLoad: keep: a file that is moved or deleted does not grow";
        if (options.Csv.SkipFooterLines > 0)
            return $"{word} does not work with csv.skipFooterLines: the footer would be between the old records and the new ones";
        return options.Csv.RepeatedHeader == RepeatedHeaderPolicy.Stop
            ? $"{word} does not work with csv.repeatedHeader: stop: records after a second header are never loaded"
            : null;
    }
}
