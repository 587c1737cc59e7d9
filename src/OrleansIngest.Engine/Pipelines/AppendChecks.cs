namespace OrleansIngest.Engine.Pipelines;

/// <summary>What makes <c>onChange: append</c> usable: records that are lines of plain text, and rows that go to their table as they
/// come.</summary>
static class AppendChecks
{
    public static void Check(PipelineOptions options, string path, List<OptionProblem> problems)
    {
        if (options.OnChange != ChangePolicy.Append)
        {
            if (options.OnRewrite != RewritePolicy.Quarantine)
                problems.Add(new($"{path}.onRewrite", "needs onChange: append; it says what append does with a file whose old part has changed"));
            return;
        }

        if (WhyNot(options) is { } why) problems.Add(new($"{path}.onChange", why));
        if (options.OnRewrite != RewritePolicy.Replace) return;
        if (!options.Metadata.Values.Contains("{fileId}"))
        {
            problems.Add(new($"{path}.onRewrite",
                "replace needs a column that says which file a row came from, such as \"metadata\": { \"file_id\": \"{fileId}\" }"));
        }

        if (options.Write != WriteMode.Append) problems.Add(new($"{path}.onRewrite", "replace works with write: append only"));
    }

    static string? WhyNot(PipelineOptions options)
    {
        if (options.Format is not (InputFormat.Auto or InputFormat.Csv or InputFormat.Ndjson))
            return $"append works with lines of CSV or NDJSON only, not with format: {PipelineJson.NameOf(options.Format)}";
        if (options.Compression is not ("auto" or "none"))
        {
            return $"append works with plain text only, not with compression: {options.Compression}: "
                + "where the old end was cannot be found in compressed bytes";
        }

        if (options.Encoding != "auto" && TextEncoding.Find(options.Encoding) is { Kind: not (EncodingKind.Utf8 or EncodingKind.SingleByte) })
            return $"append works with UTF-8 and encodings of one byte a character only, not with encoding: {options.Encoding}";
        if (options.IsStaged)
        {
            return "append adds the new rows of a file batch by batch, and does not work with wholeFile, maxRejected, maxRejectedPercent, "
                + "maxRejectedInRow or write: replaceTable";
        }

        if (options.AfterLoad != Disposal.AfterLoadPolicy.Keep)
            return "append needs afterLoad: keep: a file that is moved or deleted does not grow";
        if (options.Csv.SkipFooterLines > 0)
            return "append does not work with csv.skipFooterLines: the footer would stand between the old records and the new";
        return options.Csv.RepeatedHeader == RepeatedHeaderPolicy.Stop
            ? "append does not work with csv.repeatedHeader: stop: what follows the second header is never loaded"
            : null;
    }
}
