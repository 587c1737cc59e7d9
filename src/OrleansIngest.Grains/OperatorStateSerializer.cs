using System.Text.Json;
using Orleans.Storage;

namespace OrleansIngest.Grains;

/// <summary>Plain JSON for the operators' orders. The provider's own serializer writes .NET type names into the data, which would
/// make the names of our classes part of the database.</summary>
public sealed class OperatorStateSerializer : IGrainStorageSerializer
{
    /// <inheritdoc/>
    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input, JsonSerializerOptions.Web));

    /// <inheritdoc/>
    public T Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize<T>(input, JsonSerializerOptions.Web)!;
}
